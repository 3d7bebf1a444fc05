"""Choices that a study file and the command line offer alike, as types; nothing is imported for them."""

from __future__ import annotations

from typing import Literal

__all__ = [
    "BayesianModel",
    "BootstrapInterval",
    "BootstrapKind",
    "CredibleInterval",
    "FitInterval",
    "FitModel",
    "Interval",
    "Language",
    "PolicyName",
    "Profile",
    "SearchMethod",
]

Language = Literal["en", "nl"]
SearchMethod = Literal["exhaustive", "stepwise"]
Interval = Literal["profile", "lognormal", "wald"]
BayesianModel = Literal["decomposable", "model-average", "latent-class", "hierarchical"]
CredibleInterval = Literal["equal-tailed", "hdi"]
FitModel = Literal["loglinear", BayesianModel]
FitInterval = Literal[Interval, CredibleInterval]
BootstrapKind = Literal["nonparametric", "parametric", "case"]
BootstrapInterval = Literal["percentile", "bca"]
Profile = Literal["concise", "extended"]
PolicyName = Literal["public_source", "threshold", "protected"]
