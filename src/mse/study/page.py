"""From the results of a study to its figures and its page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from mse.core.estimate import Estimate
from mse.core.figure import Figure
from mse.monitor import estimation as build
from mse.report.page import Page
from mse.study import sections
from mse.study.config import in_languages
from mse.study.literature import citations
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


def compose(results: Results) -> Composed:
    """Make the figures of a study and the page that orders them.

    Parameters
    ----------
    results : Results
        What the study found.

    Returns
    -------
    Composed
    """
    about = results.checked.study.study
    estimate = results.answer
    lead = sections.lead_figure(results, estimate)
    parts = list(_parts(results, estimate))
    page = Page(
        in_languages(about.title),
        in_languages(about.subtitle or ""),
        build.headline_text(estimate),
        results.table.reference,
        tuple(part.section() for part in parts),
        lead=lead.name,
        references=_references(results),
        population=None if about.population is None else in_languages(about.population),
        place=None if about.place is None else in_languages(about.place),
    )
    return Composed(page, (lead, *(figure for part in parts for figure in part.figures)))


def _parts(results: Results, estimate: Estimate) -> Iterator[sections.Part]:
    yield sections.data_part(results)
    yield sections.estimate_part(results, estimate)
    yield sections.rivals_part(results)
    if results.bootstraps:
        yield sections.bootstrap_part(results)
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
    return citations(keys)
