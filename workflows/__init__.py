"""The academy's processes, one app each."""
