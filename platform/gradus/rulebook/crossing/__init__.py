"""Pages on which things of an older edition are moved to the newest of their kind."""
