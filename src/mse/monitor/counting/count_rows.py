"""Rows of an indicator that counts: categories, total, what is derived, means, shares and ranks."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import numpy as np

from mse.monitor.counting.condition import Condition
from mse.monitor.counting.indicator import NOT_KNOWN, TOTAL, Category, Indicator
from mse.monitor.counting.ranking import competition_ranks
from mse.monitor.counting.tally import Mask, Slice, Tally
from mse.monitor.counting.tidy_rows import TidyRows

__all__ = ["counted_rows"]


def counted_rows(tally: Tally) -> TidyRows:
    """Count an indicator and lay the counts out as rows.

    Parameters
    ----------
    tally : Tally
        The counts of an indicator.

    Returns
    -------
    TidyRows
    """
    rows, indicator = TidyRows(tally.indicator.id), tally.indicator
    masks = {category.code: tally.mask(category.where) for category in (*indicator.categories, *indicator.derived)}
    whole = None if indicator.total is None else tally.mask(indicator.total)
    columns = _listed(tally, masks) if indicator.top else {c.code: _slices(tally, c.code) for c in indicator.categories}
    ranks = _ranks(tally, masks) if indicator.top else {}
    for category in indicator.categories:
        for column in columns.get(category.code, ()):
            rank = _shown_rank(ranks, category, column, indicator.top or 0)
            _add(rows, tally, category, masks, whole, column, rank)
    if whole is not None:
        for column in _slices(tally, TOTAL):
            n = tally.count(whole, column)
            rows.add(column, TOTAL, indicator.total_label, indicator.measure, n, form=indicator.form, base=n,
                     cell=tally.cell(None, column))  # fmt: skip
    for category in indicator.derived:
        for column in _slices(tally, category.code):
            _add(rows, tally, category, masks, whole, column)
    _say_sums(rows, tally, masks, whole)
    rows.say_totals(tally.slices)
    _add_means(rows, tally)
    _add_percentages(rows, tally)
    return rows


def _add_percentages(rows: TidyRows, tally: Tally) -> None:
    indicator = tally.indicator
    both = (*indicator.categories, *indicator.derived)
    measures = {category.code: category.measure or indicator.measure for category in both}
    for share in indicator.percentages:
        of = [(code, measures.get(code, indicator.measure)) for code in (share.part, share.whole)]
        rows.add_percentage(of[0], of[1], share.measure, tally.slices, indicator.form)


def _add(
    rows: TidyRows, tally: Tally, category: Category, masks: Mapping[str, Mask], whole: Mask | None,
    column: Slice, rank: float = float("nan"),
) -> None:  # fmt: skip
    indicator, mask = tally.indicator, masks[category.code]
    everyone = tally.mask(())
    base = whole if whole is not None and not (mask & ~whole).any() else everyone
    rows.add(
        column, category.code, indicator.said(category), category.measure or indicator.measure,
        tally.count(mask, column), form=category.form or indicator.form, base=tally.count(base, column),
        cell=tally.cell(category, column), rank=rank,
    )  # fmt: skip


def _slices(tally: Tally, code: str) -> tuple[Slice, ...]:
    """Columns in which a category stands."""
    yearly = tally.indicator.yearly
    if yearly is None or code in yearly:
        return tally.slices
    return tuple(column for column in tally.slices if column.year == TOTAL)


def _add_means(rows: TidyRows, tally: Tally) -> None:
    for mean in tally.indicator.means:
        for column in tally.slices:
            known = rows.at(mean.rests, tally.indicator.measure, column)
            n = rows.value(mean.rests, tally.indicator.measure, column)
            said = tally.indicator.said(Category(mean.code, ()))
            at = rows.add(column, mean.code, said, mean.measure, tally.mean(mean.dimension, column),
                          form=tally.indicator.form, base=n)  # fmt: skip
            if known is not None:
                rows.rests[at] = (known,)


def _say_sums(rows: TidyRows, tally: Tally, masks: Mapping[str, Mask], whole: Mask | None) -> None:
    """State of which smaller categories each category is exactly made of."""
    measures = {c.code: c.measure or tally.indicator.measure for c in (*tally.indicator.categories,
                                                                     *tally.indicator.derived)}  # fmt: skip
    every = {**masks, **({} if whole is None else {TOTAL: whole})}
    measures[TOTAL] = tally.indicator.measure
    for code, mask in every.items():
        parts = _own_parts(code, mask, masks, tally.indicator) or _parts(code, mask, every)
        for column in tally.slices if parts else ():
            rows.say_sum(rows.at(code, measures[code], column), [rows.at(p, measures[p], column) for p in parts])


def _own_parts(code: str, mask: Mask, masks: Mapping[str, Mask], indicator: Indicator) -> list[str]:
    """The categories of the figure that make up its total, or what is derived; those that are empty here too.

    None where they overlap, or do not make it up.
    """
    derived = {category.code: category.where for category in indicator.derived}
    if code != TOTAL and code not in derived:
        return []
    chosen = [
        category.code for category in indicator.categories
        if code == TOTAL or _lies_in(category, masks[category.code], derived[code], mask)
    ]  # fmt: skip
    counted = np.sum([masks[name] for name in chosen], axis=0) if chosen else np.zeros(len(mask))
    return chosen if np.array_equal(counted, mask.astype(int)) else []


def _lies_in(category: Category, cells: Mask, where: tuple[Condition, ...], mask: Mask) -> bool:
    """Whether a category is part of another: by its cells, or where it has none by what both say of a dimension."""
    if cells.any():
        return not (cells & ~mask).any()
    levels = {condition.dimension: condition.levels for condition in category.where if condition.kind == "in"}
    return bool(where) and all(
        condition.dimension in levels and all(map(condition.holds, levels[condition.dimension])) for condition in where
    )


def _parts(code: str, mask: Mask, every: Mapping[str, Mask]) -> list[str]:
    """The smallest categories that a category is exactly made of; none where there are none."""
    names = list(every)
    inside = [
        other for other in names
        if other != code and every[other].any() and not (every[other] & ~mask).any()
        and (not np.array_equal(every[other], mask) or names.index(other) < names.index(code))
    ]  # fmt: skip
    smallest = [
        one for one in inside
        if not any(other != one and _below(every[other], every[one], names.index(other) < names.index(one))
                   for other in inside)
    ]  # fmt: skip
    if not smallest or any((every[a] & every[b]).any() for a, b in combinations(smallest, 2)):
        return []
    union = np.logical_or.reduce([every[name] for name in smallest])
    return smallest if np.array_equal(union, mask) else []


def _below(smaller: Mask, larger: Mask, first: bool) -> bool:
    """Whether a category lies within another; of two equal ones the first lies within the second."""
    if (smaller & ~larger).any():
        return False
    return first if np.array_equal(smaller, larger) else True


def _ranks(tally: Tally, masks: Mapping[str, Mask]) -> dict[tuple[str, Slice], int]:
    """Rank of every category in every column; what is unknown, and who is not there, has none (R29)."""
    ranks: dict[tuple[str, Slice], int] = {}
    for column in tally.slices:
        counts = {code: tally.count(mask, column) for code, mask in masks.items() if code not in NOT_KNOWN}
        ranks |= {(code, column): rank for code, rank in competition_ranks(counts).items()}
    return ranks


def _listed(tally: Tally, masks: Mapping[str, Mask]) -> dict[str, tuple[Slice, ...]]:
    """Categories that are rows: those among the first in a year or form, in every column; of the others those that
    come before the last of these over the whole window, in that column only."""
    ranks, top = _ranks(tally, masks), tally.indicator.top or 0
    whole = next(column for column in tally.slices if column.whole)
    inner = [column for column in tally.slices if not column.whole]
    first = {code for code in masks if any(ranks.get((code, column), top + 1) <= top for column in inner)}
    last = max((ranks[code, whole] for code in first), default=0)
    order = sorted(code for code in masks if (code, whole) in ranks)
    if tally.source.reference is not None and tally.source.reference.public:
        order.sort(key=lambda code: ranks[code, whole])  # else its place between two others would say how large one is
    listed = {code: tally.slices for code in order if code in first}
    return listed | {code: (whole,) for code in order if code not in first and ranks[code, whole] < last}


def _shown_rank(ranks: Mapping[tuple[str, Slice], int], category: Category, column: Slice, top: int) -> float:
    """The rank that is printed: among the first in a year or form, any over the whole window."""
    rank = ranks.get((category.code, column))
    return float(rank) if rank is not None and (column.whole or rank <= top) else float("nan")
