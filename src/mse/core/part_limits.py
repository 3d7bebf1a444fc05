"""Limits of the total of some strata under one fitted model: profile likelihood, lognormal, Wald."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mse.core.intervals import lognormal_limits, wald_limits

if TYPE_CHECKING:
    from mse.core.stratified_fit import StratifiedFit

__all__ = ["part_limits"]


def part_limits(
    fit: StratifiedFit, strata: NDArray[np.bool_], interval: str, level: float
) -> tuple[float | None, float | None]:
    """Lower and upper limit of the persons seen plus the unseen of some strata.

    The profile takes the number unseen in these strata as one more count. Within them it is that of a multinomial of
    the persons seen and unseen (Cormack 1992); over all strata it is the profile of the total.

    The others are taken around what is certain: where it is not known of all persons seen in which strata they are,
    what is estimated is the total less those who are in these strata whatever it is.

    Parameters
    ----------
    fit : StratifiedFit
        A fit with an estimate.
    strata : array of bool
        The strata.
    interval : {"profile", "lognormal", "wald"}
    level : float

    Returns
    -------
    lower, upper : float or None
        None for an upper limit that is never reached; both None where the profile cannot be computed.
    """
    assert fit.unseen is not None
    error = fit.standard_error_of(strata)
    assert error is not None
    seen, dark, certain = fit.seen(strata), float(fit.unseen[strata].sum()), fit.numbers.certain(strata)
    others = seen - certain + dark
    if others == 0.0:
        return certain, certain
    if interval == "lognormal":
        return lognormal_limits(certain, others, error, level)
    if interval == "wald":
        return wald_limits(certain, others, error, level)
    return _profile(fit, strata, seen, dark, level)


def _profile(
    fit: StratifiedFit, strata: NDArray[np.bool_], seen: float, dark: float, level: float
) -> tuple[float | None, float | None]:
    from scipy.special import chdtri

    from mse.kernels.profile import limits_of
    from mse.kernels.strata_profile import profile_unseen_strata

    numbers, start = fit.numbers, fit.kernel.theta

    def height(unseen: float) -> float:
        return profile_unseen_strata(fit.counts, numbers.keep, numbers.gone, fit.design.blocks, strata, unseen, start)

    drop = float(chdtri(1, 1.0 - level)) / 2.0
    limits = limits_of(height, float(seen), dark, drop)
    if limits is None:
        return None, None
    return seen + limits.lower, None if limits.upper is None else seen + limits.upper
