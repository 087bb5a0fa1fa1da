"""What the benchmarks share: an academy of their own on PostgreSQL, and how results are kept."""
