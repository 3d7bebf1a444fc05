"""Transforms and sweeps, against sums written out."""

from __future__ import annotations

import numpy as np
import pytest

from mse.kernels.lattice import enumerate_models, interactions, model_masks
from mse.kernels.poisson import PROVED, fit_poisson, profile_log_likelihood, superset_sums, sweep
from published import table


def test_superset_sums() -> None:
    rng = np.random.default_rng(3)
    for k in range(1, 7):
        values = rng.normal(size=1 << k)
        expected = [sum(values[h] for h in range(1 << k) if h & s == s) for s in range(1 << k)]
        assert superset_sums(values) == pytest.approx(expected)


@pytest.mark.parametrize("data", ["HIV", "Kosovo", "Diabetes"])
def test_a_sweep_gives_what_single_fits_give(data: str) -> None:
    counts = table(data).counts.ravel().astype(float)
    inter, models = interactions(4, 4), enumerate_models(4, 4)
    result = sweep(counts, inter, models, variances=True)
    for place, bits in enumerate(models):
        fit = fit_poisson(counts, model_masks(int(bits), inter, 4))
        if result.outcome[place] != PROVED:
            continue
        assert fit.outcome == PROVED
        assert result.deviance[place] == pytest.approx(fit.deviance, abs=1e-7)
        assert result.dark_figure[place] == pytest.approx(fit.mu[0], rel=1e-6)
        assert result.log_variance[place] == pytest.approx(fit.covariance[0, 0], rel=1e-3)
        assert (result.finite[place], result.infinite[place]) == (len(fit.masks), len(fit.infinite))
        assert result.cells[place] == fit.retained.sum()
    assert (result.outcome == PROVED).sum() > 100


def test_a_sweep_does_not_depend_on_what_came_before() -> None:
    """Warm starts move results by rounding only."""
    counts = table("Ned_5").counts.ravel().astype(float)
    inter, models = interactions(5, 2), enumerate_models(5, 2)
    forward, backward = sweep(counts, inter, models), sweep(counts, inter, models[::-1])
    both = (forward.outcome == PROVED) & (backward.outcome[::-1] == PROVED)
    assert both.sum() > 1000
    assert forward.dark_figure[both] == pytest.approx(backward.dark_figure[::-1][both], rel=1e-6)
    assert forward.deviance[both] == pytest.approx(backward.deviance[::-1][both], abs=1e-7)


def test_the_profile_is_highest_at_the_complete_table_fit() -> None:
    """At a fixed unseen count the complete table is fitted; for independence by a product of shares."""
    counts = table("HAV").counts.ravel().astype(float)
    masks = np.array([0, 1, 2, 4])
    retained = np.array([False, *[True] * 7])
    for unseen in (20.0, 100.0, 500.0):
        full = counts.copy()
        full[0] = unseen
        share = superset_sums(full)[[1, 2, 4]] / full.sum()
        cells = [np.prod([p if h >> b & 1 else 1.0 - p for b, p in enumerate(share)]) for h in range(8)]
        expected = float((full * np.log(cells)).sum())
        found = profile_log_likelihood(counts, retained, masks, np.array([unseen]))[0]
        assert found == pytest.approx(expected, rel=1e-10)
