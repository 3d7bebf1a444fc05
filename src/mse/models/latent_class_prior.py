"""What the priors of latent classes say, before the overlaps and beside them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mse.core.draws import quantiles
from mse.core.fit import FitStatus
from mse.core.posterior_fit import PosteriorFit
from mse.core.table import CaptureTable
from mse.core.total_prior import TotalPrior
from mse.errors import ModelError
from mse.models.latent_class_fit import history_chances, used_classes

if TYPE_CHECKING:
    import pandas as pd

    from mse.models.latent_class import LatentClass

__all__ = ["abundance", "influence", "predictive"]

_LIMITS = np.array([0.5, 0.025, 0.975])
_OTHER_ALPHA = (1.0, 1.0)
_WIDE = 10.0


def abundance(fit: PosteriorFit, above: Sequence[float]) -> pd.DataFrame:
    """How many persons have a capture probability above each bound."""
    import pandas as pd

    bounds = [float(bound) for bound in above]
    if fit.chains is None or not all(0.0 <= bound < 1.0 for bound in bounds):
        raise ModelError(
            "Abundance is asked of a fit of latent classes, above probabilities from 0 to 1", got=f"{above}"
        )
    seen = -np.expm1(np.log1p(-fit.chains.values["chance"]).sum(axis=-1))
    persons = fit.chains.values["persons"]
    rows = []
    for bound in bounds:
        number = np.where(seen > bound, persons, 0).sum(axis=-1).ravel().astype(np.float64)
        rows.append((bound, *quantiles(number, _LIMITS, None)))
    return pd.DataFrame(rows, columns=["above", "median", "lower", "upper"])


def influence(
    spec: LatentClass, table: CaptureTable, priors: Sequence[TotalPrior], seed: int | None, workers: int
) -> pd.DataFrame:
    """Median and limits under other priors of the total (weighed) and of the classes (fitted anew)."""
    import pandas as pd

    fit = spec.fit(table, seed=seed, workers=workers)
    upper = _WIDE * float(fit.draws.quantile(0.5))
    others = [*priors] or [TotalPrior.inverse(), TotalPrior.uniform(upper)]
    rows = [_row(spec, fit, prior) for prior in dict.fromkeys([spec.prior, *others])]
    for changed in _changed(spec):
        rows.append(_row(changed, changed.fit(table, seed=seed, workers=workers), spec.prior))
    return pd.DataFrame(rows)


def _changed(spec: LatentClass) -> Iterator[LatentClass]:
    if spec.alpha != _OTHER_ALPHA:
        yield replace(spec, alpha=_OTHER_ALPHA)
    if spec.classes > 2:
        yield replace(spec, classes=2)


def _row(spec: LatentClass, fit: PosteriorFit, prior: TotalPrior) -> dict[str, Any]:
    totals = fit.draws.total
    weight = _weights(totals, spec.prior, prior)
    if not weight.sum() > 0.0:
        middle, lower, upper = np.full(3, np.nan)
    else:
        share = None if prior == spec.prior else weight / weight.sum()
        middle, lower, upper = quantiles(totals, _LIMITS, share)
    return {
        "total_prior": prior,
        "alpha_shape": spec.alpha[0],
        "alpha_rate": spec.alpha[1],
        "classes": spec.classes,
        "median": middle,
        "lower": lower,
        "upper": upper,
        "weighed": weight.sum() ** 2 / (weight**2).sum() if weight.sum() > 0.0 else 0.0,
        "mixed": fit.status is FitStatus.OK,
    }


def _weights(totals: NDArray[np.float64], drawn: TotalPrior, wanted: TotalPrior) -> NDArray[np.float64]:
    """What each draw counts for under another prior of the total, up to a constant."""
    logs = wanted.log_mass(totals) - drawn.log_mass(totals)
    top = logs.max()
    return np.exp(logs - top) if np.isfinite(top) else np.zeros(len(totals))


def predictive(spec: LatentClass, table: CaptureTable, draws: int, seed: int | None) -> pd.DataFrame:
    """Draw classes and capture chances from their prior, and the total given how many were seen."""
    import pandas as pd

    rng = np.random.default_rng(seed)
    strata = math.prod(map(len, table.covariates.values()))
    lists = len(table.lists)
    weight = _prior_weights(spec, strata, draws, rng)
    history = history_chances(rng.random((draws, spec.classes, lists)))
    cells = np.einsum("dsk,dkh->dh", weight, history)
    sizes = np.array([index.bit_count() for index in range(2**lists)])
    seen = cells[:, sizes > 0].sum(axis=1)
    hyper = spec.hyper
    held = 1.0 - hyper.kappa * (1.0 - seen)
    unseen = rng.negative_binomial(table.n_observed + hyper.power, held)
    return pd.DataFrame(
        {
            "classes": used_classes(weight.sum(axis=1)),
            "seen": seen,
            "on_two_lists": cells[:, sizes > 1].sum(axis=1) / seen,
            "total": table.n_observed + unseen,
        }
    )


def _prior_weights(spec: LatentClass, strata: int, draws: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Weights of stratum and class, shape (draws, strata, classes), that add up to 1."""
    alpha = rng.gamma(spec.alpha[0], 1.0 / spec.alpha[1], size=(draws, 1, 1))
    alpha = np.maximum(alpha, np.finfo(np.float64).tiny)
    rest = np.exp(np.log1p(-rng.random((draws, strata, spec.classes - 1))) / alpha)
    left = np.concatenate([np.ones((draws, strata, 1)), np.cumprod(rest, axis=2)], axis=2)
    taken = np.concatenate([1.0 - rest, np.ones((draws, strata, 1))], axis=2)
    share = rng.dirichlet(np.ones(strata), size=draws)
    return np.asarray(share[:, :, None] * left * taken)
