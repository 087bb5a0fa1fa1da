"""Home and standard pages."""
