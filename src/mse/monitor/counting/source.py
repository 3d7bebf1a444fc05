"""`CubeSource`: what figures are counted from, a register or a set of stored cubes, and what is known of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mse.core.cube import Cube
from mse.core.reference import Reference
from mse.errors import ModelError, TableError
from mse.records.register.registry import Registry
from mse.records.register.rules import Rules
from mse.records.register.units import years_within

if TYPE_CHECKING:
    from mse.monitor.counting.stored_cubes import Cubes

__all__ = ["LINE", "PERSON", "CubeSource", "source_of", "window_of"]

PERSON = "person"
"""Unit of counts in which somebody with reports in several years counts once."""

LINE = "monitor_population"
"""Line of the registrations that figures count where they do not say otherwise (R10)."""


@dataclass(frozen=True, eq=False)
class CubeSource:
    """What figures are counted from.

    Parameters
    ----------
    cube : callable
        Gives the cube over some dimensions, of a line: ``cube("year", "form", line="monitor_population")``.
    period : (int, int)
        First and last year that are counted; of persons, the years within which each counts once.
    rules : Rules
        What decided the dimensions.
    unit : {"person-year", "person"}
        What is counted.
    reference : Reference, optional
        What the counts are about.
    touched : mapping of str to int
        How many victims each rule touched.
    """

    cube: Callable[..., Cube]
    period: tuple[int, int]
    rules: Rules
    unit: str
    reference: Reference | None
    touched: Mapping[str, int]

    def within(self, window: tuple[int, int], *dimensions: str, line: str = LINE) -> Cube:
        """The cube of the years of a window; "year" is among its dimensions."""
        names = dict.fromkeys(("year", *dimensions))
        return self.cube(*names, line=line).where(year=range(window[0], window[1] + 1))


def source_of(
    source: Registry | Cubes | CubeSource, rules: Rules | None, unit: str | None, edition: str,
    window: tuple[int, int] | None = None,
) -> CubeSource:  # fmt: skip
    """Say what figures are counted from.

    Persons of a register are gathered within the window: who was reported before it too counts in it all the same, and
    only by the reports that are in it.

    Raises
    ------
    mse.errors.ModelError
        Stored cubes were counted under other rules or in another unit than is asked for.
    """
    if isinstance(source, CubeSource):
        return source
    if isinstance(source, Registry):
        chosen = Rules(edition) if rules is None else rules
        period = source.period
        if unit == PERSON and window is not None:
            period = years_within(period, window)
        counted = source.counted(chosen, "person-year" if unit is None else unit, period)
        return CubeSource(counted.cube, period, chosen, counted.unit, counted.reference, dict(counted.touched))
    asked: tuple[tuple[str, Any, Any], ...] = (("rules", rules, source.rules), ("unit", unit, source.unit))
    for name, wanted, stored in asked:
        if wanted is not None and wanted != stored:
            raise ModelError(
                f"Stored cubes were counted with other {name} than asked for",
                hint=f"Leave {name} out, or count the register again.",
            )
    return CubeSource(source.cube, source.period, source.rules, source.unit, source.reference, source.touched)


def window_of(source: CubeSource, window: tuple[int, int] | None) -> tuple[int, int]:
    """The years of figures: by default all.

    Raises
    ------
    mse.errors.TableError
        The window is not within the period of the source, or is a part of the years within which stored cubes count
        persons once.
    """
    if window is None:
        return source.period
    first, last = years_within(source.period, window)
    if source.unit == PERSON and (first, last) != source.period:
        raise TableError(
            f"These cubes count a person once in {source.period[0]} to {source.period[1]}, and no part of those years",
            got=f"the window {first} to {last}",
            hint="Count the register again: mse.monitor.figures(registry, unit='person', window=…).",
        )
    return first, last
