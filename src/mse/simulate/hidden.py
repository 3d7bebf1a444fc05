"""The hidden population of register B: how many victims there are in every stratum, under one of two truths.

"modelled" holds as many victims on no list as the capture model says: no dependence beyond its pairs. "published" holds
as many as the published estimates say, with the same expected register, so that c = log(f0 / f0 of the pairs) is what
no list can see.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mse.errors import ModelError, did_you_mean
from mse.lazy import lazy
from mse.simulate.capture import Capture, capture_model, on_no_list
from mse.simulate.settled import FORMS, SEXUAL, YEARS, Settled
from mse.simulate.sources import marechaussee_alone, reporting
from mse.simulate.strata import strata

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy("pandas")

__all__ = ["ON_LISTS", "OUTCOMES", "PUBLISHED", "REGISTERED", "TRUTHS", "Group", "groups"]

TRUTHS = ("modelled", "published")

OUTCOMES = ("unseen", "letter", "marechaussee", "quiet", "police")
"""What can happen to a victim: on no list and unknown; on no list and registered; on list K alone and not in line 3; on
lists without the police; on lists with the police."""

ON_LISTS = ("marechaussee", "quiet", "police")
"""Outcomes of those who are on a list."""

REGISTERED = ("letter", "quiet", "police")
"""Outcomes of those whom line 3 of the monitor counts."""

PUBLISHED: Mapping[str, tuple[float, float]] = {
    "BL-SU": (3000.0, 1300.0),
    "GO-SU": (1450.0, 360.0),
    "AU": (1150.0, 173.0),
    "CU": (650.0, 250.0),
}
"""Victims a year by form, and the minors among them. The report estimates 5,000-7,500 in all, 3,000 in domestic sexual
exploitation with 1,300 minors, and a third of all minors; the other forms are a choice that adds up to that."""

LEVEL = {2015: 1.05, 2016: 1.0, 2017: 1.0, 2018: 0.95, 2019: 1.0}
"""Factor of each year, so that years differ and stay within the range."""

FORM_LOST = (300.0, 177.0)
"""Of the published victims a year, those whose form no reporter would record, and the minors among them."""


@dataclass(frozen=True, eq=False)
class Group:
    """Victims of one year whose form is recorded alike: capture is the same within, but for the police.

    Parameters
    ----------
    year : int
    recorded_form : str
    size : int
        Victims in the hidden population.
    strata : pandas.DataFrame
        Strata of the group.
    expected : pandas.DataFrame
        Expected victims by stratum and outcome, a column each of `OUTCOMES`. They add up to `size`.
    sets : array of float
        Expected victims by set of sources.
    pairs : float
        Victims on no list if nothing depended on more than pairs.
    """

    year: int
    recorded_form: str
    size: int
    strata: pd.DataFrame
    expected: pd.DataFrame
    sets: NDArray[np.float64]
    pairs: float

    @property
    def off_lists(self) -> float:
        """Expected victims on no list."""
        return float(self.expected[["unseen", "letter"]].to_numpy().sum())


@functools.cache
def groups(truth: str) -> tuple[Group, ...]:
    """Make the hidden population; it is the same for every seed.

    Parameters
    ----------
    truth : {"modelled", "published"}
        How many there are on no list.

    Returns
    -------
    tuple of Group
        By year and recorded form.

    Raises
    ------
    mse.errors.ModelError
        There is no such truth.

    Examples
    --------
    >>> sum(group.size for group in groups("published"))
    31250
    """
    if truth not in TRUTHS:
        raise ModelError(f"There is no truth {truth!r}", hint=did_you_mean(str(truth), TRUTHS))
    model, cells = capture_model(), dict(list(strata().groupby(["year", "recorded_form"])))
    made: list[Group] = []
    for y, year in enumerate(YEARS):
        published = {form: np.array([total - minors, minors]) * LEVEL[year] for form, (total, minors) in
                     PUBLISHED.items()}  # fmt: skip
        for f in reversed(range(len(FORMS))):  # unknown form first: what it holds of each form is not held twice
            part = _seen(model, y, f, cells[year, FORMS[f]].reset_index(drop=True))
            if truth == "modelled":
                wanted = _evenly(part, float(model.unseen[y, f]))
            elif FORMS[f] == "UNK":
                total, minors = FORM_LOST
                wanted = np.array([total - minors, minors]) * LEVEL[year] - _by_age(part, ON_LISTS)
            else:
                wanted = published[FORMS[f]] - _by_age(part, ON_LISTS)
            group = _with_unseen(part, wanted, model, y, f)
            made.append(group)
            if FORMS[f] == "UNK":
                for form in published:
                    published[form] = published[form] - _by_age(group.expected[group.strata["form"] == form])
    return tuple(sorted(made, key=lambda group: (group.year, FORMS.index(group.recorded_form))))


def _seen(model: Capture, y: int, f: int, rows: pd.DataFrame) -> pd.DataFrame:
    """Strata of a group with those on lists: the core table, scaled to the capture model."""
    sets, sources = model.expected[y, f], reporting()
    by_police = sources[:, 0]
    alone = marechaussee_alone(sources) & (FORMS[f] in SEXUAL)
    quiet = rows["quiet"] / rows["quiet"].sum()
    return rows.assign(
        share=quiet,
        marechaussee=sets[alone].sum() * quiet,
        quiet=sets[~by_police & ~alone].sum() * quiet,
        police=sets[by_police].sum() * rows["police"] / rows["police"].sum(),
    )


def _by_age(part: pd.DataFrame, columns: Sequence[str] = OUTCOMES) -> NDArray[np.float64]:
    """Adults and minors of some columns, all outcomes where none are named."""
    minor = part["minor"].to_numpy()
    number = part[list(columns)].to_numpy().sum(axis=1)
    return np.array([number[~minor].sum(), number[minor].sum()])


def _evenly(part: pd.DataFrame, unseen: float) -> NDArray[np.float64]:
    """Spread those on no list over adults and minors as those whom the police did not report."""
    return unseen * _by_age(part, ["share"])


def _with_unseen(part: pd.DataFrame, wanted: NDArray[np.float64], model: Capture, y: int, f: int) -> Group:
    """Add those on no list: within an age group, in the shares of those whom the police did not report.

    In these shares the group keeps the model of pairs: a stratum that differs in one list only does not disturb it.
    """
    on_lists = float(part[list(ON_LISTS)].to_numpy().sum())
    size = round(on_lists + wanted.sum())
    wanted = wanted * (size - on_lists) / wanted.sum()
    minor = part["minor"].to_numpy().astype(int)
    unseen = part["share"] * (wanted / _by_age(part, ["share"]))[minor]
    letters = on_no_list(Settled.of())[YEARS[y]] if FORMS[f] == "UNK" else 0.0
    expected = part.assign(letter=letters * part["share"], unseen=unseen - letters * part["share"])
    expected = expected[["minor", "form", *OUTCOMES]]
    return Group(YEARS[y], FORMS[f], size, part, expected, model.expected[y, f], float(model.unseen[y, f]))
