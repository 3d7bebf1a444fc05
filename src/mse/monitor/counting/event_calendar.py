"""Event calendar: what changed in law, procedure or circumstances, as marks on trends and as break dates."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib import resources
from typing import TYPE_CHECKING, Any

from mse.core.sentence import Text
from mse.errors import TableError
from mse.lazy import lazy

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy("pandas")

__all__ = ["Event", "breaks", "calendar", "event_marks", "events"]

DAYS = 365.25


@dataclass(frozen=True)
class Event:
    """Something that can break a series.

    Parameters
    ----------
    key : str
        Its name for programs.
    start : datetime.date
        Its date; where only the year is known, the first day of it.
    precision : {"day", "year"}
        How precisely the date is known.
    name : Text
        What happened, in both languages.
    lists : tuple of str
        Reporters that it affects; empty where it affects all.
    categories : tuple of str
        Codes of categories that it affects; empty where it affects all.
    source : str
        Where it is written.
    """

    key: str
    start: date
    precision: str
    name: Text
    lists: tuple[str, ...]
    categories: tuple[str, ...]
    source: str

    def __hash__(self) -> int:
        return hash(self.key)

    @property
    def decimal_year(self) -> float:
        """The date as a number on an axis of years."""
        return self.start.year + (self.start - date(self.start.year, 1, 1)).days / DAYS


@functools.cache
def calendar() -> tuple[Event, ...]:
    """All events of the calendar, in the order of their dates.

    Examples
    --------
    >>> [event.key for event in calendar()]
    ['supreme_court', 'gdpr', 'coordination_centre', 'covid']
    """
    text = (resources.files("mse.monitor.counting") / "data" / "events.toml").read_text(encoding="utf-8")
    plain: Mapping[str, Mapping[str, Any]] = tomllib.loads(text)
    found = [
        Event(
            key, entry["start"], entry["precision"], {"en": entry["en"], "nl": entry["nl"]},
            tuple(entry.get("lists", ())), tuple(entry.get("categories", ())), entry["source"],
        )
        for key, entry in plain.items()
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda event: event.start))


def events() -> pd.DataFrame:
    """Return the event calendar.

    Returns
    -------
    pandas.DataFrame
        Columns event, date, precision, name_en, name_nl, lists, categories, source.

    Examples
    --------
    >>> events()["date"].tolist()[1]
    '2018-05-25'
    """
    rows = [
        (
            event.key, event.start.isoformat(), event.precision, event.name["en"], event.name["nl"],
            "|".join(event.lists), "|".join(event.categories), event.source,
        )
        for event in calendar()
    ]  # fmt: skip
    names = ["event", "date", "precision", "name_en", "name_nl", "lists", "categories", "source"]
    return pd.DataFrame(rows, columns=names)


def event_marks(window: tuple[int, int]) -> dict[str, float]:
    """Marks of the events within a window, by ``event:<key>``: the date on the axis of years."""
    return {
        f"event:{event.key}": event.decimal_year
        for event in calendar()
        if window[0] <= event.start.year <= window[1]
    }  # fmt: skip


def breaks(years: tuple[int, int], *, lists: str | None = None) -> dict[str, int]:
    """Return the break dates of a period: for each event the first year that it may have changed.

    Parameters
    ----------
    years : (int, int)
        First and last year of a series; an event in its first year breaks nothing.
    lists : str, optional
        A reporter: only events that affect it.

    Returns
    -------
    dict
        Year by event. A trend before and after ``breaks((2015, 2019))["gdpr"]`` are two trends.

    Raises
    ------
    mse.errors.TableError
        The period runs backwards.

    Examples
    --------
    >>> breaks((2015, 2019)), breaks((2015, 2019), lists="police")
    ({'supreme_court': 2016, 'gdpr': 2018, 'coordination_centre': 2019}, {'coordination_centre': 2019})
    """
    first, last = years
    if last < first:
        raise TableError("A period runs from its first to its last year", got=f"{first} to {last}")
    return {
        event.key: event.start.year
        for event in calendar()
        if first < event.start.year <= last and (lists is None or not event.lists or lists in event.lists)
    }
