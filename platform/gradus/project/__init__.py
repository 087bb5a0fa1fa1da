"""The composition root: settings, URLs, servers and the command line."""
