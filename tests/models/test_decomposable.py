"""Averages over decomposable graphs: dga, published posteriors, brute force, strata, and what is said of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import gammaln

import mse
from mse.models.registry import from_json, to_json
from published import brackets, rows, table

DGA = 1e-6
"""Relative; dga prints 15 digits, and adds up exponentials without their largest."""

PRINTED = 1.0
"""One unit of the last printed digit: the notes print an sd of 7,171.9 as 7171, a probability of .986 as .98."""

CUT = 1e-7
"""Probability: what the United Kingdom has above 100,000 unseen is 8e-8."""

DRAWN = 0.012
"""Probability: three standard errors of a share near one half among 16,384 draws."""

SPINA = mse.TotalPrior.negative_binomial(13.14, 1 / 55.17)


def mean_and_sd(fit: mse.PosteriorFit) -> tuple[float, float]:
    """Mean and standard deviation of the posterior, withheld or not."""
    frame = fit.posterior
    mean = float((frame["total"] * frame["probability"]).sum())
    return mean, float(np.sqrt(((frame["total"] - mean) ** 2 * frame["probability"]).sum()))


def of_dga(run: dict[str, str]) -> mse.PosteriorFit:
    """The fit that a run of dga made: same grid, same priors, the saturated graph included."""
    prior = SPINA if run["prior"] == "negative_binomial" else None
    spec = mse.DecomposableAverage(float(run["delta"]), prior, True, int(run["largest"]))
    return spec.fit(table(run["data"]))


@pytest.mark.parametrize("run", rows("dga/bma_cr.csv"), ids=lambda run: run["run"])
def test_dga_on_its_own_grid(run: dict[str, str]) -> None:
    fit = of_dga(run)
    assert mean_and_sd(fit) == (pytest.approx(float(run["mean"]), rel=DGA), pytest.approx(float(run["sd"]), rel=DGA))
    printed = [int(run[q]) for q in ("q2.5", "q50", "q97.5")]
    assert fit.quantile(np.array([0.025, 0.5, 0.975])).tolist() == printed
    found = fit.model_weights().set_index("model")["probability"]
    for row in rows("dga/models.csv"):
        if row["run"] == run["run"] and float(row["weight"]) > 2e-4:
            notation = mse.Generators.parse(brackets(row["model"]), fit.table.lists).notation()
            assert found[notation] == pytest.approx(float(row["weight"]), rel=DGA)
    (said,) = [finding for finding in fit.findings if finding.code == "saturated_included"]
    assert said.values["share"] == pytest.approx(float(run["saturated"]), rel=DGA)


@pytest.mark.parametrize(
    ("data", "largest", "mean", "sd", "limits"),
    [
        ("spina_621", None, 727.3, 23.9, (687, 725, 783)),
        ("HAV", None, 426.1, 72.4, (354, 402, 630)),
        ("HIV", None, 11357.1, 1195.5, (9404, 11220, 14095)),
        ("Kosovo", None, 12749.4, 1715.2, (9827, 12595, 16544)),
        ("Diabetes", None, 2474.1, 54.9, (2376, 2471, 2589)),
        ("lesbian", None, 5147.3, 288.5, (4635, 5131, 5749)),
        ("congenital", None, 618.9, 16.8, (590, 618, 656)),
        ("Korea", 2_000, 198.0, 123.5, (131, 164, 386)),
        ("Western", 20_000, 2257.2, 707.2, (1343, 2133, 3878)),
        ("UKdat_5", None, 21282, 7171, (10387, 22990, 33509)),
        pytest.param("Ned_5", 400_000, 90190, 61036, (41680, 50451, 209342), marks=pytest.mark.full),
    ],
)
def test_posteriors_of_the_notes(
    data: str, largest: int | None, mean: float, sd: float, limits: tuple[int, int, int]
) -> None:
    """methods.md B7, δ = 2^−K, prior 1/N, saturated left out; Korea, Western and Ned_5 as cut off there."""
    fit = mse.DecomposableAverage(max_unobserved=largest).fit(table(data))
    digit = PRINTED if mean > 20_000 else 0.1 * PRINTED
    assert mean_and_sd(fit) == (pytest.approx(mean, abs=0.51 * digit), pytest.approx(sd, abs=digit))
    found = fit.quantile(np.array([0.5, 0.025, 0.975]))
    assert found[:2].tolist() == [limits[1], limits[0]]
    assert found[2] == pytest.approx(limits[2], abs=PRINTED if data == "UKdat_5" else 0.0)


def test_madigan_and_york_spina_bifida() -> None:
    """δ = 1, N ~ NegBin: 734.5 26.8 689/732/795 and P of three pairs of edges; the saturated graph has P = .035."""
    without = mse.DecomposableAverage(1.0, SPINA).fit(table("spina_626"))
    assert (without.mean, without.standard_deviation) == (pytest.approx(734.5, abs=0.05), pytest.approx(26.8, abs=0.05))
    assert without.quantile(np.array([0.025, 0.5, 0.975])).tolist() == [689, 732, 795]
    found = without.model_weights().set_index("model")["probability"]
    expected = {"[1,23]": 0.387, "[12,23]": 0.321, "[13,23]": 0.292}
    for model, weight in expected.items():
        notation = mse.Generators.parse(brackets(model), without.table.lists).notation()
        assert found[notation] == pytest.approx(weight, abs=5e-4)
    full = mse.DecomposableAverage(1.0, SPINA, include_saturated=True).fit(table("spina_626"))
    assert full.own_findings[0].values["share"] == pytest.approx(0.035, abs=0.001 * PRINTED)
    assert (full.mean, full.standard_deviation) == (pytest.approx(733.7, abs=0.05), pytest.approx(30.9, abs=0.05))


def test_congenital_anomalies_with_half_a_person_a_cell() -> None:
    fit = mse.DecomposableAverage(0.5).fit(table("congenital"))
    assert mean_and_sd(fit) == (pytest.approx(617.8, abs=0.05), pytest.approx(17.3, abs=0.05))
    assert fit.quantile(np.array([0.025, 0.5, 0.975])).tolist() == [588, 616, 655]


@pytest.mark.parametrize(("data", "model", "weight"), [("Kosovo", "[123,134]", 0.98), ("Diabetes", "[13,34,24]", 0.99)])
def test_probable_graphs(data: str, model: str, weight: float) -> None:
    fit = mse.DecomposableAverage().fit(table(data))
    assert fit.model == mse.Generators.parse(brackets(model), fit.table.lists).notation()
    assert fit.model_weights()["probability"][0] == pytest.approx(weight, abs=0.01 * PRINTED)


# ---------------------------------------------------------------------- algebra and grids


def test_the_grid_is_as_good_as_every_whole_number() -> None:
    free = mse.DecomposableAverage().fit(table("UKdat_5"))
    every = mse.DecomposableAverage(max_unobserved=100_000).fit(table("UKdat_5"))
    levels = np.array([0.005, 0.025, 0.25, 0.5, 0.75, 0.975, 0.995])
    np.testing.assert_allclose(free.quantile(levels), every.quantile(levels), rtol=1e-4)
    assert free.probability(upper=20_000) == pytest.approx(every.probability(upper=20_000), abs=CUT)
    np.testing.assert_allclose(free.inclusion()["probability"], every.inclusion()["probability"], atol=CUT)


def test_a_prior_with_an_end_is_summed_to_its_end() -> None:
    """Uniform up to a bound that cuts the posterior off beyond the part that holds every whole number."""
    data = table("UKdat_5")
    cut = mse.DecomposableAverage(prior=mse.TotalPrior.uniform(60_000)).fit(data)
    every = mse.DecomposableAverage(prior=mse.TotalPrior.uniform(60_000), max_unobserved=60_000 - 2_744).fit(data)
    assert cut.posterior["total"].max() == 60_000
    assert cut.mean == pytest.approx(every.mean, rel=1e-8)
    assert cut.quantile(0.975) == pytest.approx(every.quantile(0.975), rel=1e-4)


def test_the_number_of_threads_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for cores in (1, 3):
        monkeypatch.setattr("os.cpu_count", lambda cores=cores: cores)
        found.append(mse.DecomposableAverage().fit(table("HIV")))
    assert np.array_equal(found[0].draws.weight, found[1].draws.weight)
    assert np.array_equal(found[0].inclusion()["probability"], found[1].inclusion()["probability"])


def test_lists_in_another_order_give_the_same_total() -> None:
    data = table("Kosovo")
    turned = mse.CaptureTable(tuple(reversed(data.lists)), data.counts.transpose())
    one, other = (mse.DecomposableAverage().fit(t) for t in (data, turned))
    assert one.mean == pytest.approx(other.mean, rel=1e-11)
    assert np.sort(one.inclusion()["probability"]) == pytest.approx(np.sort(other.inclusion()["probability"]))


def test_independent_lists_are_a_product_of_betas() -> None:
    """The closed form of one graph: its median and limits, from the margins of the lists alone."""
    data = table("HIV")
    dark, n, delta = np.arange(40_000.0), data.n_observed, 2.0**-4
    total = n + dark
    logs = gammaln(total + 1.0) - gammaln(dark + 1.0) - np.log(total)
    for axis in range(4):
        on = float(np.take(data.counts, 1, axis=axis).sum())
        logs = logs + gammaln(on + 8 * delta) + gammaln(total - on + 8 * delta) - gammaln(total + 16 * delta)
    weight = np.exp(logs - logs.max())
    at = np.searchsorted(np.cumsum(weight) / weight.sum(), [0.5, 0.025, 0.975])
    row = mse.DecomposableAverage().fit(data).model_weights().set_index("model").loc["[A][B][C][D]"]
    assert row[["median", "lower", "upper"]].tolist() == total[at].tolist()
    assert row["probability"] == pytest.approx(0.5387, abs=1e-4)


# ---------------------------------------------------------------------- what is said


def test_a_heavy_tail_withholds_the_mean() -> None:
    fit = mse.DecomposableAverage().fit(table("Korea"))
    assert fit.tail_index == pytest.approx(1.0)
    assert fit.mean is None
    assert "heavy_tail" in [finding.code for finding in fit.findings]
    assert fit.total == 164


def test_a_light_tail_gives_the_mean() -> None:
    fit = mse.DecomposableAverage().fit(table("Kosovo"))
    assert fit.tail_index == pytest.approx(32.0)
    assert fit.mean == pytest.approx(12749.4, abs=0.05)


def test_a_cut_off_grid_is_told() -> None:
    """dga cuts this posterior at its grid's edge and says nothing."""
    fit = mse.DecomposableAverage(max_unobserved=40_000).fit(table("Ned_5"))
    (said,) = [finding for finding in fit.findings if finding.code == "grid_cut_off"]
    assert said.values["share"] > 0.1
    assert "grid_cut_off" not in [f.code for f in mse.DecomposableAverage().fit(table("Ned_5")).findings]


def test_two_peaks_are_told() -> None:
    fit = mse.DecomposableAverage().fit(table("UKdat_5"))
    assert len(fit.modes()) == 2
    assert "posterior_peaks" in [finding.code for finding in fit.findings]


def test_the_influence_of_the_prior_starts_with_what_was_asked() -> None:
    frame = mse.DecomposableAverage(delta=0.5).prior_influence(table("HIV"))
    assert frame["delta"].tolist()[:3] == [0.5, 0.0625, 1.0]
    assert frame["median"][0] == mse.DecomposableAverage(delta=0.5).fit(table("HIV")).total
    assert len(frame) == 4


def test_what_the_prior_says_of_the_share_seen() -> None:
    """Under independence the chance to be on no list is a product of K Beta(a, a), of mean 2^−K whatever the graph."""
    frame = mse.DecomposableAverage(delta=0.5).prior_predictive(table("HIV"), draws=4_000, seed=3)
    missed = 1.0 - frame["share_seen"]
    assert abs(missed.mean() - 2.0**-4) < 4.0 * missed.std() / np.sqrt(4_000)
    full = mse.DecomposableAverage(prior=mse.TotalPrior.uniform(1_000)).prior_predictive(table("HIV"), draws=50)
    assert (full["observed"] + full["dark_figure"] == full["total"]).all()
    assert full["total"].between(1, 1_000).all()


def test_a_bootstrap_repeats_it() -> None:
    estimate = mse.bootstrap(mse.DecomposableAverage(), table("HAV"), replicates=20, seed=1)
    assert estimate.total == 402
    assert len(estimate.draws) == 20


def test_a_specification_goes_through_json() -> None:
    spec = mse.DecomposableAverage(0.5, mse.TotalPrior.lognormal(900, 0.3), True, 5_000, "shared")
    assert from_json(to_json(spec)) == spec
    assert from_json(to_json(mse.DecomposableAverage())) == mse.DecomposableAverage()


# ---------------------------------------------------------------------- strata


def two_years(first: str, second: str) -> mse.CaptureTable:
    """Two published tables as the years of one."""
    counts = np.stack([table(first).counts, table(second).counts], axis=-1)
    return mse.CaptureTable(table(first).lists, counts, {"year": (2018, 2019)})


def test_independent_strata_add_up_as_their_convolution() -> None:
    data = two_years("HAV", "spina_621")
    fit = mse.DecomposableAverage().fit(data, seed=5)
    alone = [mse.DecomposableAverage().fit(table(name)) for name in ("HAV", "spina_621")]
    wide = []
    for one in alone:
        mass = np.zeros(8_000)
        mass[one.draws.total.astype(int)] = one.draws.weight
        wide.append(mass)
    exact = np.cumsum(np.convolve(*wide))
    for p in (0.025, 0.5, 0.975):
        found = int(fit.quantile(p))
        assert exact[found] > p - DRAWN
        assert exact[found - 1] < p + DRAWN
    estimate = fit.estimate(["year"])
    assert [(part.lower, part.upper) for part in estimate.parts[1:]] == [
        (pytest.approx(one.estimate().lower, abs=1), pytest.approx(one.estimate().upper, rel=2e-3)) for one in alone
    ]
    assert fit.weights is None


def test_a_shared_graph_weighs_by_the_product_of_the_strata() -> None:
    data = two_years("HAV", "spina_621")
    fit = mse.DecomposableAverage(strata="shared", max_unobserved=3_000).fit(data, seed=5)
    alone = [mse.DecomposableAverage(max_unobserved=3_000).fit(table(name)) for name in ("HAV", "spina_621")]
    product: dict[str, float] = {}
    for model, weight in alone[0].model_weights()[["model", "probability"]].values:
        other = alone[1].model_weights().set_index("model")["probability"]
        product[model] = weight * other.get(model, 0.0)
    found = fit.model_weights().set_index("model")["probability"]
    total = sum(product.values())
    for model, weight in product.items():
        if weight / total > 1e-3:
            assert found[model] == pytest.approx(weight / total, rel=2e-2)
    assert fit.draws.stratified
    medians = fit.model_weights()
    assert "median" not in medians


def test_a_shared_graph_of_equal_strata_is_drawn_from_its_mixture() -> None:
    """Means of a stratum under the shared weights, from the curves of single graphs."""
    data = two_years("HAV", "HAV")
    fit = mse.DecomposableAverage(strata="shared", max_unobserved=3_000).fit(data, seed=5)
    spec = mse.DecomposableAverage(max_unobserved=3_000)
    graphs = spec.graphs(data)
    found = spec.problem(table("HAV"), table("HAV").counts.ravel().astype(float), graphs).solve()
    weight = found.weight**2 / (found.weight**2).sum()
    exact = np.cumsum(weight @ found.curves(np.arange(len(weight))))
    part = fit.draws.part({"year": 2018})
    for p in (0.05, 0.5, 0.95):
        place = int(part.quantile(p)) - data.select(year=2018).n_observed - 1
        assert exact[place] > p - DRAWN
        assert exact[place - 1] < p + DRAWN


def test_a_seed_gives_the_same_draws() -> None:
    data = two_years("HAV", "spina_621")
    one, two, other = (mse.DecomposableAverage().fit(data, seed=seed).draws.dark_figure for seed in (1, 1, 2))
    assert np.array_equal(one, two)
    assert not np.array_equal(one, other)


def test_strata_say_what_their_prior_is() -> None:
    data = two_years("HAV", "spina_621")
    fit = mse.DecomposableAverage(prior=mse.TotalPrior.lognormal(600, 0.5)).fit(data)
    assert "prior_of_every_stratum" in [finding.code for finding in fit.findings]


# ---------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"delta": 0.0}, "positive number"),
        ({"prior": "uniform"}, "is a TotalPrior"),
        ({"max_unobserved": 0}, "from 1 on"),
        ({"max_unobserved": 10.5}, "from 1 on"),
        ({"strata": "pooled"}, "There are: independent, shared"),
    ],
)
def test_options_that_cannot_be_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(mse.ModelError, match=message):
        mse.DecomposableAverage(**options)


def test_two_and_eight_lists_are_refused() -> None:
    two = mse.CaptureTable(["A", "B"], [[0, 30], [40, 6]])
    eight = mse.CaptureTable(
        list("ABCDEFGH"), np.ones((2,) * 8, dtype=int) - np.eye(1, 256, dtype=int).reshape((2,) * 8)
    )
    for data in (two, eight):
        with pytest.raises(mse.ModelError, match="takes 3 to 7 lists"):
            mse.DecomposableAverage().fit(data)


def test_a_prior_below_what_was_seen_is_refused() -> None:
    with pytest.raises(mse.ModelError, match="rules out what was seen"):
        mse.DecomposableAverage(prior=mse.TotalPrior.uniform(100)).fit(table("HAV"))


def test_a_stratum_without_persons_is_refused() -> None:
    data = two_years("HAV", "spina_621")
    empty = replace(data, counts=data.counts * np.array([1, 0]))
    with pytest.raises(mse.TableError, match="Nobody was seen in some strata"):
        mse.DecomposableAverage().fit(empty)


def test_other_data_are_refused() -> None:
    with pytest.raises(mse.TableError, match="needs a CaptureTable"):
        mse.DecomposableAverage().fit([1, 2, 3])
