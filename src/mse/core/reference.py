"""`Reference`: what a number is about, so that numbers about different things are never divided."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Self

from mse.errors import ReferenceError

__all__ = ["Reference", "require_same"]

UNITS = ("person", "person-year", "report", "unknown")
_COMPARED = ("period", "unit", "population", "place")


@dataclass(frozen=True)
class Reference:
    """What a number is about.

    Parameters
    ----------
    period : (int, int) or None
        First and last year, both included. None where the publication does not say.
    unit : {"person", "person-year", "report", "unknown"}
        What is counted. "unknown" where the publication does not say.
    population : str
        The population in words: which line, which exclusions.
    place : str
        Where.
    snapshot : datetime.date or str, optional
        Date of the extract (ISO form); None where it is not known.
    source : str
        Publication or register.
    public : bool
        Whether the counts are published. Only public tables may be written in full.

    Raises
    ------
    mse.errors.ReferenceError
        The period runs backwards or the unit is none of those above.

    Examples
    --------
    >>> reference = Reference((2010, 2015), "person", "presumed victims", "Netherlands", source="x")
    >>> reference.years
    6
    """

    period: tuple[int, int] | None
    unit: str
    population: str
    place: str
    snapshot: date | None = None
    source: str = ""
    public: bool = False

    def __post_init__(self) -> None:
        if self.period is not None:
            first, last = (int(year) for year in self.period)
            if last < first:
                raise ReferenceError("A period runs from its first to its last year", got=f"{first} to {last}")
            object.__setattr__(self, "period", (first, last))
        if self.unit not in UNITS:
            raise ReferenceError(f"The unit is one of {', '.join(UNITS)}", got=repr(self.unit))
        if isinstance(self.snapshot, str):
            object.__setattr__(self, "snapshot", date.fromisoformat(self.snapshot))

    @property
    def years(self) -> int:
        """Number of years of the period."""
        if self.period is None:
            raise ReferenceError("The period of these numbers is not documented")
        return self.period[1] - self.period[0] + 1

    @property
    def period_label(self) -> str:
        """The period as it is printed: 2010–2015, or 2019; a dash where it is not known."""
        if self.period is None:
            return "–"
        first, last = self.period
        return str(first) if first == last else f"{first}–{last}"

    def differences(self, other: Reference) -> tuple[str, ...]:
        """Name the fields in which two references are about different things."""
        return tuple(name for name in _COMPARED if getattr(self, name) != getattr(other, name))

    def replace(self, **changes: Any) -> Self:
        """Return a copy with some fields changed."""
        return replace(self, **changes)

    def narrowed(self, covariate: str, levels: Sequence[Hashable]) -> Self:
        """Return the reference of the part of the population with these levels of a covariate.

        Consecutive years of a covariate "year" become the period; all else is added to the population.
        """
        years = sorted(level for level in levels if isinstance(level, int))
        if covariate == "year" and len(years) == len(levels) == years[-1] - years[0] + 1:
            return self.replace(period=(years[0], years[-1]))
        return self.replace(population=f"{self.population}; {covariate}: {', '.join(map(str, levels))}")

    def to_dict(self) -> dict[str, Any]:
        """Return the reference as plain values."""
        plain = asdict(self)
        plain["period"] = None if self.period is None else list(self.period)
        plain["snapshot"] = None if self.snapshot is None else self.snapshot.isoformat()
        return plain


def require_same(a: Reference | None, b: Reference | None, purpose: str) -> None:
    """Refuse to relate two numbers unless they are about the same thing.

    Raises
    ------
    mse.errors.ReferenceError
        One has no reference, or period, unit, population or place differ.
    """
    if a is None or b is None:
        raise ReferenceError(
            f"{purpose} needs to know what both numbers are about",
            got="a number without a reference",
            hint="Give reference=mse.Reference(…) when the data come in.",
        )
    if different := a.differences(b):
        pairs = "; ".join(f"{name} {getattr(a, name)!r} and {getattr(b, name)!r}" for name in different)
        raise ReferenceError(f"{purpose} needs two numbers about the same thing", got=pairs)
