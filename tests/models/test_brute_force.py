"""Every hierarchical model of random small tables, against statsmodels' generalised linear model.

The design matrix is written out here cell by cell, so nothing of the kernels' transforms is shared.
"""

from __future__ import annotations

import warnings
from itertools import chain, combinations, product
from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm

import mse

SAME = 1e-7
"""Relative; both iterate until the deviance no longer moves."""


def hierarchical_models(names: str) -> list[frozenset[frozenset[str]]]:
    """All models that hold, with each term, all smaller ones, found by trying every set of terms."""
    sizes = range(2, len(names))
    larger = [frozenset(c) for c in chain.from_iterable(combinations(names, size) for size in sizes)]
    found = []
    for chosen in product((False, True), repeat=len(larger)):
        terms = {term for term, held in zip(larger, chosen, strict=True) if held}
        faces = (frozenset(c) for term in terms if len(term) > 2 for c in combinations(term, len(term) - 1))
        if all(face in terms for face in faces):
            found.append(frozenset(terms))
    return found


def design(names: str, terms: frozenset[frozenset[str]]) -> np.ndarray:
    """Rows: combinations of lists, the one of no list left out. Columns: intercept, lists, larger terms."""
    cells = [set(c) for size in range(1, len(names) + 1) for c in combinations(names, size)]
    columns = [frozenset(), *(frozenset(name) for name in names), *sorted(terms, key=sorted)]
    return np.array([[float(column <= cell) for column in columns] for cell in cells])


def counts_of(names: str, table: mse.CaptureTable) -> np.ndarray:
    """Counts in the order of the rows of `design`."""
    cells = [set(c) for size in range(1, len(names) + 1) for c in combinations(names, size)]
    return np.array([table.counts[tuple(int(name in cell) for name in names)] for cell in cells], dtype=float)


def glm(y: np.ndarray, matrix: np.ndarray) -> Any:
    """statsmodels' fit; it complains of a perfect fit, which all terms but the top one give."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return sm.GLM(y, matrix, family=sm.families.Poisson()).fit(tol=1e-12, maxiter=200)


@pytest.mark.parametrize(("names", "seed"), [("ABC", seed) for seed in range(12)] + [("ABCD", 1), ("ABCD", 2)])
def test_all_models_of_a_random_table(names: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    counts = 1 + rng.poisson(rng.gamma(1.0, 20.0, (2,) * len(names)))
    counts[(0,) * len(names)] = 0
    table = mse.CaptureTable(tuple(names), counts)
    y = counts_of(names, table)
    models = hierarchical_models(names)
    assert len(models) == {3: 8, 4: 113}[len(names)]
    for terms in models:
        matrix = design(names, terms)
        peer = glm(y, matrix)
        model = "".join("[" + " ".join(sorted(term)) + "]" for term in terms) or f"[{names[0]}]"
        found = mse.LogLinear(model).fit(table)
        dark = float(np.exp(peer.params[0]))
        # statsmodels' own covariance takes the weights of the last step but one.
        information = matrix.T @ (np.exp(matrix @ peer.params)[:, None] * matrix)
        spread = float(np.sqrt(dark + dark**2 * np.linalg.inv(information)[0, 0]))
        assert found.dark_figure == pytest.approx(dark, rel=SAME), model
        assert found.standard_error == pytest.approx(spread, rel=SAME), model
        assert found.deviance == pytest.approx(peer.deviance, rel=SAME, abs=1e-8), model
        assert found.log_likelihood == pytest.approx(peer.llf, rel=SAME), model
        assert found.aic == pytest.approx(peer.aic, rel=SAME), model
        assert found.df == peer.df_resid, model


def test_coefficients_and_fitted_counts() -> None:
    table = mse.CaptureTable("ABC", [[[0, 41], [37, 12]], [[55, 9], [14, 6]]])
    found = mse.LogLinear("[A B][C]").fit(table)
    peer = glm(counts_of("ABC", table), design("ABC", frozenset({frozenset("AB")})))
    frame = found.coefficients
    assert frame["estimate"].to_numpy() == pytest.approx(peer.params, rel=SAME)
    assert frame["standard_error"].to_numpy() == pytest.approx(np.sqrt(np.diag(peer.cov_params())), rel=SAME)
    fitted = found.fitted().iloc[1:]
    assert sorted(fitted["fitted"]) == pytest.approx(sorted(peer.mu), rel=SAME)
    assert sorted(fitted["observed"]) == sorted(counts_of("ABC", table))
