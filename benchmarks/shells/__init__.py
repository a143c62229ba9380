"""Scripts that benchmarks serve: the dashboard with something added to measure against."""
