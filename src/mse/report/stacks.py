"""Parts of totals as stacked bars: which parts have a colour of their own, and what stands in each bar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mse.core.figure import MEASURES
from mse.lazy import lazy
from mse.messages import sentence
from mse.monitor.disclosure.release import ReleasedFigure
from mse.report.canvas import CLASSES, OTHERS, UNKNOWN, Entry
from mse.report.wide import ALL, BY_FORM, PER_YEAR, UNKNOWN_CODES, Line, Wide, wide

pd = lazy("pandas")

__all__ = ["Bar", "Stack", "measure_of", "stack", "value_of"]

NAMED = 6
"""Parts with a colour of their own where there are more than there are colours."""


IMPUTED = "imputed_"
"""How the codes of categories begin that count the imputed among another category."""

WITHHELD_HATCH, IMPUTED_HATCH = "/////", "....."


@dataclass(frozen=True)
class Bar:
    """A bar of a stack.

    Parameters
    ----------
    label : str
        The year or form.
    parts : tuple of float
        Its parts, in the order of the entries.
    total : float or None
        Its total; None where it is withheld.
    imputed : tuple of float
        How many of each part are imputed; empty where the figure imputes nothing.
    interval : (float, float) or None
        Interval of the first part, where the figure marks one.
    """

    label: str
    parts: tuple[float, ...]
    total: float | None
    imputed: tuple[float, ...] = ()
    interval: tuple[float, float] | None = None

    @property
    def length(self) -> float:
        """How much of the bar is known, or is known to be withheld."""
        return sum(self.parts)

    @property
    def open(self) -> bool:
        """Whether nobody is told where the bar ends."""
        return self.total is None


@dataclass(frozen=True)
class Stack:
    """Stacked bars of a figure in a language.

    Parameters
    ----------
    entries : tuple of Entry
        The parts, with their colours.
    years, forms : tuple of Bar
        Bars of the years, and of the forms over the whole period.
    measure : str
        What is counted.
    heading : str
        What stands above the bars of the forms.
    keyed : bool
        Whether the parts need a key; where every part has a bar of its own they do not.
    """

    entries: tuple[Entry, ...]
    years: tuple[Bar, ...]
    forms: tuple[Bar, ...]
    measure: str
    heading: str = ""
    keyed: bool = True


def stack(shown: ReleasedFigure, language: str) -> Stack:
    """Read a figure with a layout as stacked bars.

    Where there are more parts than colours, the largest have one and the others are taken together: what is left of
    the total, if it is known. What is unknown is grey and last. What the policy withholds of a bar is hatched; where it
    withholds the total as well, the bar is open.
    """
    table = wide(shown, language)
    forms = table.places(BY_FORM)
    years = [place for place in table.places(PER_YEAR) if any(line.cells[place] is not None for line in table.parts())]
    if not years and not forms:
        return _by_part(shown, table)
    named, others, unknown = _sorted(shown, table)
    entries = [Entry(line.text, color) for line, color in zip(named, CLASSES, strict=False)]
    if others:
        entries.append(Entry(sentence("chart_others", language, n=len(others)), OTHERS))
    entries += [Entry(line.text, UNKNOWN) for line in unknown]
    parts = (named, others, unknown)
    groups = [[_bar(shown, table, parts, place) for place in group] for group in (years, forms)]
    if any(bar.parts[-1] or bar.open for bars in groups for bar in bars):
        entries.append(Entry(sentence("word_withheld", language), "#FFFFFF", WITHHELD_HATCH))
    else:
        groups = [[replace(bar, parts=bar.parts[:-1]) for bar in bars] for bars in groups]
    if any(sum(bar.imputed) for bars in groups for bar in bars):
        has_interval = any(bar.interval for bars in groups for bar in bars)
        key = "chart_imputed_interval" if has_interval else "chart_imputed"
        entries.append(Entry(sentence(key, language), "#FFFFFF", IMPUTED_HATCH))
        groups = [[replace(bar, parts=(*bar.parts, 0.0)) for bar in bars] for bars in groups]
    heading = sentence("wide_by_form", language, period=table.period)
    return Stack(tuple(entries), tuple(groups[0]), tuple(groups[1]), measure_of(shown, table.parts()), heading)


def _by_part(shown: ReleasedFigure, table: Wide) -> Stack:
    """Parts that are known for the whole period only: a bar each, the largest first, the unknown last."""
    (place,) = table.places(ALL)
    bars = []
    for line in sorted(
        table.parts(), key=lambda part: (part.code in UNKNOWN_CODES, -(value_of(shown, part, place) or 0))
    ):
        value, unknown = value_of(shown, line, place), line.code in UNKNOWN_CODES
        parts = (0.0, value or 0.0) if unknown else (value or 0.0, 0.0)
        bars.append(Bar(line.text, parts, value))
    entries = (Entry("", CLASSES[0]), Entry("", UNKNOWN))
    return Stack(entries, (), tuple(bars), measure_of(shown, table.parts()), table.period, keyed=False)


def measure_of(shown: ReleasedFigure, lines: Sequence[Line]) -> str:
    """What the first of some rows measures."""
    first = next(cell for line in lines for cell in line.cells if cell is not None)
    return str(shown.figure.frame.at[first, "measure"])


def value_of(shown: ReleasedFigure, line: Line | None, place: int) -> float | None:
    """The value of a cell; None where there is none, or it is withheld."""
    cell = None if line is None else line.cells[place]
    if cell is None or shown.figure.layout is None:
        return None
    found = shown.figure.frame.at[cell, shown.figure.layout.value]
    return None if pd.isna(found) else float(str(found))


def _sorted(shown: ReleasedFigure, table: Wide) -> tuple[list[Line], list[Line], list[Line]]:
    """Parts with a colour of their own, parts that are taken together, and the unknown."""
    counts = [line for line in table.parts() if _counts(shown, line)]
    unknown = [line for line in counts if line.code in UNKNOWN_CODES]
    known = [line for line in counts if line.code not in UNKNOWN_CODES]
    if len(known) <= len(CLASSES):
        return known, [], unknown
    sizes = {line.code: sum(value_of(shown, line, place) or 0.0 for place in range(len(line.cells))) for line in known}
    largest = sorted(known, key=lambda line: -sizes[line.code])[:NAMED]
    return [line for line in known if line in largest], [line for line in known if line not in largest], unknown


def _counts(shown: ReleasedFigure, line: Line) -> bool:
    rows = [cell for cell in line.cells if cell is not None]
    return all(MEASURES[str(shown.figure.frame.at[row, "measure"])] == "persons" for row in rows)


def _bar(shown: ReleasedFigure, table: Wide, groups: tuple[list[Line], list[Line], list[Line]], place: int) -> Bar:
    """A bar with its parts; the last of them is what is withheld."""
    named, others, unknown = groups
    total = value_of(shown, table.total(), place)
    every = (*named, *others, *unknown)
    held = {line.code: value_of(shown, line, place) for line in every}
    missing = any(held[line.code] is None and line.cells[place] is not None for line in every)
    rest = max(0.0, total - sum(value or 0.0 for value in held.values())) if missing and total is not None else 0.0
    together = [sum(held[line.code] or 0.0 for line in others)] if others else []
    parts = [held[line.code] or 0.0 for line in named] + together + [held[line.code] or 0.0 for line in unknown]
    guessed = [
        value_of(shown, next((line for line in table.lines if line.code == f"{IMPUTED}{part.code}"), None), place)
        or 0.0
        for part in named
    ]
    first = named[0].cells[place] if named else None
    interval = None if first is None else _interval(shown, named[0].code, first)
    return Bar(table.heads[place].text, (*parts, rest), total, tuple(guessed), interval)


def _interval(shown: ReleasedFigure, code: str, row: int) -> tuple[float, float] | None:
    """The interval that the figure marks for a category in the year of a row."""
    year = str(shown.figure.frame.at[row, "year"])
    lower, upper = (shown.figure.marks.get(f"{end}:{code}:{year}") for end in ("lower", "upper"))
    return None if lower is None or upper is None else (lower, upper)
