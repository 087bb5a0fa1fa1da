"""What editors write."""
