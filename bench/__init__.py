"""Benchmarks: each prints its figure, the best possible figure (the bound) measured in the same run, and the ratio."""
