"""`PartialFit`: one log-linear model, fitted to counts that are known on margins only."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mse.core.partial import PartialTable
from mse.core.partial_rows import Odds, margin_rows, operating_masks, recorded_masks, stratum_places, told_rows
from mse.core.saturation import saturation
from mse.core.strata_design import StrataDesign

if TYPE_CHECKING:
    from mse.kernels.em import MarginFit
    from mse.kernels.margins import MarginRows
    from mse.kernels.strata_existence import StrataExistence

__all__ = ["PartialFit", "fit_partial"]

_BORDER = 1e3
"""Standard errors on the log scale above this are those of coefficients on their way to infinity."""

_LEVEL = 1e-6
"""Persons: where no score is larger, the likelihood is level, and iterations that end there ran along it."""

_NOBODY = 1e-5
"""Expected persons of a combination that the iterations empty: they stop at about 1e-9."""

_SAME = 1e-6
"""Log-likelihood by which a limit may fall short of what the iterations reached on their way to it."""

_NEGLIGIBLE = 1e-7
"""Changes of a log mean below this are none; directions have entries of about 1."""


@dataclass(frozen=True, eq=False)
class PartialFit:
    """A model fitted by EM; arrays are by stratum and mask of lists, as the kernels take them.

    Parameters
    ----------
    table : PartialTable
    design : StrataDesign
    rows : MarginRows
        Counts on margins.
    gone : array of bool, shape (n_strata, 2^K)
        Cells at −∞: those that cannot exist, and those of combinations that nobody can be in.
    kernel : MarginFit
        Coefficients, fitted and completed counts, covariance from the observed information, log-likelihood.
    existence : StrataExistence
        Judged before fitting; `untold` are strata whose number unseen the rows say nothing of.
    """

    table: PartialTable
    design: StrataDesign
    rows: MarginRows
    gone: NDArray[np.bool_]
    kernel: MarginFit
    existence: StrataExistence

    @property
    def keep(self) -> NDArray[np.bool_]:
        """Cells in the likelihood."""
        return self.rows.keep & ~self.gone

    @property
    def exists(self) -> bool:
        """Whether the likelihood has a maximum, as far as the programme and the end of the iterations tell."""
        return self.existence.exists and not self.on_border.any()

    @property
    def has_estimate(self) -> bool:
        """Whether the number unseen is estimated in every stratum."""
        return self.exists and self.existence.identified and self.kernel.converged

    @cached_property
    def on_border(self) -> NDArray[np.bool_]:
        """Coefficients on their way to infinity where the iterations arrived; none where they did not.

        The programme sees only rays that leave every row as it is; where a row holds several cells the likelihood can
        also rise towards a limit in which some of them are empty. Nearer to it than numbers reach the information has
        no inverse; a coefficient is then known by its own entry, which is at least one over its variance.
        """
        from mse.kernels.em import observed_information

        kernel = self.kernel
        if kernel.converged:
            return kernel.used & ~(np.sqrt(np.diag(kernel.covariance)) < _BORDER)
        if not kernel.max_score < _LEVEL:
            return np.zeros_like(kernel.used)
        mu = np.where(self.keep, kernel.mu, 0.0)
        own = observed_information(self.rows, mu, self.design.blocks).diagonal()
        return kernel.used & (own < _BORDER**-2)

    @property
    def tells_cells(self) -> bool:
        """Whether the cells that would be observed are told apart, be the unseen or not: enough to complete."""
        return self.kernel.converged and _tells_cells(self.existence, self.design, self.keep)

    @property
    def unseen(self) -> NDArray[np.float64]:
        """Fitted number unseen by stratum: on no list that operates there."""
        return np.where(self.rows.unseen, self.kernel.mu, 0.0).sum(axis=1)

    @cached_property
    def unseen_gradient(self) -> NDArray[np.float64]:
        """Gradient of the number unseen by stratum in the coefficients, shape (n_strata, p)."""
        from mse.kernels.em import unseen_gradients

        return unseen_gradients(self.kernel.mu, self.rows.unseen & ~self.gone, self.design.blocks)[1]

    def total_variance(self, strata: NDArray[np.bool_]) -> float:
        """Variance of the estimated total of some strata: persons completed and unseen there.

        Given the coefficients the unseen are Poisson, and persons of unknown strata fall in them or not; that variance
        comes on top of gᵀVg, g the gradient of the total and V from the observed information. Of all strata, or where
        all is known, this is Σ f₀ + gᵀVg as of a whole table (Rivest and Baillargeon 2007).
        """
        from mse.kernels.em import part_seen

        mu = np.where(self.keep, self.kernel.mu, 0.0)
        spread, gradient = part_seen(self.rows, mu, strata, self.design.blocks)
        used = self.kernel.used
        gradient = (gradient + self.unseen_gradient[strata].sum(axis=0))[used]
        covariance = self.kernel.covariance[np.ix_(used, used)]
        return float(spread + self.unseen[strata].sum() + gradient @ covariance @ gradient)

    def certain(self, strata: NDArray[np.bool_]) -> int:
        """Persons seen who are in some strata whatever it is that is not known of them."""
        n = 0
        for missing, layer in self.table.layers.items():
            places = stratum_places(self.table.covariates, missing)
            elsewhere = np.bincount(places[~strata], minlength=int(places.max()) + 1) > 0
            n += int(layer.reshape(1 << len(self.table.lists), -1)[:, ~elsewhere].sum())
        return n

    @property
    def counts(self) -> NDArray[np.float64]:
        """Expected persons by stratum and combination of lists."""
        return self.kernel.completed

    @property
    def completed(self) -> NDArray[np.float64]:
        """Expected persons by history and covariates, in the shape of a complete table."""
        shape = (2,) * len(self.table.lists) + tuple(len(levels) for levels in self.table.covariates.values())
        return np.ascontiguousarray(self.kernel.completed.T).reshape(shape)

    @property
    def log_likelihood(self) -> float:
        """Log-likelihood of what is recorded, constants included; for a complete table the Poisson log-likelihood.

        The chance to lack a covariate is taken as observed, by history and the covariates that nobody lacks. It is the
        same for all models of a table.
        """
        return self.kernel.log_likelihood

    @cached_property
    def deviance(self) -> float:
        """Twice what the log-likelihood falls short of the best that any cell means give to these rows."""
        from mse.kernels.margins import saturated_log_likelihood

        at_random = bool((self.rows.members.data == 1.0).all())  # then it is that of the table, once for all models
        best = saturation(self.table).log_likelihood if at_random else saturated_log_likelihood(self.rows)[0]
        return max(2.0 * (best - self.log_likelihood), 0.0)

    @property
    def n_recorded_cells(self) -> int:
        """Recorded combinations that complete persons can have: cells that lists off cannot tell apart are one."""
        recorded = recorded_masks(self.table.operating)
        strata = np.broadcast_to(np.arange(len(recorded))[:, None], recorded.shape)
        return len(np.unique((strata * recorded.shape[1] + recorded)[self.keep]))

    @property
    def df(self) -> int:
        """Residual degrees of freedom: recorded combinations minus finite parameters."""
        return self.n_recorded_cells - int(self.kernel.used.sum())


def fit_partial(
    table: PartialTable,
    design: StrataDesign,
    *,
    odds: Odds | None = None,
    start: NDArray[np.float64] | None = None,
    existence: StrataExistence | None = None,
) -> PartialFit:
    """Fit a model to a partial table.

    Parameters
    ----------
    table : PartialTable
    design : StrataDesign
        Of the table's lists and covariates.
    odds : mapping, optional
        ``{"form": {"AU": 2.0}}``: persons of form AU are twice as likely to lack their form as others with the
        same history and known covariates. By default all are 1: missing at random.
    start : array of float, optional
        Coefficients to start from.
    existence : StrataExistence, optional
        Verdict on the model where it is known already.

    Returns
    -------
    PartialFit
    """
    rows = margin_rows(table, odds)
    gone = rows.gone | design.empty_cells(rows.support, rows.keep)
    return _in_the_limit(_fitted(table, design, rows, gone, start, existence))


def _fitted(
    table: PartialTable,
    design: StrataDesign,
    rows: MarginRows,
    gone: NDArray[np.bool_],
    start: NDArray[np.float64] | None = None,
    existence: StrataExistence | None = None,
) -> PartialFit:
    from mse.kernels.em import fit_margins
    from mse.kernels.em_existence import check_margins

    if existence is None:
        existence = check_margins(rows, told_rows(table), operating_masks(table.operating), design.blocks, gone)
    hopeless = {} if _tells_cells(existence, design, rows.keep & ~gone) else {"cycles": 0}
    kernel = fit_margins(rows, design.blocks, gone=gone, start=start, **hopeless)
    return PartialFit(table, design, rows, gone, kernel, existence)


def _in_the_limit(found: PartialFit) -> PartialFit:
    """Where coefficients run to infinity since nobody known is in a combination, the fit without its cells.

    That is the extended maximum likelihood estimate: it counts only if the likelihood is no lower than what the
    iterations reached with the cells, and nothing runs to infinity any more.
    """
    if not found.on_border.any():
        return found
    settled = np.where(found.kernel.completed < _NOBODY, 0.0, found.kernel.completed)
    gone = found.gone | found.design.empty_cells(settled, found.keep)
    if (gone == found.gone).all():
        return found
    limit = _fitted(found.table, found.design, found.rows, gone)
    reached = limit.kernel.log_likelihood >= found.kernel.log_likelihood - _SAME
    return limit if reached and limit.kernel.converged and not limit.on_border.any() else found


def _tells_cells(existence: StrataExistence, design: StrataDesign, keep: NDArray[np.bool_]) -> bool:
    """Whether an estimate exists and every direction that is not told leaves the observable cells alone."""
    from mse.kernels.strata_blocks import linear_predictor

    changes = (linear_predictor(direction, design.blocks, keep.shape[1]) for direction in existence.loose.T)
    return existence.exists and all(bool((np.abs(change[keep]) < _NEGLIGIBLE).all()) for change in changes)
