"""Terms outside the scope: the score test is that of the dense design, finds what is there, and little else."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.stats import chi2

import mse
from mse.core.beyond_scope import SURE, beyond_scope, scope_findings
from mse.core.stratified_fit import StratifiedFit

LISTS = ("A", "B", "C")
COVARIATES = {"year": (2017, 2018, 2019), "form": ("SU", "AU")}
PAIRS = "[A B][A year][A form][B year][B form][C year][C form][year form]"

CLOSE = 1e-6
"""Relative difference of two statistics whose fits end within 1e-9 of each other."""


def on_lists() -> np.ndarray:
    return np.array(list(product((0, 1), repeat=3)))


def drawn(rng: np.random.Generator, together: float) -> mse.CaptureTable:
    """A register in which list A is `together` less often on in 2019 among AU; all else follows pairs."""
    year, form = np.meshgrid(np.arange(3), np.arange(2), indexing="ij")
    on = on_lists()[:, :, None, None]
    rates = np.array([-0.5, -0.3, -0.8])[:, None, None] + 0.2 * year - 0.3 * form * np.array([1, 0, -1])[:, None, None]
    eta = 5.5 + 0.2 * form + (on * rates).sum(axis=1) + 0.4 * on[:, 0] * on[:, 1]
    eta = eta - together * on[:, 0] * ((year == 2) & (form == 1))
    counts = rng.poisson(np.exp(eta)).reshape(2, 2, 2, 3, 2)
    counts[0, 0, 0] = 0
    return mse.CaptureTable(LISTS, counts, COVARIATES)


def fitted(table: mse.CaptureTable) -> StratifiedFit:
    found = mse.LogLinear(PAIRS).fit(table)
    assert isinstance(found, StratifiedFit)
    return found


def dense_statistic(fit: StratifiedFit) -> float:
    """Score test of [A year form] with the design written out, by the formula: uᵀ (D - Cᵀ B⁻¹ C)⁻¹ u."""
    rows = [(*on, *cell) for on in on_lists()[1:] for cell in product(range(3), range(2))]
    old, new, y, mu = [], [], [], []
    means = fit.means
    assert means is not None
    for a, b, c, year, form in rows:
        levels = [float(year == 1), float(year == 2)]
        covariates = [1.0, *levels, form, levels[0] * form, levels[1] * form]
        capture = [on * z for on in (a, b, c) for z in (1.0, *levels, form)]
        old.append([*covariates, *capture, a * b])
        new.append([a * form * levels[0], a * form * levels[1]])
        y.append(fit.table.counts[a, b, c, year, form])
        mu.append(means[a, b, c, year, form])
    x, z, y, mu = (np.array(part, dtype=float) for part in (old, new, y, mu))
    shared = x.T @ (mu[:, None] * z)
    information = z.T @ (mu[:, None] * z) - shared.T @ np.linalg.solve(x.T @ (mu[:, None] * x), shared)
    score = z.T @ (y - mu)
    return float(score @ np.linalg.solve(information, score))


def test_the_statistic_is_that_of_the_dense_design() -> None:
    fit = fitted(drawn(np.random.default_rng(4), 0.5))
    found = {one.term: one for one in beyond_scope(fit, 2)}
    one, by_hand = found["[A year form]"], dense_statistic(fit)
    assert one.df == 2
    assert one.statistic == pytest.approx(by_hand, rel=CLOSE)
    assert one.p_value == pytest.approx(min(len(found) * chi2.sf(by_hand, 2), 1.0), rel=CLOSE)


def test_terms_are_those_whose_parts_are_all_there() -> None:
    terms = {one.term for one in beyond_scope(fitted(drawn(np.random.default_rng(4), 0.0)), 2)}
    assert terms == {"[A year form]", "[B year form]", "[C year form]", "[A B year]", "[A B form]"}


def test_a_list_that_goes_in_one_group_of_one_year_is_warned_of() -> None:
    (finding,) = scope_findings(fitted(drawn(np.random.default_rng(1), 1.5)), 2)
    assert finding.code == "beyond_scope"
    assert finding.values["terms"][0] == "[A year form]"
    assert "[A year form]" in str(finding)


def test_models_that_hold_are_hardly_ever_warned_of() -> None:
    """Corrected p-values are too large if anything, so that .05 is not reached more often than that."""
    rng, runs = np.random.default_rng(7), 120
    smallest = np.array([min(one.p_value for one in beyond_scope(fitted(drawn(rng, 0.0)), 2)) for _ in range(runs)])
    by_chance = 0.05 * runs + 3.0 * np.sqrt(0.05 * 0.95 * runs)  # three standard errors
    assert (smallest < 0.05).sum() <= by_chance
    assert (smallest < SURE).sum() <= 2


def test_a_fit_without_an_estimate_says_nothing() -> None:
    counts = np.zeros((2, 2, 2, 3, 2), dtype=int)
    counts[1, 0, 0], counts[0, 1, 0], counts[0, 0, 1] = 3, 4, 5
    assert scope_findings(fitted(mse.CaptureTable(LISTS, counts, COVARIATES)), 2) == ()
