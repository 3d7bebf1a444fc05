"""Multiple systems estimation: how many people are there whom no list has registered?

Records become a small table of overlapping lists (`CaptureTable`, or `PartialTable` where something is not known of
some persons); an estimator (`LogLinear`, `Search`) turns the table into a fit; a fit answers with an `Estimate`, of the
whole and of years and groups. `bootstrap` repeats a whole estimator, `release` lets figures out, `run` does a study
from one file. `read_registry` reads a register of people, `monitor` counts its figures and sets registered numbers
beside estimates, `assess` and `feasibility` say whether lists can carry an estimate, `sensitivity` asks what
an estimate would have been otherwise, `simulate` makes registers with known properties.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from mse.lazy import public_names

if TYPE_CHECKING:
    from mse import feasibility, monitor, sensitivity, simulate
    from mse.core.cases import CaseCounts
    from mse.core.coding import Break, Levels, Poly, Scores, Spline, Step
    from mse.core.contrasts import Contrast
    from mse.core.counts import CountTable
    from mse.core.cube import Cube
    from mse.core.draws import Draws
    from mse.core.ensemble import EnsembleFit
    from mse.core.estimate import Estimate
    from mse.core.expected import ExpectedTable
    from mse.core.figure import Figure
    from mse.core.finding import Finding
    from mse.core.fit import FitStatus
    from mse.core.partial import PartialTable
    from mse.core.point_fit import PointFit
    from mse.core.posterior_fit import PosteriorFit
    from mse.core.reference import Reference
    from mse.core.stratified_fit import StratifiedFit
    from mse.core.table import CaptureTable
    from mse.core.terms import Generators, Term
    from mse.core.total_prior import TotalPrior
    from mse.errors import ModelError, MseError, ReferenceError, RegistryError, ReleaseError, StudyError, TableError
    from mse.feasibility.assess import assess
    from mse.inference.bootstrap import bootstrap
    from mse.inference.correction_draws import correction_draws, linkage_draws
    from mse.inference.duplicates import correct_duplicates
    from mse.inference.linkage_combination import combine_linkage
    from mse.inference.linkage_correction import correct_linkage
    from mse.inference.side_by_side import SideBySide, side_by_side
    from mse.models.completion import complete
    from mse.models.counted_fit import CountFit
    from mse.models.decomposable import DecomposableAverage
    from mse.models.fixed_dependence import FixedDependence
    from mse.models.heterogeneity import Heterogeneity
    from mse.models.hierarchical import Hierarchical
    from mse.models.latent_class import LatentClass
    from mse.models.loglinear import LogLinear
    from mse.models.lower_bound_test import LowerBoundTest, lower_bound_test
    from mse.models.missing_odds import missing_odds
    from mse.models.model_average import ModelAverage
    from mse.models.over_coverage import correct_over_coverage
    from mse.models.referrals import correct_referrals
    from mse.models.roles import covariate_roles
    from mse.models.sample_coverage import SampleCoverage
    from mse.models.search import Search
    from mse.models.trimmed import TrimmedDualSystem
    from mse.models.truncated_chao import ChaoCounts, ModifiedChao
    from mse.models.truncated_geometric import TruncatedGeometric
    from mse.models.truncated_negative_binomial import TruncatedNegativeBinomial
    from mse.models.truncated_one_inflated import OneInflated
    from mse.models.truncated_poisson import TruncatedPoisson
    from mse.models.truncated_zelterman import Zelterman
    from mse.models.two_lists import Chapman, LincolnPetersen
    from mse.monitor.disclosure.release import release
    from mse.records import datasets
    from mse.records.linked_tables import linked_tables
    from mse.records.register.read_registry import read_registry
    from mse.records.register.registry import Registry
    from mse.records.register.rules import Rules
    from mse.records.tabulate import tabulate
    from mse.report.plots import plot
    from mse.study.run import run

_WHERE = {
    "Break": "mse.core.coding",
    "CaptureTable": "mse.core.table",
    "CaseCounts": "mse.core.cases",
    "ChaoCounts": "mse.models.truncated_chao",
    "Chapman": "mse.models.two_lists",
    "Contrast": "mse.core.contrasts",
    "CountFit": "mse.models.counted_fit",
    "CountTable": "mse.core.counts",
    "Cube": "mse.core.cube",
    "DecomposableAverage": "mse.models.decomposable",
    "Draws": "mse.core.draws",
    "EnsembleFit": "mse.core.ensemble",
    "Estimate": "mse.core.estimate",
    "ExpectedTable": "mse.core.expected",
    "Figure": "mse.core.figure",
    "Finding": "mse.core.finding",
    "FitStatus": "mse.core.fit",
    "FixedDependence": "mse.models.fixed_dependence",
    "Generators": "mse.core.terms",
    "Heterogeneity": "mse.models.heterogeneity",
    "Hierarchical": "mse.models.hierarchical",
    "LatentClass": "mse.models.latent_class",
    "Levels": "mse.core.coding",
    "LincolnPetersen": "mse.models.two_lists",
    "LogLinear": "mse.models.loglinear",
    "LowerBoundTest": "mse.models.lower_bound_test",
    "ModelAverage": "mse.models.model_average",
    "ModelError": "mse.errors",
    "ModifiedChao": "mse.models.truncated_chao",
    "MseError": "mse.errors",
    "OneInflated": "mse.models.truncated_one_inflated",
    "PartialTable": "mse.core.partial",
    "PointFit": "mse.core.point_fit",
    "Poly": "mse.core.coding",
    "PosteriorFit": "mse.core.posterior_fit",
    "Reference": "mse.core.reference",
    "ReferenceError": "mse.errors",
    "Registry": "mse.records.register.registry",
    "RegistryError": "mse.errors",
    "ReleaseError": "mse.errors",
    "Rules": "mse.records.register.rules",
    "SampleCoverage": "mse.models.sample_coverage",
    "Scores": "mse.core.coding",
    "Search": "mse.models.search",
    "SideBySide": "mse.inference.side_by_side",
    "Spline": "mse.core.coding",
    "Step": "mse.core.coding",
    "StratifiedFit": "mse.core.stratified_fit",
    "StudyError": "mse.errors",
    "TableError": "mse.errors",
    "Term": "mse.core.terms",
    "TotalPrior": "mse.core.total_prior",
    "TrimmedDualSystem": "mse.models.trimmed",
    "TruncatedGeometric": "mse.models.truncated_geometric",
    "TruncatedNegativeBinomial": "mse.models.truncated_negative_binomial",
    "TruncatedPoisson": "mse.models.truncated_poisson",
    "Zelterman": "mse.models.truncated_zelterman",
    "assess": "mse.feasibility.assess",
    "bootstrap": "mse.inference.bootstrap",
    "combine_linkage": "mse.inference.linkage_combination",
    "complete": "mse.models.completion",
    "correct_duplicates": "mse.inference.duplicates",
    "correct_linkage": "mse.inference.linkage_correction",
    "correct_over_coverage": "mse.models.over_coverage",
    "correct_referrals": "mse.models.referrals",
    "correction_draws": "mse.inference.correction_draws",
    "covariate_roles": "mse.models.roles",
    "linkage_draws": "mse.inference.correction_draws",
    "linked_tables": "mse.records.linked_tables",
    "lower_bound_test": "mse.models.lower_bound_test",
    "missing_odds": "mse.models.missing_odds",
    "plot": "mse.report.plots",
    "read_registry": "mse.records.register.read_registry",
    "release": "mse.monitor.disclosure.release",
    "run": "mse.study.run",
    "side_by_side": "mse.inference.side_by_side",
    "tabulate": "mse.records.tabulate",
}
"""Where each public name lives; it is loaded when it is first asked for."""

_MODULES = {
    "datasets": "mse.records.datasets",
    "feasibility": "mse.feasibility",
    "monitor": "mse.monitor",
    "sensitivity": "mse.sensitivity",
    "simulate": "mse.simulate",
}
"""Public modules, loaded in the same way."""

__all__ = [
    "Break",
    "CaptureTable",
    "CaseCounts",
    "ChaoCounts",
    "Chapman",
    "Contrast",
    "CountFit",
    "CountTable",
    "Cube",
    "DecomposableAverage",
    "Draws",
    "EnsembleFit",
    "Estimate",
    "ExpectedTable",
    "Figure",
    "Finding",
    "FitStatus",
    "FixedDependence",
    "Generators",
    "Heterogeneity",
    "Hierarchical",
    "LatentClass",
    "Levels",
    "LincolnPetersen",
    "LogLinear",
    "LowerBoundTest",
    "ModelAverage",
    "ModelError",
    "ModifiedChao",
    "MseError",
    "OneInflated",
    "PartialTable",
    "PointFit",
    "Poly",
    "PosteriorFit",
    "Reference",
    "ReferenceError",
    "Registry",
    "RegistryError",
    "ReleaseError",
    "Rules",
    "SampleCoverage",
    "Scores",
    "Search",
    "SideBySide",
    "Spline",
    "Step",
    "StratifiedFit",
    "StudyError",
    "TableError",
    "Term",
    "TotalPrior",
    "TrimmedDualSystem",
    "TruncatedGeometric",
    "TruncatedNegativeBinomial",
    "TruncatedPoisson",
    "Zelterman",
    "assess",
    "bootstrap",
    "combine_linkage",
    "complete",
    "correct_duplicates",
    "correct_linkage",
    "correct_over_coverage",
    "correct_referrals",
    "correction_draws",
    "covariate_roles",
    "datasets",
    "feasibility",
    "linkage_draws",
    "linked_tables",
    "lower_bound_test",
    "missing_odds",
    "monitor",
    "plot",
    "read_registry",
    "release",
    "run",
    "sensitivity",
    "side_by_side",
    "simulate",
    "tabulate",
]


_look_up, _names = public_names(__name__, _WHERE)


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(_MODULES[name])
    if name == "__version__":
        from importlib.metadata import version

        return version("multiple-systems-estimation")
    return _look_up(name)


def __dir__() -> list[str]:
    return sorted({*_names(), *_MODULES, "__version__"})
