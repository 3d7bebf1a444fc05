"""Shares that say what they are shares of, and changes that keep per cent and percentage points apart (R43-R46)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from mse.core.sentence import Sentence
from mse.errors import ModelError, did_you_mean
from mse.records.register.rules import Rules

__all__ = ["Change", "Share", "change", "half_up", "share"]

BASES: Mapping[str, str] = {
    "victims": "monitor_unit_victims",
    "victims_distinct": "monitor_unit_victims_distinct",
    "reports": "monitor_unit_reports",
    "police_reports": "monitor_unit_police_reports",
}
"""What a share may be a share of, with the words for it."""

IN_BASE, LEFT_OUT = "in base", "left out"


def half_up(value: float | Fraction, decimals: int = 0) -> float:
    """Round half up, as the report does (R43): a half goes to the larger number, of negative ones to that nearer to 0.

    A number that falls on a half by its decimals counts as one.

    Examples
    --------
    >>> half_up(2.5), half_up(24.95, 1), half_up(-0.5)
    (3.0, 25.0, 0.0)
    """
    scaled = exact(value) * 10**decimals
    return float(Fraction((scaled + Fraction(1, 2)).__floor__(), 10**decimals))


def exact(value: float | Fraction) -> Fraction:
    """A number as a fraction, by the decimals that it has."""
    return Fraction(str(value)) if isinstance(value, float) else Fraction(value)


@dataclass(frozen=True)
class Share:
    """A share that knows its numerator, its base, and what it does with the unknown.

    Parameters
    ----------
    numerator, denominator : float
        Part and base; the base is without the unknown where those are left out.
    of : {"victims", "victims_distinct", "reports", "police_reports"}
        What the base counts.
    unknown : {"in base", "left out"}
        Whether the unknown are in the base.
    n_unknown : float
        How many are unknown; 0 where that is not said.
    rounding : {"half_up", "half_even"}
        What becomes of half a per cent (R43).
    """

    numerator: float
    denominator: float
    of: str = "victims"
    unknown: str = IN_BASE
    n_unknown: float = 0
    rounding: str = "half_up"

    @property
    def exact(self) -> Fraction:
        """The share as an exact fraction."""
        return exact(self.numerator) / exact(self.denominator)

    @property
    def value(self) -> float:
        """The share as a fraction."""
        return self.numerator / self.denominator

    @property
    def percent(self) -> int:
        """The share in whole per cent, by default rounded half up."""
        return _whole(100 * self.exact, self.rounding)

    @property
    def measure(self) -> str:
        """The measure of a tidy figure that such shares have."""
        if self.unknown == LEFT_OUT:
            return "percent_of_known"
        return "percent_of_reports" if self.of in ("reports", "police_reports") else "percent_of_victims"

    @property
    def sentence(self) -> Sentence:
        """The share in words of both languages, with numerator and base."""
        said = {
            "numerator": self.numerator, "base": self.denominator, "percent": self.percent / 100,
            "of": Sentence(BASES[self.of]),
        }  # fmt: skip
        if self.unknown == LEFT_OUT:
            return Sentence("monitor_share_left_out", said)
        if self.n_unknown:
            return Sentence("monitor_share_in_base_counted", {**said, "unknown": self.n_unknown})
        return Sentence("monitor_share_in_base", said)

    def __str__(self) -> str:
        return str(self.sentence)


def share(
    numerator: float, base: float, *, of: str = "victims", unknown: str = IN_BASE, n_unknown: float = 0,
    rules: Rules | None = None,
) -> Share:  # fmt: skip
    """Make a share.

    Parameters
    ----------
    numerator : float
        The part.
    base : float
        The whole, the unknown included.
    of : {"victims", "victims_distinct", "reports", "police_reports"}
        What the base counts: presumed victims, distinct ones where the parts overlap, or reports.
    unknown : {"in base", "left out"}
        What is done with the unknown.
    n_unknown : float
        How many of the base are unknown; needed where they are left out, and said where they are not.
    rules : Rules, optional
        Rules of which R43 says what becomes of half a per cent.

    Returns
    -------
    Share

    Raises
    ------
    mse.errors.ModelError
        The base is empty, the part or the unknown are larger than it, or a word is not one of those above.

    Examples
    --------
    >>> print(share(1183, 5691, of="reports"))
    1,183 of 5,691 reports (21%), the unknown in the base
    >>> print(share(1238, 1676, unknown="left out", n_unknown=148))
    1,238 of 1,528 presumed victims of whom it is known (81%)
    >>> print(share(833, 1310, n_unknown=132))
    833 of 1,310 presumed victims (64%), the unknown (132) in the base
    """
    for name, given, known in (("of", of, list(BASES)), ("unknown", unknown, [IN_BASE, LEFT_OUT])):
        if given not in known:
            raise ModelError(f"There is no '{given}' for {name}", hint=did_you_mean(given, known))
    if not 0 <= n_unknown <= base:
        raise ModelError(
            "The unknown of a share are at least 0 and at most its base", got=f"{n_unknown:g} of {base:g}"
        )  # fmt: skip
    denominator = base - n_unknown if unknown == LEFT_OUT else base
    if not 0 <= numerator <= denominator < math.inf or denominator <= 0:
        raise ModelError(
            "The part of a share is at least 0 and at most its base, and the base above 0",
            got=f"{numerator:g} of {denominator:g}",
        )
    return Share(numerator, denominator, of, unknown, n_unknown, _rounding(rules))


def _rounding(rules: Rules | None) -> str:
    return str((rules or Rules()).chosen("R43")["rounding"])


def _whole(value: Fraction, rounding: str) -> int:
    return round(value) if rounding == "half_even" else int(half_up(value))


@dataclass(frozen=True)
class Change:
    """A change between two counts, or between two shares; exact, so that a half is one when it is rounded.

    Parameters
    ----------
    old, new : Fraction
        Both counts, or both shares.
    of_shares : bool
        Whether they are shares.
    rounding : {"half_up", "half_even"}
        What becomes of half a per cent, or point (R43).
    """

    old: Fraction
    new: Fraction
    of_shares: bool = False
    rounding: str = "half_up"

    @property
    def points(self) -> float | None:
        """Difference of two shares as a fraction, 0.36 for 36 percentage points; None between counts."""
        return float(self.new - self.old) if self.of_shares else None

    @property
    def sentence(self) -> Sentence:
        """The change in words of both languages, in whole per cent and points, rounded as shares are (R43)."""
        percent = _signed(self.new / self.old - 1, self.rounding)
        if not self.of_shares:
            return Sentence("monitor_change", {"percent": percent})
        return Sentence(
            "monitor_change_of_share", {"percent": percent, "points": _signed(self.new - self.old, self.rounding)}
        )

    def __str__(self) -> str:
        return str(self.sentence)


def _signed(value: Fraction, rounding: str) -> str:
    """A fraction in whole hundredths, with its sign."""
    whole = _whole(100 * value, rounding)
    return f"{whole:+d}" if whole else "0"


def change(old: float | Share, new: float | Share, *, rules: Rules | None = None) -> Change:
    """Say how much two counts, or two shares, differ.

    Parameters
    ----------
    old, new : float or Share
        Both counts or both shares; shares of the same base that treat the unknown alike.
    rules : Rules, optional
        Of counts, as for `share`; shares say themselves how they are rounded.

    Returns
    -------
    Change

    Raises
    ------
    mse.errors.ModelError
        One is a share and the other is not, the shares are of different things, a count is negative or not known, or
        the old number is 0.

    Examples
    --------
    >>> print(change(668, 1334))
    +100 per cent
    >>> print(change(share(1380, 3148), share(2506, 3148)))
    +36 percentage points (+82 per cent)
    >>> print(change(200, 209), "/", change(40, 23))
    +5 per cent / -42 per cent
    """
    if isinstance(old, Share) != isinstance(new, Share):
        raise ModelError("A change is between two counts or between two shares", got="one of each")
    if isinstance(old, Share) and isinstance(new, Share):
        if (old.of, old.unknown, old.rounding) != (new.of, new.unknown, new.rounding):
            raise ModelError(
                "Shares are compared where they are of the same, treat the unknown alike and are rounded alike",
                got=" and ".join(f"of {one.of}, unknown {one.unknown}, {one.rounding}" for one in (old, new)),
            )
        return _change(old.exact, new.exact, old.rounding, of_shares=True)
    assert not isinstance(old, Share)
    assert not isinstance(new, Share)
    if not (0 <= old < math.inf and 0 <= new < math.inf):
        raise ModelError("A change is between counts, which are not negative", got=f"{old:g} and {new:g}")
    return _change(exact(old), exact(new), _rounding(rules), of_shares=False)


def _change(old: Fraction, new: Fraction, rounding: str, *, of_shares: bool) -> Change:
    if old == 0:
        raise ModelError("There is no change in per cent from 0", hint="State both numbers.")
    return Change(old, new, of_shares, rounding)
