"""`Estimate`: observed plus dark figure is the total, with its interval and everything that limits it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self

from mse.core.draws import Draws
from mse.core.finding import Finding, Severity, worst
from mse.core.reference import Reference
from mse.core.sentence import Sentence
from mse.errors import TableError, did_you_mean
from mse.messages import number, rounded, sentence

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Estimate", "Part", "Range"]


@dataclass(frozen=True)
class Part:
    """One row of an estimate: the whole, or a part of the population.

    Limits are of the total; None stands for a limit or a total that does not exist.

    Raises
    ------
    mse.errors.TableError
        The lower limit lies above the upper one.
    """

    name: str
    observed: int
    dark_figure: float | None
    lower: float | None
    upper: float | None

    def __post_init__(self) -> None:
        _check_limits(self.lower, self.upper)

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
        object.__setattr__(self, "findings", worst(self.findings))

    @property
    def whole(self) -> Part:
        """The row of the whole population."""
        return self.parts[0]

    @property
    def n_observed(self) -> int:
        """Persons seen."""
        return self.whole.observed

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

    def __getitem__(self, name: str) -> Self:
        """Return the estimate of one part; ranges and draws are those of the whole and stay with it."""
        for part in self.parts:
            if part.name == name:
                alone = replace(self, parts=(part,))
                return alone if part is self.whole else replace(alone, ranges=(), draws=None)
        raise TableError(
            f"The estimate has no part '{name}'", hint=did_you_mean(name, [part.name for part in self.parts])
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
        kept = [part for part in self.parts if not _is_year(part.name, self.reference)]
        if self.whole not in kept:
            raise ReferenceError(
                "The estimate of one year is a number a year already", got=f"the estimate of {self.whole.name}"
            )

        def share(value: float | None) -> float | None:
            return None if value is None else value / years

        parts = tuple(
            Part(part.name, round(part.observed / years), share(part.dark_figure), share(part.lower),
                 share(part.upper))
            for part in kept
        )  # fmt: skip
        ranges = tuple(Range(r.lower / years, r.upper / years, r.weight) for r in self.ranges)
        note = Finding("divided_by_years", Severity.WARNING, "total", {"years": years})
        return replace(self, parts=parts, ranges=ranges, findings=(*self.findings, note), draws=None)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per part: the tidy frame behind every view.

        Returns
        -------
        pandas.DataFrame
            Columns part, observed, dark_figure, total, lower, upper, level, interval, method, single_estimate.
            Missing numbers mean that there is no estimate, or no upper limit.
        """
        import pandas as pd

        rows = [
            {
                "part": part.name,
                "observed": part.observed,
                "dark_figure": part.dark_figure,
                "total": part.total,
                "lower": part.lower,
                "upper": part.upper,
                "level": self.level,
                "interval": self.interval,
                "method": str(self.method),
                "single_estimate": not self.blocked and part.total is not None,
            }
            for part in self.parts
        ]
        numeric = ["dark_figure", "total", "lower", "upper"]
        return pd.DataFrame(rows).astype(dict.fromkeys(numeric, "float64"))

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


def _check_limits(lower: float | None, upper: float | None) -> None:
    if lower is not None and upper is not None and lower > upper:
        raise TableError("Limits of an estimate run upwards", got=f"{lower} to {upper}")


def _is_year(name: str, reference: Reference) -> bool:
    """Whether a part is a single year of the period."""
    first, last = reference.period or (0, 0)
    return name.isascii() and name.isdecimal() and first <= int(name) <= last
