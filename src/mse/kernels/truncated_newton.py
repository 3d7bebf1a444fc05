"""Maximum likelihood of how often persons are seen, with a linear predictor over strata: Newton's method.

Every probability depends on η = Xβ of its stratum and, in some families, on one parameter ψ that all share.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mse.kernels.truncated import Family

__all__ = ["TruncatedFit", "exists", "fit_truncated", "identified"]

Floats = NDArray[np.float64]

TOLERANCE = 1e-10
"""Newton's decrement, twice the rise of the log-likelihood that is still to come, at which a fit is done."""

MAX_ITERATIONS = 200
_STEEPEST = 1e8
_FLAT = 1e-7
"""A direction that moves all predictors together by less is none: HiGHS keeps to its constraints within 1e-7."""

_ROUNDING = 1e-13
"""A log-likelihood that falls by less than this share of itself has not fallen."""


class TruncatedFit(NamedTuple):
    """A fitted family.

    Attributes
    ----------
    beta : array of float, shape (columns,)
    psi : float
        0 where the family has no such parameter.
    eta : array of float, shape (strata,)
    covariance : array of float
        Inverse of the observed information, of β and then ψ.
    log_likelihood : float
    iterations : int
    converged : bool
    """

    beta: Floats
    psi: float
    eta: Floats
    covariance: Floats
    log_likelihood: float
    iterations: int
    converged: bool


def fit_truncated(
    family: Family, counts: Floats, columns: Floats, beta: Floats | None = None, psi: float = 0.0
) -> TruncatedFit:
    """Climb from a starting point; steps that would go down are shortened by a ridge (Levenberg and Marquardt).

    Parameters
    ----------
    family : Family
    counts : array of float, shape (times, strata)
        Persons seen once, twice, and so on. Those that the family does not count have no influence.
    columns : array of float, shape (strata, columns)
    beta, psi : optional
        Starting point.

    Returns
    -------
    TruncatedFit
    """
    counts = counts[: family.upto] if family.upto else counts
    used = counts.sum(axis=0) > 0.0
    theta = np.zeros(columns.shape[1] + family.extra)
    theta[: columns.shape[1]] = _start(counts, columns) if beta is None else beta
    if family.extra:
        theta[-1] = psi
    value, score, information = _evaluate(family, counts[:, used], columns[used], theta)
    ridge, done, iteration = 0.0, False, 0
    while iteration < MAX_ITERATIONS and not done:
        iteration += 1
        step = _step(information, score, ridge)
        if step is None:
            ridge = max(10.0 * ridge, 1e-6)
            if ridge > _STEEPEST:
                break
            continue
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            new = _evaluate(family, counts[:, used], columns[used], theta + step)
        if np.isfinite(new[0]) and np.isfinite(new[1]).all() and new[0] >= value - _ROUNDING * abs(value):
            done = ridge == 0.0 and float(step @ score) < TOLERANCE
            theta, (value, score, information), ridge = theta + step, new, 0.0 if ridge < 1e-6 else ridge / 10.0
        else:
            ridge = max(10.0 * ridge, 1e-6)
    p = columns.shape[1]
    eta = columns @ theta[:p]
    inverse = _inverse(information)
    return TruncatedFit(
        theta[:p],
        float(theta[-1]) if family.extra else 0.0,
        eta,
        np.full_like(information, np.nan) if inverse is None else inverse,
        float(value),
        iteration,
        done and inverse is not None,
    )


def identified(columns: Floats, seen: NDArray[np.bool_]) -> bool:
    """Whether the strata with persons tell all coefficients apart."""
    used = columns[seen]
    return bool(used.size) and int(np.linalg.matrix_rank(used)) == columns.shape[1]


def exists(columns: Floats, low: NDArray[np.bool_], high: NDArray[np.bool_]) -> bool:
    """Whether a maximum exists: no direction of β leaves every person at least as likely, and some more.

    Parameters
    ----------
    columns : array of float, shape (strata with persons, columns)
    low : array of bool
        Strata in which everybody is at the smallest value, so that a falling η makes all of them likelier.
    high : array of bool
        Those in which everybody is at the largest, where there is one.

    Notes
    -----
    A direction d has x·d = 0 in mixed strata, ≤ 0 in low and ≥ 0 in high ones, and is not 0 in all (Albert and Anderson
    1984). A linear program maximises Σ |x·d| with the entries of d between −1 and 1.
    """
    from scipy.optimize import linprog

    side = np.where(low, -1.0, np.where(high, 1.0, 0.0))
    if not side.any():
        return True
    toward = columns * side[:, None]
    mixed = columns[side == 0.0]
    found = linprog(
        -toward.sum(axis=0),
        A_ub=-toward[side != 0.0],
        b_ub=np.zeros(int((side != 0.0).sum())),
        A_eq=mixed if len(mixed) else None,
        b_eq=np.zeros(len(mixed)) if len(mixed) else None,
        bounds=(-1.0, 1.0),
    )
    return bool(found.status == 0 and found.fun is not None and -found.fun < _FLAT)


def _start(counts: Floats, columns: Floats) -> Floats:
    """Coefficients whose predictor is about the log of the persons seen again per person seen once."""
    once, again = counts[0].sum(), counts[1:].sum()
    target = np.full(len(columns), np.log((again + 0.5) / (once + 0.5)))
    return np.asarray(np.linalg.lstsq(columns, target, rcond=None)[0])


def _evaluate(family: Family, counts: Floats, columns: Floats, theta: Floats) -> tuple[float, Floats, Floats]:
    """Log-likelihood, score and observed information."""
    p = columns.shape[1]
    y = np.arange(1.0, len(counts) + 1.0)[:, None]
    terms = family.terms(y, columns @ theta[:p], float(theta[-1]) if family.extra else 0.0)
    seen = counts > 0.0
    value = float(np.sum(np.where(seen, counts * np.where(seen, terms.log_p, 0.0), 0.0)))
    first = np.sum(np.where(seen, counts * terms.first, 0.0), axis=1)
    second = np.sum(np.where(seen, counts * terms.second, 0.0), axis=2)
    score = columns.T @ first[0]
    information = -(columns.T * second[0, 0]) @ columns
    if family.extra:
        mixed = -(columns.T @ second[0, 1])
        score = np.append(score, first[1].sum())
        information = np.block([[information, mixed[:, None]], [mixed[None], -second[1, 1].sum()]])
    return value, score, information


def _step(information: Floats, score: Floats, ridge: float) -> Floats | None:
    """Newton's step with a ridge, at most 2 long in every coefficient; None where it would not go up."""
    from scipy.linalg import cho_factor, cho_solve

    scale = np.abs(np.diag(information)) + 1e-12
    try:
        factor = cho_factor(information + ridge * np.diag(scale))
    except (np.linalg.LinAlgError, ValueError):
        return None
    step = np.asarray(cho_solve(factor, score))
    return step * min(1.0, 2.0 / float(np.abs(step).max())) if step.any() else step


def _inverse(information: Floats) -> Floats | None:
    from scipy.linalg import cho_factor, cho_solve

    try:
        return np.asarray(cho_solve(cho_factor(information), np.eye(len(information))))
    except (np.linalg.LinAlgError, ValueError):
        return None
