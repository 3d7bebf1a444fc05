"""Multiple systems estimation: how many people are there whom no list has registered?

Records become a small table of overlapping lists (`CaptureTable`); an estimator (`LogLinear`, `Search`) turns the
table into a fit; a fit answers with an `Estimate`. `bootstrap` repeats a whole estimator, `release` lets figures
out, `run` does a study from one file. `read_registry` reads a register of people, `monitor` counts its figures and sets
registered numbers beside estimates, `simulate` makes registers with known properties.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from mse.lazy import public_names

if TYPE_CHECKING:
    from mse import monitor, simulate
    from mse.core.cube import Cube
    from mse.core.draws import Draws
    from mse.core.ensemble import EnsembleFit
    from mse.core.estimate import Estimate
    from mse.core.figure import Figure
    from mse.core.finding import Finding
    from mse.core.fit import FitStatus
    from mse.core.point_fit import PointFit
    from mse.core.reference import Reference
    from mse.core.table import CaptureTable
    from mse.core.terms import Generators, Term
    from mse.errors import ModelError, MseError, ReferenceError, RegistryError, ReleaseError, StudyError, TableError
    from mse.inference.bootstrap import bootstrap
    from mse.models.loglinear import LogLinear
    from mse.models.search import Search
    from mse.monitor.disclosure.release import release
    from mse.records import datasets
    from mse.records.register.read_registry import read_registry
    from mse.records.register.registry import Registry
    from mse.records.register.rules import Rules
    from mse.records.tabulate import tabulate
    from mse.report.plots import plot
    from mse.study.run import run

_WHERE = {
    "CaptureTable": "mse.core.table",
    "Cube": "mse.core.cube",
    "Draws": "mse.core.draws",
    "EnsembleFit": "mse.core.ensemble",
    "Estimate": "mse.core.estimate",
    "Figure": "mse.core.figure",
    "Finding": "mse.core.finding",
    "FitStatus": "mse.core.fit",
    "Generators": "mse.core.terms",
    "LogLinear": "mse.models.loglinear",
    "ModelError": "mse.errors",
    "MseError": "mse.errors",
    "PointFit": "mse.core.point_fit",
    "Reference": "mse.core.reference",
    "ReferenceError": "mse.errors",
    "Registry": "mse.records.register.registry",
    "RegistryError": "mse.errors",
    "ReleaseError": "mse.errors",
    "Rules": "mse.records.register.rules",
    "Search": "mse.models.search",
    "StudyError": "mse.errors",
    "TableError": "mse.errors",
    "Term": "mse.core.terms",
    "bootstrap": "mse.inference.bootstrap",
    "plot": "mse.report.plots",
    "read_registry": "mse.records.register.read_registry",
    "release": "mse.monitor.disclosure.release",
    "run": "mse.study.run",
    "tabulate": "mse.records.tabulate",
}
"""Where each public name lives; it is loaded when it is first asked for."""

_MODULES = {"datasets": "mse.records.datasets", "monitor": "mse.monitor", "simulate": "mse.simulate"}
"""Public modules, loaded in the same way."""

__all__ = [
    "CaptureTable",
    "Cube",
    "Draws",
    "EnsembleFit",
    "Estimate",
    "Figure",
    "Finding",
    "FitStatus",
    "Generators",
    "LogLinear",
    "ModelError",
    "MseError",
    "PointFit",
    "Reference",
    "ReferenceError",
    "Registry",
    "RegistryError",
    "ReleaseError",
    "Rules",
    "Search",
    "StudyError",
    "TableError",
    "Term",
    "bootstrap",
    "datasets",
    "monitor",
    "plot",
    "read_registry",
    "release",
    "run",
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
