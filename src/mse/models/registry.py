"""The one table of estimator families: specifications by name, to and from plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, cast

from mse.core.spec_values import spec_values
from mse.errors import ModelError, did_you_mean
from mse.models.decomposable import DecomposableAverage
from mse.models.fixed_dependence import FixedDependence
from mse.models.heterogeneity import Heterogeneity
from mse.models.hierarchical import Hierarchical
from mse.models.latent_class import LatentClass
from mse.models.loglinear import LogLinear
from mse.models.model_average import ModelAverage
from mse.models.sample_coverage import SampleCoverage
from mse.models.search import Search
from mse.models.trimmed import TrimmedDualSystem
from mse.models.truncated_chao import ChaoCounts, ModifiedChao
from mse.models.truncated_geometric import TruncatedGeometric
from mse.models.truncated_negative_binomial import TruncatedNegativeBinomial
from mse.models.truncated_one_inflated import OneInflated
from mse.models.truncated_poisson import TruncatedPoisson
from mse.models.truncated_zelterman import Zelterman
from mse.models.two_lists import Chapman, LincolnPetersen

__all__ = ["SPECS", "from_json", "to_json"]

Family = (
    ChaoCounts
    | Chapman
    | DecomposableAverage
    | FixedDependence
    | Heterogeneity
    | Hierarchical
    | LatentClass
    | LincolnPetersen
    | LogLinear
    | ModelAverage
    | ModifiedChao
    | OneInflated
    | SampleCoverage
    | Search
    | TrimmedDualSystem
    | TruncatedGeometric
    | TruncatedNegativeBinomial
    | TruncatedPoisson
    | Zelterman
)

SPECS: Mapping[str, type[Family]] = {spec.__name__: spec for spec in Family.__args__}
"""Specifications by name; a new family adds its line here."""


def to_json(spec: Any) -> dict[str, Any]:
    """Write a specification as plain values.

    Raises
    ------
    mse.errors.ModelError
        The family is not in `SPECS`.

    Examples
    --------
    >>> to_json(LogLinear("[A B][C]"))
    {'family': 'LogLinear', 'model': '[A B][C]', 'order': None, 'coding': {}}
    """
    name = type(spec).__name__
    if SPECS.get(name) is not type(spec):
        raise ModelError(f"There is no family of estimators '{name}'", hint=did_you_mean(name, SPECS))
    return spec_values(spec)


def from_json(plain: Mapping[str, Any]) -> Family:
    """Read what `to_json` wrote.

    Raises
    ------
    mse.errors.ModelError
        The family or one of its options is not known.

    Examples
    --------
    >>> from_json({"family": "LogLinear", "order": 2})
    LogLinear(model=None, order=2, coding=())
    """
    options = dict(plain)
    name = str(options.pop("family", ""))
    if name not in SPECS:
        raise ModelError(f"There is no family of estimators '{name}'", hint=did_you_mean(name, SPECS))
    family: Any = SPECS[name]
    known = [field.name for field in fields(family)]
    for key in options:
        if key not in known:
            raise ModelError(f"{name} has no option '{key}'", hint=did_you_mean(key, known))
    if "coding" in options:
        from mse.core.coding import Coding

        options["coding"] = {name: Coding.from_json(values) for name, values in options["coding"].items()}
    for key in [key for key, value in options.items() if key != "coding" and isinstance(value, Mapping)]:
        from mse.core.total_prior import TotalPrior

        options[key] = TotalPrior.from_json(options[key])
    plain_values = {key: tuple(value) if isinstance(value, list) else value for key, value in options.items()}
    return cast("Family", family(**plain_values))
