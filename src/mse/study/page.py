"""From the results of a study to its figures and its page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mse.core.estimate import Estimate
from mse.core.figure import Figure
from mse.core.sentence import Text
from mse.monitor import estimation as build
from mse.report.page import Page
from mse.study import sections
from mse.study.config import in_languages
from mse.study.literature import citations
from mse.study.procedure import Results

__all__ = ["Composed", "compose"]

_ANSWER = "answer"


@dataclass
class Composed:
    """A page, and the figures that it names."""

    page: Page
    figures: tuple[Figure, ...]


def compose(results: Results, code: str) -> Composed:
    """Make the figures of a study and the page that orders them.

    Parameters
    ----------
    results : Results
        What the study found.
    code : str
        Versions, seeds and choices, as text.

    Returns
    -------
    Composed
    """
    study = results.checked.study
    estimate = results.answer
    lead = build.estimates_figure({sections.all_scopes(results): estimate}, name=_ANSWER)
    parts = list(_parts(results, estimate, code))
    title = in_languages(study.study.title)
    page = Page(
        title,
        _subtitle(results),
        build.headline_text(estimate),
        results.table.reference,
        tuple(part.section() for part in parts),
        lead=_ANSWER,
        references=_references(results),
    )
    return Composed(page, (lead, *(figure for part in parts for figure in part.figures)))


def _parts(results: Results, estimate: Estimate, code: str) -> Iterator[sections.Part]:
    yield sections.data_part(results)
    yield sections.estimate_part(results, estimate)
    yield sections.rivals_part(results)
    if results.bootstraps:
        yield sections.bootstrap_part(results)
    if results.checked.study.context:
        yield sections.context_part(results)
    yield sections.method_part(results)
    yield sections.made_part(code)


def _subtitle(results: Results) -> Text:
    given = results.checked.study.study.subtitle
    if given is not None:
        return in_languages(given)
    about = results.table.reference
    return in_languages(f"{about.population}, {about.place}" if about is not None else "")


def _references(results: Results) -> tuple[str, ...]:
    keys = [key for search in results.searches for key in search.spec.references]
    if results.checked.study.estimate.interval == "profile":
        keys.append("cormack_1992")
    if not results.answer.blocked:
        keys.append("buckland_burnham_augustin_1997")
    if results.bootstraps:
        keys.append("silverman_chan_vincent_2024")
    return citations(keys)
