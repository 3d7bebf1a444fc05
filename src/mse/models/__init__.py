"""Estimator families, one a file: a specification and what it computes."""
