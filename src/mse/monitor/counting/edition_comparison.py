"""`compare_editions`: two editions with overlapping years, revisions listed and windows apart (R47, requirement 44)."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from mse.core.figure import MEASURES, Column, Figure
from mse.core.sentence import Sentence
from mse.errors import TableError
from mse.lazy import lazy
from mse.messages.labels import label
from mse.monitor.counting.figure_set import Figures
from mse.monitor.counting.indicator import ALL, TOTAL, Category, Indicator
from mse.monitor.counting.indicators import INDICATORS
from mse.monitor.estimation.data_figures import heading

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy("pandas")

__all__ = ["compare_editions"]

Printed = Mapping[str, "pd.DataFrame"]

CELL = ("year", "form", "category_code", "measure")
REVISED, WINDOW, NEW = "revised", "window", "new"

SECTOR_FORMS = ("SU", "AU", "CU")
"""Forms of figures that are about one of them as a whole."""

ANY_SEXUAL = "any_SU"
"""Whole that figure 2.4b states beside its own rows."""


def compare_editions(old: Figures | Printed, new: Figures | Printed) -> Figure:
    """List what differs between two editions, or two snapshots of a register.

    Years that both count are compared cell by cell: a difference is a revision, not a development. Whole windows, which
    overlap, are compared as the report does. A category that the old edition does not have breaks its series.

    Parameters
    ----------
    old, new : Figures or mapping of str to pandas.DataFrame
        Figures, or printed frames (`mse.records.editions.printed`).

    Returns
    -------
    Figure
        Columns what (revised, window or new), figure, year, form, category, old, new, change.

    Raises
    ------
    mse.errors.TableError
        The editions have no figure in common.

    Examples
    --------
    >>> import pandas as pd
    >>> cell = {"year": ["2018", "2019"], "form": "AU", "category_code": "AU", "measure": "victims"}
    >>> first = {"2.7": pd.DataFrame({**cell, "value": [114, 260]})}
    >>> second = {"2.7": pd.DataFrame({**cell, "value": [114, 261]})}
    >>> compare_editions(first, second).to_frame()[["year", "old", "new"]].values.tolist()
    [['2019', 260, 261]]
    """
    common = [name for name in _keys(old) if name in set(_keys(new))]
    if not common:
        raise TableError("The editions have no figure in common", got=f"{list(_keys(old))} and {list(_keys(new))}")
    rows = [row for name in common for row in _compared(name, _cells(old, name), _cells(new, name))]
    names = ["what", "figure", "year", "form", "category", "old", "new", "change"]
    frame = pd.DataFrame(rows, columns=names).astype({"old": "Int64", "new": "Int64"})
    kinds = {"old": "persons", "new": "persons"}
    columns: dict[str, Column] = {name: heading(name, kinds.get(name, "text")) for name in names[:-1]}
    columns["change"] = heading("change", "percent", of=["old", "new"], missing="word_undefined")
    revised = sum(1 for row in rows if row[0] is _WHAT[REVISED])
    return Figure(
        "editions",
        frame,
        columns,
        title=Sentence("monitor_editions_title", {"n": revised})
        if revised
        else Sentence("monitor_editions_title_none", {"figures": len(common)}),
        caption=Sentence("monitor_editions_caption"),
        reference=new.reference if isinstance(new, Figures) else None,
    )


_WHAT = {
    REVISED: Sentence("monitor_editions_revised"),
    WINDOW: Sentence("monitor_editions_window"),
    NEW: Sentence("monitor_editions_new"),
}
"""What a row of the comparison is."""


def _keys(edition: Figures | Printed) -> tuple[str, ...]:
    return tuple(edition.keys())


def _cells(edition: Figures | Printed, name: str) -> dict[tuple[str, ...], float]:
    """Counts of a figure by cell; shares and means follow from them."""
    found = edition[name]
    frame = found.frame if isinstance(found, Figure) else found
    frame = frame[frame["measure"].map(lambda measure: MEASURES.get(measure) == "persons") & frame["value"].notna()]
    keys = zip(*(frame[column].astype(str) for column in CELL), strict=True)
    return dict(zip(keys, frame["value"].astype(float), strict=True))


def _compared(
    name: str, old: Mapping[tuple[str, ...], float], new: Mapping[tuple[str, ...], float]
) -> Iterator[tuple[Any, ...]]:
    known = {key[2] for key in old} | _derived(name)
    for key, value in new.items():
        year, form, code, _ = key
        if code not in known and year == TOTAL:
            yield _row(NEW, name, key, None, value)
        elif key in old and (value != old[key] or year == TOTAL):
            if year.isdigit():
                yield _row(REVISED, name, key, old[key], value)
            elif code == TOTAL and form in (ALL, *SECTOR_FORMS):
                yield _row(WINDOW, name, key, old[key], value)


def _entry(name: str) -> Indicator | None:
    return next((entries[name] for entries in INDICATORS.values() if name in entries), None)


def _derived(name: str) -> frozenset[str]:
    """Categories that follow from others: a new one is no break."""
    entry = _entry(name)
    return frozenset(category.code for category in entry.derived) | {ANY_SEXUAL} if entry else frozenset()


def _row(what: str, name: str, key: tuple[str, ...], old: float | None, new: float) -> tuple[Hashable, ...]:
    year, form, code, _ = key
    entry = _entry(name)
    said: Any = entry.said(Category(code, ())) if entry else label(TOTAL, code)
    when = "" if year == TOTAL else year
    change = new / old - 1 if old else float("nan")
    return _WHAT[what], name, when, form, said, old, new, change
