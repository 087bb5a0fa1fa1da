"""A mill with one coded machine (a grindstone) and declared ones (its orders): what the tests of flow govern."""
