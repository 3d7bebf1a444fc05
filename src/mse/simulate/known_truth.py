"""`KnownTruth`: the hidden population behind a simulated register, and what was drawn from it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Self

import numpy as np

from mse.core.reference import Reference
from mse.core.shape import table_shape
from mse.core.table import CaptureTable
from mse.errors import TableError, did_you_mean
from mse.lazy import lazy
from mse.simulate.capture import capture_model
from mse.simulate.deal import stream
from mse.simulate.dependence import Pairs
from mse.simulate.draw import Drawn, draw
from mse.simulate.hidden import ON_LISTS, OUTCOMES, REGISTERED, groups
from mse.simulate.settled import FORMS, PERIOD, YEARS
from mse.simulate.sources import LISTS, on_lists

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy("pandas")

__all__ = ["REFERENCE", "KnownTruth"]

DIMENSIONS = ("year", "form", "minor", "sex", "region", "recorded_form")
COVARIATES = ("year", "form", "minor")
APART = ("P", "Z")
"""Lists with a rate of their own in every year and form: the police, whose victims are printed by both, and the list in
which two kinds of reporters meet."""

PERSONS = ("total", "on_lists", "registered", "expected_total", "expected_on_lists")

REFERENCE = Reference(
    period=PERIOD,
    unit="person-year",
    population="presumed victims of human trafficking, invented",
    place="Netherlands",
    source="synthetic register B (mse.simulate.register), drawn from a known population",
    public=True,
)
"""Reference of a register with a known truth: nobody in it exists, so its counts may be shown in full."""


@dataclass(frozen=True, eq=False)
class KnownTruth:
    """How many victims there are, whom a simulated register does not tell.

    Made by `mse.simulate.register`, as its `truth`; `KnownTruth.draw` makes it without the records, for many seeds.

    Parameters
    ----------
    kind : {"modelled", "published"}
        Which truth it is.
    seed : int
        Seed that it was drawn with.
    drawn : sequence of Drawn
        What was drawn, by year and recorded form.

    Examples
    --------
    >>> known = KnownTruth.draw(1)
    >>> known
    KnownTruth (modelled, seed 1): 15,390 victims in 2015-2019
    >>> known.table("year").select(year=2019).reference.years
    1
    """

    kind: str
    seed: int
    drawn: tuple[Drawn, ...]

    @classmethod
    def draw(cls, seed: int, *, truth: str = "modelled") -> Self:
        """Draw a population and who reports it.

        Parameters
        ----------
        seed : int
            Equal seeds give equal draws, different ones independent draws.
        truth : {"modelled", "published"}
            How many victims there are on no list; see `mse.simulate.register`.

        Returns
        -------
        KnownTruth
        """
        rng = stream(seed, f"capture {truth}")
        return cls(truth, seed, tuple(draw(group, rng) for group in groups(truth)))

    @cached_property
    def frame(self) -> pd.DataFrame:
        """Victims by stratum.

        Columns year, form, minor, sex and region, as they are and not as they were recorded, and recorded_form, as it
        is or would be recorded. Then total (in the population), on_lists, registered (on a list, or known by letter
        only, as line 3 of the monitor counts them), expected_total and expected_on_lists: what total and on_lists are
        over all seeds.
        """
        parts = []
        for one in self.drawn:
            expected = one.group.expected
            numbers = pd.DataFrame(one.numbers, columns=list(OUTCOMES))
            strata = one.group.strata.assign(recorded_form=one.group.recorded_form)
            parts.append(strata[list(DIMENSIONS)].assign(
                total=numbers.sum(axis=1),
                on_lists=numbers[list(ON_LISTS)].sum(axis=1),
                registered=numbers[list(REGISTERED)].sum(axis=1),
                expected_total=expected[list(OUTCOMES)].sum(axis=1),
                expected_on_lists=expected[list(ON_LISTS)].sum(axis=1),
            ))  # fmt: skip
        frame: pd.DataFrame = pd.concat(parts).groupby(list(DIMENSIONS), as_index=False).sum()
        return frame

    @property
    def total(self) -> int:
        """Victims in the population, those of all years together."""
        return sum(one.group.size for one in self.drawn)

    def by(self, *dimensions: str) -> pd.DataFrame:
        """Add the strata up over all other dimensions.

        Parameters
        ----------
        *dimensions : str
            Some of year, form, minor, sex, region and recorded_form.

        Returns
        -------
        pandas.DataFrame
            One row a level, with the numbers of `frame`.

        Examples
        --------
        >>> KnownTruth.draw(1, truth="published").by("year")["total"].tolist()
        [6563, 6250, 6250, 5937, 6250]
        """
        for name in dimensions:
            if name not in DIMENSIONS:
                raise TableError(f"The truth has no dimension '{name}'", hint=did_you_mean(name, DIMENSIONS))
        if not dimensions:
            return self.frame[list(PERSONS)].sum().to_frame().T
        summed: pd.DataFrame = self.frame.groupby(list(dimensions), as_index=False)[list(PERSONS)].sum()
        return summed

    @property
    def theta(self) -> Pairs:
        """Log odds ratio of every pair of lists, the same in every year and form."""
        return capture_model().theta

    @property
    def model(self) -> str:
        """The model of the simulation on a table by year and recorded form, which no study knows.

        What it says of those on no list is true of the truth "modelled" only.
        """
        pairs = [f"[{first} {second}]" for first, second in itertools.combinations(LISTS, 2)]
        rates = [f"[{name} year form]" if name in APART else f"[{name} year][{name} form]" for name in LISTS]
        return "".join((*pairs, *rates))

    @property
    def lists(self) -> Mapping[str, tuple[str, ...]]:
        """Sources of each list, as `Registry.table` takes them."""
        return LISTS

    @cached_property
    def dependence(self) -> pd.DataFrame:
        """What no list can see, by year and recorded form, and by form over the years (year "total").

        Columns year, form, size, off_lists (expected victims on no list), pairs (those if nothing depended on more
        than pairs) and c = log(off_lists / pairs), the dependence of being on a list at all.
        """
        rows = [
            (str(one.group.year), one.group.recorded_form, one.group.size, one.group.off_lists, one.group.pairs)
            for one in self.drawn
        ]
        frame = pd.DataFrame(rows, columns=["year", "form", "size", "off_lists", "pairs"])
        whole = frame.groupby("form", as_index=False)[["size", "off_lists", "pairs"]].sum().assign(year="total")
        frame = pd.concat([frame, whole], ignore_index=True)
        return frame.assign(c=np.log(frame["off_lists"] / frame["pairs"]))

    def table(self, *covariates: str) -> CaptureTable:
        """Count who is on which lists, straight from the draw: what the records give, without making them.

        Parameters
        ----------
        *covariates : str
            "year", "form" (as recorded) and "minor" (as it is).

        Returns
        -------
        CaptureTable
        """
        for name in covariates:
            if name not in COVARIATES:
                raise TableError(f"The draw has no covariate '{name}'", hint=did_you_mean(name, COVARIATES))
        levels = {name: {"year": YEARS, "form": FORMS, "minor": (False, True)}[name] for name in covariates}
        counts = np.zeros(table_shape(tuple(LISTS), levels), dtype=np.int64)
        for one in self.drawn:
            histories = on_lists(one.reported)
            listed = histories.any(axis=1)
            at = {
                "year": YEARS.index(one.group.year),
                "form": FORMS.index(one.group.recorded_form),
                "minor": one.group.strata["minor"].to_numpy().astype(np.intp)[one.stratum][listed],
            }
            np.add.at(counts, (*histories[listed].T.astype(np.intp), *(at[name] for name in levels)), 1)
        return CaptureTable(tuple(LISTS), counts, levels, REFERENCE)

    def __repr__(self) -> str:
        return f"KnownTruth ({self.kind}, seed {self.seed}): {self.total:,} victims in {PERIOD[0]}-{PERIOD[1]}"
