"""`HeterogeneityFit`: a capture model on a table, with limits and what its law assumes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mse.core.criteria import Criteria
from mse.core.estimate import Estimate, Part
from mse.core.finding import Finding, Severity
from mse.core.fit import FitStatus
from mse.core.intervals import check_interval, check_level, lognormal_limits, wald_limits
from mse.core.measures import Measures
from mse.core.point_fit import kernel_counts
from mse.core.sentence import Sentence
from mse.messages import sentence
from mse.models.classical_fit import ClassicalFit

if TYPE_CHECKING:
    from mse.kernels.heterogeneity import CaptureFit

__all__ = ["HeterogeneityFit"]

_NAMES = {"lower_bound": "Chao", "poisson": "Poisson", "darroch": "Darroch", "gamma": "gamma", "normal": "normal"}

_STATUSES = (FitStatus.OK, FitStatus.NO_MLE, FitStatus.NOT_IDENTIFIED, FitStatus.NOT_CONVERGED)


@dataclass(frozen=True, eq=False, repr=False)
class HeterogeneityFit(ClassicalFit, Measures):
    """A capture model, fitted by maximum likelihood.

    Made by `Heterogeneity.fit`, not by hand.
    """

    @cached_property
    def kernel(self) -> CaptureFit:
        """The fit as the kernel made it."""
        from mse.kernels.heterogeneity import fit_capture

        spec = self.spec
        return fit_capture(
            kernel_counts(self.table),
            equal=spec.model in ("M0", "Mh"),
            law=spec.law,
            parameter=spec.parameter or 0.0,
            behavioural=spec.model == "Mb",
        )

    @property
    def status(self) -> FitStatus:
        """Whether there is an estimate, and if not, why."""
        return _STATUSES[self.kernel.outcome]

    @property
    def dark_figure(self) -> float | None:
        """Estimated number of persons on no list; None where there is no estimate."""
        cells = self.kernel.cells
        return None if cells is None or self.status is not FitStatus.OK else cells.unseen

    @property
    def standard_error(self) -> float | None:
        """Standard error of the total: √(f₀ + f₀² Var log f₀) (Rivest and Baillargeon 2007)."""
        cells = self.kernel.cells
        return None if cells is None or self.status is not FitStatus.OK else cells.standard_error

    @property
    def spread(self) -> float | None:
        """Coefficient τ of the law, or σ of the normal law; None where there is none."""
        return self.kernel.spread if self.status is FitStatus.OK else None

    @property
    def means(self) -> NDArray[np.float64] | None:
        """Fitted counts of all cells, the unseen included, in the shape of the table; None without an estimate."""
        if self.status is not FitStatus.OK:
            return None
        return self.kernel.means.reshape(self.table.counts.shape)

    @property
    def model(self) -> str:
        """The model in the field's notation."""
        spec = self.spec
        if spec.law is None:
            return str(spec.model)
        parameter = "" if spec.parameter is None else f" {spec.parameter:g}"
        return f"{spec.model} ({_NAMES[spec.law]}{parameter})"

    @property
    def method(self) -> Sentence:
        """How the estimate was made, in words."""
        return Sentence("method_heterogeneity", {"model": self.model})

    def explain(self, language: str = "en") -> str:
        """The identifying assumption in a sentence, in English or Dutch."""
        spec = self.spec
        if spec.law is None:
            return sentence(f"assumption_{spec.model.lower()}", language)
        lists = Sentence("lists_equal" if spec.model == "Mh" else "lists_differ")
        return sentence(f"assumption_{spec.law}", language, lists=lists, parameter=f"{spec.parameter or 0:g}")

    @property
    def criteria(self) -> Criteria:
        """Deviance, log-likelihood and information criteria with their conventions."""
        from mse.kernels.cell_scoring import deviance

        kernel, counts = self.kernel, kernel_counts(self.table)
        empty = 0 if self.spec.model in ("M0", "Mh", "Mb") else sum(not persons for persons in _on_lists(self.table))
        return Criteria.of(
            deviance(counts, kernel.means),
            counts=counts,
            finite=kernel.parameters,
            infinite=empty,
            cells=int(kernel.kept.sum()) - 1,
        )

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What a reader must know: why there is no estimate, and what the law makes of the number."""
        found = [*self.table.findings]
        if self.status is not FitStatus.OK:
            return (*found, self._no_estimate())
        law = self.spec.law
        if law == "lower_bound":
            found.append(self._finding("capture_lower_bound", Severity.NOTE))
            if self.kernel.left_out:
                found.append(self._finding("capture_left_out", Severity.NOTE, n=self.kernel.left_out))
        elif law is not None:
            found.append(self._finding("capture_law", Severity.WARNING))
            if self.spread is not None and self.spread < 0.0:
                found.append(self._finding("capture_negative", Severity.WARNING))
            if self.spread == 0.0:
                found.append(self._finding("capture_alike", Severity.WARNING))
        elif self.spec.model == "Mb":
            found.append(self._finding("capture_order", Severity.WARNING, lists=list(self.table.lists)))
        return tuple(found)

    def _no_estimate(self) -> Finding:
        if self.status is FitStatus.NOT_CONVERGED:
            iterations = self.kernel.cells.iterations if self.kernel.cells else 0
            return self._finding("capture_not_converged", Severity.BLOCKING, iterations=iterations)
        if self.status is FitStatus.NOT_IDENTIFIED:
            return self._finding("capture_not_unique", Severity.BLOCKING, lists=len(self.table.lists))
        return self._finding(
            "capture_no_fewer" if self.spec.model == "Mb" else "capture_no_estimate", Severity.BLOCKING
        )

    def _finding(self, code: str, severity: Severity, **values: Any) -> Finding:
        return Finding(code, severity, self.model, {"model": self.model, **values})

    def estimate(self, *, level: float = 0.95, interval: str = "profile") -> Estimate:
        """Return the estimate with an interval that holds the model and its law fixed.

        Parameters
        ----------
        level : float
            Level of the interval, between 0 and 1.
        interval : {"profile", "lognormal", "wald"}
            Profile likelihood (Cormack 1992), lognormal (Chao 1987) or Wald.

        Returns
        -------
        Estimate

        Raises
        ------
        mse.errors.TableError
            The level is not between 0 and 1.
        mse.errors.ModelError
            The interval is of no known kind.

        Examples
        --------
        >>> import mse
        >>> estimate = mse.Heterogeneity("Mth").fit(mse.datasets.load("kosovo_1999")).estimate()
        >>> round(estimate.total), round(estimate.lower), round(estimate.upper)
        (8591, 8189, 9027)
        """
        check_level(level)
        check_interval(interval)
        limits = self._limits(interval, level)
        findings = self.findings
        if self.total is not None:
            findings = (*findings, self._finding("ignores_model_choice", Severity.WARNING))
            if limits == (None, None):
                findings = (*findings, self._finding("limits_not_computed", Severity.WARNING))
            elif limits[1] is None:
                findings = (*findings, self._finding("no_upper_limit", Severity.WARNING))
        part = Part("total", self.table.n_observed, self.dark_figure, *limits)
        return Estimate((part,), level, interval, self.method, self.table.reference, findings)

    def _limits(self, interval: str, level: float) -> tuple[float | None, float | None]:
        dark, error, n = self.dark_figure, self.standard_error, self.table.n_observed
        if dark is None or error is None:
            return None, None
        if interval == "lognormal":
            return lognormal_limits(n, dark, error, level)
        return wald_limits(n, dark, error, level) if interval == "wald" else self._profile(dark, level)

    def _profile(self, dark_figure: float, level: float) -> tuple[float | None, float | None]:
        from scipy.special import chdtri

        from mse.kernels.cell_scoring import profile_of_cells
        from mse.kernels.profile import limits_of

        if self.kernel.refit is None:
            return None, None
        profile = profile_of_cells(self.kernel.refit, self.kernel.counts)
        n = float(self.table.n_observed)
        limits = limits_of(profile, n, dark_figure, float(chdtri(1, 1.0 - level)) / 2.0)
        if limits is None:
            return None, None
        return n + limits.lower, None if limits.upper is None else n + limits.upper


def _on_lists(table: Any) -> list[int]:
    """Persons on each list."""
    counts = table.counts
    return [int(counts.take(1, axis=axis).sum()) for axis in range(counts.ndim)]
