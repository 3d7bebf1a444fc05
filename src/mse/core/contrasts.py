"""Contrasts between parts of a population, taken draw by draw: differences, ratios, growth and trends.

Parts of one estimate rest on the same model, so their errors go together. A difference of two totals is therefore taken
in every draw, and its limits are quantiles of those: limits of the parts cannot be subtracted.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mse.core.draws import Draws, quantiles
from mse.core.finding import Finding, Severity, worst
from mse.core.reference import Reference
from mse.errors import ModelError, TableError, did_you_mean
from mse.messages import sentence

if TYPE_CHECKING:
    import pandas as pd

    from mse.core.estimate import Estimate

__all__ = ["KINDS", "Contrast", "contrast", "trend"]

Array = NDArray[np.float64]

_COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    "difference": lambda a, b: a - b,
    "ratio": lambda a, b: a / b,
    "growth": lambda a, b: a / b - 1.0,
}
KINDS = tuple(_COMPARE)


def _no_change(kind: str) -> float:
    return 1.0 if kind == "ratio" else 0.0


_OF_LIMITS = {
    "limits_do_not_add_up",
    "simultaneous_band",
    "band_few_replicates",
    "band_small_parts",
    "parts_percentile",
}
"""Findings on limits of parts, which a contrast does not use."""


@dataclass(frozen=True)
class Contrast:
    """What one part of a population is beside another, or how it grows.

    Made by `Estimate.contrast` and `Estimate.trend`.

    Parameters
    ----------
    kind : {"difference", "ratio", "growth", "trend"}
        a − b; a / b; a / b − 1; or average growth a year from b to a.
    a, b : str
        The parts; for a trend its last and its first year.
    value : float or None
        The contrast of the estimates; None where it does not exist.
    lower, upper : float or None
        Limits: quantiles of the contrasts of the draws.
    level : float
        Level of the interval.
    decline : float or None
        Probability of decline: share of the draws in which a is below b, or in which the trend goes down.
    draws : int
        Number of draws behind it.
    within : str
        For a trend, the levels of the group that it is of; empty for the whole.
    reference : Reference, optional
        What the estimate is about.
    findings : sequence of Finding
        Those of the estimate that hold for the contrast too.
    compared : tuple of frozenset of (str, level)
        Levels of every part that it compares, by covariate; of the whole none.
    """

    kind: str
    a: str
    b: str
    value: float | None
    lower: float | None
    upper: float | None
    level: float
    decline: float | None
    draws: int
    within: str = ""
    reference: Reference | None = None
    findings: tuple[Finding, ...] = ()
    compared: tuple[frozenset[tuple[str, Hashable]], ...] = ()

    @property
    def blocked(self) -> bool:
        """Whether a blocking finding of the estimate withholds a single number."""
        return any(finding.severity is Severity.BLOCKING for finding in self.findings)

    @property
    def single(self) -> bool:
        """Whether there is a single number: the contrast exists, and no blocking finding withholds it."""
        return not self.blocked and self.value is not None and self.decline is not None

    @property
    def no_change(self) -> float:
        """The value at which both parts are as large: 1 for a ratio, 0 for all others."""
        return _no_change(self.kind)

    @property
    def clear(self) -> bool:
        """Whether the interval leaves out no change."""
        below = self.upper is not None and self.upper < self.no_change
        return below or (self.lower is not None and self.lower > self.no_change)

    def sentence(self, language: str = "en") -> str:
        """Say the contrast in one sentence, with its limits and the probability of decline."""
        names: dict[str, Any] = {"a": self.a, "b": self.b, "within": f" ({self.within})" if self.within else ""}
        if not self.single:
            return sentence("contrast_blocked" if self.blocked else "contrast_none", language, **names)
        names |= {"value": self.value, "lower": self.lower, "upper": self.upper, "level": self.level}
        return sentence(f"contrast_{self.kind}", language, **names, decline=self.decline)

    def to_frame(self) -> pd.DataFrame:
        """Return one row: kind, a, b, within, value, lower, upper, level, decline, draws, single_estimate."""
        import pandas as pd

        names = ("kind", "a", "b", "within", "value", "lower", "upper", "level", "decline", "draws")
        row = {name: getattr(self, name) for name in names}
        frame = pd.DataFrame([{**row, "single_estimate": self.single}])
        return frame.astype(dict.fromkeys(("value", "lower", "upper", "decline"), "float64"))

    def __repr__(self) -> str:
        lines = [self.sentence(), *(f"  {finding.severity.value}: {finding}" for finding in self.findings)]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        from html import escape

        return f"<pre>{escape(repr(self))}</pre>"


def contrast(estimate: Estimate, a: Any, b: Any, kind: str = "difference") -> Contrast:
    """Compare two parts of an estimate draw by draw.

    Parameters
    ----------
    estimate : Estimate
        Made by ``mse.bootstrap(…, by=[…])``.
    a, b : str, level or mapping
        Parts: "2019", 2019 or ``{"year": 2019}``; "total" is the whole. Levels that are not named are added up.
    kind : {"difference", "ratio", "growth"}
        a − b, a / b, or a / b − 1.

    Returns
    -------
    Contrast

    Raises
    ------
    mse.errors.TableError
        The estimate has no draws by stratum, or no such part.
    mse.errors.ModelError
        There is no such kind.
    """
    if kind not in KINDS:
        raise ModelError(f"There is no contrast of kind {kind!r}", hint=did_you_mean(str(kind), KINDS))
    if estimate.total is None:
        return _nothing(estimate, kind, (_named(a), _named(b)))
    draws = _draws(estimate)
    one, other = (_one(estimate, draws, part) for part in (a, b))
    point_a, point_b = one.point, other.point
    with np.errstate(divide="ignore", invalid="ignore"):
        drawn = _COMPARE[kind](one.drawn, other.drawn)
        value = None if point_a is None or point_b is None else _COMPARE[kind](np.float64(point_a), point_b)
    return _made(estimate, draws, kind, (one.name, other.name), (one, other), value, drawn)


def trend(estimate: Estimate, over: str, within: Mapping[str, Hashable]) -> Contrast:
    """Average growth a year: the least-squares slope of the logarithm of the total over the years, as a rate.

    All years count alike, the first and the last no more than the others; gaps between years are taken as they are.

    Parameters
    ----------
    estimate : Estimate
        Made by ``mse.bootstrap(…, by=[…])``, with the years among the covariates.
    over : str
        The covariate of the years; its levels are numbers.
    within : mapping of str to level
        The group whose trend it is; empty for the whole.

    Returns
    -------
    Contrast

    Raises
    ------
    mse.errors.TableError
        The estimate has no draws by stratum, is not by years, or has fewer than two.
    """
    years = list(dict.fromkeys(part.levels[over] for part in estimate.parts if over in part.levels))
    try:
        x = np.array([float(str(year)) for year in years])
    except ValueError:
        raise TableError(f"A trend runs over numbers, and levels of '{over}' are none", hint="Name years.") from None
    if len(set(x.tolist())) < 2:
        raise TableError(f"A trend over '{over}' needs parts of at least two", got=f"{len(years)}", hint=_HINT)
    order = np.argsort(x)
    names, group = (str(years[order[-1]]), str(years[order[0]])), _named(within)
    if estimate.total is None:
        return _nothing(estimate, "trend", names, group)
    draws = _draws(estimate)
    found = [_one(estimate, draws, {over: years[place], **within}) for place in order]
    gap = x[order] - x.mean()
    weight = gap / (gap**2).sum()
    points = [one.point for one in found if one.point is not None]
    with np.errstate(divide="ignore", invalid="ignore"):
        drawn = np.expm1(np.log(np.column_stack([one.drawn for one in found])) @ weight)
        value = float(np.expm1(np.log(points) @ weight)) if len(points) == len(found) else None
    return _made(estimate, draws, "trend", names, found, value, drawn, group)


def _named(part: Any) -> str:
    """A part in words."""
    return ", ".join(map(str, part.values())) if isinstance(part, Mapping) else str(part)


def _nothing(estimate: Estimate, kind: str, names: tuple[str, str], within: str = "") -> Contrast:
    """The contrast of an estimate that is none: what the estimate says of itself stays."""
    return Contrast(
        kind, *names, None, None, None, estimate.level, None, 0, within, estimate.reference, estimate.findings
    )  # fmt: skip


_HINT = "Make the estimate with mse.bootstrap(…, by=[…])."


def _draws(estimate: Estimate) -> Draws:
    if estimate.draws is None or not estimate.draws.stratified:
        raise TableError("Parts are compared draw by draw", got="an estimate without draws by stratum", hint=_HINT)
    return estimate.draws


class _Compared(NamedTuple):
    """A part, or parts that have some levels together: its name, estimate, drawn totals and levels."""

    name: str
    point: float | None
    drawn: Array
    levels: frozenset[tuple[str, Hashable]]


def _one(estimate: Estimate, draws: Draws, part: Any) -> _Compared:
    """Find a part, or the parts that have some levels together."""
    if not isinstance(part, Mapping):
        named = estimate[str(part)].parts[0]
        if named is estimate.whole:
            return _Compared(named.name, named.total, draws.total, frozenset())
        part = named.levels
    inside = [one for one in estimate.parts if one.levels and part.items() <= one.levels.items()]
    name = _named(part)
    if not part or not inside:
        raise TableError(f"The estimate has no parts with {name or 'no levels'}", hint=_HINT)
    totals = [one.total for one in inside if one.total is not None]
    point = sum(totals) if len(totals) == len(inside) else None
    return _Compared(name, point, draws.part(part).total, frozenset(part.items()))


def _made(
    estimate: Estimate,
    draws: Draws,
    kind: str,
    names: tuple[str, str],
    compared: Sequence[_Compared],
    value: float | None,
    drawn: Array,
    within: str = "",
) -> Contrast:
    """Read value, limits and probability of decline from contrasts of draws."""
    defined = ~np.isnan(drawn)
    findings = [finding for finding in estimate.findings if finding.code not in _OF_LIMITS]
    if left := int((~defined).sum()):
        values = {"draws": left, "of": len(drawn)}
        findings.append(Finding("contrast_undefined", Severity.WARNING, "contrast", values))
    lower = upper = decline = None
    if defined.any():
        weight = draws.valid_weight
        weight = None if weight is None else weight[defined] / weight[defined].sum()
        edges = np.array([0.5 - estimate.level / 2.0, 0.5 + estimate.level / 2.0])
        lower, upper = quantiles(drawn[defined], edges, weight).tolist()
        decline = float(np.average(drawn[defined] < _no_change(kind), weights=weight))
    point = None if value is None or not np.isfinite(value) else float(value)
    return Contrast(
        kind, *names, point, lower, upper, estimate.level, decline,
        int(defined.sum()), within, estimate.reference, worst(findings), tuple(one.levels for one in compared),
    )  # fmt: skip
