"""Series over years: which rows of a figure are lines, and which events are marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mse.messages import sentence
from mse.monitor.counting.event_calendar import calendar
from mse.monitor.disclosure.release import ReleasedFigure
from mse.report.canvas import CLASSES, UNKNOWN, Entry
from mse.report.stacks import measure_of, value_of
from mse.report.style import INK, QUIET
from mse.report.wide import PER_YEAR, UNKNOWN_CODES, wide

__all__ = ["Event", "Lines", "Series", "lines_of"]

FEW = 3
"""Series up to which their total is drawn as well."""

_SHAPES = "osD^vP*X"
_EVENT = "event:"


@dataclass(frozen=True)
class Series:
    """A line: its name and colour, the shape of its marks, and its values; None where one is withheld."""

    entry: Entry
    shape: str
    values: tuple[float | None, ...]

    @property
    def last(self) -> float | None:
        """The value at the end; None where it is withheld."""
        return self.values[-1]


@dataclass(frozen=True)
class Event:
    """Something that happened: when, in decimal years, and what is written beside its line."""

    when: float
    text: str


@dataclass(frozen=True)
class Lines:
    """Series of a figure in a language, the years on their axis, events within them, and what is counted."""

    series: tuple[Series, ...]
    years: tuple[int, ...]
    events: tuple[Event, ...]
    measure: str

    @property
    def largest(self) -> float:
        """The largest value."""
        return max((value for each in self.series for value in each.values if value is not None), default=1.0)


def lines_of(shown: ReleasedFigure, language: str) -> Lines:
    """Read a figure with a layout as lines: its parts, and their total where they are few."""
    table = wide(shown, language)
    places = table.places(PER_YEAR)
    rows, total = table.parts(), table.total()
    if total is not None and len(rows) <= FEW:
        rows = [*rows, total]
    years = tuple(int(table.heads[at].text) for at in places)
    colors = iter(CLASSES)
    series = []
    for place, line in enumerate(rows):
        color = INK if line is total else UNKNOWN if line.code in UNKNOWN_CODES else next(colors, QUIET)
        values = tuple(value_of(shown, line, at) for at in places)
        entry = Entry(_named(line.text, values, years[-1], language), color)
        series.append(Series(entry, _SHAPES[place % len(_SHAPES)], values))
    return Lines(tuple(series), years, _events(shown, years, language), measure_of(shown, rows))


def _named(name: str, values: Sequence[float | None], year: int, language: str) -> str:
    """The name of a series; that its end is withheld, or all of it."""
    if values[-1] is not None:
        return name
    key = "chart_line_unseen" if all(value is None for value in values) else "chart_line_end_unseen"
    return sentence(key, language, name=name, year=str(year))


def _events(shown: ReleasedFigure, years: tuple[int, ...], language: str) -> tuple[Event, ...]:
    """Events within the years, in their order; the calendar knows their dates, which no policy rounds."""
    known = {f"{_EVENT}{event.key}": event.decimal_year for event in calendar()}
    marked = {name: known.get(name, when) for name, when in shown.figure.marks.items() if name.startswith(_EVENT)}
    found = [
        Event(when, sentence(f"event_{name.removeprefix(_EVENT)}", language))
        for name, when in marked.items()
        if when is not None and years[0] <= when <= years[-1] + 1
    ]
    return tuple(sorted(found, key=lambda event: event.when))
