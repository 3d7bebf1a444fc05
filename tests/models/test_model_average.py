"""Averages over models: against conting, against themselves under what must not matter, and what they refuse."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import numpy as np
import pandas as pd
import pytest

import mse
from mse.core.fit import FitStatus
from mse.kernels.laplace_correct import ENOUGH
from mse.models.model_average import ModelAverage
from mse.models.model_average_fit import average, weighty
from mse.models.model_average_space import AverageSpace
from published import REFERENCE

ERRORS = 4.0
"""Monte-Carlo standard errors of the peer's chain."""

SAME = 1e-6
"""Relative: two orders of the same sums, and curves on nodes that lie elsewhere."""

POINTS = 0.02
"""Relative, where evidence is sampled: quasi-random points know an order of coefficients, and 0.02 is the standard
error that the log evidence of a model may have."""

SETTLED = 400.0
"""Effective draws from which a result of the peer is compared."""

SPINA = mse.datasets.load("spina_bifida_621")


def conting(name: str, prior: str) -> pd.DataFrame:
    frame = pd.read_csv(REFERENCE / "conting" / "bict.csv")
    return frame[(frame["file"] == name) & (frame["prior"] == prior)].set_index(["kind", "name"])


def error(share: float, effective: float) -> float:
    return float(np.sqrt(share * (1.0 - share) / effective))


def by_terms(notation: str, rename: dict[str, str]) -> frozenset[frozenset[str]]:
    """The interactions of a model of pairs."""
    parts = [part.split() for part in notation.strip("[]").split("][")]
    return frozenset(frozenset(rename.get(name, name) for name in part) for part in parts if len(part) > 1)


# ---------------------------------------------------------------------- conting


@pytest.mark.parametrize("prior", ["unit_information", "g"])
def test_conting(prior: str) -> None:
    """`bict` on spina bifida by ethnicity: mean, interval, models and terms within 4 Monte-Carlo standard errors."""
    peer = conting("spina", prior)
    effective = float(peer.loc[("total", "ess"), "value"])
    assert effective >= SETTLED
    fit = ModelAverage(prior, max_order=2).fit(mse.datasets.load("spina_bifida_621_ethnicity"), seed=1)
    mean, mc_error = peer.loc[("total", "mean"), ["value", "error"]]
    assert abs(fit.mean - mean) < ERRORS * mc_error
    for name, value in peer.loc["quantile", "value"].items():
        p = float(name)
        below = fit.probability(upper=value - 0.5), fit.probability(upper=value + 0.5)
        assert below[0] - ERRORS * error(p, effective) < p < below[1] + ERRORS * error(p, effective)
    held = fit.probability(*(peer.loc[("total", f"hpdi_{side}"), "value"] for side in ("lower", "upper")))
    assert abs(held - 0.95) < ERRORS * error(0.95, effective)
    ours = {by_terms(m, {"ethnicity": "eth"}): p for m, p in fit.model_weights()[["model", "probability"]].values}
    for formula, share in peer.loc["model", "value"].items():
        terms = frozenset(frozenset(term.split(":")) for term in formula.split("+") if ":" in term)
        assert abs(ours[terms] - share) < ERRORS * error(share, effective)
    included = {frozenset(t.strip("[]").split()): p for t, p in fit.inclusion()[["term", "probability"]].values}
    for name, share in peer.loc["term", "value"].items():
        term = frozenset(name.replace("eth", "ethnicity").split(":"))
        assert abs(included[term] - share) < ERRORS * error(min(share, 1.0 - 1e-3), effective)


# ---------------------------------------------------------------------- what must not matter


@pytest.mark.parametrize(("sampled", "same"), [(False, SAME), (True, POINTS)])
def test_order_of_lists(sampled: bool, same: float) -> None:
    table = mse.datasets.load("kosovo_1999")
    spec = ModelAverage(sampled=sampled)
    first = spec.fit(table)
    terms = first.inclusion().assign(term=lambda frame: [frozenset(t.strip("[]").split()) for t in frame["term"]])
    expected = terms.set_index("term")["probability"]
    for order in list(permutations(range(4)))[5:20:7]:
        moved = mse.CaptureTable([table.lists[place] for place in order], np.transpose(table.counts, order))
        other = spec.fit(moved)
        assert other.mean == pytest.approx(first.mean, rel=same)
        assert other.quantile(np.array([0.1, 0.9])) == pytest.approx(first.quantile(np.array([0.1, 0.9])), rel=1e-3)
        found = other.inclusion()
        found.index = [frozenset(term.strip("[]").split()) for term in found["term"]]
        assert found["probability"].reindex(expected.index).to_numpy() == pytest.approx(expected.to_numpy(), rel=same)


@pytest.mark.parametrize(("sampled", "same"), [(False, 1e-4), (True, POINTS)])
def test_coding_of_covariates(sampled: bool, same: float) -> None:
    """Levels in another order, or a polynomial of full degree, are the same models under the same prior."""
    rng = np.random.default_rng(4)
    counts = rng.poisson(9.0, (2, 2, 2, 3))
    counts[0, 0, 0] = 0
    years = (2016, 2017, 2018)
    table = mse.CaptureTable(["A", "B", "C"], counts, {"year": years})
    turned = mse.CaptureTable(["A", "B", "C"], counts[..., ::-1], {"year": years[::-1]})
    spec = ModelAverage(max_order=2, sampled=sampled)
    first = spec.fit(table, seed=1)
    for other in (spec.fit(turned, seed=1), replace(spec, coding={"year": mse.Poly(2)}).fit(table, seed=1)):
        assert other.mean == pytest.approx(first.mean, rel=same)
        # Models of one evidence may change places.
        assert np.sort(other.model_weights()["probability"]) == pytest.approx(
            np.sort(first.model_weights()["probability"]), rel=same
        )


def test_a_fit_is_exact_and_repeats() -> None:
    first, again = ModelAverage().fit(SPINA), ModelAverage().fit(SPINA, seed=9)
    assert first.exact
    assert first.posterior.equals(again.posterior)
    assert first.posterior["probability"].sum() == pytest.approx(1.0)


def test_parts_leave_the_whole_alone() -> None:
    """Draws of strata carry the grid of the total; parts add up in each, and another seed moves only parts."""
    table = mse.datasets.load("spina_bifida_621_ethnicity")
    one, two = (ModelAverage(max_order=2).fit(table, seed=seed) for seed in (1, 2))
    quantiles = np.array([0.05, 0.5, 0.95])
    assert one.quantile(quantiles).tolist() == two.quantile(quantiles).tolist()
    plain = ModelAverage(max_order=2, forced="[S2 S3]").fit(table.collapse())
    assert one.mean == pytest.approx(plain.mean, rel=0.02)
    shares = one.draws.dark_in.T @ one.draws.weight
    assert shares.sum() == pytest.approx(one.mean - table.n_observed, rel=SAME)
    unseen = one.means.reshape(-1, 3)[0]
    assert shares[1] == pytest.approx(unseen[1], rel=0.1)
    estimate = one.estimate(by=["ethnicity"])
    assert [part.name for part in estimate.parts] == ["total", "afro-american", "caucasian", "other"]


def test_prior_of_the_total_multiplies_the_posterior() -> None:
    """Of a single model, the posterior is that under 1/N times the total times its prior."""
    single = ModelAverage(max_order=2, forced="[S2 S3]", forbidden="[S1 S2][S1 S3]")
    believed = mse.TotalPrior.from_interval(600, 700)
    flat = single.fit(SPINA).posterior
    informed = replace(single, total_prior=believed).fit(SPINA)
    weight = flat["probability"] * flat["total"] * np.exp(believed.log_mass(flat["total"].to_numpy()))
    assert informed.mean == pytest.approx(float((weight * flat["total"]).sum() / weight.sum()), rel=1e-5)
    assert informed.total < single.fit(SPINA).total
    bounded = replace(single, total_prior=mse.TotalPrior.uniform(720)).fit(SPINA)
    assert bounded.posterior["total"].max() == 720.0
    assert replace(single, total_prior=mse.TotalPrior.uniform(621)).fit(SPINA).total == 621.0


# ---------------------------------------------------------------------- many models


def test_weighty_leaves_little_out() -> None:
    values = np.log(np.array([1e-9, 0.5, 1e-7, 0.3, 5e-9, 0.2]))
    assert weighty(values).tolist() == [1, 2, 3, 5]
    assert weighty(np.array([np.nan, 0.0])).tolist() == [1]


def test_screen_by_bic() -> None:
    """The screen keeps models in the order of BIC, and those it drops are the improbable ones."""
    spec = ModelAverage()
    space, _ = spec.prepared(mse.datasets.load("kosovo_1999"))
    every, whole = space.near_by_bic(1e9)
    near, share = space.near_by_bic(10.0)
    assert len(every) > len(near) > 5
    assert whole == pytest.approx(1.0)
    assert 0.9 < share < 1.0
    weights = spec.fit(space.table).model_weights().set_index("model")["probability"]
    assert weights[[space.notation(int(model)) for model in near]].sum() > 0.97


def test_chains_find_what_a_list_of_models_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    table = mse.datasets.load("kosovo_1999")
    listed = ModelAverage().fit(table)
    monkeypatch.setattr(AverageSpace, "all_models", None)
    visited = ModelAverage(steps=4_000).fit(table, seed=3)
    assert visited.mean == pytest.approx(listed.mean, rel=5e-3)
    assert visited.inclusion()["probability"].to_numpy() == pytest.approx(
        listed.inclusion()["probability"].to_numpy(), abs=0.01
    )
    (said,) = [finding for finding in visited.findings if finding.code == "average_visited"]
    assert said.values["shared"] > 0.95
    assert said.values["gap"] < 0.05


def test_chains_that_differ_give_no_total(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AverageSpace, "all_models", None)
    fit = ModelAverage(steps=100).fit(mse.datasets.load("netherlands_2010_2015_five"), seed=1)
    assert fit.status is FitStatus.NOT_MIXED
    assert fit.total is None
    assert "average_chains_apart" in {finding.code for finding in fit.findings}
    assert repr(fit).startswith("No estimate.")


# ---------------------------------------------------------------------- priors, checks, refusals


def test_importance_sampling_agrees() -> None:
    check = ModelAverage().check(mse.datasets.load("kosovo_1999"), models=5, draws=1_000, seed=1)
    apart, error = check["used"] - check["sampled"], np.hypot(check["standard_error"], ENOUGH)
    assert (apart.abs() / error).max() < ERRORS
    assert (check["sampled_median"] / check["median"] - 1.0).abs().max() < 0.02
    assert check["effective"].min() > 100.0
    assert check["standard_error"].max() < 0.03


def test_evidence_of_thin_overlaps_is_corrected() -> None:
    """Ethnicity with two persons in a group: Laplace is too low, unequally, and the fit uses what sampling gives."""
    spec = ModelAverage(max_order=2)
    check = spec.check(mse.datasets.load("spina_bifida_621_ethnicity"), models=4, draws=10_000, seed=1)
    error = np.hypot(check["standard_error"], ENOUGH)
    assert ((check["used"] - check["sampled"]).abs() / error).max() < ERRORS
    assert (check["sampled"] - check["log_evidence"] > ERRORS * check["standard_error"]).any()
    space, scale = spec.prepared(mse.datasets.load("spina_bifida_621_ethnicity"))
    evidence = average(spec, space, scale, seed=None, progress=False).evidence
    assert evidence is not None
    assert evidence.held > 0.99
    assert evidence.error.max() < ENOUGH
    assert average(replace(spec, sampled=False), space, scale, seed=None, progress=False).evidence is None


def test_evidence_that_stays_uncertain_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mse.kernels.laplace_correct.ENOUGH", 1e-9)
    fit = ModelAverage().fit(SPINA)
    (said,) = [finding for finding in fit.findings if finding.code == "average_evidence_uncertain"]
    assert said.values["share"] > 0.99


def test_prior_influence() -> None:
    believed = mse.TotalPrior.from_interval(600, 700)
    spec = ModelAverage(total_prior=believed)
    frame = spec.prior_influence(SPINA)
    fit = spec.fit(SPINA)
    assert frame["median"][0] == fit.total
    assert frame["total_prior"].iloc[-1] == mse.TotalPrior.inverse()
    assert frame["median"].iloc[-1] == ModelAverage().fit(SPINA).total
    assert frame["prior"].tolist().count("g") == 1


def test_prior_predictive() -> None:
    """Under independence of two lists with θ ~ N(0, 1), each is missed with chance ½ on average: a quarter by both."""
    table = mse.CaptureTable(["A", "B"], [[0, 300], [400, 60]])
    drawn = ModelAverage().prior_predictive(table, draws=4_000, seed=1)
    share = drawn.dark_figure / (drawn.dark_figure + drawn.observed)
    assert abs(share.mean() - 0.25) < ERRORS * share.std() / np.sqrt(4_000)
    with pytest.raises(mse.ModelError, match="no prior predictive"):
        ModelAverage("g").prior_predictive(table)
    assert len(ModelAverage("g", hyper=(2.0, 2.0)).prior_predictive(table, draws=100, seed=1)) == 100


def test_bootstrap_takes_it() -> None:
    estimate = mse.bootstrap(ModelAverage(max_order=2), SPINA, replicates=20, seed=1)
    assert estimate.lower < ModelAverage(max_order=2).fit(SPINA).total < estimate.upper


def test_weak_data_withhold_the_mean() -> None:
    fit = ModelAverage("g").fit(mse.datasets.load("korea"))
    assert fit.mean is None
    assert fit.total is not None
    assert "heavy_tail" in {finding.code for finding in fit.findings}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"prior": "uip"}, "no prior 'uip'"),
        ({"hyper": (0.0, 1.0)}, "above 0"),
        ({"scale": 0.0}, "scale="),
        ({"chains": 2}, "at least 4"),
        ({"total_prior": 5}, "TotalPrior"),
        ({"max_order": 1}, "at least two"),
    ],
)
def test_options(options: dict, said: str) -> None:
    with pytest.raises(mse.ModelError, match=said):
        ModelAverage(**options)


def test_refused_data() -> None:
    with pytest.raises(mse.TableError, match="below the number of persons seen"):
        ModelAverage(total_prior=mse.TotalPrior.uniform(600)).fit(SPINA)
    partial = mse.PartialTable(["A", "B"], {"sex": ("f", "m")}, {("sex",): [[0, 3], [5, 2]]})
    with pytest.raises(mse.TableError, match="everything is known"):
        ModelAverage().fit(partial)
