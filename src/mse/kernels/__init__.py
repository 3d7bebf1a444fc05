"""Arrays in, small frozen records out: the statistics' inner loops, on NumPy, SciPy and numba only."""
