"""The single steps of a study, on a published table or a file: describe, fit, search, bootstrap.

Each returns the page that the terminal shows, its figures and its findings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mse.core.estimate import Estimate
from mse.core.figure import Figure
from mse.core.finding import Finding, worst
from mse.core.reference import Reference
from mse.core.sentence import Sentence, Text
from mse.core.table import CaptureTable
from mse.errors import TableError, did_you_mean
from mse.models.search import Search
from mse.monitor import estimation as build
from mse.report.page import Page
from mse.study.config import EstimateSection, Order, in_languages
from mse.study.scopes import searches_of
from mse.study.sections import scope_of

__all__ = ["Step", "bootstrapped", "described", "fitted", "open_table", "searched", "searches_for"]


@dataclass(frozen=True, eq=False)
class Step:
    """What one step shows.

    Parameters
    ----------
    page : Page
        What is said.
    figures : tuple of Figure
        Its tables, in the order in which a terminal prints them.
    findings : tuple of Finding
        What a reader must know.
    """

    page: Page
    figures: tuple[Figure, ...]
    findings: tuple[Finding, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the figures."""
        return tuple(figure.name for figure in self.figures)


def open_table(
    name: str, *, lists: Sequence[str] = (), count: str | None = "count", source: str = ""
) -> tuple[CaptureTable, str]:
    """Return a published table by its name, or the table in a file, and its title; covariates are added up.

    Parameters
    ----------
    name : str
        Name of a dataset, or a file.
    lists : sequence of str
        Columns of the lists in a file; by default all but the count.
    count : str or None
        Column of the number of persons in a file; None for one row a person.
    source : str
        Where the counts of a file are published; they are then shown as they are.

    Raises
    ------
    mse.errors.TableError
        There is no such dataset or file, or the file cannot be read.
    """
    from mse.records import datasets
    from mse.records.read import read_table

    if name in datasets.names():
        table, title = datasets.load(name), datasets.about(name).title
    elif Path(name).is_file():
        about = Reference(None, "unknown", Path(name).name, "–", source=source, public=True) if source else None
        table, title = read_table(name, lists=lists or None, count=count, reference=about), Path(name).name
    else:
        raise TableError(f"'{name}' is no file and no dataset", hint=did_you_mean(name, datasets.names()))
    return (table.collapse() if table.covariates else table), title


def described(table: CaptureTable, title: str) -> Step:
    """Describe a table: its lists, its overlaps, and how often persons were seen."""
    figures = (build.lists_figure(table), build.captures_figure(table), build.pairs_figure(table))
    headline = Sentence("study_data", {"n": table.n_observed, "lists": len(table.lists)})
    return _step(table, title, headline, figures, table.findings)


def fitted(
    table: CaptureTable, title: str, *, model: str | None, order: int | None, level: float, interval: str
) -> Step:
    """Fit one model."""
    from mse.models.loglinear import LogLinear

    fit = LogLinear(model, order).fit(table)
    estimate = fit.estimate(level=level, interval=interval)
    figure = build.estimates_figure({fit.generators.notation(): estimate})
    return _step(table, title, build.headline_text(estimate), (figure,), estimate.findings)


def searches_for(
    table: CaptureTable, *, criterion: Sequence[str], method: str, max_order: Sequence[Order], **options: Any
) -> tuple[Search, ...]:
    """Return the searches that were asked for; without a scope, pairs and all orders as far as they are feasible."""
    criteria = criterion[0] if len(criterion) == 1 else list(criterion)
    scopes = list(max_order) or None
    section = EstimateSection().model_copy(
        update={"criterion": criteria, "method": method, "scopes": scopes, **options}
    )
    return searches_of(section, len(table.lists))


def searched(
    table: CaptureTable, title: str, searches: Iterable[Search], *, level: float, interval: str, progress: bool
) -> Step:
    """Search models, scope by scope, and read the scopes together."""
    from mse.inference.combine import combined

    together = combined([search.fit(table, progress=progress) for search in searches])
    answer = together.estimate(level=level, interval=interval)
    scopes = [(scope_of(search), search) for search in together.searches]
    each: dict[str | Text, Estimate] = {}
    for text, search in scopes:
        single = search.estimate(level=level, interval=interval)
        each[text] = replace(single, findings=answer.findings) if answer.blocked and not single.blocked else single
    figures = [build.estimates_figure(each)]
    if together.rival_range is not None:
        figures.append(build.modes_figure(scopes))
    return _step(table, title, build.headline_text(answer), tuple(figures), answer.findings)


def bootstrapped(
    table: CaptureTable, title: str, estimator: Any, *, options: Mapping[str, Any], progress: bool
) -> Step:
    """Repeat a model or a search on drawn tables."""
    from mse.inference.bootstrap import bootstrap

    estimate = bootstrap(estimator, table, progress=progress, **options)
    figures = [build.estimates_figure({Sentence("study_label_bootstrap"): estimate})]
    if estimate.draws is not None and estimate.draws.valid.any():
        figures.append(build.selected_figure(estimate))
    return _step(table, title, build.headline_text(estimate), tuple(figures), estimate.findings)


def _step(
    table: CaptureTable, title: str, headline: Text, figures: tuple[Figure, ...], findings: Iterable[Finding]
) -> Step:
    page = Page(in_languages(title), in_languages(""), headline, table.reference, ())
    return Step(page, figures, worst(findings))
