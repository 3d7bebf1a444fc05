"""Limits of the total of some strata under one fitted model: profile likelihood, lognormal, Wald."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mse.core.intervals import lognormal_limits, wald_limits
from mse.core.partial_fit import PartialFit

if TYPE_CHECKING:
    from mse.core.stratified_fit import StratifiedFit

__all__ = ["part_limits"]


def part_limits(
    fit: StratifiedFit, strata: NDArray[np.bool_], interval: str, level: float
) -> tuple[float | None, float | None]:
    """Lower and upper limit of the persons seen plus the unseen of some strata.

    The profile takes the number unseen in these strata as one more count. Within them it is that of a multinomial of
    the persons seen and unseen (Cormack 1992); over all strata it is the profile of the total.

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
    if isinstance(fit.numbers, PartialFit):
        return _partial(fit, strata, interval, level)
    seen = fit.seen(strata)
    dark, error = float(fit.unseen[strata].sum()), fit.standard_error_of(strata)
    assert error is not None
    if dark == 0.0:
        return float(seen), float(seen)
    if interval == "lognormal":
        return lognormal_limits(seen, dark, error, level)
    if interval == "wald":
        return wald_limits(seen, dark, error, level)
    return _profile(fit, strata, seen, dark, level)


def _partial(fit: StratifiedFit, strata: NDArray[np.bool_], interval: str, level: float) -> tuple[float, float]:
    """Limits around what is certain: all others, the persons seen who may be in these strata among them, are estimated.

    So the lognormal one is that of the total less the persons who are in these strata whatever is not known of them.
    """
    assert isinstance(fit.numbers, PartialFit)
    assert fit.unseen is not None
    certain, error = fit.numbers.certain(strata), fit.standard_error_of(strata)
    assert error is not None
    others = fit.seen(strata) + float(fit.unseen[strata].sum()) - certain
    limits = wald_limits if interval == "wald" else lognormal_limits
    return limits(certain, others, error, level)


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
