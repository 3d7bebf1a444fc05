"""Checks how a study estimates: covariates, scopes, models in brackets, and the bootstrap."""

from __future__ import annotations

from collections.abc import Sequence

from mse.errors import MseError, did_you_mean
from mse.models.loglinear import is_plain
from mse.models.search import Search
from mse.study.config import BootstrapSection, EstimateSection
from mse.study.covariates import Table, holding, read_coding
from mse.study.lines import Place
from mse.study.read import Draft
from mse.study.scopes import is_feasible, order_of, reach, search_in, searches_of

__all__ = ["check_bootstrap", "check_covariates", "check_estimate", "estimate_section"]


def estimate_section(draft: Draft) -> EstimateSection:
    """The section on estimating, as far as it could be read."""
    section: EstimateSection | None = draft.sections.get("estimate")
    return EstimateSection() if section is None else section


def check_covariates(draft: Draft, table: Table | None) -> Table | None:
    """Check which covariates models hold, how they enter, and what is reported by them.

    Returns
    -------
    CaptureTable or PartialTable or None
        The table that is estimated from; None where there is none or its covariates are wrong.
    """
    estimate = estimate_section(draft)
    held = estimate.covariates or []
    _check_uses(draft, estimate, held)
    if table is None:
        return None
    unknown = [(place, name) for place, name in enumerate(held) if name not in table.covariates]
    for place, name in unknown:
        draft.add(
            ("estimate", "covariates", place),
            f"names no covariate of the table: '{name}'.",
            did_you_mean(name, table.covariates) if table.covariates else "Name its column in [data] covariates.",
        )
    if unknown:
        return None
    try:
        return holding(table, held)
    except MseError as problem:
        draft.add(("estimate", "covariates"), str(problem))
        return None


def _check_uses(draft: Draft, estimate: EstimateSection, held: Sequence[str]) -> None:
    """Everything that names a covariate names one that models hold."""
    if len(set(held)) < len(held):
        draft.add(("estimate", "covariates"), "names a covariate twice.")
    hint = "Name it in estimate.covariates too." if not held else f"Models hold: {', '.join(held)}."
    for name, given in (estimate.coding or {}).items():
        here: Place = ("estimate", "coding", name)
        if name not in held:
            draft.add(here, "is no covariate that models hold.", hint)
        draft.works(here, read_coding, given)
    for place, names in enumerate(estimate.divisions):
        here = ("estimate", "by", place)
        if strange := [name for name in names if name not in held]:
            draft.add(here, f"names '{strange[0]}', which is no covariate that models hold.", hint)
        elif len(set(names)) < len(names):
            draft.add(here, "names a covariate twice.")


def check_estimate(draft: Draft, table: Table | None) -> tuple[Search, ...]:
    """Check the searches of a study against the table that is estimated from, and return them."""
    estimate = estimate_section(draft).filled()
    if any(place[:2] == ("estimate", "coding") for place, _, _ in draft.problems):
        return ()
    try:
        search_in(estimate, None)
    except MseError as problem:
        draft.add(("estimate", "criterion"), str(problem))
        return ()
    if table is None or not _codings_fit(draft, estimate, table):
        return ()
    scopes = estimate.scopes or ([2] if table.covariates else [2, "all"])
    if not _models_fit(draft, estimate, table, [search_in(estimate, order_of(scope)) for scope in scopes]):
        return ()
    if estimate.method == "exhaustive":
        for place, scope in enumerate(estimate.scopes or []):
            if not is_feasible(search_in(estimate, order_of(scope)), table):
                _add_too_large(draft, ("estimate", "scopes", place), table)
    searches = searches_of(estimate, table)
    if not searches:
        _add_too_large(draft, ("estimate", "method"), table)
    return searches


def _codings_fit(draft: Draft, estimate: EstimateSection, table: Table) -> bool:
    """Whether every coding has columns for the levels of its covariate."""
    fit = True
    for name, given in (estimate.coding or {}).items():
        fit &= draft.works(("estimate", "coding", name), read_coding(given).matrix, table.covariates[name])
    return fit


def _add_too_large(draft: Draft, place: Place, table: Table) -> None:
    from mse.models.exhaustive import MAX_MODELS, MAX_STRATIFIED

    named = f"{len(table.lists)} lists"
    if not is_plain(table):
        named += f" and {len(table.covariates)} covariates ({', '.join(table.covariates)})"
    most = MAX_MODELS if is_plain(table) else MAX_STRATIFIED
    hint = "Lower the scope, or use method = 'stepwise'."
    if not is_plain(table):
        hint = "Use method = 'stepwise', or name terms in forced and forbidden until few enough are left."
    draft.add(place, f"asks for more than {most:,} models of {named}.", hint)


def _models_fit(draft: Draft, estimate: EstimateSection, table: Table, searches: Sequence[Search]) -> bool:
    """Whether the models in brackets are models of the table, within every scope."""
    from mse.core.terms import Generators
    from mse.kernels.lattice import interactions

    names, fit = len(table.lists) + len(table.covariates), True
    for search in searches:
        terms = interactions(names, search.scope(table))
        fit &= draft.works(("estimate", "forced"), search.forced_bits, table, terms)
        fit &= draft.works(("estimate", "forbidden"), search.forbidden_bits, table, terms)
    for place, start in enumerate(estimate.starts or []):
        if start not in ("independence", "all"):
            here: Place = ("estimate", "starts", place)
            fit &= draft.works(here, Generators.parse, start, table.lists, tuple(table.covariates))
    return fit


def check_bootstrap(draft: Draft, table: Table | None, searches: Sequence[Search]) -> None:
    """Check the bootstrap of a study against its searches and its table."""
    section: BootstrapSection | None = draft.sections.get("bootstrap")
    if section is None:
        return
    if section.fixed_n and section.kind != "nonparametric":
        draft.add(("bootstrap", "fixed_n"), "goes with kind = 'nonparametric' only.")
    if section.simultaneous and not estimate_section(draft).filled().divisions:
        draft.add(("bootstrap", "simultaneous"), "is a band of parts, and none are asked for.", "Name parts in by.")
    if table is None:
        return
    if section.kind == "case" and table.cases is None:
        hint = "Name the column of the case: case = … in [data.reports]."
        draft.add(("bootstrap", "kind"), "draws whole cases, and the table carries none.", hint)
    if section.scope is None or not searches:
        return
    reaches = [reach(table, search.max_order) for search in searches]
    if reach(table, order_of(section.scope)) not in reaches:
        draft.add(("bootstrap", "scope"), "is none of estimate.scopes.", "Every replicate repeats one of the searches.")
