"""From words to a Bayesian specification: the method's name, the prior of the total, options by name."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, get_args, get_origin, get_type_hints

from pydantic import ConfigDict, TypeAdapter, ValidationError

from mse.core.coding import Coding
from mse.core.sentence import Sentence
from mse.core.total_prior import TotalPrior
from mse.errors import ModelError, did_you_mean
from mse.models.decomposable import DecomposableAverage
from mse.models.hierarchical import Hierarchical
from mse.models.latent_class import LatentClass
from mse.models.model_average import ModelAverage
from mse.study.covariates import read_codings

__all__ = ["FAMILIES", "Bayesian", "family_label", "make_spec", "read_options", "read_prior", "total_prior"]

Bayesian = DecomposableAverage | Hierarchical | LatentClass | ModelAverage

FAMILIES: Mapping[str, type[Bayesian]] = {
    "decomposable": DecomposableAverage,
    "model-average": ModelAverage,
    "latent-class": LatentClass,
    "hierarchical": Hierarchical,
}
"""Bayesian methods by their name in study files and on the command line."""

_PRIORS = {
    "inverse": (0, 0),
    "uniform": (1, 1),
    "lognormal": (2, 2),
    "negative-binomial": (2, 2),
    "interval": (2, 3),
}
"""Priors of the total, and how few and how many numbers each takes."""

_PREFIX = "Input should be "


def family_label(model: str) -> Sentence:
    """What a method is called beside others."""
    return Sentence(f"family_{model.replace('-', '_')}")


def total_prior(spec: Bayesian) -> TotalPrior:
    """The prior of the total of a specification."""
    prior = spec.total_prior if isinstance(spec, DecomposableAverage | ModelAverage) else spec.prior
    return TotalPrior.inverse() if prior is None else prior


def read_prior(text: str) -> TotalPrior:
    """Read a prior of the total as a study file or the command line writes it.

    Parameters
    ----------
    text : str
        ``inverse``, ``uniform:UPPER``, ``lognormal:MEDIAN,SIGMA``, ``negative-binomial:SHAPE,RATE``, or
        ``interval:LOWER,UPPER`` with a published interval and, where it is not 0.95, its level.

    Returns
    -------
    TotalPrior

    Raises
    ------
    mse.errors.ModelError
        There is no such prior, or its numbers do not fit.

    Examples
    --------
    >>> read_prior("uniform:50000")
    TotalPrior(kind='uniform', values=(50000.0,))
    """
    kind, _, rest = (part.strip() for part in text.partition(":"))
    if kind not in _PRIORS:
        raise ModelError(f"There is no prior of the total '{kind}'", hint=did_you_mean(kind, _PRIORS))
    given = [number.strip() for number in rest.split(",")] if rest else []
    fewest, most = _PRIORS[kind]
    if not fewest <= len(given) <= most:
        raise ModelError(f"The prior '{kind}' takes {_numbers(fewest, most)}", got=text, hint=_form(kind))
    try:
        numbers = [float(number) for number in given]
    except ValueError:
        hint = f"{_form(kind)} Numbers have no separator of thousands."
        raise ModelError(f"The prior '{kind}' takes numbers", got=text, hint=hint) from None
    if kind == "interval":
        return TotalPrior.from_interval(*numbers)
    return TotalPrior(kind.replace("-", "_"), tuple(numbers))


def _numbers(fewest: int, most: int) -> str:
    if fewest != most:
        return f"{fewest} or {most} numbers"
    return {0: "no numbers", 1: "one number"}.get(fewest, f"{fewest} numbers")


def _form(kind: str) -> str:
    forms = {
        "inverse": "Write inverse.",
        "uniform": "Write uniform:UPPER, such as uniform:50000.",
        "lognormal": "Write lognormal:MEDIAN,SIGMA, such as lognormal:12000,0.5.",
        "negative-binomial": "Write negative-binomial:SHAPE,RATE, such as negative-binomial:4,0.0003.",
        "interval": "Write interval:LOWER,UPPER, such as interval:8000,20000.",
    }
    return forms[kind]


def read_options(given: Sequence[str]) -> dict[str, Any]:
    """Read options of the command line, each ``name=value`` with a value as TOML writes it; other text is text.

    Examples
    --------
    >>> read_options(["draws=500", "alpha=[1, 1]", "shrinkage=r2d2", "forced=[P K]"])
    {'draws': 500, 'alpha': [1, 1], 'shrinkage': 'r2d2', 'forced': '[P K]'}
    """
    found: dict[str, Any] = {}
    for text in given:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not equals or not name or not value:
            raise ModelError("An option is a name and a value", got=text, hint="Write 'draws=500', for example.")
        if name in found:
            raise ModelError(f"Option '{name}' is given twice", got=f"{found[name]} and {value}")
        try:
            found[name] = tomllib.loads(f"value = {value}")["value"]
        except tomllib.TOMLDecodeError:
            found[name] = value
    return found


def make_spec(
    model: str, *, prior: str | None = None, options: Mapping[str, Any] | None = None, coding: Any = None
) -> Bayesian:
    """Make the specification of a Bayesian method.

    Parameters
    ----------
    model : str
        One of `FAMILIES`.
    prior : str, optional
        Prior of the total, as `read_prior` takes it; by default that of the method.
    options : mapping, optional
        Other options of the method by name, as plain values.
    coding : mapping, optional
        How covariates enter (`mse.study.covariates.read_codings`); for methods that have a coding.

    Returns
    -------
    DecomposableAverage, ModelAverage, LatentClass or Hierarchical

    Raises
    ------
    mse.errors.ModelError
        There is no such method or option, or a value is not what the option takes.

    Examples
    --------
    >>> make_spec("latent-class", options={"classes": 5, "alpha": [1, 1]}).classes
    5
    """
    if model not in FAMILIES:
        raise ModelError(f"There is no Bayesian method '{model}'", hint=did_you_mean(model, FAMILIES))
    family = FAMILIES[model]
    kinds = get_type_hints(family, localns={"Coding": Coding})
    total = next(name for name, kind in kinds.items() if TotalPrior in (kind, *get_args(kind)))
    own = [option.name for option in fields(family) if option.name != total and option.name != "coding"]
    values: dict[str, Any] = {name: _typed(model, name, value, kinds, own) for name, value in (options or {}).items()}
    if prior is not None:
        values[total] = read_prior(prior)
    if coding:
        if "coding" not in kinds:
            raise ModelError(f"Covariates of {model} enter by their levels", got=f"a coding of {', '.join(coding)}")
        values["coding"] = read_codings(coding)
    return family(**values)


def _typed(model: str, name: str, value: Any, kinds: Mapping[str, Any], own: Sequence[str]) -> Any:
    """A value as its option takes it."""
    if name not in own:
        if name in kinds:
            raise ModelError(f"'{name}' is no option: it has a place of its own", got=repr(value))
        raise ModelError(f"{model} has no option '{name}'", hint=did_you_mean(name, own))
    if _is_sequence(kinds[name]):
        value = tuple(value) if isinstance(value, list) else (value,)
    try:
        return _adapter(kinds[name]).validate_python(value)
    except ValidationError as error:
        said = dict.fromkeys(each["msg"].removeprefix(_PREFIX) for each in error.errors(include_url=False))
        raise ModelError(f"Option '{name}' of {model} should be {', or '.join(said)}", got=repr(value)) from None


def _is_sequence(kind: Any) -> bool:
    return get_origin(kind) is tuple


def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind, config=ConfigDict(strict=True, arbitrary_types_allowed=True))
