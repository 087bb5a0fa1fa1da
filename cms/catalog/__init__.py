"""Courses and lessons as editors write them."""
