"""Exhaustive searches: published answers, best models of other packages, every number against its own fit."""

from __future__ import annotations

import numpy as np
import pytest

import mse
from mse.core.ensemble import EnsembleFit
from published import brackets, fit, rows, scope, table

BEST = rows("multiplesystemsestimation/bic_best.csv")


@pytest.mark.parametrize("row", BEST, ids=[f"{r['data']}-{r['max_order']}" for r in BEST])
def test_the_best_models_of_multiplesystemsestimation(row: dict[str, str]) -> None:
    search = mse.Search(max_order=int(row["max_order"])).fit(table(row["data"]))
    expected = mse.LogLinear(brackets(row["model"])).generators(table(row["data"]))
    assert search.best.generators == expected
    assert search.total == pytest.approx(float(row["total"]), rel=1e-6)
    assert search.best.bic == pytest.approx(float(row["bic"]), rel=1e-8)


@pytest.fixture(scope="module")
def dutch() -> EnsembleFit:
    return mse.Search().fit(table("Ned"))


@pytest.fixture(scope="module")
def dutch_by_aic() -> EnsembleFit:
    return mse.Search(criterion="aic").fit(table("Ned"))


def codes(search: EnsembleFit) -> dict[str, str]:
    return {finding.code: str(finding.severity) for finding in search.findings}


def test_the_dutch_table_by_bic(dutch: EnsembleFit) -> None:
    """116,667 is best of 32,768 pair models, and no single estimate: rivals span 36,000 to 131,000."""
    assert dutch.n_models == 32_768
    # I:K I:Z K:R O:P O:Z P:R P:Z, with I K O P R Z called A to F.
    assert dutch.best.generators == mse.LogLinear(brackets("[12,16,25,34,36,45,46]")).generators(dutch.table)
    assert round(dutch.total) == 116_667
    assert codes(dutch)["rivals_disagree"] == "blocking"
    assert dutch.estimate().blocked
    low, high = dutch.modes()
    assert [round(mode.weight, 2) for mode in (low, high)] == [0.22, 0.78]
    assert [round(limit, -3) for limit in (low.lower, low.upper)] == [36_000, 55_000]
    assert [round(limit, -3) for limit in (high.lower, high.upper)] == [68_000, 131_000]
    assert round(low.best_total) == 43_585
    assert round(high.best_total) == 116_667


def test_the_dutch_table_at_other_bandwidths(dutch: EnsembleFit) -> None:
    assert len(dutch.modes(0.15)) == 2
    assert sum(mode.weight for mode in dutch.modes(0.05)) == pytest.approx(1.0, abs=0.02)


def test_averages_of_the_dutch_table(dutch: EnsembleFit, dutch_by_aic: EnsembleFit) -> None:
    """published/ned-recomputed: means, and the weight of models above 80,000."""
    assert round(dutch.average().total) == 98_118
    assert round(dutch_by_aic.average().total) == 50_405
    assert round(dutch.proved.density.share_above(80_000.0), 3) == 0.755
    assert round(dutch_by_aic.proved.density.share_above(80_000.0), 3) == 0.008
    # Quantiles of the point estimates, to the width of a bin.
    for search, low, high in ((dutch, 37_681, 125_761), (dutch_by_aic, 33_821, 73_679)):
        assert search.proved.density.quantile(0.025) == pytest.approx(low, rel=0.0025)
        assert search.proved.density.quantile(0.975) == pytest.approx(high, rel=0.0025)
    assert "between_modes" in {finding.code for finding in dutch.average().findings}


def test_the_dutch_table_by_aic(dutch_by_aic: EnsembleFit) -> None:
    """Under AIC nearly every table has wide rivals, so that is a warning and does not block."""
    assert round(dutch_by_aic.total) == 41_561
    assert codes(dutch_by_aic)["rivals_disagree"] == "warning"
    assert not dutch_by_aic.estimate().blocked


def test_the_best_dutch_model_of_all_orders_rests_on_seven_persons(dutch: EnsembleFit) -> None:
    """[O P Z][K R][P R][I Z]: 143,603, its BIC 18 below the best pair model; tests/full sweeps them all."""
    best = fit("Ned", "[346,25,45,16]")
    assert round(best.total) == 143_603
    assert round(dutch.best.bic - best.bic) == 18
    rests_on = {f.values["term"]: f.values["persons"] for f in best.findings if f.code == "thin_term"}
    assert rests_on["[C D F]"] == 7
    for neighbour in best.generators.neighbours(6):
        rival = mse.LogLinear(neighbour.notation()).fit(table("Ned"))
        assert rival.total is None or rival.bic > best.bic


def test_five_dutch_lists() -> None:
    assert round(mse.Search().fit(table("Ned_5")).total) == 48_013
    assert round(mse.Search(criterion="aic").fit(table("Ned_5")).total) == 46_331


def test_the_british_answer_turns_on_one_convention() -> None:
    """Do −∞ terms count? 22,991 or 12,142 among pairs, 25,311 or 12,142 over all orders; both are shown."""
    data = table("UKdat_5")
    for order, counted in ((2, 22_991.3), (None, 25_311.3)):
        search = mse.Search(max_order=order).fit(data)
        other = mse.Search(max_order=order, count_infinite=False).fit(data)
        assert round(search.total, 1) == counted
        assert round(search.alternative.total, 1) == 12_141.8
        assert round(other.total, 1) == 12_141.8
        assert round(other.alternative.total, 1) == counted
        assert "infinite_counted" in codes(search)
        assert "infinite_not_counted" in codes(other)
    best = fit("UKdat_5", "[12,13,15,25,35,45]")
    counted_less = best.criteria.value("bic", count_infinite=False)
    assert round(counted_less, 2) == 193.39


@pytest.mark.parametrize(
    ("data", "factor"),
    [("HIV", 1.29), ("Diabetes", 1.14), ("spina_621", 1.07)],
    ids=["HIV", "Diabetes", "spina"],
)
def test_silence_where_rivals_agree(data: str, factor: float) -> None:
    """The factor between the extremes of the rivals, over both scopes."""
    spans = []
    for order in (2, None):
        search = mse.Search(max_order=order).fit(table(data))
        assert "rivals_disagree" not in codes(search)
        assert not search.estimate().blocked
        assert len(search.modes()) == 1
        spans.append(search.rival_range())
    assert round(max(high for _, high in spans) / min(low for low, _ in spans), 2) == factor


def test_kosovo_has_no_single_estimate_over_all_orders() -> None:
    """Three models within one unit of BIC give 10.4, 12.7 and 18.4 thousand."""
    search = mse.Search(max_order=None).fit(table("Kosovo"))
    close = search.to_frame(within=1.0)
    assert [round(total, -2) for total in close["total"]] == [10_400, 12_700, 18_400]
    assert codes(search)["rivals_disagree"] == "blocking"


@pytest.mark.parametrize(("data", "order"), [("Kosovo", None), ("Diabetes", None), ("HIV", None), ("Korea", 2)])
@pytest.mark.parametrize("criterion", ["bic", "aic", "aicc"])
def test_every_rival_is_its_own_fit(data: str, order: int | None, criterion: str) -> None:
    """The sweep against single fits: ranks, totals, criteria, weights, and no model without an estimate."""
    search = mse.Search(criterion=criterion, max_order=order).fit(table(data))
    fits = [found for found in scope(data, order or len(table(data).lists) - 1) if found.total is not None]
    fits.sort(key=lambda found: found.criteria.value(criterion))
    best = fits[0].criteria.value(criterion)
    near = [found for found in fits if found.criteria.value(criterion) <= best + 9.99]
    frame = search.to_frame(within=9.99)
    assert len(frame) == len(near)
    assert search.best.generators == fits[0].generators
    weights = np.exp([(best - found.criteria.value(criterion)) / 2.0 for found in fits])
    ours = frame.set_index("model")
    for found, weight in zip(near, weights, strict=False):
        row = ours.loc[found.generators.notation()]
        assert row["total"] == pytest.approx(found.total, rel=1e-6)
        assert row["deviance"] == pytest.approx(found.deviance, abs=1e-7)
        assert row[criterion] == pytest.approx(found.criteria.value(criterion), abs=1e-7)
        assert (row["df"], row["n_parameters"], row["n_infinite"]) == (
            found.df,
            found.n_parameters,
            found.n_infinite,
        )
        assert row["weight"] == pytest.approx(weight / weights.sum(), rel=1e-4)
    average = float((weights * [found.total for found in fits]).sum() / weights.sum())
    assert search.average().total == pytest.approx(average, rel=1e-4)


def test_forced_terms_stay_in_every_model() -> None:
    search = mse.Search(forced="[A B]", max_order=None).fit(table("HIV"))
    assert all("A B" in model for model in search.to_frame(within=30.0)["model"])
    everything = mse.Search(max_order=None).fit(table("HIV")).to_frame(within=30.0)
    held = [m for m in everything["model"] if "[A B]" in m or "A B C" in m or "A B D" in m]
    assert held[0] == search.best.generators.notation()


def test_the_sample_size_of_bic_is_an_option() -> None:
    by_cells = mse.Search(bic_n="cells").fit(table("Kosovo"))
    found = by_cells.best
    expected = -2.0 * found.log_likelihood + found.n_parameters * np.log(15.0)
    assert by_cells.to_frame()["bic"].iloc[0] == pytest.approx(expected, rel=1e-9)


def test_a_table_with_no_estimate_at_all() -> None:
    lonely = mse.CaptureTable("ABC", [[[0, 0], [0, 0]], [[5, 0], [0, 0]]])
    search = mse.Search().fit(lonely)
    assert (search.best, search.total) == (None, None)
    assert search.estimate().total is None
