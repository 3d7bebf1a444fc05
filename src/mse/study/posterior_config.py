"""The `[[posterior]]` sections of a study file: Bayesian estimates beside that of the study."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from pydantic import Field

from mse.study.choices import BayesianModel, CredibleInterval
from mse.study.section import By, Section, Text, divisions_of

if TYPE_CHECKING:
    from mse.study.config import EstimateSection

__all__ = ["PosteriorSection"]


class PosteriorSection(Section):
    """A Bayesian estimate; its keys hang on those of `[estimate]` where they are left out."""

    model: BayesianModel = Field(
        description="`decomposable` (all decomposable graphs, exactly), `model-average` (log-linear models by their "
        "evidence), `latent-class` (kinds of persons) or `hierarchical` (strata pooled, in PyMC)."
    )
    label: Text | None = Field(default=None, description="What it is called beside others; by default its method.")
    prior: str | None = Field(
        default=None,
        description="Prior of the total: `inverse`, `uniform:50000`, `lognormal:12000,0.5` (median and sigma), "
        "`negative-binomial:4,0.0003` (shape and rate) or `interval:8000,20000` (a published interval; a third number "
        "is its level where that is not 0.95). By default that of the method, `inverse`.",
    )
    options: dict[str, Any] = Field(
        default={}, description="Other options of the method by name: `{ classes = 5, draws = 1000 }`."
    )
    covariates: list[str] | None = Field(
        default=None, description="Covariates that it holds; by default those of `[estimate]`."
    )
    coding: dict[str, str | dict[str, Any]] | None = Field(
        default=None,
        description="For `model-average`: how covariates enter, as in `[estimate]`, whose coding is the default.",
    )
    by: By | None = Field(
        default=None,
        description="Divisions that are reported; by default those of `[estimate]`, or each covariate where it holds "
        "covariates of its own.",
    )
    level: float | None = Field(
        default=None, gt=0.0, lt=1.0, description="Level of its intervals; by default that of `[estimate]`."
    )
    interval: CredibleInterval = Field(
        default="equal-tailed", description="`equal-tailed`, or `hdi`, the shortest interval."
    )
    seed: int = Field(default=1, ge=0, description="Seed of all that is drawn.")
    sensitivity: bool | None = Field(
        default=None,
        description="Whether other priors are tried. By default for `decomposable` and `model-average`; `latent-class` "
        "and `hierarchical` draw anew for each, which takes several times as long as the estimate.",
    )
    predictive: int = Field(
        default=1000,
        ge=0,
        description="Draws from the prior alone, which stand behind the posterior; 0 for none.",
    )

    def filled(self, estimate: EstimateSection) -> Self:
        """Fill in what is left out from the section on estimating, which is filled in itself."""
        own = self.covariates is not None and self.covariates != (estimate.covariates or [])
        held = list(self.covariates if self.covariates is not None else estimate.covariates or [])
        found: dict[str, Any] = {"covariates": held, "level": self.level or estimate.level}
        if self.by is None:
            found["by"] = list(held if own else estimate.by or [])
        if self.coding is None and self.model == "model-average":
            found["coding"] = {name: how for name, how in (estimate.coding or {}).items() if name in held}
        if self.sensitivity is None:
            found["sensitivity"] = self.model in ("decomposable", "model-average")
        return self.model_copy(update=found)

    @property
    def divisions(self) -> tuple[tuple[str, ...], ...]:
        """The divisions that are reported, each by its covariates."""
        return divisions_of(self.by)
