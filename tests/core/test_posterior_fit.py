"""What is read off a posterior: quantiles, shortest intervals, peaks, parts, containers, and what is withheld."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

import mse
from mse.core.chains import Chains, gate
from mse.core.hdi import shortest_interval
from mse.core.model_weights import ModelWeights
from mse.core.posterior_fit import PosteriorFit
from mse.core.sentence import Sentence
from mse.errors import TableError

ROUNDING = 1e-12


@dataclass(frozen=True)
class Stand:
    """A specification that does nothing."""

    prior: mse.TotalPrior

    def prior_influence(self, table: mse.CaptureTable, *, seed: int | None) -> Any:
        """What prior_influence of the fit passes on."""
        return table.n_observed


STAND = Stand(mse.TotalPrior.inverse())
TABLE = mse.CaptureTable(["A", "B"], [[0, 30], [40, 6]])
STRATA = mse.CaptureTable(["A", "B"], [[[0, 0], [20, 10]], [[25, 15], [4, 2]]], {"sex": ("f", "m")})
WORDS = Sentence("prior_inverse")
DARK = np.array([0.0, 24.0, 124.0, 324.0, 924.0])
MASS = np.array([0.05, 0.25, 0.4, 0.25, 0.05])


def grid(**options: Any) -> PosteriorFit:
    """A posterior on five points: 76, 100, 200, 400 and 1,000."""
    draws = mse.Draws(np.full(5, 76.0), DARK, weight=MASS)
    return PosteriorFit(STAND, TABLE, draws, WORDS, WORDS, exact=True, **options)


def chains(seed: int = 1, shift: float = 0.0) -> Chains:
    """Four chains of independent normal draws; the first one may be moved."""
    total = np.random.default_rng(seed).normal(500.0, 20.0, size=(4, 500))
    total[0] += shift
    return Chains({"total": total})


def test_quantiles_of_a_grid_are_the_smallest_totals_that_reach_them() -> None:
    fit = grid()
    assert fit.quantile(np.array([0.05, 0.0501, 0.3, 0.5, 0.95])).tolist() == [76, 100, 100, 200, 400]
    assert (fit.total, fit.dark_figure) == (200.0, 124.0)


def test_mean_and_standard_deviation_are_weighted() -> None:
    fit = grid()
    mean = float((MASS * (76 + DARK)).sum())
    assert fit.mean == pytest.approx(mean, rel=ROUNDING)
    assert fit.standard_deviation == pytest.approx(np.sqrt((MASS * (76 + DARK - mean) ** 2).sum()), rel=ROUNDING)


def test_a_heavy_tail_withholds_mean_and_standard_deviation_and_says_so() -> None:
    fit = grid(tail_index=2.5)
    assert fit.mean is None
    assert fit.standard_deviation is None
    assert fit.total == 200.0
    assert "heavy_tail" in [finding.code for finding in fit.findings]
    frame = fit.posterior
    assert (frame["total"] * frame["probability"]).sum() == pytest.approx(grid().mean)


def test_probability_holds_both_ends() -> None:
    fit = grid()
    assert fit.probability(100, 200) == pytest.approx(0.65)
    assert fit.probability(upper=99.9) == pytest.approx(0.05)
    assert fit.probability() == pytest.approx(1.0)


def test_the_shortest_interval_is_that_of_all_intervals() -> None:
    rng = np.random.default_rng(5)
    for _ in range(20):
        values, weight = rng.gamma(2.0, size=30), rng.dirichlet(np.ones(30))
        order = np.argsort(values)
        v, w = values[order], weight[order]
        every = [
            (v[j] - v[i], v[i], v[j]) for i in range(30) for j in range(i, 30) if w[i : j + 1].sum() >= 0.8 - ROUNDING
        ]
        assert shortest_interval(values, weight, 0.8) == min(every)[1:]


def test_equal_weights_and_no_weights_give_one_interval() -> None:
    values = np.random.default_rng(2).normal(size=100)
    assert shortest_interval(values, None, 0.9) == shortest_interval(values, np.full(100, 0.01), 0.9)


def test_an_estimate_states_its_level_and_kind() -> None:
    equal, shortest = grid().estimate(level=0.8), grid().estimate(level=0.8, interval="hdi")
    assert (equal.lower, equal.upper, equal.level, equal.interval) == (100, 400, 0.8, "equal-tailed")
    assert (shortest.lower, shortest.upper, shortest.interval) == (100, 400, "hdi")
    assert equal.draws is not None
    with pytest.raises(mse.ModelError, match="no interval 'profile'"):
        grid().estimate(interval="profile")


def test_parts_have_medians_of_their_own_and_the_estimate_says_so() -> None:
    seen = np.tile(STRATA.counts.sum(axis=(0, 1)), (3, 1)).astype(float)
    dark = np.array([[1.0, 30.0], [2.0, 10.0], [30.0, 5.0]])
    draws = mse.Draws(
        seen.sum(1), dark.sum(1), weight=np.array([0.4, 0.3, 0.3]), covariates=STRATA.covariates, observed_in=seen,
        dark_in=dark,
    )  # fmt: skip
    estimate = PosteriorFit(STAND, STRATA, draws, WORDS, WORDS).estimate(["sex"])
    assert [(part.name, part.total) for part in estimate.parts] == [("total", 76 + 31), ("f", 51), ("m", 37)]
    codes = [finding.code for finding in estimate.findings]
    assert "medians_do_not_add_up" in codes
    assert "limits_do_not_add_up" not in codes


def test_separate_peaks_are_found_with_their_weight() -> None:
    rng = np.random.default_rng(3)
    dark = np.concatenate([rng.normal(50, 5, 7_000), rng.normal(900, 20, 3_000)])
    fit = PosteriorFit(STAND, TABLE, mse.Draws(np.full(10_000, 76.0), dark), WORDS, WORDS)
    low, high = fit.modes()
    assert (low.weight, high.weight) == (pytest.approx(0.7), pytest.approx(0.3))
    assert low.lower < low.place < low.upper < 200 < high.lower < high.place < high.upper
    assert "posterior_peaks" in [finding.code for finding in fit.findings]
    assert len(fit.estimate().ranges) == 2


def test_chains_that_mix_pass_the_gate() -> None:
    assert gate(chains()) == (mse.FitStatus.OK, ())


def test_chains_that_disagree_give_no_total() -> None:
    status, findings = gate(chains(shift=60.0))
    assert status is mse.FitStatus.NOT_MIXED
    assert "chains_disagree" in [finding.code for finding in findings]
    drawn = chains(shift=60.0).values["total"].ravel()
    fit = PosteriorFit(
        STAND, TABLE, mse.Draws(np.full(2_000, 76.0), drawn - 76), WORDS, WORDS, status=status, own_findings=findings
    )
    assert fit.total is None
    assert fit.mean is None
    assert fit.estimate().total is None
    assert fit.estimate().blocked
    assert len(fit.posterior) == 2_000


def test_few_effective_draws_give_no_total() -> None:
    steps = np.random.default_rng(4).normal(size=(4, 500))
    slow = np.empty_like(steps)
    slow[:, 0] = steps[:, 0] / np.sqrt(1 - 0.9**2)
    for draw in range(1, 500):
        slow[:, draw] = 0.9 * slow[:, draw - 1] + steps[:, draw]
    status, findings = gate(Chains({"total": slow}))
    assert status is mse.FitStatus.NOT_MIXED
    assert "few_effective_draws" in [finding.code for finding in findings]


def test_divergences_block_the_headline_and_keep_the_total() -> None:
    diverging = np.zeros((4, 500), dtype=bool)
    diverging[2, 7] = True
    status, findings = gate(replace(chains(), sample_stats={"diverging": diverging}))
    assert status is mse.FitStatus.OK
    assert [(finding.code, finding.severity.value) for finding in findings] == [("divergences", "blocking")]


def test_only_named_numbers_are_judged() -> None:
    swapped = np.repeat(np.arange(4.0)[:, None], 500, axis=1) + np.random.default_rng(6).normal(size=(4, 500))
    both = Chains({**chains().values, "share": swapped[:, :, None]}, {"share": ("list",)}, {"list": ("A",)})
    assert gate(both)[0] is mse.FitStatus.NOT_MIXED
    assert gate(both, ["total"])[0] is mse.FitStatus.OK
    assert list(both.diagnostics()["name"]) == ["total", "share[A]"]


def test_numbers_that_are_watched_give_a_note_and_leave_the_total() -> None:
    both = chains()
    both = replace(both, values={**both.values, "class": chains(shift=60.0).values["total"]})
    status, findings = gate(both, ["total"], ["class"])
    assert status is mse.FitStatus.OK
    assert [(found.code, found.severity.value, found.subject) for found in findings] == [
        ("slow_parameters", "note", "class")
    ]


def test_a_number_that_never_moves_has_no_diagnostics() -> None:
    frame = Chains({**chains().values, "fixed": np.ones((4, 500))}).diagnostics().set_index("name")
    assert frame.loc["fixed"].isna().all()


def test_chains_need_a_total_and_equal_shapes() -> None:
    with pytest.raises(TableError, match="hold draws of the total"):
        Chains({"alpha": np.ones((4, 10))})
    with pytest.raises(TableError, match="axes chain and draw"):
        Chains({"total": np.ones((4, 10)), "alpha": np.ones((4, 9))})


def test_a_grid_becomes_a_container_with_named_dims() -> None:
    weights = ModelWeights(("[A B]", "[A][B]"), np.array([0.7, 0.3]), ("[A B]",), np.array([0.7]))
    tree = grid(weights=weights).to_datatree()
    assert set(tree.children) == {"posterior", "grid", "observed_data", "constant_data"}
    assert tree["grid"]["probability"].dims == ("total",)
    assert tree["grid"]["model_probability"].dims == ("model",)
    assert tree["posterior"].attrs["made_from"] == "the group grid"
    drawn = tree["posterior"]["total"]
    assert drawn.dims == ("chain", "draw")
    assert set(np.unique(drawn)) <= set(76 + DARK)
    assert float((drawn == 200).mean()) == pytest.approx(0.4, abs=5 * np.sqrt(0.24 / drawn.size))
    assert np.array_equal(drawn, grid().to_datatree()["posterior"]["total"])
    assert tree["observed_data"]["count"].sel(cell="01", stratum="all").item() == 30
    assert json.loads(tree["constant_data"]["specification"].item()) == {
        "family": "Stand", "prior": {"kind": "inverse"},
    }  # fmt: skip


def test_chains_become_a_container_with_their_dims() -> None:
    values = {**chains().values, "capture": np.full((4, 500, 2), 0.5)}
    drawn = Chains(values, {"capture": ("list",)}, {"list": ("A", "B")}, {"diverging": np.zeros((4, 500), dtype=bool)})
    dark = chains().values["total"].ravel() - 76.0
    fit = PosteriorFit(STAND, TABLE, mse.Draws(np.full(2_000, 76.0), dark), WORDS, WORDS, chains=drawn)
    tree = fit.to_datatree()
    assert {"posterior", "sample_stats", "observed_data", "constant_data"} == set(tree.children)
    assert tree["posterior"]["capture"].dims == ("chain", "draw", "list")
    assert list(tree["constant_data"]["on_list"].sel(cell="10").values) == [True, False]


def test_a_container_holds_no_reference() -> None:
    table = replace(TABLE, reference=mse.Reference((2019, 2019), "person", "victims", "a secret place"))
    fit = PosteriorFit(STAND, table, grid().draws, WORDS, WORDS, exact=True)
    assert "secret" not in str(fit.to_datatree().to_dict())


def test_weights_of_models_become_frames() -> None:
    median, lower, upper = (np.array([200.0, 400.0]) * factor for factor in (1.0, 0.5, 2.0))
    weights = ModelWeights(("[A B]", "[A][B]"), np.array([0.7, 0.3]), ("[A B]",), np.array([0.7]), median, lower, upper)
    fit = grid(weights=weights)
    assert fit.model_weights().columns.tolist() == ["model", "probability", "median", "lower", "upper", "level"]
    assert fit.inclusion().values.tolist() == [["[A B]", 0.7]]
    with pytest.raises(TableError, match="one probability"):
        ModelWeights(("[A B]",), np.array([0.7, 0.3]), (), np.zeros(0))
    with pytest.raises(mse.ModelError, match="no model probabilities"):
        grid().model_weights()


def test_the_influence_of_the_prior_is_asked_of_the_specification() -> None:
    assert grid().prior_influence() == 76
