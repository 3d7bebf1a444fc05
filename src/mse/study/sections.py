"""The sections of a study's page, each with its takeaway as a heading, its paragraphs and its figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from mse.core.ensemble import EnsembleFit
from mse.core.estimate import Estimate
from mse.core.figure import Figure
from mse.core.sentence import Sentence, Text
from mse.errors import ReferenceError
from mse.monitor import estimation as build
from mse.report.page import Section
from mse.study.config import in_languages
from mse.study.covariates import recorded
from mse.study.manifest import versions
from mse.study.procedure import Results

__all__ = [
    "ESTIMATES",
    "Part",
    "all_scopes",
    "bootstrap_part",
    "context_part",
    "data_part",
    "estimate_part",
    "lead_figure",
    "made_part",
    "method_part",
    "rivals_part",
    "scope_of",
]

ESTIMATES = "estimates"
"""Name of the figure with all estimates beside each other."""


@dataclass
class Part:
    """A section in the making, with its figures."""

    key: str
    heading: Text
    paragraphs: list[Text] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    context: bool = False
    code: str = ""

    def section(self) -> Section:
        """Return the finished section."""
        names = tuple(figure.name for figure in self.figures)
        return Section(self.key, self.heading, tuple(self.paragraphs), names, self.context, self.code)


def scope_of(search: EnsembleFit) -> Text:
    """Name the scope of a search."""
    if search.table.covariates:
        key = "scope_pairs_covariates" if search.scope == 2 else "scope_orders_covariates"
    else:
        key = "scope_pairs" if search.scope == 2 else "scope_orders"
    return Sentence(key, {"order": search.scope})


def all_scopes(results: Results) -> Text:
    """Name what all searches of a study cover."""
    return Sentence("study_label_all") if len(results.searches) > 1 else scope_of(results.searches[0])


def _joined(texts: list[Text]) -> Text:
    """Write texts after each other, separated by semicolons."""
    joined = texts[0]
    for text in texts[1:]:
        joined = Sentence("study_and_then", {"one": joined, "other": text})
    return joined


def _titled(key: str, figure: Figure, **fields: object) -> Figure:
    """Say in the title of a figure which of several alike it is."""
    return replace(figure, title=Sentence(key, {"title": figure.title, **fields}))


def data_part(results: Results) -> Part:
    """What went in."""
    table, source = recorded(results.table), results.source
    part = Part("data", Sentence("study_data", {"n": table.n_observed, "lists": len(table.lists)}))
    part.paragraphs = [in_languages(note) for note in results.data.notes]
    if source.reconciliation is not None:
        mapping = source.reconciliation.mapping
        fields = {"version": mapping.version, "source": mapping.source or "–"}
        part.paragraphs.append(Sentence("study_data_reports", fields))
        part.figures.append(build.reconciliation_figure(source))
    if held := tuple(results.table.covariates):
        part.paragraphs.append(Sentence("study_data_covariates", {"names": held}))
    if added := tuple(name for name in source.covariates if name not in held):
        part.paragraphs.append(Sentence("study_data_added_up", {"names": added}))
    part.paragraphs.append(Sentence("study_data_overlap"))
    part.figures += [
        build.lists_figure(table, results.checked.meanings),
        build.captures_figure(table),
        build.patterns_figure(table),
        build.pairs_figure(table),
    ]
    return part


def lead_figure(results: Results, estimate: Estimate) -> Figure:
    """The picture of the first screen: the answer, or the ranges of every procedure where there is no single one."""
    if estimate.blocked:
        return build.estimates_figure(_side_by_side(results, estimate), name=ESTIMATES)
    return build.estimates_figure({all_scopes(results): estimate}, name="answer")


def estimate_part(results: Results, estimate: Estimate) -> Part:
    """The procedure, its answers beside each other, and the answer divided by the years."""
    heading = Sentence("study_estimate_ranges")
    if not estimate.blocked:
        heading = Sentence("study_estimate", {"headline": build.headline_text(estimate)})
    part = Part("estimate", heading)
    part.paragraphs.append(Sentence("study_estimate_procedure", {"searches": _joined(_search_texts(results))}))
    part.paragraphs.append(Sentence("study_estimate_dark_figure"))
    if estimate.blocked:
        part.paragraphs.append(Sentence("study_estimate_blocked"))
    else:
        part.figures.append(build.estimates_figure(_side_by_side(results, estimate), name=ESTIMATES))
    _add_per_year(results, estimate, part)
    return part


def _search_texts(results: Results) -> list[Text]:
    return [
        Sentence(
            "study_search_exhaustive" if search.exhaustive else "study_search_stepwise",
            {"models": search.n_models, "scope": scope_of(search), "criterion": search.criterion.upper()},
        )
        for search in results.searches
    ]


def _side_by_side(results: Results, estimate: Estimate) -> Mapping[str | Text, Estimate]:
    """The estimates of all procedures; without a single answer, none that shows a single number."""
    section = results.checked.study.estimate
    shown: dict[str | Text, Estimate] = {}
    if len(results.searches) > 1 and not estimate.blocked:
        shown[all_scopes(results)] = estimate
    for search in results.searches:
        shown[scope_of(search)] = search.estimate(level=section.level, interval=section.interval)
        if search.best is not None and not estimate.blocked:
            shown[Sentence("study_label_average", {"scope": scope_of(search)})] = search.average(level=section.level)
    if not estimate.blocked:
        scope = _bootstrap_scope(results)
        for key, made in (("study_label_reselected", results.reselected), ("study_label_fixed", results.held_fixed)):
            if made is not None:
                shown[Sentence(key, {"scope": scope})] = made
    if not estimate.blocked:
        return shown
    return {label: each if each.blocked else replace(each, findings=estimate.findings) for label, each in shown.items()}


def _add_per_year(results: Results, estimate: Estimate, part: Part) -> None:
    """Divide the estimate by the years of its period, where it has any, and say what that means."""
    about = results.table.reference
    if not results.checked.study.report.per_year or about is None:
        return
    try:
        years = about.years
    except ReferenceError:
        return
    if years < 2:
        return
    part.paragraphs.append(Sentence("study_per_year", {"years": years}))
    if about.unit == "unknown":
        part.paragraphs.append(Sentence("study_per_year_unit"))
    label = Sentence("study_label_per_year", {"years": years})
    figure = build.estimates_figure({label: estimate.per_year()}, name="per-year")
    part.figures.append(_titled("study_title_per_year", figure, years=years))


def rivals_part(results: Results) -> Part:
    """The models that the data do not rule out."""
    span = results.combined.rival_range
    heading = Sentence("study_rivals_none")
    if span is not None:
        heading = Sentence("study_rivals_disagree", {"lower": span[0], "upper": span[1]})
    part = Part("rivals", heading)
    part.paragraphs.append(Sentence("study_rivals_text", {"criterion": results.searches[0].criterion.upper()}))
    if results.practice is not None and results.practice.total is not None:
        fields = {"total": results.practice.total, "model": results.practice.generators.notation()}
        part.paragraphs.append(Sentence("study_estimate_stepwise", fields))
    named = [] if results.practice is None else [(Sentence("study_mark_stepwise"), results.practice)]
    for search in results.searches:
        name = "rivals" if len(results.searches) == 1 else f"rivals-{search.scope}"
        part.figures.append(build.search_figure(search, name=name, named=named))
    if span is not None:
        scopes = [(scope_of(search), search) for search in results.searches]
        part.figures.append(build.modes_figure(scopes))
        part.figures.append(build.modes_figure(scopes, name="bandwidths", bandwidths=build.BANDWIDTHS))
    return part


def _bootstrap_scope(results: Results) -> Text:
    """The scope of the search that the bootstrap repeats; searches are ordered by scope where they are combined."""
    wanted = results.checked.searches[results.checked.bootstrap_place]
    return next(scope_of(search) for search in results.searches if search.spec == wanted)


def bootstrap_part(results: Results) -> Part:
    """The procedure repeated on drawn tables, with the model chosen anew and held fixed."""
    anew, fixed = results.reselected, results.held_fixed
    heading = Sentence("study_bootstrap_none")
    drawn = [made for made in (anew, fixed) if made is not None and made.draws is not None and made.draws.valid.any()]
    if anew is not None and fixed is not None and len(drawn) == 2:
        limits = {
            "lower": anew.lower,
            "upper": _upper(anew),
            "fixed_lower": fixed.lower,
            "fixed_upper": _upper(fixed),
        }
        heading = Sentence("study_bootstrap", limits)
    part = Part("bootstrap", heading)
    section = results.checked.study.bootstrap
    if section is not None:
        fields = {"replicates": section.replicates, "scope": _bootstrap_scope(results)}
        part.paragraphs.append(Sentence("study_bootstrap_text", fields))
    if anew in drawn and anew is not None:
        part.figures += [_titled("study_title_reselected", build.draws_figure(anew)), build.selected_figure(anew)]
    if fixed in drawn and fixed is not None:
        part.figures.append(_titled("study_title_fixed", build.draws_figure(fixed, name="bootstrap-fixed")))
    return part


def _upper(estimate: Estimate) -> Text:
    key = "word_no_upper_limit" if estimate.upper is None else "an_estimate"
    return Sentence(key, {"value": estimate.upper})


def context_part(results: Results) -> Part:
    """Published figures beside the estimate."""
    rows = [
        build.Context(
            in_languages(row.label),
            row.to_reference(),
            row.value,
            row.lower,
            row.upper,
            "persons" if row.kind == "registered" else "estimate",
        )
        for row in results.checked.study.context
    ]
    figure = build.context_figure(rows)
    return Part("context", Sentence("study_context"), [Sentence("study_context_text")], [figure], context=True)


def method_part(results: Results) -> Part:
    """Method annex."""
    section = results.checked.study.estimate
    widest = results.searches[-1]
    counted = "study_method_options_counted" if section.count_infinite else "study_method_options_not_counted"
    paragraphs: list[Text] = [
        Sentence("study_method_text"),
        Sentence("assumption_search", {"order": widest.scope}),
        Sentence("study_method_existence"),
        Sentence(counted, {"bic_n": Sentence(f"study_bic_n_{section.bic_n}")}),
    ]
    if results.table.covariates:
        names = tuple(results.table.covariates)
        paragraphs.insert(1, Sentence("study_method_covariates", {"names": names}))
    return Part("method", Sentence("study_method"), paragraphs)


def made_part(code: str) -> Part:
    """Versions, seeds and choices."""
    heading = Sentence("study_made", {"version": versions()["mse"]})
    return Part("made", heading, [Sentence("study_made_text")], code=code)
