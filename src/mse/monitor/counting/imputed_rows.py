"""`ImputedIndicator`: a figure in which what is not known is imputed for part of the victims (figure 2.4b)."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mse.errors import TableError
from mse.messages.labels import label
from mse.monitor.counting.imputation import LESS_VISIBLE, VISIBLE, Imputation, impute, limits
from mse.monitor.counting.indicator import TOTAL, Category, Indicator
from mse.monitor.counting.source import CubeSource
from mse.monitor.counting.tally import Slice, cell_of, years_of
from mse.monitor.counting.tidy_rows import TidyRows

__all__ = ["ImputedIndicator", "imputed_rows", "sub_periods"]

REPLICATES = 1000
"""Draws of the interval: its limits then move by a few victims from seed to seed."""

SEED = 2015
"""Seed of the interval of the first sub-period, the next ones follow: the same figures for the same register."""

IMPUTED, VICTIMS = "victims_imputed", "victims"


@dataclass(frozen=True)
class ImputedIndicator(Indicator):
    """An indicator whose categories are visible and less visible, known or imputed.

    Parameters
    ----------
    strata : tuple of str
        Dimensions that make the strata of the imputation.
    """

    strata: tuple[str, ...] = ()

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Dimensions of the cube that it needs."""
        return tuple(dict.fromkeys([*super().dimensions, *self.strata]))


def sub_periods(window: tuple[int, int], asked: Sequence[tuple[int, int]] | None) -> tuple[tuple[int, int], ...]:
    """Parts of a window within which visibility is imputed (R22).

    Parameters
    ----------
    window : (int, int)
        First and last year.
    asked : sequence of (int, int), optional
        The parts; by default two, of which the second has the odd year: 2015-2016 and 2017-2019.

    Raises
    ------
    mse.errors.TableError
        The parts do not make up the window.

    Examples
    --------
    >>> sub_periods((2015, 2019), None)
    ((2015, 2016), (2017, 2019))
    """
    first, last = window
    if asked is None:
        half = first + (last - first + 1) // 2
        return ((first, half - 1), (half, last)) if first < last else (window,)
    years = [year for start, end in asked for year in range(start, end + 1)]
    if years != list(range(first, last + 1)):
        raise TableError(
            f"Sub-periods make up the window {first} to {last}, each year once and in order", got=repr(tuple(asked))
        )  # fmt: skip
    return tuple((int(start), int(end)) for start, end in asked)


def imputed_rows(
    indicator: ImputedIndicator, source: CubeSource, window: tuple[int, int], parts: Sequence[tuple[int, int]]
) -> tuple[TidyRows, dict[str, float]]:
    """Impute within the parts of a window, and lay the result out as rows.

    Parameters
    ----------
    indicator : ImputedIndicator
        What is imputed.
    source : CubeSource
        From what.
    window : (int, int)
        First and last year.
    parts : sequence of (int, int)
        Sub-periods; the window is their sum, as in the report.

    Returns
    -------
    rows : TidyRows
        Whole numbers: imputed visible victims are rounded half up in every sub-period, the others are the rest.
    marks : dict
        Limits of the interval of the visible victims, by ``lower:visible:2015-2016``: of every sub-period and of the
        window, in which sub-periods are drawn independently.
    """
    rows, marks = TidyRows(indicator.id), dict[str, float]()
    minimum, on = source.rules.chosen("R24")["minimum"], all(map(source.rules.is_on, ("R22", "R24")))
    whole = Slice(TOTAL, years_of(*window))
    sums: dict[tuple[str, str], float] = {}
    slices = []
    drawn, known = np.zeros(REPLICATES), 0
    for place, (first, last) in enumerate(parts):
        period = years_of(first, last)
        cube = source.within((first, last), *indicator.dimensions, line=indicator.line)
        for condition in indicator.base:
            kept = [level for level in cube.levels(condition.dimension) if condition.holds(level)]
            cube = cube.where(**{condition.dimension: kept})
        result = impute(cube, indicator.strata, minimum=minimum, on=on)
        slices.append(Slice(period, period))
        for key, value in _values(result, indicator.measure):
            sums[key] = sums.get(key, 0.0) + value
            how: Hashable = (minimum if on else 0, ((first, last),))
            _add(rows, indicator, source, slices[-1], key, value, result.classified, how)
        of_part = result.replicates(REPLICATES, SEED + place)
        marks |= _limits(period, result.known_visible, of_part)
        drawn, known = drawn + of_part, known + result.known_visible
    marks |= _limits(whole.period, known, drawn)
    for key, value in sums.items():
        how = (minimum if on else 0, tuple(parts))
        _add(rows, indicator, source, whole, key, value, sums[TOTAL, indicator.measure], how)
    for column in (*slices, whole):
        _say_sums(rows, indicator.measure, column)
    rows.say_totals((*slices, whole))
    measures = {TOTAL: indicator.measure, "any_SU": VICTIMS}
    for share in indicator.percentages:
        of = [(code, measures[code]) for code in (share.part, share.whole)]
        rows.add_percentage(of[0], of[1], share.measure, (*slices, whole), indicator.form)
    return rows, marks


def _limits(period: str, known: int, drawn: NDArray[np.float64]) -> dict[str, float]:
    """Limits of known and drawn visible victims of a period."""
    lower, upper = limits(drawn)
    return {f"lower:{VISIBLE}:{period}": known + lower, f"upper:{VISIBLE}:{period}": known + upper}


def _values(result: Imputation, measure: str) -> Iterator[tuple[tuple[str, str], float]]:
    """Rows of a period, whole persons, parts before what is derived from them."""
    visible = math.floor(result.imputed_visible + 0.5)
    less = result.imputed - visible
    yield (VISIBLE, measure), result.known_visible + visible
    yield (LESS_VISIBLE, measure), result.known_less_visible + less
    yield (TOTAL, measure), result.classified
    yield ("imputed_visible", IMPUTED), visible
    yield ("imputed_less_visible", IMPUTED), less
    yield ("imputed_total", IMPUTED), result.imputed
    yield ("not_classified", VICTIMS), result.not_classified
    yield ("any_SU", VICTIMS), result.classified + result.not_classified


def _add(
    rows: TidyRows, indicator: ImputedIndicator, source: CubeSource, column: Slice, key: tuple[str, str],
    value: float, classified: float, how: Hashable,
) -> None:  # fmt: skip
    """Add a row; how it was imputed, within which sub-periods, is part of what it counts."""
    code, measure = key
    said = label("exploitation_any", code) if code == "any_SU" else indicator.said(Category(code, ()))
    who = cell_of(source, indicator.line, column.period, indicator.base)
    cell: Hashable = who if code == "any_SU" else (measure, code, how, who)
    base = value if code == "any_SU" else classified
    rows.add(column, code, said, measure, value, form=indicator.form, base=base, cell=cell)


def _say_sums(rows: TidyRows, measure: str, column: Slice) -> None:
    total = rows.at(TOTAL, measure, column)
    rows.say_sum(total, [rows.at(code, measure, column) for code in (VISIBLE, LESS_VISIBLE)])
    rows.say_sum(
        rows.at("imputed_total", IMPUTED, column),
        [rows.at(code, IMPUTED, column) for code in ("imputed_visible", "imputed_less_visible")],
    )
    rows.say_sum(rows.at("any_SU", VICTIMS, column), [total, rows.at("not_classified", VICTIMS, column)])
