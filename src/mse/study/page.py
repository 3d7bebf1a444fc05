"""From the results of a study to its figures and its page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from mse.core.estimate import Estimate
from mse.core.figure import Figure
from mse.core.sentence import Text
from mse.monitor import estimation as build
from mse.report.page import Page
from mse.study import sections
from mse.study.check import CheckedStudy
from mse.study.config import in_languages
from mse.study.literature import citations
from mse.study.monitor_sections import monitor_headline, monitor_lead, monitor_parts
from mse.study.monitor_steps import MonitorResults
from mse.study.part_sections import parts_part
from mse.study.posterior_sections import posterior_parts
from mse.study.procedure import Results

__all__ = ["Composed", "compose"]


@dataclass
class Composed:
    """A page, and the figures that it names."""

    page: Page
    figures: tuple[Figure, ...]

    def page_with(self, made: str) -> Page:
        """Return the page with versions, seeds and choices, which only a release hands out."""
        return replace(self.page, sections=(*self.page.sections, sections.made_part(made).section()))


def compose(checked: CheckedStudy, results: Results | None, monitor: MonitorResults | None = None) -> Composed:
    """Make the figures of a study and the page that orders them.

    Parameters
    ----------
    checked : CheckedStudy
        The study.
    results : Results or None
        What was estimated.
    monitor : MonitorResults, optional
        What was made of a register.

    Returns
    -------
    Composed
    """
    about = checked.study.study
    own = monitor is None or checked.estimates_register
    answer = None if results is None or not own else results.answer
    lead = _lead(results, monitor)
    parts = [] if monitor is None else list(monitor_parts(monitor))
    if results is not None:
        parts += _parts(results, results.answer, first=monitor is None)
    page = Page(
        in_languages(about.title),
        in_languages(about.subtitle or ""),
        _headline(answer, monitor),
        checked.reference,
        tuple(part.section() for part in parts),
        lead=lead.name,
        references=() if results is None else _references(results),
        population=None if about.population is None else in_languages(about.population),
        place=None if about.place is None else in_languages(about.place),
    )
    figures = {figure.name: figure for figure in (lead, *(figure for part in parts for figure in part.figures))}
    return Composed(page, tuple(figures.values()))


def _lead(results: Results | None, monitor: MonitorResults | None) -> Figure:
    """The picture of the first screen."""
    if monitor is not None:
        return monitor_lead(monitor)
    assert results is not None
    return sections.lead_figure(results, results.answer)


def _headline(answer: Estimate | None, monitor: MonitorResults | None) -> Text:
    if monitor is not None:
        return monitor_headline(monitor, answer)
    assert answer is not None
    return build.headline_text(answer)


def _parts(results: Results, estimate: Estimate, *, first: bool) -> Iterator[sections.Part]:
    """The sections of an estimate; where something else leads the page, its picture stands in its own section."""
    yield sections.data_part(results)
    part = sections.estimate_part(results, estimate)
    if not first:
        part.figures.insert(0, sections.lead_figure(results, estimate))
    yield part
    if results.divisions:
        yield parts_part(results)
    yield sections.rivals_part(results)
    if results.bootstraps:
        yield sections.bootstrap_part(results)
    if results.posteriors:
        yield from posterior_parts(results.posteriors)
    if results.checked.study.context:
        yield sections.context_part(results)
    yield sections.method_part(results)


def _references(results: Results) -> tuple[str, ...]:
    keys = [key for search in results.searches for key in search.spec.references]
    if results.checked.study.estimate.interval == "profile":
        keys.append("cormack_1992")
    if not results.answer.blocked:
        keys.append("buckland_burnham_augustin_1997")
    if results.bootstraps:
        keys.append("silverman_chan_vincent_2024")
    keys += [key for result in results.posteriors for key in result.checked.spec.references]
    return citations(keys)
