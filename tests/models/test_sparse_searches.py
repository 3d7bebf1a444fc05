"""Searches of sparse tables against every model fitted by itself and judged by the linear programme."""

from __future__ import annotations

import numpy as np
import pytest

import mse
from mse.core.ensemble import RIVAL, SPREAD
from mse.kernels.lattice import enumerate_models, interactions, model_masks

MODELS = [model_masks(int(bits), interactions(4, 4), 4) for bits in enumerate_models(4, 4)]


def sparse_table(seed: int) -> mse.CaptureTable:
    """Four lists; half of the cells are empty and the others spread over orders of magnitude."""
    rng = np.random.default_rng(seed)
    occupied = rng.random(16) < rng.choice([0.4, 0.6, 0.9])
    counts = np.floor(np.exp(rng.uniform(0.0, rng.choice([3.0, 6.0, 11.0]), 16))) * occupied
    counts[0] = 0
    counts[15] += not counts.any()
    return mse.CaptureTable("ABCD", counts.astype(int).reshape((2,) * 4))


def one_by_one(table: mse.CaptureTable) -> list[tuple[float, float, str]]:
    """BIC, total and name of every model that has an estimate, best first."""
    found = []
    for masks in MODELS:
        generators = mse.Generators(table.lists, tuple(map(int, masks)))
        fit = mse.LogLinear(generators.notation()).fit(table)
        if fit.total is not None:
            found.append((fit.bic, fit.total, fit.model))
    return sorted(found)


@pytest.mark.parametrize("seed", [*range(40), 54, 86, 90, 128])
def test_the_best_and_the_rivals_are_those_of_all_models(seed: int) -> None:
    table = sparse_table(seed)
    search = mse.Search(max_order=None).fit(table)
    truth = one_by_one(table)
    if not truth:
        assert search.total is None
        assert search.estimate().blocked
        return
    assert search.best.bic == pytest.approx(truth[0][0], abs=1e-6)
    near = [total for bic, total, _ in truth if bic <= truth[0][0] + RIVAL - 1e-4]
    reached = [total for bic, total, _ in truth if bic <= truth[0][0] + RIVAL + 1e-4]
    lower, upper = search.rival_range()
    assert min(reached) * (1 - 1e-6) <= lower <= min(near) * (1 + 1e-6)
    assert max(near) * (1 - 1e-6) <= upper <= max(reached) * (1 + 1e-6)
    blocked = any(finding.code == "rivals_disagree" for finding in search.findings)
    assert blocked == (upper > SPREAD * lower)
    weights = np.exp(-(np.array([bic for bic, _, _ in truth]) - truth[0][0]) / 2.0)
    average = float((weights * [total for _, total, _ in truth]).sum() / weights.sum())
    left_out = search.proved.unproved_weight / search.proved.density.total
    spread = max(total for _, total, _ in truth) / min(total for _, total, _ in truth)
    assert search.average().total == pytest.approx(average, rel=1e-6 + left_out * spread)
    assert len(near) <= len(search.to_frame(within=RIVAL)) <= len(reached)
    assert sum(mode.weight for mode in search.modes()) <= 1 + 1e-9


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_a_sweep_changes_nothing(seed: int) -> None:
    """Warm starts from other models lead to the same outcomes as starting each model by itself."""
    from mse.kernels.poisson import PROVED, sweep

    rng = np.random.default_rng(seed)
    counts = np.floor(np.exp(rng.uniform(0.0, np.log(1e5), 16)))
    counts[0] = 0
    models = enumerate_models(4, 4)
    together = sweep(counts, interactions(4, 4), models)
    for place, bits in enumerate(models):
        alone = sweep(counts, interactions(4, 4), np.array([bits]))
        assert (alone.outcome[0] == PROVED) == (together.outcome[place] == PROVED)
        if alone.outcome[0] == PROVED:
            assert together.deviance[place] == pytest.approx(alone.deviance[0], abs=1e-6, rel=1e-9)


def test_twelve_lists_with_tiny_fitted_counts() -> None:
    """12 independent lists of N = 20,000 persons, each seeing one in twenty: fitted counts down to 10⁻¹²."""
    rng = np.random.default_rng(1)
    seen = rng.random((20_000, 12)) < 0.05
    seen = seen[seen.any(axis=1)].astype(int)
    counts = np.zeros((2,) * 12, dtype=int)
    np.add.at(counts, tuple(seen.T), 1)
    fit = mse.LogLinear(order=1).fit(mse.CaptureTable("ABCDEFGHIJKL", counts))
    assert fit.status is mse.FitStatus.OK
    assert abs(fit.total - 20_000) < 4 * fit.standard_error


def test_every_thin_term_is_named() -> None:
    counts = np.array([0, 300, 400, 4, 250, 5, 3, 1, 500, 6, 3, 2, 4, 1, 1, 1]).reshape((2,) * 4)
    fit = mse.LogLinear("[C D][B C][B D]").fit(mse.CaptureTable("ABCD", counts))
    named = {f.values["term"]: f.values["persons"] for f in fit.estimate().findings if f.code == "thin_term"}
    assert named == {"[B C]": 6, "[B D]": 8, "[C D]": 8}


def test_a_number_of_persons_that_cannot_be_has_no_limits() -> None:
    fit = mse.LogLinear("[A][B]").fit(mse.CaptureTable("AB", [[0, 10**9], [10**9, 10]]))
    estimate = fit.estimate()
    assert estimate.lower is estimate.upper is None
    assert "limits_not_computed" in {finding.code for finding in estimate.findings}
    with pytest.raises(mse.ModelError, match="there are not so many"):
        mse.bootstrap(fit.spec, fit.table, replicates=2)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"criterion": ()}, "needs a criterion"),
        ({"method": "stepwise", "starts": ()}, "Starts are"),
        ({"method": "stepwise", "starts": "independence"}, "Starts are"),
        ({"starts": ("independence",)}, "Only a stepwise search"),
    ],
)
def test_options_that_cannot_be(options: dict[str, object], says: str) -> None:
    with pytest.raises(mse.ModelError, match=says):
        mse.Search(**options)


def test_terms_outside_the_scope() -> None:
    table = sparse_table(1)
    with pytest.raises(mse.ModelError, match="in the scope"):
        mse.Search(method="stepwise", starts=("[A B C]",)).fit(table)
    with pytest.raises(mse.ModelError, match="in the scope"):
        mse.Search(forced="[A B C]").fit(table)
    with pytest.raises(mse.ModelError, match="A term of all lists"):
        mse.Search(forced="[A B]").fit(mse.CaptureTable("AB", [[0, 30], [40, 6]]))


def test_too_few_persons_for_aicc() -> None:
    """Where no model can be ranked there is no best one, and no warning from NumPy."""
    search = mse.Search(criterion="aicc").fit(mse.CaptureTable("ABC", [[[0, 1], [1, 0]], [[0, 0], [0, 0]]]))
    assert search.total is None
    assert search.to_frame().empty
    assert search.modes() == ()
