"""The lower-bound test: its p-value against a maximiser with bounds, its level on drawn tables, and what it says."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import chi2

import mse
from mse.kernels.bound_test import bound_p_value
from mse.kernels.capture_models import bound_columns, cells_of, list_columns
from published import fit, table


def by_maximiser(y: np.ndarray, free: np.ndarray, bounded: np.ndarray) -> float:
    """Fall of the deviance when coefficients of at least 0 are added."""

    def least(x: np.ndarray, limits: list[tuple[float | None, None]]) -> float:
        def minus(theta: np.ndarray) -> tuple[float, np.ndarray]:
            mu = np.exp(x @ theta)
            return float(mu.sum() - y @ (x @ theta)), x.T @ (mu - y)

        start = np.zeros(x.shape[1])
        start[0] = np.log(y.mean() + 1.0)
        options = {"ftol": 1e-15, "gtol": 1e-9, "maxiter": 10_000}
        return float(minimize(minus, start, jac=True, bounds=limits, options=options).fun)

    alike = least(free, [(None, None)] * free.shape[1])
    both = np.column_stack([free, bounded])
    return 2.0 * (alike - least(both, [(None, None)] * free.shape[1] + [(0.0, None)] * bounded.shape[1]))


@pytest.mark.parametrize("data", ["HAV", "HIV", "Kosovo", "Diabetes", "Korea"])
def test_p_value_of_persons_who_are_alike(data: str) -> None:
    counts = table(data).counts.ravel().astype(float)
    k = len(table(data).lists)
    cells = cells_of(k)
    fall = by_maximiser(counts[1:], list_columns(cells, equal=False)[1:], bound_columns(cells)[1:])
    q = k - 2
    expected = 1.0 if fall < 1e-6 else (chi2.sf(fall, q) + (chi2.sf(fall, q - 1) if q > 1 else 0.0)) / 2.0
    found = bound_p_value(counts, [1 << place for place in range(k)])
    assert np.log(found) == pytest.approx(np.log(expected), abs=1e-4)


def test_it_rejects_no_more_often_than_its_level_where_persons_are_alike() -> None:
    """400 tables from unequal lists; three errors of a share of 5% on 400 are 3.3 points."""
    rng, cells = np.random.default_rng(4), cells_of(4)
    chances = np.prod(np.where(cells == 1.0, [0.3, 0.25, 0.2, 0.15], [0.7, 0.75, 0.8, 0.85]), axis=1)
    drawn = rng.multinomial(2_000, chances, size=400).astype(float)
    rejected = np.mean([bound_p_value(one, [1, 2, 4, 8]) < 0.05 for one in drawn])
    assert rejected <= 0.05 + 3.0 * np.sqrt(0.05 * 0.95 / 400)


def test_it_sees_two_kinds_of_persons() -> None:
    """A fifth of the persons on most lists, the rest on few: tables of 5,000 nearly all reject."""
    rng, cells = np.random.default_rng(6), cells_of(4)
    kinds = [np.prod(np.where(cells == 1.0, p, 1.0 - p), axis=1) for p in (0.6, 0.15)]
    drawn = rng.multinomial(5_000, 0.2 * kinds[0] + 0.8 * kinds[1], size=50).astype(float)
    assert np.mean([bound_p_value(one, [1, 2, 4, 8]) < 0.05 for one in drawn]) > 0.95


def severities(found: mse.LowerBoundTest) -> dict[str, str]:
    return {finding.code: finding.severity.value for finding in found.findings}


def test_beyond_the_model_is_blocking_and_puts_the_bound_first() -> None:
    found = mse.lower_bound_test(fit("Kosovo", "[1,2,3,4]"))
    assert severities(found) == {"bound_beyond": "blocking", "bound_higher": "warning"}
    assert found.p_value == found.p_value_beyond
    assert found.first is found.bound
    said = found.findings[0].sentence("en")
    assert "8,590" in said
    assert "no guaranteed direction of error" in said
    assert "geen gegarandeerde richting" in found.findings[0].sentence("nl")


def test_either_explanation_is_a_warning_and_puts_the_bound_first() -> None:
    found = mse.lower_bound_test(fit("Kosovo", "[123,14,34]"))
    assert severities(found) == {"bound_either": "warning"}
    assert found.first is found.bound
    pairs = mse.lower_bound_test(fit("HAV", "[12,13,23]"))
    assert pairs.p_value_beyond is None
    assert severities(pairs) == {"bound_either": "warning"}


def test_where_it_does_not_reject_the_model_stays_first() -> None:
    found = mse.lower_bound_test(fit("HIV", "[1,2,3,4]"))
    assert severities(found) == {"bound_alike": "note"}
    assert not found.rejects
    assert found.first is found.selected


def test_a_search_gives_its_best_model() -> None:
    search = mse.Search(max_order=2).fit(table("Diabetes"))
    assert mse.lower_bound_test(search).selected is search.best


def test_what_it_refuses() -> None:
    with pytest.raises(mse.ModelError, match="three lists"):
        mse.lower_bound_test(mse.LogLinear(order=1).fit(mse.CaptureTable(["A", "B"], [[0, 30], [40, 6]])))
    with pytest.raises(mse.ModelError, match="Got: HeterogeneityFit"):
        mse.lower_bound_test(mse.Heterogeneity().fit(table("HAV")))
    with pytest.raises(mse.TableError, match="between 0 and 1"):
        mse.lower_bound_test(fit("HIV", "[1,2,3,4]"), level=5)
