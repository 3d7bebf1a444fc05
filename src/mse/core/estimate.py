"""`Estimate`: observed plus dark figure is the total, with its interval and everything that limits it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

from mse.core.draws import Draws
from mse.core.finding import Finding, Severity, worst
from mse.core.reference import Reference
from mse.core.sentence import Sentence
from mse.errors import TableError, did_you_mean
from mse.messages import number, rounded, sentence

if TYPE_CHECKING:
    import pandas as pd

    from mse.core.contrasts import Contrast

__all__ = ["Estimate", "Part", "Range"]


@dataclass(frozen=True)
class Part:
    """One row of an estimate: the whole, or a part of the population.

    Limits are of the total; None stands for a limit or a total that does not exist.

    Parameters
    ----------
    name : str
        "total" for the whole, or the levels in words: "2015, AU".
    observed : float
        Persons seen.
    dark_figure : float or None
        Persons unseen.
    lower, upper : float or None
        Limits of the total.
    levels : mapping of str to level
        The level of each covariate that tells the part apart; empty for the whole.
    interval : str
        Kind of interval, where it is another than that of the estimate: "percentile", "simultaneous".

    Raises
    ------
    mse.errors.TableError
        The lower limit lies above the upper one.
    """

    name: str
    observed: float
    dark_figure: float | None
    lower: float | None
    upper: float | None
    levels: Mapping[str, Hashable] = field(default_factory=dict, hash=False)
    interval: str = ""

    def __post_init__(self) -> None:
        _check_limits(self.lower, self.upper)
        object.__setattr__(self, "levels", dict(self.levels))

    @property
    def total(self) -> float | None:
        """Observed plus dark figure."""
        return None if self.dark_figure is None else self.observed + self.dark_figure


@dataclass(frozen=True)
class Range:
    """A range of totals that rival models span, with the share of the weight they carry."""

    lower: float
    upper: float
    weight: float

    def __post_init__(self) -> None:
        _check_limits(self.lower, self.upper)

    def text(self, language: str = "en") -> str:
        """Write the range in words: its two ends, or one number where they round to the same."""
        key = "headline_about" if rounded(self.lower) == rounded(self.upper) else "headline_range"
        return sentence(key, language, lower=self.lower, upper=self.upper)


@dataclass(frozen=True, eq=False)
class Estimate:
    """An estimate of a total with its interval; printed as "no single estimate" where there is none.

    Parameters
    ----------
    parts : sequence of Part
        The whole first, then its parts.
    level : float
        Level of the interval.
    interval : str
        Kind of interval: "profile", "lognormal", "wald", "percentile", "bca".
    method : str or Sentence
        How it was made: a model's generators, or a procedure in words of every language.
    reference : Reference, optional
        What it is about.
    findings : sequence of Finding
        What a reader must know; a blocking one withholds the single number from headlines.
    ranges : sequence of Range
        What is printed instead of a number under a blocking finding.
    draws : Draws, optional
        Replicates behind the interval.
    """

    parts: tuple[Part, ...]
    level: float
    interval: str
    method: str | Sentence
    reference: Reference | None = None
    findings: tuple[Finding, ...] = ()
    ranges: tuple[Range, ...] = ()
    draws: Draws | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        findings = tuple(finding for finding in self.findings if finding.code != _NOT_ADDED)
        added = all(finding.code != _MEDIANS for finding in findings)
        if added and sum(part.lower is not None for part in self.parts) > 1 and any(p.levels for p in self.parts):
            findings = (*findings, Finding(_NOT_ADDED, Severity.NOTE, "parts"))
        object.__setattr__(self, "findings", worst(findings))

    @property
    def whole(self) -> Part:
        """The row of the whole population."""
        return self.parts[0]

    @property
    def n_observed(self) -> int:
        """Persons seen."""
        return round(self.whole.observed)

    @property
    def dark_figure(self) -> float | None:
        """Estimated number of persons nobody has registered."""
        return self.whole.dark_figure

    @property
    def total(self) -> float | None:
        """Observed plus dark figure; None where there is no estimate."""
        return self.whole.total

    @property
    def lower(self) -> float | None:
        """Lower limit of the total."""
        return self.whole.lower

    @property
    def upper(self) -> float | None:
        """Upper limit of the total; None where it is never reached."""
        return self.whole.upper

    @property
    def blocked(self) -> bool:
        """Whether a blocking finding withholds the single number."""
        return any(finding.severity is Severity.BLOCKING for finding in self.findings)

    def __getitem__(self, part: str | Mapping[str, Hashable]) -> Self:
        """Return the estimate of one part: ``estimate["2015"]``, or ``estimate[{"year": 2015, "form": "AU"}]``.

        Ranges stay with the whole, and so do draws that are not held by stratum.
        """
        chosen = self._part(part)
        alone = replace(self, parts=(chosen,), interval=chosen.interval or self.interval)
        if chosen is self.whole:
            return alone
        drawn = self.draws.part(chosen.levels) if chosen.levels and self.draws and self.draws.stratified else None
        return replace(alone, ranges=(), draws=drawn)

    def _part(self, part: str | Mapping[str, Hashable]) -> Part:
        if isinstance(part, Mapping):
            found = [one for one in self.parts if one.levels == part]
            name = ", ".join(map(str, part.values()))
        else:
            name = part
            levels = sorted(name.split(", "))
            found = [one for one in self.parts if one.name == name] or [
                one for one in self.parts if one.levels and sorted(one.name.split(", ")) == levels
            ]
        if len(found) == 1:
            return found[0]
        raise TableError(
            f"The estimate has no part '{name}'" if not found else f"Several parts of the estimate are '{name}'",
            hint=did_you_mean(name, [one.name for one in self.parts]),
        )

    def per_year(self) -> Self:
        """Divide by the number of years of the reference; a stock over several years is no yearly flow.

        Parts that are single years are left out: they are numbers a year already.

        Raises
        ------
        mse.errors.ReferenceError
            There is no reference, or the estimate is that of a single year of it.
        """
        from mse.errors import ReferenceError

        if self.reference is None:
            raise ReferenceError("An estimate per year needs a period", got="no reference")
        years = self.reference.years
        kept = [part for part in self.parts if not ("year" in part.levels or _is_year(part.name, self.reference))]
        if self.whole not in kept:
            raise ReferenceError(
                "The estimate of one year is a number a year already", got=f"the estimate of {self.whole.name}"
            )

        def share(value: float | None) -> float | None:
            return None if value is None else value / years

        parts = tuple(
            replace(
                part,
                observed=round(part.observed / years),
                dark_figure=share(part.dark_figure),
                lower=share(part.lower),
                upper=share(part.upper),
            )
            for part in kept
        )
        ranges = tuple(Range(r.lower / years, r.upper / years, r.weight) for r in self.ranges)
        note = Finding("divided_by_years", Severity.WARNING, "total", {"years": years})
        return replace(self, parts=parts, ranges=ranges, findings=(*self.findings, note), draws=None)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per part: the tidy frame behind every view.

        Returns
        -------
        pandas.DataFrame
            Columns part, one per covariate of the parts (empty for the whole), observed, dark_figure, total, lower,
            upper, level, interval, method, single_estimate, and, where there are parts, limits_add_up (never: totals of
            parts add up, their limits do not). Missing numbers mean that there is no estimate, or no upper limit.
        """
        import pandas as pd

        covariates = dict.fromkeys(name for part in self.parts for name in part.levels)
        note = {"limits_add_up": False} if covariates else {}
        rows: list[dict[str, Any]] = [
            {
                "part": part.name,
                **{name: part.levels.get(name) for name in covariates},
                "observed": part.observed,
                "dark_figure": part.dark_figure,
                "total": part.total,
                "lower": part.lower,
                "upper": part.upper,
                "level": self.level,
                "interval": part.interval or self.interval,
                "method": str(self.method),
                "single_estimate": not self.blocked and part.total is not None,
                **note,
            }
            for part in self.parts
        ]
        numeric = ["dark_figure", "total", "lower", "upper"]
        frame = pd.DataFrame(rows).astype(dict.fromkeys(numeric, "float64"))
        for name in covariates:
            frame[name] = pd.Series([part.levels.get(name) for part in self.parts], dtype="object")
        return frame

    def rates(self, population: Any, *, per: float = 100_000) -> pd.DataFrame:
        """Divide by the size of the population that each part is a part of.

        Parameters
        ----------
        population : data frame
            The covariates of the parts and a column "population"; finer rows are added up.
        per : float
            Persons that a rate is per.

        Returns
        -------
        pandas.DataFrame
            As `to_frame`, with population and the columns observed_rate, total_rate, lower_rate and upper_rate.

        Raises
        ------
        mse.errors.TableError
            A part has no population, a population is no positive number, or a row stands twice.

        Examples
        --------
        >>> import pandas as pd
        >>> parts = [Part("total", 60, 60.0, 90.0, 180.0), Part("2019", 60, 60.0, 90.0, 180.0, {"year": 2019})]
        >>> people = pd.DataFrame({"year": [2019], "population": [400_000]})
        >>> Estimate(tuple(parts), 0.95, "profile", "[A][B]").rates(people)["total_rate"].tolist()
        [30.0, 30.0]
        """
        from mse.core.rates import rates

        return rates(self, population, per)

    def rounded_parts(self, base: int = 10) -> pd.DataFrame:
        """Round for print, so that the rounded parts add up to the rounded total; the estimate itself stays exact.

        Parameters
        ----------
        base : int
            Totals become multiples of it, by largest remainder. Limits are rounded outwards, each by itself.

        Returns
        -------
        pandas.DataFrame
            Columns part, the covariates, observed (as counted), total, lower, upper, base.

        Raises
        ------
        mse.errors.TableError
            There is no estimate, or the parts are not a division of the whole.

        Examples
        --------
        >>> parts = [Part("total", 4, 5.0, None, None)]
        >>> parts += [Part(year, 1, 2.0, None, None, {"year": year}) for year in ("2017", "2018", "2019")]
        >>> Estimate(tuple(parts), 0.95, "profile", "[A][B]").rounded_parts(2)["total"].tolist()
        [10, 4, 4, 2]
        """
        from mse.core.rounded_parts import rounded_parts

        return rounded_parts(self, base)

    def contrast(self, a: Any, b: Any, kind: str = "difference") -> Contrast:
        """Compare part `a` with part `b` draw by draw; see `mse.core.contrasts.contrast`."""
        from mse.core.contrasts import contrast

        return contrast(self, a, b, kind)

    def trend(self, over: str = "year", within: Mapping[str, Hashable] | None = None) -> Contrast:
        """Average growth a year, draw by draw; see `mse.core.contrasts.trend`."""
        from mse.core.contrasts import trend

        return trend(self, over, within or {})

    def headline(self, language: str = "en") -> str:
        """Say the answer in one sentence: an interval, rival ranges, or that there is no estimate."""
        if self.total is None:
            return sentence("headline_none", language)
        if self.blocked:
            if not self.ranges:
                return sentence("headline_blocked", language)
            joined = sentence("headline_or", language).join(r.text(language) for r in self.ranges)
            key = "headline_ranges" if len(self.ranges) > 1 else "headline_one_range"
            return sentence(key, language, ranges=joined)
        return sentence(
            "headline_interval",
            language,
            total=self.total,
            lower=self.lower,
            upper=number(self.upper, language, "estimate"),
            level=self.level,
        )

    def __repr__(self) -> str:
        lines = [self.headline(), f"  observed {self.n_observed:,}; {self.interval} interval; {self.method}"]
        lines += [f"  {finding.severity.value}: {finding}" for finding in self.findings]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        from html import escape

        return f"<pre>{escape(repr(self))}</pre>"


_NOT_ADDED = "limits_do_not_add_up"
_MEDIANS = "medians_do_not_add_up"


def _check_limits(lower: float | None, upper: float | None) -> None:
    if lower is not None and upper is not None and lower > upper:
        raise TableError("Limits of an estimate run upwards", got=f"{lower} to {upper}")


def _is_year(name: str, reference: Reference) -> bool:
    """Whether a part is a single year of the period."""
    first, last = reference.period or (0, 0)
    return name.isascii() and name.isdecimal() and first <= int(name) <= last
