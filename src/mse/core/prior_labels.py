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
    named = [column for column in frame if column not in _ANSWERS]
    labels: list[Text] = []
    for place, row in enumerate(frame.to_dict("records")):
        if place == 0:
            labels.append(Sentence("prior_as_given"))
            continue
        if "value" in named:
            changed = [(row["prior"], row["value"])]
        else:
            first = frame.iloc[0]
            changed = [
                (column, row[column]) for column in named if not (pd.isna(row[column]) or row[column] == first[column])
            ]
        labels.append(Sentence("prior_changed", {"changes": [_change(column, value) for column, value in changed]}))
    return labels


def _change(option: str, value: Any) -> Text:
    """One option of a prior and what it became; a prior of the total in its own sentence."""
    if isinstance(value, TotalPrior):
        return value.words
    if isinstance(value, float):
        written = f"{value:g}"
        return Sentence("prior_option", {"option": option, "value": {"en": written, "nl": written.replace(".", ",")}})
    return Sentence("prior_option", {"option": option, "value": value})
