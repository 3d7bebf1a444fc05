"""Intervals around one fitted model: profile likelihood, lognormal, Wald."""

from __future__ import annotations

from numbers import Real
from typing import TYPE_CHECKING

import numpy as np

from mse.errors import ModelError, TableError, did_you_mean

if TYPE_CHECKING:
    from mse.core.point_fit import PointFit

__all__ = ["INTERVALS", "check_interval", "check_level", "interval_limits", "lognormal_limits", "wald_limits"]

INTERVALS = ("profile", "lognormal", "wald")


def check_level(level: float) -> None:
    """Refuse a level outside (0, 1)."""
    if not isinstance(level, Real) or isinstance(level, bool) or not 0.0 < level < 1.0:
        raise TableError("The level of an interval lies between 0 and 1", got=repr(level), hint="Write 0.95.")


def check_interval(interval: str) -> None:
    """Refuse an interval of no known kind."""
    if interval not in INTERVALS:
        raise ModelError(f"There is no interval {interval!r}", hint=did_you_mean(str(interval), INTERVALS))


def interval_limits(fit: PointFit, interval: str, level: float) -> tuple[float | None, float | None]:
    """Lower and upper limit of the total; None, None where there is no estimate."""
    check_interval(interval)
    if fit.dark_figure is None or fit.standard_error is None:
        return None, None
    if interval == "profile":
        return _profile(fit, level)
    if interval == "lognormal":
        return lognormal_limits(fit.table.n_observed, fit.dark_figure, fit.standard_error, level)
    return wald_limits(fit.table.n_observed, fit.dark_figure, fit.standard_error, level)


def wald_limits(n: float, dark_figure: float, standard_error: float, level: float) -> tuple[float, float]:
    """Limits at some standard errors on both sides, the lower one not below the persons seen.

    Examples
    --------
    >>> [round(limit, 1) for limit in wald_limits(90, 100.0, 50.0, 0.95)]
    [92.0, 288.0]
    """
    from scipy.special import ndtri

    half = float(ndtri(0.5 + level / 2.0)) * standard_error
    return max(n + dark_figure - half, float(n)), n + dark_figure + half


def lognormal_limits(n: float, dark_figure: float, standard_error: float, level: float) -> tuple[float, float]:
    """Limits that treat the dark figure as lognormal (Chao 1987).

    With C = exp(z √log(1 + σ²/f₀²)) the limits of the total are n + f₀/C and n + f₀·C.

    Examples
    --------
    >>> lower, upper = lognormal_limits(1896, 9228.58, 904.75, 0.95)
    >>> round(lower), round(upper)
    (9515, 13075)
    """
    from scipy.special import ndtri

    if dark_figure <= 0.0:
        return float(n), float(n)
    spread = np.sqrt(np.log1p((standard_error / dark_figure) ** 2))
    factor = float(np.exp(ndtri(0.5 + level / 2.0) * spread))
    return n + dark_figure / factor, n + dark_figure * factor


def _profile(fit: PointFit, level: float) -> tuple[float | None, float | None]:
    from scipy.special import chdtri

    from mse.core.point_fit import kernel_counts
    from mse.kernels.profile import profile_limits

    drop = float(chdtri(1, 1.0 - level)) / 2.0
    kernel = fit.kernel
    limits = profile_limits(
        kernel_counts(fit.table), kernel.retained, kernel.masks, float(kernel.mu[0]), drop, kernel.offset
    )
    if limits is None:
        return None, None
    n = float(fit.table.n_observed)
    return n + limits.lower, None if limits.upper is None else n + limits.upper
