"""The repeated choice of a search: the best model of every table, by a shorter way."""

from __future__ import annotations

import numpy as np
import pytest

import mse
from mse.core.point_fit import kernel_counts
from mse.core.resample import resample
from mse.kernels.lattice import enumerate_models, interactions, neighbours
from mse.models import reselect
from mse.models.bounded import best_pair_model
from published import table

SEARCHES = [
    mse.Search(),
    mse.Search(criterion="aic"),
    mse.Search(count_infinite=False),
    mse.Search(bic_n="cells"),
    mse.Search(max_order=3),
]


def drawn(data: mse.CaptureTable, number: int) -> list[mse.CaptureTable]:
    """Tables like the one at hand; some of their overlaps are empty where its own are not."""
    rng = np.random.default_rng(11)
    total = 2.0 * data.n_observed
    return [data.with_counts(resample(data, "nonparametric", rng, total=total)) for _ in range(number)]


@pytest.mark.parametrize("name", ["UKdat_5", "Kosovo", "Ned_5", "Western", "Korea"])
@pytest.mark.parametrize("search", SEARCHES, ids=repr)
def test_the_choice_is_that_of_the_whole_search(name: str, search: mse.Search) -> None:
    data = table(name)
    again = search.repeater(search.fit(data))
    for other in [data, *drawn(data, 3)]:
        chosen, whole = again.fit(other), search.fit(other)
        assert chosen.total == pytest.approx(whole.total, rel=1e-9)
        assert value(search, chosen) == pytest.approx(value(search, whole.best), abs=1e-9)


def value(search: mse.Search, fit: mse.PointFit) -> float:
    return fit.criteria.value(search.ranking, sample_size=search.bic_n, count_infinite=search.count_infinite)


def test_leaps_and_bounds_on_six_lists_fits_a_fraction(monkeypatch: pytest.MonkeyPatch) -> None:
    from mse.models import bounded

    fitted = []
    whole_sweep = bounded.sweep

    def counted(counts, pairs, models, **options):  # type: ignore[no-untyped-def]
        fitted.append(len(models))
        return whole_sweep(counts, pairs, models, **options)

    monkeypatch.setattr(bounded, "sweep", counted)
    data = table("Ned")
    pairs = interactions(6, 2)
    bits = best_pair_model(kernel_counts(data), pairs, mse.Search().convention(data))
    best = mse.Search().fit(data).best
    held = {int(mask) for mask in best.generators.masks if int(mask).bit_count() == 2}
    assert held == {int(pairs[index]) for index in range(15) if bits >> index & 1}
    assert sum(fitted) < 32_768 / 10


def test_forced_terms_stay() -> None:
    data = table("Ned_5")
    names = data.lists
    search = mse.Search(forced=f"[{names[0]} {names[1]}]")
    again = search.repeater(search.fit(data))
    for other in drawn(data, 3):
        fit = again.fit(other)
        assert fit.total == pytest.approx(search.fit(other).total, rel=1e-9)
        assert mse.Term({names[0], names[1]}) in fit.generators.terms


def test_neighbours_against_all_models() -> None:
    """One term away: by going through all 113 models of four lists."""
    models = enumerate_models(4, 4)
    rng = np.random.default_rng(3)
    for start in rng.choice(models, 20, replace=False):
        near = {int(m) for m in models if int(m ^ start).bit_count() <= 1}
        assert set(map(int, neighbours(np.array([start]), 4, 4))) == near
    forced = 0b1
    held = neighbours(np.array([0b11], dtype=np.uint64), 4, 4, forced=forced)
    assert all(int(model) & forced for model in held)


def test_over_large_scopes_the_core_and_its_border(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reselect, "WHOLE", 100)
    data = table("Ned_5")
    search = mse.Search(max_order=None)
    found = search.fit(data)
    again = search.repeater(found)
    near = found.rivals.bits[found.rivals.criterion <= found.rivals.anchor + 30.0]
    assert set(map(int, again.core)) == set(map(int, near))
    assert set(map(int, again.core)) < set(map(int, again.models))
    assert again.fit(data).model == found.model
    assert not again.on_border(again.fit(data))
    border = [bits for bits in again.models if bits not in again.core]
    terms = [0, *(1 << j for j in range(5)), *(int(m) for i, m in enumerate(again.interactions) if border[0] >> i & 1)]
    outside = mse.LogLinear(mse.Generators(data.lists, tuple(terms)).notation()).fit(data)
    assert again.on_border(outside)
    estimate = mse.bootstrap(search, data, replicates=3, seed=1)
    shares = {finding.code: finding.values for finding in estimate.findings}
    assert shares["border"]["core"] == len(again.core)
    assert shares["border"]["models"] == len(again.models)


def test_a_table_without_any_estimate() -> None:
    """Two lists that share nobody: no model of the two has an estimate."""
    data = mse.CaptureTable(["A", "B"], [[0, 30], [40, 6]])
    search = mse.Search()
    again = search.repeater(search.fit(data))
    none = again.fit(mse.CaptureTable(["A", "B"], [[0, 30], [40, 0]]))
    assert none.total is None
    assert none.status is mse.FitStatus.NO_MLE
    assert not again.on_border(none)


def test_a_stepwise_search_is_repeated_step_by_step() -> None:
    data = table("Kosovo")
    search = mse.Search(method="stepwise")
    again = search.repeater(search.fit(data))
    for other in [data, *drawn(data, 3)]:
        assert again.fit(other).model == search.fit(other).model


def test_merged_models_keep_one_name() -> None:
    """A and B share nobody, so with terms at −∞ not counted [A B D] and [A B][A D][B D] are one model."""
    counts = np.array([0, 300, 400, 40, 250, 50, 30, 10, 500, 60, 30, 20, 0, 0, 0, 0]).reshape(2, 2, 2, 2)
    data = mse.CaptureTable("ABCD", counts)
    search = mse.Search(max_order=None, count_infinite=False)
    found = search.fit(data)
    assert search.repeater(found).fit(data).model == found.model
    held = mse.Search(max_order=3, count_infinite=False, forced="[A B C]")
    assert held.fit(data).n_models > 0
    assert held.fit(data).total == pytest.approx(mse.Search(max_order=3, forced="[A B C]").fit(data).total, rel=0.2)
