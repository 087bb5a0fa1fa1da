"""Frames, metrics, figures and dashboards."""
