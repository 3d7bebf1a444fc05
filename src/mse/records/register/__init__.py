"""Registers of presumed victims: read, mapped, decided by rules, handed out as counts."""
