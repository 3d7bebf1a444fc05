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
from mse.core.finding import Finding, Severity, worst
from mse.core.reference import Reference
from mse.core.sentence import Sentence, Text
from mse.errors import ModelError, TableError, did_you_mean, spelled
from mse.models.search import Search
from mse.monitor import estimation as build
from mse.monitor.estimation.part_figures import parts_figure
from mse.report.page import Page
from mse.study.config import EstimateSection, Order, in_languages
from mse.study.covariates import Table, holding, read_codings, recorded
from mse.study.scopes import searches_of
from mse.study.sections import scope_of

__all__ = [
    "Step",
    "bootstrapped",
    "described",
    "estimator_for",
    "fitted",
    "make_step",
    "open_table",
    "searched",
    "searches_for",
]


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
    name: str,
    *,
    lists: Sequence[str] = (),
    count: str | None = "count",
    source: str = "",
    covariates: Sequence[str] = (),
) -> tuple[Table, str]:
    """Return a published table by its name, or the table in a file, and its title.

    It is added up over the covariates that are not named, and a finding of the table says so.

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
    covariates : sequence of str
        Covariates that stay in; of a file their columns.

    Raises
    ------
    mse.errors.TableError
        There is no such dataset, file or covariate, or the file cannot be read.
    """
    from mse.records import datasets
    from mse.records.read import read_table

    if name in datasets.names():
        table, title = datasets.load(name), datasets.about(name).title
    elif Path(name).is_file():
        about = Reference(None, "unknown", Path(name).name, "–", source=source, public=True) if source else None
        reading: dict[str, Any] = {"lists": lists or None, "count": count, "covariates": covariates, "reference": about}
        table, title = read_table(name, **reading), Path(name).name
    else:
        raise TableError(f"'{name}' is no file and no dataset", hint=did_you_mean(name, datasets.names()))
    kept = holding(table, covariates)
    if added := tuple(name for name in table.covariates if name not in kept.covariates):
        said = Finding("covariates_added_up", Severity.NOTE, "table", {"names": added})
        kept = replace(kept, findings=(*kept.findings, said))
    return kept, title


def described(table: Table, title: str) -> Step:
    """Describe a table: its lists, its overlaps, and how often persons were seen."""
    persons = recorded(table)
    figures = (build.lists_figure(persons), build.captures_figure(persons), build.pairs_figure(persons))
    headline = Sentence("study_data", {"n": table.n_observed, "lists": len(table.lists)})
    return make_step(table, title, headline, figures, table.findings)


def fitted(
    table: Table,
    title: str,
    *,
    model: str | None,
    order: int | None,
    level: float,
    interval: str,
    by: Sequence[str] = (),
    coding: Mapping[str, str] | None = None,
) -> Step:
    """Fit one model."""
    from mse.models.loglinear import LogLinear

    fit = LogLinear(model, order, read_codings(coding)).fit(table)
    estimate = _estimated(fit, by, level=level, interval=interval)
    figures = _with_parts(build.estimates_figure({fit.generators.notation(): _whole(estimate)}), estimate, table)
    return make_step(table, title, build.headline_text(estimate), figures, estimate.findings)


def searches_for(
    table: Table, *, criterion: Sequence[str], method: str | None, max_order: Sequence[Order], **options: Any
) -> tuple[Search, ...]:
    """Return the searches that were asked for; without a scope, pairs and all orders as far as they are feasible, and
    with covariates pairs."""
    criteria = criterion[0] if len(criterion) == 1 else list(criterion)
    wanted = {"criterion": criteria, "method": method, "scopes": list(max_order) or None, **options}
    section = EstimateSection().model_copy(update={**wanted, "covariates": list(table.covariates)})
    return searches_of(section, table)


def estimator_for(table: Table, model: str | None, **options: Any) -> Any:
    """Return the model that a bootstrap holds fixed, or the search that every draw repeats: the first of its scopes.

    Raises
    ------
    mse.errors.ModelError
        A model is given, and terms to force or forbid; or the scope is too large.
    """
    from mse.models.loglinear import LogLinear

    if model is None:
        return searches_for(table, **options)[0]
    if options["forced"] or options["forbidden"]:
        raise ModelError("Terms are forced and forbidden in a search", got=f"the model {model}, which is held fixed")
    return LogLinear(model, coding=read_codings(options["coding"]))


def searched(
    table: Table,
    title: str,
    searches: Iterable[Search],
    *,
    level: float,
    interval: str,
    progress: bool,
    by: Sequence[str] = (),
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
    if by and together.best.best is not None:
        divided = _estimated(together.best, by, level=level, interval=interval)
        answer = replace(divided, findings=worst([*answer.findings, *divided.findings]), ranges=answer.ranges)
        figures.append(parts_figure(answer, table))
    if together.rival_range is not None:
        figures.append(build.modes_figure(scopes))
    return make_step(table, title, build.headline_text(answer), tuple(figures), answer.findings)


def bootstrapped(table: Table, title: str, estimator: Any, *, options: Mapping[str, Any], progress: bool) -> Step:
    """Repeat a model or a search on drawn tables."""
    from mse.inference.bootstrap import bootstrap

    estimate = bootstrap(estimator, table, progress=progress, **options)
    label = Sentence("study_label_bootstrap")
    figures = list(_with_parts(build.estimates_figure({label: _whole(estimate)}), estimate, table))
    if estimate.draws is not None and estimate.draws.valid.any():
        figures.append(build.selected_figure(estimate))
    return make_step(table, title, build.headline_text(estimate), tuple(figures), estimate.findings)


def _estimated(fit: Any, by: Sequence[str], *, level: float, interval: str) -> Estimate:
    """The estimate of a fit, divided by covariates where it holds any."""
    if by and not fit.table.covariates:
        raise TableError(
            "An estimate is divided by covariates that models hold",
            got=f"{spelled(by)} and a model without covariates",
            hint=f"Name them: --covariates {','.join(by)}.",
        )
    estimate: Estimate = (
        fit.estimate(by, level=level, interval=interval) if by else fit.estimate(level=level, interval=interval)
    )
    return estimate


def _whole(estimate: Estimate) -> Estimate:
    """An estimate without its parts, which have a figure of their own."""
    return replace(estimate, parts=(estimate.whole,))


def _with_parts(figure: Figure, estimate: Estimate, table: Table) -> tuple[Figure, ...]:
    """The figure of an estimate, and that of its parts where it has any."""
    return (figure, parts_figure(estimate, table)) if len(estimate.parts) > 1 else (figure,)


def make_step(
    table: Table, title: str, headline: Text, figures: tuple[Figure, ...], findings: Iterable[Finding]
) -> Step:
    """What a step on a table shows; its findings the worst first."""
    page = Page(in_languages(title), in_languages(""), headline, table.reference, ())
    return Step(page, figures, worst(findings))
