"""`PointFit`: one log-linear model fitted to one table by maximum likelihood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from mse.core.criteria import Criteria
from mse.core.estimate import Estimate, Part
from mse.core.finding import Finding
from mse.core.fit import FitStatus
from mse.core.intervals import check_level, interval_limits
from mse.core.measures import Measures
from mse.core.table import CaptureTable
from mse.core.terms import Generators
from mse.errors import ModelError, did_you_mean
from mse.messages import sentence

if TYPE_CHECKING:
    import pandas as pd

    from mse.kernels.existence import Existence
    from mse.kernels.poisson import PoissonFit

__all__ = ["THIN", "PointFit", "kernel_counts"]

THIN = 10
"""A term that rests on fewer persons than this is named in a finding."""

_NAMED_CELLS = 4


def kernel_counts(table: CaptureTable) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Counts as the kernels take them: a vector over the masks of lists."""
    return table.counts.ravel().astype(np.float64)


@dataclass(frozen=True, eq=False)
class PointFit(Measures):
    """One hierarchical log-linear model, fitted.

    Made by `LogLinear.fit`, not by hand. A model without an estimate has a status that says why, and its `total`
    is None.

    Examples
    --------
    >>> import mse
    >>> fit = mse.LogLinear("[A][B]").fit(mse.CaptureTable(["A", "B"], [[0, 30], [40, 6]]))
    >>> round(fit.total), round(fit.standard_error)
    (276, 96)
    """

    spec: Any
    table: CaptureTable
    generators: Generators
    kernel: PoissonFit
    existence: Existence

    @classmethod
    def compute(
        cls, table: CaptureTable, generators: Generators, spec: Any, offset: NDArray[np.float64] | None = None
    ) -> Self:
        """Fit a model, with terms that are fixed as an offset of its cells, and judge whether its estimate exists."""
        from mse.kernels.existence import check_existence
        from mse.kernels.poisson import fit_poisson

        counts = kernel_counts(table)
        masks = generators.masks
        return cls(spec, table, generators, fit_poisson(counts, masks, offset), check_existence(counts, masks))

    # ------------------------------------------------------------------ the answer

    @cached_property
    def status(self) -> FitStatus:
        """Whether there is an estimate, and if not, why."""
        exists, identified = self.existence.exists, self.existence.identified
        if exists and identified:
            return FitStatus.OK if self.kernel.converged else FitStatus.NOT_CONVERGED
        if identified:
            return FitStatus.NO_MLE
        return FitStatus.NOT_IDENTIFIED if exists else FitStatus.NO_MLE_NOT_IDENTIFIED

    @property
    def dark_figure(self) -> float | None:
        """Estimated number of persons on no list; None where there is no estimate."""
        return float(self.kernel.mu[0]) if self.status is FitStatus.OK else None

    @property
    def total(self) -> float | None:
        """Persons seen plus the dark figure; None where there is no estimate."""
        dark = self.dark_figure
        return None if dark is None else self.table.n_observed + dark

    @property
    def standard_error(self) -> float | None:
        """Standard error of the total: √(f₀ + f₀² Var θ₀) (Rivest and Baillargeon 2007)."""
        dark = self.dark_figure
        if dark is None:
            return None
        return float(np.sqrt(dark + dark**2 * self.kernel.covariance[0, 0]))

    @property
    def model(self) -> str:
        """The model in brackets."""
        return self.generators.notation()

    @property
    def means(self) -> NDArray[np.float64] | None:
        """Fitted counts of all cells, the unseen included, in the shape of the table; None without an estimate."""
        if self.status is not FitStatus.OK:
            return None
        return self.kernel.mu.reshape(self.table.counts.shape)

    @property
    def fingerprint(self) -> str:
        """Fingerprint of the table."""
        return self.table.fingerprint

    @property
    def assumption(self) -> str:
        """The identifying assumption in a sentence."""
        return self.explain("en")

    def explain(self, language: str = "en") -> str:
        """The identifying assumption in a sentence, in English or Dutch."""
        dependent = [self.generators.label(m) for m in self.generators.top if m.bit_count() > 1]
        key = "assumption_dependence" if dependent else "assumption_independence"
        fixed = getattr(self.spec, "fixed", None)
        said = sentence(key, language, terms=dependent)
        return said if fixed is None else f"{said} {fixed[language]}"

    # ------------------------------------------------------------------ how well it fits

    @property
    def criteria(self) -> Criteria:
        """Deviance, log-likelihood and information criteria with their conventions."""
        return Criteria.of(
            self.kernel.deviance,
            counts=kernel_counts(self.table),
            finite=len(self.kernel.masks),
            infinite=len(self.kernel.infinite),
            cells=int(self.kernel.retained.sum()),
        )

    @property
    def n_parameters(self) -> int:
        """Number of terms, those at −∞ counted."""
        return len(self.kernel.masks) + len(self.kernel.infinite)

    @property
    def n_infinite(self) -> int:
        """Number of terms at −∞: their lists have no person in common."""
        return len(self.kernel.infinite)

    @property
    def coefficients(self) -> pd.DataFrame:
        """One row per term: term, estimate, standard_error (on the log scale; −∞ for empty overlaps).

        Estimates are missing where the model has none: what iterations left there stands for nothing.
        """
        import pandas as pd

        fit = self.kernel
        exists = self.status is FitStatus.OK
        errors = np.sqrt(np.diag(fit.covariance)) if exists else np.full(len(fit.masks), np.nan)
        known = {
            int(mask): (estimate if exists else np.nan, error)
            for mask, estimate, error in zip(fit.masks, fit.theta, errors, strict=True)
        }
        rows = []
        for term in self.generators.terms:
            estimate, error = known.get(self.generators.mask(term), (-np.inf, np.nan))
            label = self.generators.label(self.generators.mask(term)) if term else "(intercept)"
            rows.append({"term": label, "estimate": estimate, "standard_error": error})
        return pd.DataFrame(rows)

    def fitted(self) -> pd.DataFrame:
        """One row per combination of lists: 0/1 columns, observed (missing for the unseen) and fitted.

        Fitted counts are missing where the model has no estimate.
        """
        import pandas as pd

        k = len(self.table.lists)
        cells = np.arange(2**k)
        columns: dict[str, Any] = {name: cells >> (k - 1 - axis) & 1 for axis, name in enumerate(self.table.lists)}
        observed = kernel_counts(self.table)
        observed[0] = np.nan
        fitted = self.kernel.mu if self.status is FitStatus.OK else np.full(2**k, np.nan)
        return pd.DataFrame({**columns, "observed": observed, "fitted": fitted})

    # ------------------------------------------------------------------ reading it

    def estimate(self, by: Sequence[str] = (), *, level: float = 0.95, interval: str = "profile") -> Estimate:
        """Return the estimate with an interval that holds the model fixed.

        Parameters
        ----------
        by : sequence of str
            Covariates to split by; the table must carry them.
        level : float
            Level of the interval, between 0 and 1.
        interval : {"profile", "lognormal", "wald"}
            Profile likelihood (Cormack 1992), lognormal (Chao 1987) or Wald. All three ignore that the model was
            chosen, and say so in a finding. A profile has no limits where the likeliest number unseen is above
            10¹⁰: there it is flatter than the rounding of its values.

        Returns
        -------
        Estimate

        Raises
        ------
        mse.errors.TableError
            The level is not between 0 and 1.
        mse.errors.ModelError
            The interval is of no known kind, or the table carries no such covariate.

        Examples
        --------
        >>> import mse
        >>> fit = mse.LogLinear(order=1).fit(mse.datasets.load("rome_hiv"))
        >>> estimate = fit.estimate(level=0.95)
        >>> round(estimate.lower), round(estimate.upper)
        (9532, 13114)
        """
        check_level(level)
        for name in by:
            raise ModelError(f"The table carries no covariate '{name}'", hint=did_you_mean(name, self.table.covariates))
        limits = interval_limits(self, interval, level)
        findings = self.findings
        if self.total is not None:
            findings = (*findings, self._finding("ignores_model_choice", "warning"))
            if limits == (None, None):
                findings = (*findings, self._finding("limits_not_computed", "warning"))
            elif limits[1] is None:
                findings = (*findings, self._finding("no_upper_limit", "warning"))
        part = Part("total", self.table.n_observed, self.dark_figure, *limits)
        return Estimate((part,), level, interval, self.generators.notation(), self.table.reference, findings)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What a reader must know: why there is no estimate, empty overlaps, thin terms."""
        found = [*self.table.findings]
        if self.status is not FitStatus.OK:
            found += self._no_estimate()
        if len(self.kernel.infinite):
            terms = [self.generators.label(int(mask)) for mask in minimal(self.kernel.infinite)]
            found.append(self._finding("infinite_terms", "note", terms=terms, n=len(self.kernel.infinite)))
        return tuple(dict.fromkeys([*found, *self._thin_terms()]))

    def _thin_terms(self) -> list[Finding]:
        if self.status is not FitStatus.OK:
            return []
        from mse.kernels.poisson import superset_sums

        persons = superset_sums(kernel_counts(self.table))
        return [
            self._finding("thin_term", "warning", term=self.generators.label(mask), persons=int(persons[mask]))
            for mask in self.generators.top
            if mask.bit_count() > 1 and 0 < persons[mask] < THIN
        ]

    def _no_estimate(self) -> list[Finding]:
        found = []
        if not self.existence.exists and self.existence.ray is None:
            found.append(self._finding("existence_undecided", "blocking"))
        if not self.existence.exists and self.existence.ray is not None:
            ray = self.existence.ray
            way = {True: "infinite", False: "zero"}[ray[0] < 0.0] if ray[0] else "elsewhere"
            cells = [self._cell(int(cell)) for cell in self.existence.empty[:_NAMED_CELLS]]
            terms = [
                self.generators.label(int(mask))
                for mask, weight in zip(self.existence.masks, ray, strict=True)
                if weight and mask
            ]
            largest = max(self.generators.top, key=lambda mask: mask.bit_count())
            found.append(
                self._finding(
                    f"no_estimate_{way}",
                    "blocking",
                    cells=cells,
                    terms=terms,
                    more=max(len(self.existence.empty) - _NAMED_CELLS, 0),
                    term=self.generators.label(largest),
                )
            )
        if not self.existence.identified:
            cells_left = int(self.kernel.retained.sum())
            found.append(self._finding("not_identified", "blocking", terms=len(self.kernel.masks), cells=cells_left))
        if self.status is FitStatus.NOT_CONVERGED:
            found.append(self._finding("not_converged", "blocking", iterations=self.kernel.iterations))
        return found

    def _cell(self, cell: int) -> str:
        return "+".join(self.generators.names(cell))

    def _finding(self, code: str, severity: str, **values: Any) -> Finding:
        notation = self.generators.notation()
        return Finding(code, severity, notation, {"model": notation, **values})  # type: ignore[arg-type]

    def __repr__(self) -> str:
        notation = self.generators.notation()
        if self.total is None:
            return f"{notation}: {self.status}" + "".join(f"\n  {finding}" for finding in self.findings)
        return (
            f"{notation}: total {self.total:,.1f} (standard error {self.standard_error:,.1f}),"
            f" deviance {self.deviance:.3f} on {self.df} df, AIC {self.aic:.3f}, BIC {self.bic:.3f}"
        )


def minimal(masks: np.ndarray[Any, np.dtype[np.int64]]) -> list[int]:
    """Minimal masks of a set: the empty overlaps that explain all others."""
    ordered = sorted(map(int, masks), key=lambda mask: (mask.bit_count(), mask))
    kept: list[int] = []
    for mask in ordered:
        if not any(mask & small == small for small in kept):
            kept.append(mask)
    return kept
