"""Laplace evidence against quadrature, closed forms and a dense computation of the same formula."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.special import betaln, gammaln, logsumexp

import mse
from mse.core.complete_fit import by_stratum
from mse.core.strata_design import StrataDesign
from mse.core.terms import Generators
from mse.kernels.laplace import (
    LAST,
    CoefficientPrior,
    LaplaceData,
    Models,
    curves,
    list_columns,
    mix,
    nodes,
    tabulated,
)
from mse.kernels.laplace_draws import curvature, design_matrix, log_integrand, sample_node

UNIT, UNKNOWN = CoefficientPrior(), CoefficientPrior(0.0, 0.001, 0.001)

SAME = 1e-7
"""Absolute difference of logs: two roads to one formula, at modes that Newton leaves within 10⁻⁹ of the top."""

ERRORS = 4.0
"""Standard errors of importance sampling."""

THREE = np.array([0.0, 60.0, 49.0, 4.0, 247.0, 112.0, 142.0, 12.0])
"""Spina bifida, New York State (Madigan and York 1997)."""

FACTOR = 16.0
"""Counts this many times larger leave Laplace's formula an error so many times smaller."""


def strata() -> LaplaceData:
    table = mse.datasets.load("spina_bifida_621_ethnicity")
    model = Generators.of_order(2, table.lists, tuple(table.covariates))
    blocks = StrataDesign.of(table.lists, table.covariates, model).blocks
    return LaplaceData.of(by_stratum(table), blocks.columns, blocks.mask_of)


def dense_laplace(data: LaplaceData, prior: CoefficientPrior, columns: np.ndarray, mode: np.ndarray, unseen: float):
    """Laplace's formula over all coefficients but the intercept, from whole matrices."""
    found = curvature(data, prior, columns, mode, unseen)
    inner = found[1:, 1:] - np.outer(found[1:, 0], found[0, 1:]) / found[0, 0]
    value = log_integrand(data, prior, columns, unseen, mode[None, 1:])[0]
    return value + 0.5 * len(inner) * np.log(2.0 * np.pi) - 0.5 * np.linalg.slogdet(inner)[1]


@pytest.mark.parametrize("prior", [UNIT, UNKNOWN])
@pytest.mark.parametrize("data", [list_columns(THREE, np.arange(7)), strata()], ids=["lists", "strata"])
def test_loops_compute_the_formula(data: LaplaceData, prior: CoefficientPrior) -> None:
    columns = np.arange(len(data.masks))
    x, values, modes = nodes(data, prior, columns, belief=tabulated(None, LAST), last=LAST)
    for place in range(0, len(x), 4):
        expected = dense_laplace(data, prior, columns, modes[place], float(np.expm1(x[place])))
        assert values[place] == pytest.approx(expected, abs=SAME)


@pytest.mark.parametrize("prior", [UNIT, UNKNOWN])
@pytest.mark.parametrize("data", [list_columns(THREE, np.arange(7)), strata()], ids=["lists", "strata"])
def test_nodes_are_modes(data: LaplaceData, prior: CoefficientPrior) -> None:
    """The slope of the log posterior is 0 at a node, by differences of the dense integrand."""
    columns = np.arange(len(data.masks))
    x, _, modes = nodes(data, prior, columns, belief=tabulated(None, LAST), last=LAST)
    place, step = len(x) // 2, 1e-5
    moved = modes[place, 1:] + step * np.concatenate([np.eye(len(columns) - 1), -np.eye(len(columns) - 1)])
    values = log_integrand(data, prior, columns, float(np.expm1(x[place])), moved)
    slope = (values[: len(columns) - 1] - values[len(columns) - 1 :]) / (2.0 * step)
    spread = np.sqrt(np.diag(np.linalg.inv(curvature(data, prior, columns, modes[place], float(np.expm1(x[place]))))))
    assert np.abs(slope * spread[1:]).max() < 1e-3


def closed_independence(y: np.ndarray, unseen: float, scale: float) -> float:
    """Evidence of independence of the lists under a prior that is flat next to the likelihood.

    With lists coded −1 and 1 the chance to be on list j is 1 / (1 + exp 2θ_j), so each list has a beta integral.
    """
    k = len(y).bit_length() - 1
    total = y.sum() + unseen
    on = [sum(y[h] for h in range(len(y)) if h >> j & 1) for j in range(k)]
    integrals = sum(betaln(a, total - a) - np.log(2.0) for a in on)
    constant = gammaln(total) - gammaln(y[1:] + 1.0).sum() - gammaln(unseen + 1.0)
    return float(integrals + constant - 0.5 * k * np.log(2.0 * np.pi * scale))


def closed_saturated(y: np.ndarray, unseen: float, scale: float) -> float:
    """Evidence of the saturated model of a complete table under such a prior: a Dirichlet integral."""
    full = y.copy()
    full[0] = unseen
    size = len(y)
    signs = np.array([[(-1.0) ** bin(h & s).count("1") for s in range(1, size)] for h in range(size)])
    jacobian = np.linalg.slogdet(signs[1:] - signs[0])[1]
    constant = gammaln(full.sum()) - gammaln(full + 1.0).sum()
    integral = gammaln(full).sum() - gammaln(full.sum()) - jacobian
    return float(constant + integral - 0.5 * (size - 1) * np.log(2.0 * np.pi * scale))


@pytest.mark.parametrize(("columns", "closed"), [(4, closed_independence), (8, closed_saturated)])
def test_closed_forms(columns: int, closed) -> None:
    """Laplace's error falls as 1 / counts, and is a few parts in the smallest count to begin with."""
    wide = CoefficientPrior(1e8)
    terms = np.array([0, 1, 2, 4, 3, 5, 6, 7])
    errors = []
    for factor in (1.0, FACTOR):
        data = list_columns(THREE * factor, terms)
        model = np.arange(columns)
        x, values, _ = nodes(data, wide, model, belief=tabulated(None, LAST), last=LAST)
        # The saturated model has no curve of its own: its unseen are as free as the prior, so any node will do.
        place = int(np.abs(x - np.log1p(100.0 * factor)).argmin())
        errors.append(values[place] - closed(THREE * factor, float(np.expm1(x[place])), wide.scale))
    assert abs(errors[0]) < 1.0 / 4.0
    assert errors[1] == pytest.approx(errors[0] / FACTOR, rel=0.5)


def test_quadrature_of_two_lists() -> None:
    """Two coefficients: the integral by a fine grid, and by importance sampling."""
    y = np.array([0.0, 30.0, 40.0, 6.0])
    data, model = list_columns(y, np.arange(3)), np.arange(3)
    x, values, modes = nodes(data, UNIT, model, belief=tabulated(None, LAST), last=LAST)
    rng = np.random.default_rng(1)
    axis = np.linspace(-2.0, 3.0, 401)
    points = np.array(list(product(axis, axis)))
    for place in range(4, len(x) - 4, 6):
        unseen = float(np.expm1(x[place]))
        exact = logsumexp(log_integrand(data, UNIT, model, unseen, points)) + 2.0 * np.log(axis[1] - axis[0])
        sampled = sample_node(data, UNIT, model, modes[place], unseen, 2_000, rng)
        assert abs(sampled.log_value - exact) < ERRORS * sampled.log_error
        assert values[place] == pytest.approx(exact, abs=0.05)
        assert sampled.effective > 1_000.0


@pytest.mark.parametrize("prior", [UNIT, UNKNOWN])
def test_quadrature_of_total(prior: CoefficientPrior) -> None:
    """A mixture of all models of three lists against quadrature over coefficients at every number unseen."""
    y = THREE
    data = list_columns(y, np.array([0, 1, 2, 4, 6]))
    model = np.arange(5)
    axis, weight = np.polynomial.hermite_e.hermegauss(9)
    points = np.array(list(product(axis, repeat=4)))
    weights = np.log(np.array(list(product(weight, repeat=4))).prod(axis=1))
    unseen = np.arange(20.0, 321.0, 4.0)
    x, _, modes = nodes(data, prior, model, belief=tabulated(None, LAST), last=LAST)
    exact = []
    for m in unseen:
        mode = modes[int(np.abs(x - np.log1p(m)).argmin())]
        found = curvature(data, prior, model, mode, m)
        inner = found[1:, 1:] - np.outer(found[1:, 0], found[0, 1:]) / found[0, 0]
        spread = np.linalg.inv(np.linalg.cholesky(inner)).T
        values = log_integrand(data, prior, model, m, mode[1:] + points @ spread.T)
        exact.append(logsumexp(values + weights + 0.5 * (points**2).sum(axis=1)) + np.linalg.slogdet(spread)[1])
    found = curves(data, prior, Models.of([model]))
    mixture = mix(found, np.log1p(unseen), np.full(len(unseen), np.log(4.0)), np.array([0.5]))
    assert mixture.log_evidence[0] == pytest.approx(logsumexp(np.array(exact) + np.log(4.0)), abs=0.02)
    expected = np.exp(np.array(exact) - logsumexp(exact))
    assert mixture.probability @ unseen == pytest.approx(expected @ unseen, rel=2e-3)
    assert np.abs(np.cumsum(mixture.probability) - np.cumsum(expected)).max() < 3e-3


def test_curve_between_nodes() -> None:
    """Six nodes give what lies between them to far less than Laplace's own error."""
    data, model = list_columns(THREE, np.arange(7)), np.arange(7)
    belief = tabulated(None, LAST)
    x, _, modes = nodes(data, UNIT, model, belief=belief, last=LAST)
    found = curves(data, UNIT, Models.of([model]))
    logs = np.array([x[8] + 0.4 * (x[9] - x[8])])
    mixture = mix(found, logs, np.zeros(1), np.array([0.5]))
    unseen = float(np.expm1(logs[0]))
    mode = modes[8] + 0.4 * (modes[9] - modes[8])
    for _ in range(20):
        matrix = design_matrix(data, model)
        full = np.where(data.keep, data.counts, unseen).ravel()
        mu = np.exp(matrix @ mode)
        gram = data.gram[np.ix_(model, model)]
        mode = mode + np.linalg.solve(curvature(data, UNIT, model, mode, unseen), matrix.T @ (full - mu) - gram @ mode)
    assert mixture.log_evidence[0] == pytest.approx(dense_laplace(data, UNIT, model, mode, unseen), abs=1e-4)


def test_blocks_and_starts_do_not_matter() -> None:
    data = list_columns(THREE, np.array([0, 1, 2, 4, 3, 5, 6]))
    sets = [np.array([0, 1, 2, 3, *more]) for more in ([], [4], [5], [6], [4, 5], [4, 6], [5, 6], [4, 5, 6])]
    together = curves(data, UNIT, Models.of(sets * 100))
    alone = [curves(data, UNIT, Models.of([one])) for one in sets]
    simple = np.tile([one.simple[0] for one in alone], (100, 1))
    assert together.simple.reshape(100, 8) == pytest.approx(simple, abs=SAME)
    rough = together.rough_evidence(tabulated(None, LAST)).reshape(100, 8)
    expected = [one.rough_evidence(tabulated(None, LAST))[0] for one in alone]
    assert rough == pytest.approx(np.tile(expected, (100, 1)), abs=SAME)
