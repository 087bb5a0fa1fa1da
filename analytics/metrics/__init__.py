"""Metrics: pure pandas, no Django."""
