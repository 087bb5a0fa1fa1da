"""Course and lesson progress."""
