"""Counts on margins: persons of whom only a set of cells is known that they may belong to.

Independent Poisson counts μ_c of complete cells, each person recorded in one of the rows that hold the cell. Where
what is recorded hangs on what is recorded only (missing at random), the likelihood of μ is, but for a constant,

    ℓ(μ) = Σ_m y_m log ν_m − Σ_{c observable} μ_c,    ν_m = Σ_{c in m} w_mc μ_c

(Little and Rubin 2002, chapter 13). Weights w other than 1 say that persons of some cells are so many times as likely
to be recorded in that row. Given μ, the persons of a row are spread over its cells in the proportions w_mc μ_c.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["MarginRows", "completed", "log_likelihood", "saturated_log_likelihood"]

_CLOSE = 1e-6
"""Log-likelihood that the saturated model may fall short of its maximum: no deviance is printed so finely."""

_STEPS = 20_000


class MarginRows(NamedTuple):
    """Counts on margins, and the cells that they may belong to.

    Attributes
    ----------
    counts : array of float, shape (r,)
        Persons of each row; only rows with persons.
    members : sparse array, shape (r, n_strata·2^K)
        Weight of each cell in each row: 1, or the odds that were given; cells stand stratum by stratum.
    keep : array of bool, shape (n_strata, 2^K)
        Cells that would be observed: they can exist, and a list that operates is on them.
    gone : array of bool, shape (n_strata, 2^K)
        Cells that cannot exist.
    unseen : array of bool, shape (n_strata, 2^K)
        Cells that can exist and would not be observed.
    constant : float
        Log chance of what is missing, given what is recorded: it is part of the likelihood and hangs on no model.
    """

    counts: NDArray[np.float64]
    members: csr_array
    keep: NDArray[np.bool_]
    gone: NDArray[np.bool_]
    unseen: NDArray[np.bool_]
    constant: float = 0.0

    @property
    def support(self) -> NDArray[np.float64]:
        """1 in every cell that a counted person may belong to, shape (n_strata, 2^K)."""
        inside = np.zeros(self.keep.size)
        inside[self.members.indices] = 1.0
        return inside.reshape(self.keep.shape)

    def chosen(self, rows: NDArray[np.bool_]) -> MarginRows:
        """Some of the rows."""
        return self._replace(counts=self.counts[rows], members=self.members[np.flatnonzero(rows)])


def log_likelihood(rows: MarginRows, mu: NDArray[np.float64]) -> float:
    """Σ y log ν − Σ μ − Σ log y!, of cells that would be observed, and the constant; −∞ where a row has no mean."""
    from scipy.special import gammaln, xlogy

    nu = rows.members @ mu.ravel()
    value = xlogy(rows.counts, nu).sum() - mu[rows.keep].sum() - gammaln(rows.counts + 1.0).sum()
    return float(value) + rows.constant


def completed(rows: MarginRows, mu: NDArray[np.float64]) -> NDArray[np.float64]:
    """Expected persons of every cell, given the rows: the E-step; shape (n_strata, 2^K).

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> keep = np.array([[False, True, True, True]])
    >>> rows = MarginRows(np.array([9.0]), csr_array(np.array([[0.0, 1.0, 2.0, 0.0]])), keep, keep & False, ~keep)
    >>> completed(rows, np.array([[5.0, 4.0, 1.0, 1.0]])).tolist()
    [[0.0, 6.0, 3.0, 0.0]]
    """
    nu = rows.members @ mu.ravel()
    share = np.divide(rows.counts, nu, out=np.zeros_like(nu), where=nu > 0.0)
    expected: NDArray[np.float64] = mu * (rows.members.T @ share).reshape(mu.shape)
    return expected


def saturated_log_likelihood(rows: MarginRows) -> tuple[float, float]:
    """Largest log-likelihood that any cell means can give, and a bound on what is still lacking.

    The likelihood is concave in μ. With Σμ = n the maximum lies at most n log max_c Σ_m w_mc y_m/ν_m above, by
    Jensen's inequality; that factor is also the step of the EM algorithm.
    """
    n = float(rows.counts.sum())
    inside = rows.support.ravel()
    mu = inside * n / inside.sum()
    lacking = np.inf
    for _ in range(_STEPS):
        factor = rows.members.T @ (rows.counts / (rows.members @ mu))
        lacking = n * float(np.log(factor.max()))
        if lacking < _CLOSE:
            break
        mu = mu * factor
    return log_likelihood(rows, mu.reshape(rows.keep.shape)), lacking
