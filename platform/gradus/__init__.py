"""Gradus: an academy platform whose processes are written down as rules."""
