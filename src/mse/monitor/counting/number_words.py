"""Words for shares and changes, each within a documented band of numbers (requirement 47).

A word stands for one band and every number has one word, so that a text cannot say "almost half" of 52 %.
"""

from __future__ import annotations

import math

from mse.core.sentence import Sentence
from mse.errors import ModelError

__all__ = ["CHANGES", "SHARES", "change_in_words", "in_words", "share_in_words"]

SHARES: tuple[tuple[float, str], ...] = (
    (0.05, "hardly_any"), (0.09, "less_than_tenth"), (0.11, "tenth"), (0.18, "more_than_tenth"), (0.225, "fifth"),
    (0.275, "quarter"), (0.31, "more_than_quarter"), (0.355, "third"), (0.45, "more_than_third"),
    (0.50, "almost_half"), (0.60, "more_than_half"), (0.64, "six_in_ten"), (0.70, "two_thirds"),
    (0.80, "three_quarters"), (0.90, "more_than_four_fifths"), (1.00, "almost_all"),
)  # fmt: skip
"""Upper ends of the bands of shares, with the word of each. A band ends before the next begins; exactly none, half,
six in ten, four in five and all have words of their own."""

CHANGES: tuple[tuple[float, str], ...] = (
    (0.45, "less_than_half"), (0.55, "halved"), (0.77, "fell_considerably"), (0.87, "fell"), (0.95, "fell_slightly"),
    (1.05, "about_same"), (1.15, "rose_slightly"), (1.30, "rose"), (1.90, "rose_considerably"),
    (2.00, "almost_doubled"), (2.10, "doubled"), (2.90, "more_than_doubled"), (3.00, "almost_tripled"),
    (3.10, "tripled"), (math.inf, "more_than_tripled"),
)  # fmt: skip
"""Upper ends of the bands of new divided by old, with the word of each; a band ends before the next begins. Equal
counts, and those from or to nobody, have words of their own."""

_EXACT = {0.0: "none", 0.5: "half", 0.6: "just_six_in_ten", 0.8: "four_fifths", 1.0: "all"}
"""Shares that are exactly what a word names. A share of counts is the nearest number to its fraction, as these are."""


def share_in_words(share: float) -> Sentence:
    """Say a share in words.

    Parameters
    ----------
    share : float
        A fraction from 0 to 1.

    Returns
    -------
    Sentence

    Raises
    ------
    mse.errors.ModelError
        The number is no share.

    Examples
    --------
    >>> str(share_in_words(0.3312)), share_in_words(0.485)["nl"]
    ('about one in three', 'bijna de helft')
    """
    if not 0.0 <= share <= 1.0:
        raise ModelError("A share is a fraction from 0 to 1", got=f"{share:g}")
    word = _EXACT.get(share) or next(name for end, name in SHARES if share < end)
    return Sentence(f"share_{word}")


def change_in_words(old: float, new: float) -> Sentence:
    """Say in words how one count became another.

    Parameters
    ----------
    old, new : float
        The counts.

    Returns
    -------
    Sentence

    Raises
    ------
    mse.errors.ModelError
        A count is negative, not known or not finite.

    Examples
    --------
    >>> str(change_in_words(668, 1334)), change_in_words(2, 1)["nl"]
    ('almost doubled', 'is ongeveer gehalveerd')
    """
    if not (0 <= old < math.inf and 0 <= new < math.inf):
        raise ModelError("Counts are not negative, and finite", got=f"{old:g} and {new:g}")
    if old == new:
        return Sentence("change_same")
    if old == 0 or new == 0:
        return Sentence("change_from_nobody") if old == 0 else Sentence("change_to_nobody")
    return Sentence(f"change_{next((name for end, name in CHANGES if new / old < end), CHANGES[-1][1])}")


def in_words(value: float, kind: str = "share") -> Sentence:
    """Say a number in words, in both languages.

    Parameters
    ----------
    value : float
        A share from 0 to 1, or the ratio of a new to an old count.
    kind : {"share", "ratio"}
        Which of the two it is.

    Returns
    -------
    Sentence

    Raises
    ------
    mse.errors.ModelError
        There is no such kind, or the number is none of that kind.

    Examples
    --------
    >>> in_words(0.25)["en"], in_words(1.997, "ratio")["nl"]
    ('about a quarter', 'is bijna verdubbeld')
    """
    if kind == "share":
        return share_in_words(value)
    if kind == "ratio":
        return change_in_words(1.0, value)
    raise ModelError("A number in words is a 'share' or a 'ratio'", got=repr(kind))
