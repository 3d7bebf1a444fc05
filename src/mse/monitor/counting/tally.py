"""`Tally`: counts of the categories of an indicator by year, by form, and over its whole window."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mse.core.cube import COUNT, Cube
from mse.monitor.counting.condition import Condition, has, is_in
from mse.monitor.counting.indicator import ALL, TOTAL, Category, Indicator
from mse.monitor.counting.mentions import mentioned
from mse.monitor.counting.source import PERSON, CubeSource
from mse.records.register.rules_form import FORMS
from mse.records.register.rules_population import LINES

__all__ = ["Slice", "Tally", "cell_of", "years_of"]

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Slice:
    """A column of a figure: a year, or a form over the whole window, or the whole window.

    Parameters
    ----------
    year : str
        The year; "total" for the whole window.
    period : str
        The years in full: "2019" or "2015-2019".
    form : str
        The form; "all" for all of them.
    """

    year: str
    period: str
    form: str = ALL

    @property
    def whole(self) -> bool:
        """Whether it is the whole window and all forms."""
        return self.year == TOTAL and self.form == ALL


class Tally:
    """Counts of an indicator.

    Parameters
    ----------
    indicator : Indicator
        What is counted.
    source : CubeSource
        From what.
    window : (int, int)
        First and last year.

    Attributes
    ----------
    indicator : Indicator
        The indicator, with a category for every level that occurs where it is open.
    slices : tuple of Slice
        Columns of the figure.
    """

    def __init__(self, indicator: Indicator, source: CubeSource, window: tuple[int, int]) -> None:
        self.source, self.window = source, window
        cube = source.within(window, *indicator.dimensions, line=indicator.line)
        self.indicator = _opened(indicator, cube)
        for condition in indicator.base:
            cube = _kept(cube, condition)
        self.cube = mentioned(cube, indicator.dimension) if indicator.mentions else cube
        frame = self.cube.frame
        self._counts: NDArray[np.int64] = frame[COUNT].to_numpy(dtype=np.int64)
        self._levels = {name: frame[name].to_numpy() for name in self.cube.dimensions}
        self.slices = self._made_slices()
        self._in = {column: self._mask_of(column) for column in self.slices}

    @property
    def forms(self) -> tuple[str, ...]:
        """Forms of the columns."""
        return tuple(column.form for column in self.slices if column.form != ALL)

    @property
    def period(self) -> str:
        """The whole window."""
        return years_of(*self.window)

    def mask(self, conditions: Iterable[Condition]) -> Mask:
        """Cells of the cube that meet all of some conditions."""
        met = np.ones(len(self._counts), dtype=bool)
        for condition in conditions:
            met &= self._meets(condition)
        return met

    def count(self, mask: Mask, column: Slice) -> int:
        """Count the cells of a mask in a column."""
        return int(self._counts[mask & self._in[column]].sum())

    def mean(self, dimension: str, column: Slice) -> float:
        """Mean of a number in a column, over those of whom it is known; NaN where there are none."""
        numbers = self._levels[dimension].astype(np.int64)
        known = self._in[column] & (numbers >= 0)
        n = int(self._counts[known].sum())
        return float((numbers[known] * self._counts[known]).sum() / n) if n else float("nan")

    def cell(self, category: Category | None, column: Slice) -> Hashable:
        """What the count of a category in a column counts; None is the total."""
        chosen = (self.indicator.total or ()) if category is None else category.where
        form = () if column.form == ALL else (is_in("form", column.form),)
        base, line = self.indicator.base, self.indicator.line
        if self.indicator.mentions and (len(chosen) != 1 or len(chosen[0].levels) != 1):
            cell = cell_of(self.source, line, column.period, (*base, *chosen, *form))
            return ("mentions", self.indicator.dimension, cell)
        if self.indicator.mentions:
            chosen = (has(self.indicator.dimension, *chosen[0].levels),)
        return cell_of(self.source, line, column.period, (*base, *chosen, *form))

    def _meets(self, condition: Condition) -> Mask:
        column = self._levels[condition.dimension]
        found = {level: condition.holds(level) for level in set(column.tolist())}
        return np.fromiter((found[level] for level in column.tolist()), dtype=bool, count=len(column))

    def _made_slices(self) -> tuple[Slice, ...]:
        first, last = self.window
        years = [Slice(str(year), str(year)) for year in range(first, last + 1)]
        forms: list[Slice] = []
        if self.indicator.by_form:
            found = [level for level in self.cube.levels("form") if level not in FORMS]
            forms = [Slice(TOTAL, self.period, str(form)) for form in (*FORMS, *found)]
        return (*years, *forms, Slice(TOTAL, self.period))

    def _mask_of(self, column: Slice) -> Mask:
        if column.year != TOTAL:
            return np.asarray(self._levels["year"] == int(column.year))
        if column.form != ALL:
            return np.asarray(self._levels["form"] == column.form)
        return np.ones(len(self._counts), dtype=bool)


def cell_of(source: CubeSource, line: str, period: str, conditions: Iterable[Condition]) -> Hashable:
    """What a count counts: the same for the same count in any figure of any window and edition.

    A count under other rules than those of the edition, or in another unit, is another count. So are persons of a
    window that begins in another year: who counts in 2017 depends on whether reports of 2015 count.
    """
    rules = source.rules.of_counts
    unit = f"{PERSON} from {source.period[0]}" if source.unit == PERSON else source.unit
    choices = rules.to_json() if rules.off or rules.options else ""
    keys = set()
    for condition in _merged(conditions):
        lines = [name for name, populations in LINES.items() if set(populations) == set(condition.levels)]
        if condition.dimension == "population" and condition.kind == "in" and lines:
            line = lines[0]
        elif condition == is_in("emm", "only") and rules.is_on("R7"):
            keys.add(is_in("population", "emm_only").key)
        else:
            keys.add(condition.key)
    return (unit, choices, line, period, frozenset(keys))


def _merged(conditions: Iterable[Condition]) -> Iterator[Condition]:
    """Conditions with those that name levels of the same dimension taken together."""
    named: dict[str, tuple[str, ...]] = {}
    for condition in conditions:
        if condition.kind == "in":
            before = named.get(condition.dimension, condition.levels)
            named[condition.dimension] = tuple(level for level in condition.levels if level in before)
        else:
            yield condition
    for dimension, levels in named.items():
        yield Condition(dimension, levels)


def years_of(first: int, last: int) -> str:
    """Write a period: "2019", or "2015-2019"."""
    return str(first) if first == last else f"{first}-{last}"


def _kept(cube: Cube, condition: Condition) -> Cube:
    return cube.where(**{condition.dimension: [x for x in cube.levels(condition.dimension) if condition.holds(x)]})


def _opened(indicator: Indicator, cube: Cube) -> Indicator:
    """The indicator with a category for every level that occurs, where it is open."""
    if not indicator.open:
        return indicator
    return indicator.with_levels(_occurring(indicator, cube))


def _occurring(indicator: Indicator, cube: Cube) -> Iterator[str]:
    """Levels that occur in the base, most frequent first."""
    for condition in indicator.base:
        cube = _kept(cube, condition)
    cube = mentioned(cube, indicator.dimension) if indicator.mentions else cube
    counts: dict[Any, int] = cube.by(indicator.dimension)
    yield from sorted(counts, key=lambda level: (-counts[level], str(level)))
