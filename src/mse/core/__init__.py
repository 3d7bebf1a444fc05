"""The nouns: tables, terms, fits, estimates, findings and figures."""
