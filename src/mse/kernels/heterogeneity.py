"""One capture model on one table: cells, design, fit and status, whatever the model."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mse.kernels.capture_models import (
    behaviour,
    bound_columns,
    cells_of,
    fit_bounded,
    has_maximum,
    law_column,
    list_columns,
    mixed_normal,
    spreads,
)
from mse.kernels.cell_scoring import CellFit, LogMeans, Refit, fit_cells, linear, start_linear

__all__ = ["FITTED", "NOT_ARRIVED", "NOT_UNIQUE", "NO_MAXIMUM", "CaptureFit", "fit_capture"]

Floats = NDArray[np.float64]

FITTED, NO_MAXIMUM, NOT_UNIQUE, NOT_ARRIVED = range(4)

FEWEST_OF_NORMAL = 3
"""Lists that a normal law takes: on two, any spread fits as well as none."""

LARGEST_SHARE = 1e9
"""A number unseen this many times the persons seen is on its way to infinity."""


class CaptureFit(NamedTuple):
    """A fitted capture model.

    Attributes
    ----------
    outcome : int
        FITTED, NO_MAXIMUM, NOT_UNIQUE or NOT_ARRIVED.
    cells : CellFit or None
        The fit; None without a maximum, or where it is not unique.
    refit : callable or None
        The same model with the number unseen stated, for profiles.
    counts : array of float
        The counts that it was fitted to, the unseen first.
    means : array of float, shape (2^k,)
        Fitted counts of all combinations of lists; 0 on lists that nobody is on where lists differ.
    parameters : int
        Number of finite parameters.
    kept : array of bool, shape (2^k,)
        Combinations of lists that are in the likelihood, the unseen one not counted.
    left_out : int
        Coefficients of the lower bound that were negative.
    spread : float or None
        The coefficient of the law: τ, or σ of the normal law, 0 where its likelihood is highest without a law.
    """

    outcome: int
    cells: CellFit | None
    refit: Refit | None
    counts: Floats
    means: Floats
    parameters: int
    kept: NDArray[np.bool_]
    left_out: int
    spread: float | None


def fit_capture(counts: Floats, *, equal: bool, law: str | None, parameter: float, behavioural: bool) -> CaptureFit:
    """Fit a capture model.

    Parameters
    ----------
    counts : array of float, shape (2^k,)
        Counts by combination of lists, the first list the slowest; the unseen one, first, is not read.
    equal : bool
        Lists are equal.
    law : str or None
        "lower_bound", "poisson", "darroch", "gamma", "normal", or None where persons are alike.
    parameter : float
        Of the Poisson and gamma laws.
    behavioural : bool
        Persons who were caught differ from those who were not; `equal` and `law` are not read.

    Returns
    -------
    CaptureFit
    """
    y = np.array(counts, dtype=np.float64)
    y[0] = 0.0
    cells = cells_of(len(y).bit_length() - 1)
    if behavioural:
        return _behavioural(y, cells)
    kept = np.ones(len(y), dtype=np.bool_)
    if not equal:
        empty = y @ cells == 0.0
        kept = ~cells[:, empty].any(axis=1)
        cells, y = cells[kept][:, ~empty], y[kept]
    if law == "normal":
        return _normal(y, cells, kept, equal)
    main = list_columns(cells, equal=equal)
    if law == "lower_bound":
        return _bound(y, cells, kept, main)
    design = main if law is None else np.column_stack([main, law_column(law, parameter, cells.sum(axis=1))])
    if wrong := _outcome(design, y):
        return _without(wrong, y, kept)
    model = linear(design)
    fit = fit_cells(model, y, start_linear(design, y))
    return _found(fit, _stated(model, y, fit), y, kept, spread=None if law is None else float(fit.theta[-1]))


def _bound(y: Floats, cells: Floats, kept: NDArray[np.bool_], main: Floats) -> CaptureFit:
    """Chao's lower bound: its coefficients are at least 0, at the estimate and all along the profile."""
    bounded = bound_columns(cells)
    fit, left = fit_bounded(main, bounded, y)
    if wrong := _outcome(np.column_stack([main, bounded[:, left]]), y):
        return _without(wrong, y, kept)
    out = bounded.shape[1] - len(left)
    return _found(fit, lambda unseen: fit_bounded(main, bounded, y, unseen)[0].log_means, y, kept, left_out=out)


def _normal(y: Floats, cells: Floats, kept: NDArray[np.bool_], equal: bool) -> CaptureFit:
    """A normal law: from the fit without one, unless the likelihood falls as soon as persons differ."""
    plain = list_columns(cells, equal=equal)
    if wrong := _outcome(plain, y) or (NOT_UNIQUE if cells.shape[1] < FEWEST_OF_NORMAL else FITTED):
        return _without(wrong, y, kept)
    alike_model, model = linear(plain), mixed_normal(cells, equal=equal)

    def best(unseen: float | None) -> CellFit:
        alike = fit_cells(alike_model, y, start_linear(plain, y), unseen)
        if not spreads(cells, y, alike, unseen):
            return alike
        total = y.sum() + (alike.unseen if unseen is None else unseen)
        return fit_cells(model, y, np.concatenate([[np.log(total)], alike.theta[1:], [1.0]]), unseen)

    fit = best(None)
    spread = abs(float(fit.theta[-1])) if len(fit.theta) > plain.shape[1] else 0.0
    return _found(fit, lambda unseen: best(unseen).log_means, y, kept, spread=spread)


def _behavioural(y: Floats, cells: Floats) -> CaptureFit:
    """First captures tell the number unseen; those who were caught tell how often they are caught again."""
    k, kept = cells.shape[1], np.ones(len(y), dtype=np.bool_)
    first = np.where(cells.any(axis=1), cells.argmax(axis=1) + 1, 0)
    caught = np.bincount(first, weights=y, minlength=k + 1)
    late = caught[1:] @ np.arange(k)
    if not 0.0 < late < caught.sum() * (k - 1) / 2.0:
        return _without(NO_MAXIMUM, y, kept)
    model = behaviour(k)
    fit = fit_cells(model, caught, np.array([np.log(2.0 * caught.sum()), 0.0]))
    again = np.where(first > 0, cells.sum(axis=1) - 1.0, 0.0)
    chances = np.where(first > 0, k - first, 0).astype(np.float64)
    rate = float(y @ again / (y @ chances))
    means = np.exp(fit.log_means)[first] * rate**again * (1.0 - rate) ** (chances - again)
    return _found(fit, _stated(model, caught, fit), caught, kept)._replace(means=means, parameters=3)


def _outcome(design: Floats, y: Floats) -> int:
    exists, unique = has_maximum(design, y)
    return NO_MAXIMUM if not exists else FITTED if unique else NOT_UNIQUE


def _stated(model: LogMeans, y: Floats, fit: CellFit) -> Refit:
    return lambda unseen: fit_cells(model, y, fit.theta, unseen).log_means


def _found(
    fit: CellFit, refit: Refit, y: Floats, kept: NDArray[np.bool_], left_out: int = 0, spread: float | None = None
) -> CaptureFit:
    arrived = fit.converged and fit.unseen < LARGEST_SHARE * y.sum() and bool(np.isfinite(fit.standard_error))
    means = np.zeros(len(kept))
    if len(fit.log_means) == kept.sum():
        means[kept] = np.exp(fit.log_means)
    parameters = len(fit.theta) + (spread == 0.0)
    return CaptureFit(
        FITTED if arrived else NOT_ARRIVED, fit, refit, y, means, parameters, kept, left_out, spread
    )  # fmt: skip


def _without(outcome: int, y: Floats, kept: NDArray[np.bool_]) -> CaptureFit:
    return CaptureFit(outcome, None, None, y, np.full(len(kept), np.nan), 0, kept, 0, None)
