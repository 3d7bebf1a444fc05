"""Registered numbers beside estimates, and what must be known of the lists first."""
