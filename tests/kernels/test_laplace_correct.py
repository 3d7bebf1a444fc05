"""Importance sampling of a curve against closed forms and quadrature, on tables too thin for Laplace's method."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.special import betaln, gammaln, logsumexp

from mse.kernels.laplace import LAST, CoefficientPrior, list_columns, nodes, tabulated
from mse.kernels.laplace_correct import ENOUGH, MATTERS, _points, correction
from mse.kernels.laplace_draws import log_integrand

ERRORS = 4.0
"""Standard errors."""

BETWEEN = 0.01
"""Straight lines between sampled nodes, two standard deviations apart, beside a curve that bends."""

UNIT = CoefficientPrior()


def closed_independence(y: np.ndarray, unseen: np.ndarray, scale: float) -> np.ndarray:
    """Under a prior that is flat next to the likelihood each list has a beta integral: P(on) = 1 / (1 + exp 2θ)."""
    k = len(y).bit_length() - 1
    total = y.sum() + unseen
    on = [sum(y[h] for h in range(len(y)) if h >> j & 1) for j in range(k)]
    integrals = sum(betaln(a, total - a) - np.log(2.0) for a in on)
    constant = gammaln(total) - gammaln(y[1:] + 1.0).sum() - gammaln(unseen + 1.0)
    return np.asarray(integrals + constant - 0.5 * k * np.log(2.0 * np.pi * scale))


@pytest.mark.parametrize("k", [3, 5])
def test_closed_form_of_independence(k: int) -> None:
    """A dozen persons on three or five lists: the correction is what Laplace misses, at every node that matters."""
    wide = CoefficientPrior(1e6)
    rng = np.random.default_rng(k)
    y = np.zeros(2**k)
    for person in rng.integers(1, 2**k, 12):
        y[person] += 1.0
    terms = np.array([0, *(1 << j for j in range(k))])
    data, model = list_columns(y, terms), np.arange(k + 1)
    x, values, modes = nodes(data, wide, model, belief=tabulated(None, LAST), last=LAST)
    unseen = np.expm1(x)
    found = correction(data, wide, model, modes, unseen, values + x)
    exact, near = closed_independence(y, unseen, wide.scale), values + x > (values + x).max() - MATTERS
    assert np.abs(exact - values)[near].max() > 0.04
    assert np.abs(values + found.shift - exact)[near].max() < ERRORS * found.error + BETWEEN
    assert found.error < ENOUGH
    assert found.effective > 0.3


@pytest.mark.parametrize("prior", [UNIT, CoefficientPrior(0.0, 2.0, 2.0)])
def test_quadrature_of_two_lists(prior: CoefficientPrior) -> None:
    y = np.array([0.0, 3.0, 4.0, 1.0])
    data, model = list_columns(y, np.arange(3)), np.arange(3)
    x, values, modes = nodes(data, prior, model, belief=tabulated(None, LAST), last=LAST)
    unseen = np.expm1(x)
    found = correction(data, prior, model, modes, unseen, values + x)
    axis = np.linspace(-6.0, 9.0, 601)
    points = np.array(list(product(axis, axis)))
    top = int(np.argmax(values + x))
    for place in (top - 4, top, top + 2, top + 4):
        exact = logsumexp(log_integrand(data, prior, model, float(unseen[place]), points)) + 2.0 * np.log(
            axis[1] - axis[0]
        )
        assert values[place] + found.shift[place] == pytest.approx(exact, abs=ERRORS * found.error + BETWEEN)


@pytest.mark.parametrize("persons", [8, 24])
def test_the_spike_of_the_default_hyper_prior_is_found(persons: int) -> None:
    """Under "g" few persons leave most of the evidence within 0.3 of 0, where a grid that is even in the coefficients
    is too coarse: the quadrature is even in the log of the distance from 0. Laplace, at the other mode, misses it."""
    y = np.array([0.0, 3.0, 4.0, 1.0]) * (persons // 8)
    prior = CoefficientPrior(0.0, 0.001, 0.001)
    data, model = list_columns(y, np.arange(3)), np.arange(3)
    x, values, modes = nodes(data, prior, model, belief=tabulated(None, LAST), last=LAST)
    unseen = np.expm1(x)
    found = correction(data, prior, model, modes, unseen, values + x)
    top = int(np.argmax(values + x))
    distance, angle = np.exp(np.linspace(np.log(1e-4), np.log(40.0), 800)), np.linspace(0.0, 2.0 * np.pi, 361)[:-1]
    r, turn = np.meshgrid(distance, angle, indexing="ij")
    points = np.column_stack([(r * np.cos(turn)).ravel(), (r * np.sin(turn)).ravel()])
    heights = log_integrand(data, prior, model, float(unseen[top]), points) + 2.0 * np.log(r.ravel())
    exact = logsumexp(heights) + np.log(np.log(distance[1] / distance[0]) * angle[1])
    near = logsumexp(heights[r.ravel() < 0.3]) - logsumexp(heights)
    assert np.exp(near) > 0.5
    assert exact - values[top] > 1.0
    assert values[top] + found.shift[top] == pytest.approx(exact, abs=ERRORS * found.error)


def test_a_stated_error_is_that_of_other_points(monkeypatch: pytest.MonkeyPatch) -> None:
    """The spread of corrections over other scrambles is about what one of them states."""
    y = np.array([0.0, 3.0, 4.0, 1.0, 6.0, 1.0, 2.0, 1.0])
    data, model = list_columns(y, np.array([0, 1, 2, 4, 3, 5])), np.arange(6)
    x, values, modes = nodes(data, UNIT, model, belief=tabulated(None, LAST), last=LAST)
    levels, stated = [], []
    for seed in range(20):
        monkeypatch.setattr("mse.kernels.laplace_correct._SEED", seed)
        _points.cache_clear()
        found = correction(data, UNIT, model, modes, np.expm1(x), values + x)
        levels.append(found.level)
        stated.append(found.error)
    _points.cache_clear()
    assert np.std(levels) < 2.0 * np.sqrt(np.mean(np.square(stated)))
    assert np.std(levels) > 0.3 * np.sqrt(np.mean(np.square(stated)))
