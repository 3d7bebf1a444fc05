"""Figures and their release; never a person."""
