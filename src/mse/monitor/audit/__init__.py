"""The self-audit of figures, and the claims of a text."""
