"""`StratifiedFit`: one log-linear model over lists and covariates, fitted to one table by maximum likelihood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from mse.core.complete_fit import CompleteFit, fit_complete
from mse.core.criteria import Criteria
from mse.core.estimate import Estimate, Part
from mse.core.expected import ExpectedTable
from mse.core.finding import Finding
from mse.core.fit import FitStatus
from mse.core.intervals import check_interval, check_level
from mse.core.margins import Margin, margins
from mse.core.measures import Measures
from mse.core.part_limits import part_limits
from mse.core.partial import PartialTable
from mse.core.partial_fit import PartialFit, fit_partial
from mse.core.strata_design import StrataDesign
from mse.core.stratified_findings import fit_findings, part_findings
from mse.core.table import CaptureTable
from mse.core.terms import Generators
from mse.errors import ModelError
from mse.messages import sentence

if TYPE_CHECKING:
    import pandas as pd

    from mse.core.coding import Coding
    from mse.kernels.em import MarginFit
    from mse.kernels.strata import StrataFit
    from mse.kernels.strata_existence import StrataExistence

__all__ = ["StratifiedFit", "fit_design"]


def fit_design(
    table: CaptureTable | PartialTable | ExpectedTable,
    design: StrataDesign,
    *,
    start: NDArray[np.float64] | None = None,
) -> CompleteFit | PartialFit:
    """Fit a design to a table, by EM where something is not known of some persons."""
    if isinstance(table, PartialTable):
        return fit_partial(table, design, start=start)
    return fit_complete(table, design, start=start)


@dataclass(frozen=True, eq=False)
class StratifiedFit(Measures):
    """One hierarchical log-linear model over lists and covariates, fitted.

    Every stratum has its own number unseen. Persons of whom a covariate is not known are spread over its levels in the
    fitted proportions, so that the persons seen of a part need not be a whole number. Made by `LogLinear.fit`, not by
    hand. A model without an estimate has a status that says why, and its `total` is None.

    Examples
    --------
    >>> import mse
    >>> counts = [[[0, 0], [30, 12]], [[40, 25], [6, 5]]]
    >>> table = mse.CaptureTable(["A", "B"], counts, {"year": (2018, 2019)})
    >>> fit = mse.LogLinear("[A year][B year]").fit(table)
    >>> round(fit.total), [round(part.total) for part in fit.estimate(by=["year"]).parts]
    (378, [378, 276, 102])
    """

    spec: Any
    table: CaptureTable | PartialTable | ExpectedTable
    generators: Generators
    numbers: CompleteFit | PartialFit

    @classmethod
    def compute(
        cls,
        table: CaptureTable | PartialTable | ExpectedTable,
        generators: Generators,
        coding: Mapping[str, Coding],
        spec: Any,
    ) -> Self:
        """Fit a model and judge whether its estimate exists."""
        design = StrataDesign.of(table.lists, table.covariates, generators, coding)
        return cls(spec, table, generators, fit_design(table, design))

    @property
    def design(self) -> StrataDesign:
        """Columns of the model."""
        return self.numbers.design

    @property
    def kernel(self) -> StrataFit | MarginFit:
        """Coefficients, fitted counts and covariance."""
        return self.numbers.kernel

    @property
    def existence(self) -> StrataExistence:
        """Whether an estimate exists, and of which strata the number unseen is not told."""
        return self.numbers.existence

    @property
    def counts(self) -> NDArray[np.float64]:
        """Persons seen by stratum and combination of lists; expected ones where something is not known of some."""
        return self.numbers.counts

    # ------------------------------------------------------------------ the answer

    @cached_property
    def status(self) -> FitStatus:
        """Whether there is an estimate, and if not, why."""
        exists, identified = self.numbers.exists, self.existence.identified
        if exists and identified:
            return FitStatus.OK if self.kernel.converged else FitStatus.NOT_CONVERGED
        if identified:
            return FitStatus.NO_MLE
        return FitStatus.NOT_IDENTIFIED if exists else FitStatus.NO_MLE_NOT_IDENTIFIED

    @property
    def unseen(self) -> NDArray[np.float64] | None:
        """Estimated number on no list, by stratum; None where there is no estimate."""
        return self.numbers.unseen if self.status is FitStatus.OK else None

    @property
    def dark_figure(self) -> float | None:
        """Estimated number of persons on no list; None where there is no estimate."""
        return None if self.unseen is None else float(self.unseen.sum())

    @property
    def total(self) -> float | None:
        """Persons seen plus the dark figure; None where there is no estimate."""
        dark = self.dark_figure
        return None if dark is None else self.table.n_observed + dark

    @property
    def standard_error(self) -> float | None:
        """Standard error of the total: √(Σ f₀ + gᵀ V g), g the gradient of Σ f₀ (Rivest and Baillargeon 2007)."""
        return self.standard_error_of(np.ones(len(self.counts), dtype=np.bool_))

    def standard_error_of(self, strata: NDArray[np.bool_]) -> float | None:
        """Standard error of the total of some strata; None where there is no estimate, or counts are expected ones."""
        if self.unseen is None or not self.has_limits:
            return None
        return float(np.sqrt(self.numbers.total_variance(strata)))

    @property
    def model(self) -> str:
        """The model in brackets."""
        return self.generators.notation()

    @property
    def means(self) -> NDArray[np.float64] | None:
        """Fitted counts of all cells, the unseen included, in the shape of the table; None without an estimate."""
        if self.status is not FitStatus.OK:
            return None
        return np.ascontiguousarray(self.kernel.mu.T).reshape(self._shape)

    @property
    def _shape(self) -> tuple[int, ...]:
        return (2,) * len(self.table.lists) + tuple(len(levels) for levels in self.table.covariates.values())

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
        dependent = [self.generators.label(mask) for mask in self.generators.top if self.lists_in(mask) > 1]
        varying = [self.generators.label(mask) for mask in self.generators.top if self.captures(mask)]
        key = "assumption_strata_dependence" if dependent else "assumption_strata_independence"
        said = sentence(key, language, terms=dependent)
        return said + (" " + sentence("assumption_strata_captures", language, terms=varying) if varying else "")

    def lists_in(self, mask: int) -> int:
        """Number of lists in a term."""
        return (mask & ((1 << len(self.table.lists)) - 1)).bit_count()

    def captures(self, mask: int) -> bool:
        """Whether a term is about lists and covariates together."""
        return 0 < self.lists_in(mask) < mask.bit_count()

    # ------------------------------------------------------------------ how well it fits

    @property
    def criteria(self) -> Criteria:
        """Deviance, log-likelihood and information criteria with their conventions.

        Raises
        ------
        mse.errors.ModelError
            The counts are expected ones, which have no likelihood.
        """
        if isinstance(self.table, ExpectedTable):
            raise ModelError(
                "Expected counts have no likelihood, so no criteria",
                got=f"counts of {self.table.origin}",
                hint="Compare models on the table that they were made from: table.source.",
            )
        return Criteria(
            self.numbers.deviance,
            self.numbers.log_likelihood,
            int(self.kernel.used.sum()),
            self.n_infinite,
            self.numbers.n_recorded_cells,
            round(self.table.n_observed),
            self.counts[:, 1:].size,
        )

    @property
    def n_parameters(self) -> int:
        """Number of parameters, those at −∞ counted."""
        return int(self.kernel.used.sum()) + self.n_infinite

    @property
    def n_infinite(self) -> int:
        """Number of parameters at −∞: nobody is in their combination of lists and levels."""
        return int((~self.kernel.used).sum()) if self.numbers.gone.any() else 0

    @property
    def coefficients(self) -> pd.DataFrame:
        """One row per parameter: term, parameter, estimate, standard_error, on the log scale.

        Parameters that cannot be told from others, since cells left, are missing; so are all where there is no
        estimate.
        """
        import pandas as pd

        used = self.kernel.used & (self.status is FitStatus.OK)
        errors = np.sqrt(np.diag(self.kernel.covariance))
        labels = [self.generators.label(int(mask)) if mask else "(intercept)" for mask in self.design.term_of]
        return pd.DataFrame(
            {
                "term": labels,
                "parameter": self.design.labels,
                "estimate": np.where(used, self.kernel.theta, np.nan),
                "standard_error": np.where(used, errors, np.nan),
            }
        )

    def fitted(self) -> pd.DataFrame:
        """One row per combination of lists and levels: observed (missing for the unseen) and fitted counts.

        Where something is not known of some persons, `observed` holds expected counts.
        """
        import pandas as pd

        k, shape = len(self.table.lists), self._shape
        index = np.indices(shape).reshape(len(shape), -1)
        columns: dict[str, Any] = {name: index[axis] for axis, name in enumerate(self.table.lists)}
        for axis, (name, levels) in enumerate(self.table.covariates.items(), start=k):
            columns[name] = [levels[place] for place in index[axis]]
        observed = np.ascontiguousarray(self.counts.T).reshape(shape)
        observed[(0,) * k] = np.nan
        means = np.full(shape, np.nan) if self.means is None else self.means
        return pd.DataFrame({**columns, "observed": observed.ravel(), "fitted": means.ravel()})

    # ------------------------------------------------------------------ reading it

    def estimate(
        self, by: Sequence[str] = (), *, level: float = 0.95, interval: str = "profile", fitted: bool = False
    ) -> Estimate:
        """Return the estimate with an interval that holds the model fixed.

        Parameters
        ----------
        by : sequence of str
            Covariates to split by: every combination of their levels is a part. Parts add up to the total, their
            limits do not.
        level : float
            Level of the interval, between 0 and 1.
        interval : {"profile", "lognormal", "wald"}
            Profile likelihood (Cormack 1992), lognormal (Chao 1987) or Wald. All three ignore that the model was
            chosen, and say so in a finding. A profile has no limits where the likeliest number unseen is above
            10¹⁰: there it is flatter than the rounding of its values. Of a partial table
            the profile is not computed: its interval is the lognormal one, of the total less the persons who are in the
            part whatever is not known of them, with what is lost by not knowing in the standard error.
        fitted : bool
            Whether a part is the fitted number of persons seen plus the unseen, instead of the number seen plus the
            unseen. They differ where the model does not hold the margin of the part. The column of persons seen then
            holds fitted ones, and parts have no limits.

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
        >>> counts = [[[0, 0], [30, 12]], [[40, 25], [6, 5]]]
        >>> table = mse.CaptureTable(["A", "B"], counts, {"year": (2018, 2019)})
        >>> estimate = mse.LogLinear("[A year][B year]").fit(table).estimate(by=["year"])
        >>> estimate.to_frame()[["part", "observed"]].values.tolist()
        [['total', 118], ['2018', 76], ['2019', 42]]
        """
        check_level(level)
        check_interval(interval)
        if interval == "profile" and isinstance(self.table, PartialTable):
            interval = "lognormal"
        cut = margins(self.table.covariates, by) if by else ()
        whole = Margin({}, np.ones(len(self.counts), dtype=np.bool_))
        parts = [self._part("total", whole, level, interval, False)]
        parts += [self._part(margin.name, margin, level, interval, fitted) for margin in cut]
        findings = [*self.findings, *part_findings(self, parts, cut)]
        return Estimate(tuple(parts), level, interval, self.model, self.table.reference, tuple(findings))

    @property
    def has_limits(self) -> bool:
        """Whether counts are those of persons, so that there is a likelihood to take limits from."""
        return not isinstance(self.table, ExpectedTable)

    def _part(self, name: str, margin: Margin, level: float, interval: str, fitted: bool) -> Part:
        seen = self.seen(margin.strata)
        if self.unseen is None:
            return Part(name, seen, None, None, None, margin.levels)
        dark = float(self.unseen[margin.strata].sum())
        if fitted:
            return Part(name, self.fitted_seen(margin), dark, None, None, margin.levels)
        lower, upper = part_limits(self, margin.strata, interval, level) if self.has_limits else (None, None)
        return Part(name, seen, dark, lower, upper, margin.levels)

    def seen(self, strata: NDArray[np.bool_]) -> float:
        """Persons seen in some strata: a whole number where everything is known of them."""
        n = float(self.counts[strata].sum())
        whole = isinstance(self.table, CaptureTable) or (isinstance(self.table, PartialTable) and strata.all())
        return round(n) if whole else n

    def fitted_seen(self, margin: Margin) -> float:
        """Fitted number of persons seen in a part."""
        unseen = self.numbers.unseen[margin.strata].sum()
        return float(self.kernel.mu[margin.strata].sum() - unseen)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What a reader must know: why there is no estimate, empty combinations, thin terms."""
        return tuple(dict.fromkeys([*self.table.findings, *fit_findings(self)]))

    def __repr__(self) -> str:
        if self.total is None:
            return f"{self.model}: {self.status}" + "".join(f"\n  {finding}" for finding in self.findings)
        if not self.has_limits:
            return f"{self.model}: total {self.total:,.1f}, of expected counts"
        return (
            f"{self.model}: total {self.total:,.1f} (standard error {self.standard_error:,.1f}),"
            f" deviance {self.deviance:.3f} on {self.df} df, AIC {self.aic:.3f}, BIC {self.bic:.3f}"
        )
