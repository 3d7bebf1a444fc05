"""Lists that fail in a year, start late, end early, or have one year far above their others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Literal

from mse.core.cube import Cube
from mse.core.figure import Figure
from mse.core.finding import Finding, Severity
from mse.core.list_metadata import ListMetadata
from mse.errors import TableError
from mse.messages.labels import label, labels
from mse.monitor.coverage.registered import FigureSource

__all__ = ["Counts", "Failure", "grouped_counts", "list_failures", "list_label", "reporter_counts", "reports_figure"]

Counts = Mapping[str, Mapping[int, int]]
"""Reports by list and year."""

LARGEST_SHARE = 0.5
"""A year is low where less than this share of what its other years lead one to expect is there. Law enforcement lists
of 2015-2019 with hundreds of reports stay above 0.75."""

LARGEST_PEAK = 3.0
"""A year is a peak above this many times what its other years lead one to expect. The labour inspectorate's 102 reports
of 2015, 2.4 times its other years, are none."""

SMALLEST_CHANCE = 0.05
"""… and where a count so low has less than this chance under ordinary change, divided by the number of years of the
list. `benchmarks/list_failure.py` measures how often a list is then flagged for nothing."""

_PEAK = 0.1
"""A peak needs this share of the chance of a low year: lists have large cases (R25), so only a glaring one is told."""

SPREAD = 0.1
"""Overdispersion of ordinary change: the variance of a count is its mean plus this times the mean squared, so that a
large list moves by about a third from year to year. The law enforcement lists of 2015-2019 do."""

_FEWEST = 2
"""Years outside a low run, or beside a peak: one other year cannot tell which of the two is strange."""

_SHORT = 5
"""A list of fewer years is judged as one of so many: the median of one or two other years is itself uncertain."""

_REPORTERS = "2.11"
_SETS = "reporters"
_DIMENSIONS = ("reporter", "reporter_group")

Kind = Literal["failed", "starts", "ends", "peak"]


@dataclass(frozen=True)
class Failure:
    """A list in a year in which it failed, until which it had not started, from which it ended, or of its peak.

    Parameters
    ----------
    name : str
        Code of the list.
    year : int
        The year; of a list that starts its last low year, of one that ends its first.
    count : int
        Reports in that year.
    expected : float
        What the other years lead one to expect: at least so many, of a peak at most.
    chance : float
        Chance of a count so low, of a peak so high, under ordinary change.
    kind : {"failed", "starts", "ends", "peak"}
        What happened.
    """

    name: str
    year: int
    count: int
    expected: float
    chance: float
    kind: Kind = "failed"

    def finding(self) -> Finding:
        """Say it as a finding: a peak as a note, all else as a warning."""
        values = {"name": list_label(self.name), "year": self.year, "count": self.count, "expected": self.expected}
        if self.kind == "peak":
            return Finding("list_peak", Severity.NOTE, self.name, values)
        if self.kind == "starts":
            return Finding("list_starts", Severity.WARNING, self.name, values)
        if self.kind == "ends":
            return Finding("list_ends", Severity.WARNING, self.name, values)
        return Finding("list_failure", Severity.WARNING, self.name, values)


def list_label(code: str) -> dict[str, str]:
    """What a list or a group of lists is called."""
    for dimension in _DIMENSIONS:
        if (dimension, code) in labels():
            return label(dimension, code)
    return label(_DIMENSIONS[0], code)


def reporter_counts(source: FigureSource | Figure | Cube) -> dict[str, dict[int, int]]:
    """Read the reports of each list by year from figure 2.11, or from a cube with the dimensions year and reporters.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"year": [2018, 2018], "reporters": ["police", "fairwork|police"], "count": [9, 1]})
    >>> reporter_counts(Cube(frame, frozenset({"reporters"})))
    {'fairwork': {2018: 1}, 'police': {2018: 10}}
    """
    if isinstance(source, Cube):
        table = source.margin("year", _SETS).members(_SETS).by(_SETS, "year")
        years = source.levels("year")
        names = sorted({name for name, _ in table})
        return {name: {int(str(year)): table.get((name, year), 0) for year in years} for name in names}
    frame = reports_figure(source).to_frame()
    frame = frame[(frame["form"] == "all") & (frame["measure"] == "reports") & frame["value"].notna()]
    found: dict[str, dict[int, int]] = {}
    for name, year, value in zip(frame["category_code"], frame["year"], frame["value"], strict=True):
        if ("reporter", name) in labels() and str(year).isdigit():
            found.setdefault(str(name), {})[int(year)] = int(value)
    if not found:
        raise TableError("The figure holds no reports by list and year")
    return found


def reports_figure(source: FigureSource | Figure) -> Figure:
    """The figure with the reports by list.

    Raises
    ------
    mse.errors.TableError
        It is not among the figures.
    """
    figure = source if isinstance(source, Figure) else dict(source.items()).get(_REPORTERS)
    if figure is None:
        raise TableError(f"Reports by list are in figure {_REPORTERS}", hint="Give the figure itself, or a cube.")
    return figure


def grouped_counts(counts: Counts, metadata: Mapping[str, ListMetadata]) -> dict[str, dict[int, int]]:
    """Add the lists up by their group; a list without one is in none."""
    found: dict[str, dict[int, int]] = {}
    for name, years in counts.items():
        if name in metadata and (group := metadata[name].group):
            for year, count in years.items():
                found.setdefault(group, {})[year] = found.get(group, {}).get(year, 0) + count
    return found


def list_failures(
    counts: Counts,
    *,
    largest_share: float = LARGEST_SHARE,
    smallest_chance: float = SMALLEST_CHANCE,
    spread: float = SPREAD,
) -> tuple[Failure, ...]:
    """Find the years in which a list fails, starts late, ends early, or has a peak.

    A run of years is low where each of its counts is below `largest_share` of both the years beside the run and the
    median of all years outside it, and where counts so low have a small chance under a negative binomial distribution
    with the least of these as mean and overdispersion `spread`. In between, the list failed in those years; at the
    first or last year it starts or ends. A year is a peak where it has more than three times the years beside it and
    the median of the others, with a chance a tenth as large.

    Parameters
    ----------
    counts : mapping of str to mapping of int to int
        Reports by list and year (`reporter_counts`), or by group (`grouped_counts`). A list needs three years.
    largest_share, spread : float
        The rule's numbers.
    smallest_chance : float
        For a whole list: a count's own chance must be below this divided by the number of years, five or more. At 0.05
        at most about one in twenty lists without any failure is flagged.

    Returns
    -------
    tuple of Failure
        By list and year; `Failure.finding` says each as a finding.

    Examples
    --------
    >>> [(f.name, f.year, f.kind) for f in list_failures({"fairwork": {2016: 125, 2017: 124, 2018: 5, 2019: 134}})]
    [('fairwork', 2018, 'failed')]
    >>> [(f.year, f.kind) for f in list_failures({"x": {2015: 20, 2016: 25, 2017: 200, 2018: 22, 2019: 24}})]
    [(2017, 'peak')]
    >>> [(f.year, f.kind) for f in list_failures({"x": {2015: 0, 2016: 0, 2017: 100, 2018: 105, 2019: 110}})]
    [(2016, 'starts')]
    """
    found: list[Failure] = []
    for name, by_year in counts.items():
        if len(by_year) > _FEWEST:
            series = _Series(name, by_year, largest_share, smallest_chance / max(len(by_year), _SHORT), spread)
            found += sorted((*series.low(), *series.peaks()), key=lambda failure: failure.year)
    return tuple(found)


class _Series:
    """The counts of one list in the order of the years, and the rule's numbers."""

    def __init__(self, name: str, by_year: Mapping[int, int], share: float, chance: float, spread: float) -> None:
        self.name, self.years = name, sorted(by_year)
        self.counts = [by_year[year] for year in self.years]
        self.share, self.chance, self.spread = share, chance, spread

    def low(self) -> list[Failure]:
        """What is said of the low runs; of runs within each other the longest counts."""
        size, taken = len(self.counts), set[int]()
        found: list[Failure] = []
        for length in range(size - _FEWEST, 0, -1):
            for first in range(size - length + 1):
                run = range(first, first + length)
                if taken.isdisjoint(run) and self._is_low(run):
                    taken |= set(run)
                    found += self._said(run)
        return found

    def peaks(self) -> list[Failure]:
        """The years that are far above the others."""
        found = []
        for place, count in enumerate(self.counts):
            expected = float(max(self._others(range(place, place + 1))))
            if count > LARGEST_PEAK * expected:
                # Where nothing is expected the mean is that of one report, so that a handful is no peak.
                chance = 1 - _at_most(count - 1, max(expected, 1.0), self.spread)
                if chance < _PEAK * self.chance:
                    found.append(Failure(self.name, self.years[place], count, expected, chance, "peak"))
        return found

    def _is_low(self, run: range) -> bool:
        outside = len(self.counts) - len(run)
        at_an_end = run.start == 0 or run.stop == len(self.counts)
        if outside < len(run) and not at_an_end:
            return False
        expected, largest = min(self._others(run)), max(self.counts[place] for place in run)
        return largest < self.share * expected and _at_most(largest, expected, self.spread) < self.chance

    def _others(self, run: range) -> tuple[float, ...]:
        """The years beside a run, and the median of all years outside it."""
        before, after = self.counts[: run.start], self.counts[run.stop :]
        return (*before[-1:], *after[:1], median([*before, *after]))

    def _said(self, run: range) -> list[Failure]:
        if run.start == 0:
            return [self._failure(run, run[-1], "starts")]
        if run.stop == len(self.counts):
            return [self._failure(run, run[0], "ends")]
        return [self._failure(run, place, "failed") for place in run]

    def _failure(self, run: range, place: int, kind: Kind) -> Failure:
        count, expected = self.counts[place], float(min(self._others(run)))
        return Failure(self.name, self.years[place], count, expected, _at_most(count, expected, self.spread), kind)


def _at_most(count: int, expected: float, spread: float) -> float:
    """Chance of at most `count` under a negative binomial with this mean and variance mean + spread x mean squared."""
    from scipy.special import betainc

    if count < 0:
        return 0.0
    size = 1 / spread
    return float(betainc(size, count + 1, size / (size + expected)))
