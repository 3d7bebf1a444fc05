"""Choices that a study file and the command line offer alike, as types; nothing is imported for them."""

from __future__ import annotations

from typing import Literal

__all__ = ["BootstrapInterval", "BootstrapKind", "Interval", "Language", "PolicyName", "Profile", "SearchMethod"]

Language = Literal["en", "nl"]
SearchMethod = Literal["exhaustive", "stepwise"]
Interval = Literal["profile", "lognormal", "wald"]
BootstrapKind = Literal["nonparametric", "parametric", "case"]
BootstrapInterval = Literal["percentile", "bca"]
Profile = Literal["concise", "extended"]
PolicyName = Literal["public_source", "threshold", "protected"]
