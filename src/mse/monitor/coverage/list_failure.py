"""Lists that fail in a year: their count falls far below their neighbouring years."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

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
"""A list fails where less than this share of what its neighbouring years lead one to expect is there. Law enforcement
lists of 2015-2019 with hundreds of reports stay above 0.75."""

SMALLEST_CHANCE = 0.01
"""… and where a count so low has less than this chance under ordinary change."""

SPREAD = 0.1
"""Overdispersion of ordinary change: the variance of a count is its mean plus this times the mean squared, so that a
large list moves by about a third from year to year. The law enforcement lists of 2015-2019 do."""

_REPORTERS = "2.11"
_SETS = "reporters"
_DIMENSIONS = ("reporter", "reporter_group")


@dataclass(frozen=True)
class Failure:
    """A list in a year in which it failed."""

    name: str
    year: int
    count: int
    expected: float
    chance: float

    def finding(self) -> Finding:
        """Say it as a finding."""
        values = {"name": list_label(self.name), "year": self.year, "count": self.count, "expected": self.expected}
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
    """Find the years in which a list fails.

    What to expect in a year is the mean of the nearest year before and the nearest after in which the list did not
    fail; of the first and last year, the one that there is. A list fails where its count is less than `largest_share`
    of that and a count so low has a chance below `smallest_chance` under a negative binomial distribution with
    overdispersion `spread`. Years that fail are then passed over as neighbours, until no other fails.

    Parameters
    ----------
    counts : mapping of str to mapping of int to int
        Reports by list and year (`reporter_counts`), or by group (`grouped_counts`).
    largest_share, smallest_chance, spread : float
        The rule's numbers.

    Returns
    -------
    tuple of Failure
        By list and year; `Failure.finding` says each as a finding.

    Examples
    --------
    >>> [(f.name, f.year) for f in list_failures({"fairwork": {2016: 125, 2017: 124, 2018: 5, 2019: 134}})]
    [('fairwork', 2018)]
    """
    found: list[Failure] = []
    for name, years in counts.items():
        failed: dict[int, Failure] = {}
        while new := _next(name, years, failed, largest_share, smallest_chance, spread):
            failed[new.year] = new
        found += [_against_the_others(failed[year], years, failed, spread) for year in sorted(failed)]
    return tuple(found)


def _next(
    name: str,
    years: Mapping[int, int],
    failed: Collection[int],
    largest_share: float,
    smallest_chance: float,
    spread: float,
) -> Failure | None:
    """The least likely failure that is not found yet."""
    found = []
    for year, count in years.items():
        expected = _expected(years, year, failed)
        if year in failed or expected is None or count >= largest_share * expected:
            continue
        chance = _chance(count, expected, spread)
        if chance < smallest_chance:
            found.append(Failure(name, year, count, expected, chance))
    return min(found, key=lambda failure: failure.chance, default=None)


def _against_the_others(failure: Failure, years: Mapping[int, int], failed: Collection[int], spread: float) -> Failure:
    """The failure against years of which none failed: when it was found, another failed year may have been near."""
    expected = _expected(years, failure.year, failed)
    if expected is None:
        return failure
    return Failure(failure.name, failure.year, failure.count, expected, _chance(failure.count, expected, spread))


def _expected(years: Mapping[int, int], year: int, failed: Collection[int]) -> float | None:
    before = [other for other in years if other < year and other not in failed]
    after = [other for other in years if other > year and other not in failed]
    near = [years[max(before)]] if before else []
    near += [years[min(after)]] if after else []
    return sum(near) / len(near) if near else None


def _chance(count: int, expected: float, spread: float) -> float:
    """Chance of at most `count` under a negative binomial with this mean and variance mean + spread x mean squared."""
    from scipy.special import betainc

    size = 1 / spread
    return float(betainc(size, count + 1, size / (size + expected)))
