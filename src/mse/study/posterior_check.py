"""Checks the Bayesian estimates of a study: method, prior, options, covariates, and whether the table suits them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mse.core.sentence import Sentence, Text
from mse.errors import MseError, did_you_mean
from mse.models.decomposable import DecomposableAverage, require_lists
from mse.models.hierarchical import Hierarchical
from mse.models.model_average import ModelAverage
from mse.study.covariates import Table, holding
from mse.study.estimate_check import estimate_section
from mse.study.lines import Place
from mse.study.posterior_config import PosteriorSection
from mse.study.posterior_spec import Bayesian, family_label, make_spec, read_prior, total_prior
from mse.study.read import Draft
from mse.study.section import in_languages

__all__ = ["CheckedPosterior", "check_posteriors", "require_suitable"]


@dataclass(frozen=True, eq=False)
class CheckedPosterior:
    """A Bayesian estimate without problems.

    Parameters
    ----------
    section : PosteriorSection
        What the study file says of it, defaults included.
    label : Text
        What it is called.
    spec : DecomposableAverage, ModelAverage, LatentClass or Hierarchical
        What is fitted.
    table : CaptureTable or PartialTable
        What it is fitted to, with the covariates that it holds.
    """

    section: PosteriorSection
    label: Text
    spec: Bayesian
    table: Table

    @property
    def level(self) -> float:
        """Level of its intervals."""
        assert self.section.level is not None
        return self.section.level


def check_posteriors(draft: Draft, table: Table | None) -> tuple[CheckedPosterior, ...]:
    """Check every section `[[posterior]]` against the table of the study, all covariates included."""
    found = []
    rows: Sequence[PosteriorSection | None] = draft.sections.get("posterior", [])
    if rows and "data" not in draft.sections:
        hint = "Write [data] with the table, or leave [[posterior]] out."
        draft.add(("posterior", 0), "is an estimate from the table of [data], and there is none.", hint)
    labels: dict[Text, int] = {}
    mistaken = any(place[0] == "estimate" for place, _, _ in draft.problems)
    for place, row in enumerate(rows):
        if row is None:
            continue
        here: Place = ("posterior", place)
        section = row.filled(estimate_section(draft).filled())
        label = _label(section)
        if label in labels:
            draft.add((*here, "label"), f"is that of posterior[{labels[label]}] too: '{label}'.", "Give each its own.")
        labels.setdefault(label, place)
        if mistaken:
            _spec(draft, here, section.model_copy(update={"coding": None}))
            continue
        spec, held = _spec(draft, here, section), _held(draft, here, section, table)
        if spec is not None and held is not None and _suits(draft, here, spec, held):
            found.append(CheckedPosterior(section, label, spec, held))
    return tuple(found)


def _label(section: PosteriorSection) -> Sentence:
    """What an estimate is called: its own name, or that of its method."""
    if section.label is None:
        return family_label(section.model)
    return Sentence("study_posterior_label", {"label": in_languages(section.label)})


def _spec(draft: Draft, here: Place, section: PosteriorSection) -> Bayesian | None:
    """The specification; every option that it does not take is a problem of its own."""
    right = [_takes(draft, here, section, {name: value}) for name, value in section.options.items()]
    if section.prior is not None:
        right.append(draft.works((*here, "prior"), read_prior, section.prior))
    if not all(right):
        return None
    options = {"options": section.options}
    attempts: list[tuple[str, dict[str, Any]]] = [
        ("options", options),
        ("coding", {**options, "coding": section.coding}),
        ("prior", {**options, "coding": section.coding, "prior": section.prior}),
    ]
    if all(draft.works((*here, key), make_spec, section.model, **given) for key, given in attempts):
        return make_spec(section.model, **attempts[-1][1])
    return None


def _takes(draft: Draft, here: Place, section: PosteriorSection, option: Mapping[str, Any]) -> bool:
    return draft.works((*here, "options", *option), make_spec, section.model, options=option)


def _held(draft: Draft, here: Place, section: PosteriorSection, table: Table | None) -> Table | None:
    """The table with the covariates of the estimate; everything that names a covariate names one of these."""
    held = section.covariates or []
    for key, names in (("by", [name for by in section.divisions for name in by]), ("coding", section.coding or {})):
        if strange := [name for name in names if name not in held]:
            hint = f"It holds: {', '.join(held)}." if held else "Name it in its covariates too."
            draft.add((*here, key), f"names '{strange[0]}', which is no covariate of this estimate.", hint)
    if table is None:
        return None
    if unknown := [name for name in held if name not in table.covariates]:
        hint = did_you_mean(unknown[0], table.covariates)
        draft.add((*here, "covariates"), f"names no covariate of the table: '{unknown[0]}'.", hint)
        return None
    try:
        return holding(table, held)
    except MseError as problem:
        draft.add((*here, "covariates"), str(problem))
        return None


def _suits(draft: Draft, here: Place, spec: Bayesian, table: Table) -> bool:
    upper = total_prior(spec).upper
    if upper is not None and upper < table.n_observed:
        draft.add((*here, "prior"), "allows only totals below the number of persons seen.", "Raise its upper end.")
        return False
    return draft.works((*here, "model"), require_suitable, spec, table)


def require_suitable(spec: Bayesian, table: Table) -> None:
    """Refuse a table that a method cannot be fitted to, before anything is computed.

    Raises
    ------
    mse.errors.TableError, mse.errors.ModelError
        Says what the method needs.
    """
    if isinstance(spec, DecomposableAverage):
        require_lists(table)
    elif isinstance(spec, ModelAverage):
        spec.prepared(table)
    elif isinstance(spec, Hierarchical):
        from mse.models.hierarchical_data import HierarchicalData

        HierarchicalData.of(table, spec)
    else:
        spec.prior_predictive(table, draws=1, seed=0)
