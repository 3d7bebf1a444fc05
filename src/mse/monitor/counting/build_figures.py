"""`figures`: all figures of the monitor from a register, or from small cubes of counts without any records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from mse.core.figure import Column, Figure, Layout
from mse.core.reference import Reference
from mse.monitor.counting.count_rows import counted_rows
from mse.monitor.counting.event_calendar import event_marks
from mse.monitor.counting.figure_findings import figure_findings
from mse.monitor.counting.figure_set import Figures
from mse.monitor.counting.figure_texts import texts
from mse.monitor.counting.imputed_rows import ImputedIndicator, imputed_rows, sub_periods
from mse.monitor.counting.indicator import TOTAL, Indicator
from mse.monitor.counting.indicators import chosen
from mse.monitor.counting.source import LINE, CubeSource, source_of, window_of
from mse.monitor.counting.tally import Tally, years_of
from mse.monitor.counting.tidy_rows import COLUMNS, TidyRows
from mse.monitor.counting.touched_by_figures import touched_by
from mse.monitor.estimation.data_figures import heading
from mse.records.register.codebook import codebook
from mse.records.register.line_population import population_of
from mse.records.register.registry import Registry
from mse.records.register.rules import Rules

if TYPE_CHECKING:
    from mse.monitor.counting.stored_cubes import Cubes

__all__ = ["figures", "tidy_columns"]

_REPORTS = frozenset({"reports", "police_reports"})


def figures(
    source: Registry | Cubes,
    *,
    edition: str = "2015-2019",
    window: tuple[int, int] | None = None,
    only: Sequence[str | Indicator] | str | None = None,
    rules: Rules | None = None,
    unit: str | None = None,
    periods: Sequence[tuple[int, int]] | None = None,
) -> Figures:
    """Count every figure of the monitor.

    Parameters
    ----------
    source : Registry or Cubes
        A register, or the small cubes of one (`mse.monitor.cubes`), which give the same figures without records.
    edition : str
        Edition of figures, code lists and rules.
    window : (int, int), optional
        First and last year; by default the period of the source.
    only : sequence of str or Indicator, or str, optional
        Numbers of figures, entries of your own, or a profile: "concise" or "extended". By default all.
    rules : Rules, optional
        Which rules hold; by default those of the edition, all on.
    unit : {"person-year", "person"}, optional
        Count a victim once for every year with a report (the default), or once within the window, in the year of the
        first report of it and with all reports of it. Figure 2.6 then shows those of whom the first is of its years.
    periods : sequence of (int, int), optional
        Sub-periods of figure 2.4b; by default two, 2015-2016 and 2017-2019 of the whole edition.

    Returns
    -------
    Figures
        By number: "2.1" to "2.13" and "tab2.1".

    Raises
    ------
    mse.errors.TableError
        There is no such figure, profile or edition, the window is not within the period, or stored cubes lack what a
        figure needs.
    mse.errors.ModelError
        Stored cubes were counted under other rules, or in another unit, than is asked for.

    Examples
    --------
    >>> import pandas as pd
    >>> victims = pd.DataFrame({"victim": ["a", "b"], "types": ["SU|CU", "CU"], "nationalities": ["NL", "PL"]})
    >>> reports = pd.DataFrame({"victim": ["a", "b"], "date": [2018, 2019], "reporter": ["police"] * 2})
    >>> registry = Registry.from_frames(victims, reports, period=(2018, 2019))
    >>> frame = figures(registry, only=["2.7"])["2.7"].to_frame()
    >>> frame[frame["value"] > 0][["year", "category_code", "value"]].head(2).values.tolist()
    [['2018', 'BL-SU', 1.0], ['total', 'BL-SU', 1.0]]
    """
    wanted = _wanted(edition, only)
    counted = source_of(source, rules, unit, edition, window)
    years, book = window_of(counted, window), codebook(edition)
    made = {}
    for indicator in wanted:
        first = max(years[0], book.since.get(indicator.since or "", years[0]))
        if first <= years[1]:
            made[indicator.id] = _figure(indicator, counted, (first, years[1]), periods)
    findings = figure_findings(made, wanted, counted, years, book)
    touched = {**counted.touched, **touched_by(made, counted.rules)}
    traced = {
        entry.id: replace(made[entry.id], trace={code: touched[code] for code in entry.rules if code in touched})
        for entry in wanted if entry.id in made
    }  # fmt: skip
    return Figures(traced, findings, _about(counted.reference, years), counted.rules, touched)


def tidy_columns(*extra: str) -> dict[str, Column]:
    """Columns of a tidy figure that are written; the base is told by the figure and not written by row."""
    kinds = {"value": "measured", "rank": "setting"}
    return {
        name: heading(name, kinds.get(name, "text"), missing="" if name == "rank" else "word_unknown")
        for name in (*COLUMNS, *extra)
        if name != "base"
    }


def _wanted(edition: str, only: Sequence[str | Indicator] | str | None) -> tuple[Indicator, ...]:
    if only is None or isinstance(only, str):
        return chosen(edition, only)
    return tuple(item if isinstance(item, Indicator) else chosen(edition, (item,))[0] for item in only)


def _figure(
    indicator: Indicator, source: CubeSource, window: tuple[int, int], periods: Sequence[tuple[int, int]] | None
) -> Figure:
    indicator = indicator.under(source.rules)
    marks: dict[str, float] = event_marks(window) if indicator.chart == "lines" else {}
    if isinstance(indicator, ImputedIndicator):
        rows, marks = imputed_rows(indicator, source, window, sub_periods(window, periods))
    else:
        tally = Tally(indicator, source, window)
        rows, indicator = counted_rows(tally), tally.indicator
    frame = rows.to_frame()
    said = texts(indicator, rows, years_of(*window), indicator.line)
    reports = indicator.measure in _REPORTS
    return Figure(
        indicator.id,
        frame,
        tidy_columns(*(["rank"] if "rank" in frame else [])),
        title=said["title"],
        caption=said["caption"],
        base=said["base"],
        alt=said["alt"],
        unit="report" if reports else source.unit,
        source="" if source.reference is None else source.reference.source,
        reference=_about(source.reference, window, indicator.line, "report" if reports else source.unit),
        chart=indicator.chart,
        marks=marks,
        layout=Layout(only=_shown(indicator, rows)),
        cells=rows.cells,
        sums=tuple(rows.sums),
        rests=rows.rests,
    )


def _about(
    reference: Reference | None, window: tuple[int, int], line: str = LINE, unit: str | None = None
) -> Reference | None:
    """What a figure is about: the reference of the register, with its window, line and unit."""
    if reference is None:
        return None
    population = population_of(reference.population, line)
    return replace(reference, period=window, population=population, unit=unit or reference.unit)


def _shown(indicator: Indicator, rows: TidyRows) -> dict[str, tuple[str, ...]]:
    """Categories that a table shows; of ranked ones those that stand in every column."""
    if indicator.shown:
        return {"category_code": indicator.shown}
    if indicator.top:
        codes = dict.fromkeys(code for code, _, column in rows.place if not column.whole)
        return {"category_code": (*(code for code in codes if code != TOTAL), TOTAL)}
    return {}
