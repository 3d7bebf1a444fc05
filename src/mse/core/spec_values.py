"""Options of a specification as plain values, for JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

__all__ = ["spec_values"]


def spec_values(spec: Any) -> dict[str, Any]:
    """Return the family and the options of a specification as plain values.

    Options that know how to write themselves do so; codings of covariates are written by name.

    Examples
    --------
    >>> from mse.core.total_prior import TotalPrior
    >>> from dataclasses import make_dataclass
    >>> spec_values(make_dataclass("Spec", ["prior"])(TotalPrior.uniform(900)))
    {'family': 'Spec', 'prior': {'kind': 'uniform', 'upper': 900.0}}
    """
    values = {option.name: getattr(spec, option.name) for option in fields(spec)}
    if "coding" in values:
        values["coding"] = dict(values["coding"])
    return {"family": type(spec).__name__, **{name: _plain(value) for name, value in values.items()}}


def _plain(value: Any) -> Any:
    if hasattr(value, "to_json"):
        return value.to_json()
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else value
