"""What priors are called that stand beside each other."""

from __future__ import annotations

from typing import Any

from mse.core.sentence import Sentence, Text
from mse.core.total_prior import TotalPrior
from mse.lazy import lazy

pd = lazy("pandas")

__all__ = ["prior_labels"]

_ANSWERS = ("median", "lower", "upper", "model", "probability", "weighed", "status", "mixed", "level")
"""Columns of a frame of priors that say what each gave; the others say which prior it is."""


def prior_labels(frame: Any) -> list[Text]:
    """Say what each prior is: the first as it was asked for, the others by what they change of it.

    Parameters
    ----------
    frame : pandas.DataFrame
        What `fit.prior_influence()` gave.

    Examples
    --------
    >>> import pandas
    >>> [str(label) for label in prior_labels(pandas.DataFrame({"delta": [1.0, 0.5], "median": [724.0, 725.0]}))]
    ['as given', 'delta 0.5']
    """
    rows = frame.to_dict("records")
    others = [
        Sentence("prior_changed", {"changes": [_change(option, value) for option, value in _changed(row, rows[0])]})
        for row in rows[1:]
    ]
    return [*(Sentence("prior_as_given") for _ in rows[:1]), *others]


def _changed(row: dict[str, Any], first: dict[str, Any]) -> list[tuple[str, Any]]:
    """Options that are other than in the first row; some frames name the one that is."""
    if "value" in row:
        return [(row["prior"], row["value"])]
    named = [column for column in row if column not in _ANSWERS]
    return [(option, row[option]) for option in named if not (pd.isna(row[option]) or row[option] == first[option])]


def _change(option: str, value: Any) -> Text:
    """One option of a prior and what it became; a prior of the total in its own sentence."""
    if isinstance(value, TotalPrior):
        return value.words
    if isinstance(value, float):
        written = f"{value:g}"
        return Sentence("prior_option", {"option": option, "value": {"en": written, "nl": written.replace(".", ",")}})
    return Sentence("prior_option", {"option": option, "value": value})
