"""`LatentClass`: exact posteriors of one class and of a tiny table, peers, strata, the gate, priors."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import betaln, gammaln

import mse
from mse.core.fit import FitStatus
from mse.models.latent_class import LatentClass

FAR = 4.0
"""Standard errors that a Monte Carlo share may lie from its expectation: once in 16,000 by chance."""

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)

TABLE = mse.CaptureTable(["A", "B", "C"], [[[0, 9], [12, 4]], [[15, 3], [6, 2]]])
QUICK = LatentClass(classes=1, draws=2_000, tune=400, thin=1, temperatures=3)
BY_SEX = mse.CaptureTable(["A", "B"], [[[0, 0], [7, 3]], [[6, 9], [4, 2]]], {"sex": ["f", "m"]})


def assert_agrees(fit, totals, probability, dark=None):
    """Whether the draws' shares up to the quantiles of an exact posterior are those, within Monte Carlo error."""
    import arviz as az

    cumulative = np.cumsum(probability)
    drawn = fit.chains.values["total"] if dark is None else dark
    for level in LEVELS:
        place = int(np.searchsorted(cumulative, level))
        below = (drawn <= totals[place]).astype(float)
        error = np.sqrt(cumulative[place] * (1.0 - cumulative[place]) / float(az.ess(below, method="mean")))
        assert abs(below.mean() - cumulative[place]) < FAR * error, (level, below.mean(), cumulative[place])


def one_class(table, prior, largest=5_000):
    """Posterior of the total under independence, p(N) N!/(N − n)! Π_j B(1 + n_j, 1 + N − n_j)."""
    n = table.n_observed
    totals = np.arange(n, largest, dtype=float)
    logs = prior.log_mass(totals) + gammaln(totals + 1.0) - gammaln(totals - n + 1.0)
    for axis in range(len(table.lists)):
        on = table.counts.take(1, axis=axis).sum()
        logs += betaln(1.0 + on, 1.0 + totals - on)
    weight = np.exp(logs - logs.max())
    return totals, weight / weight.sum()


@pytest.mark.parametrize("prior", [mse.TotalPrior.inverse(), mse.TotalPrior.negative_binomial(20.0, 0.4)], ids=str)
def test_one_class_is_independence(prior):
    fit = LatentClass(classes=1, prior=prior, draws=2_000, tune=400, thin=1, temperatures=3).fit(TABLE, seed=1)
    assert fit.status is FitStatus.OK
    assert_agrees(fit, *one_class(TABLE, prior))
    assert fit.total == pytest.approx(np.median(fit.draws.total), abs=1)


def test_one_class_in_strata():
    """The total of one stratum: a sum over both numbers unseen, with shares that are Dirichlet(1, 1)."""
    fit = LatentClass(classes=1, draws=3_000, tune=400, thin=2, temperatures=3).fit(BY_SEX, seed=2)
    seen = BY_SEX.counts.reshape(4, 2).sum(axis=0)
    f, m = (np.arange(0.0, 700.0)[:, None], np.arange(0.0, 700.0)[None, :])
    first, second = seen[0] + f, seen[1] + m
    total = first + second
    logs = -np.log(total) + gammaln(total + 1) - gammaln(total + 2) + gammaln(first + 1) + gammaln(second + 1)
    logs -= gammaln(f + 1) + gammaln(m + 1)
    for axis in (0, 1):
        on = BY_SEX.counts.take(1, axis=axis).sum()
        logs += betaln(1.0 + on, 1.0 + total - on)
    weight = np.exp(logs - logs.max())
    assert_agrees(fit, f.ravel(), weight.sum(axis=1) / weight.sum(), fit.chains.values["unseen"][:, :, 0])
    parts = fit.estimate(by=["sex"]).to_frame().set_index("part")
    assert parts.loc["f", "observed"] == seen[0]
    assert fit.draws.part({"sex": "f"}).total.mean() == pytest.approx(seen[0] + fit.draws.dark_in[:, 0].mean())


def two_classes(counts, alpha, prior, largest):
    """Posterior of the total by going through all ways to deal the persons of two lists to two classes."""
    shape, rate = alpha

    def log_sticks(one, two):
        def over_alpha(a):
            return np.exp(np.log(a) + betaln(1.0 + one, a + two) + (shape - 1.0) * np.log(a) - rate * a)

        return np.log(quad(over_alpha, 0.0, np.inf)[0])

    n = sum(counts)
    sticks = np.array([[log_sticks(a, b) for b in range(n + largest + 1)] for a in range(n + largest + 1)])
    logs = np.full(largest + 1, -np.inf)
    for zero in product(*(range(c + 1) for c in counts)):
        rest = [c - z for c, z in zip(counts, zero, strict=True)]
        ways = sum(gammaln(c + 1) - gammaln(z + 1) - gammaln(c - z + 1) for c, z in zip(counts, zero, strict=True))
        for unseen in range(largest + 1):
            first = np.arange(unseen + 1)
            one, two = sum(zero) + first, sum(rest) + unseen - first
            value = ways + gammaln(unseen + 1) - gammaln(first + 1) - gammaln(unseen - first + 1) + sticks[one, two]
            for held, size in ((zero, one), (rest, two)):
                for on in (held[1] + held[2], held[0] + held[2]):
                    value = value + betaln(1.0 + on, 1.0 + size - on)
            value += gammaln(n + unseen + 1) - gammaln(unseen + 1)
            logs[unseen] = np.logaddexp(logs[unseen], np.logaddexp.reduce(value))
    logs += prior.log_mass(n + np.arange(largest + 1.0))
    weight = np.exp(logs - logs.max())
    return n + np.arange(largest + 1.0), weight / weight.sum()


def test_two_classes_on_a_tiny_table():
    """Histories 01, 10 and 11 with 2, 3 and 2 persons; the prior keeps totals where all of them can be gone through."""
    counts, prior = (2, 3, 2), mse.TotalPrior.negative_binomial(12.0, 1.0)
    table = mse.CaptureTable(["A", "B"], [[0, counts[0]], [counts[1], counts[2]]])
    fit = LatentClass(2, prior, (2.0, 1.0), draws=3_000, tune=500, thin=2, temperatures=3).fit(table, seed=3)
    assert_agrees(fit, *two_classes(counts, (2.0, 1.0), prior, 45))


def test_the_number_of_workers_changes_nothing():
    one, two = (QUICK.fit(TABLE, seed=4, workers=workers) for workers in (1, 2))
    assert (one.draws.dark_figure == two.draws.dark_figure).all()
    assert (one.draws.dark_figure != QUICK.fit(TABLE, seed=5).draws.dark_figure).any()


def test_no_total_where_chains_disagree():
    spec = LatentClass(draws=40, tune=0, thin=1, temperatures=2)
    fit = spec.fit(mse.datasets.load("netherlands_2010_2015"), seed=6)
    assert fit.status is FitStatus.NOT_MIXED
    assert fit.total is None
    assert fit.estimate().total is None
    found = {finding.code: finding for finding in fit.findings}
    assert "chains_disagree" in found
    assert len(found["latent_class_mixing"].values["medians"]) == 4
    assert "Raise draws=" in found["latent_class_mixing"].remedy("en")


def test_few_draws_give_no_total():
    fit = LatentClass(classes=1, draws=25, tune=100, thin=1, temperatures=1).fit(TABLE, seed=7)
    assert fit.status is FitStatus.NOT_MIXED
    assert "few_effective_draws" in {finding.code for finding in fit.findings}


def test_chains_start_apart():
    """Before any warm-up the chains are where they were put: the medians of the first sweeps differ by a factor."""
    fit = LatentClass(draws=20, tune=0, thin=1, temperatures=1, moves=0).fit(mse.datasets.load("kosovo_1999"), seed=8)
    medians = np.median(fit.chains.values["total"], axis=1)
    assert medians.max() > 2.0 * medians.min()


def test_abundance():
    fit = QUICK.fit(TABLE, seed=9)
    frame = QUICK.abundance(fit, above=[0.0, 0.5, 0.999])
    assert frame["median"][0] == fit.total
    assert frame["median"].is_monotonic_decreasing
    assert frame["median"][2] == 0.0
    with pytest.raises(mse.ModelError, match="Abundance"):
        QUICK.abundance(fit, above=[1.5])


def test_means_are_expected_counts():
    fit = QUICK.fit(TABLE, seed=10)
    assert fit.means.shape == TABLE.counts.shape
    assert fit.means.sum() == pytest.approx(fit.draws.total.mean())
    assert fit.means.take(1, axis=0).sum() == pytest.approx(26.0, rel=0.1)


def test_other_priors_weigh_the_draws():
    """Of one class the exact answer under a uniform prior is known; the weighed draws give it."""
    upper = 300.0
    frame = QUICK.prior_influence(TABLE, priors=[mse.TotalPrior.uniform(upper)], seed=11)
    totals, probability = one_class(TABLE, mse.TotalPrior.uniform(upper))
    exact = np.interp([0.5, 0.975], np.cumsum(probability), totals)
    assert frame["total_prior"][0] == QUICK.prior
    assert frame["median"][1] == pytest.approx(exact[0], rel=0.02)
    assert frame["upper"][1] == pytest.approx(exact[1], rel=0.05)
    assert frame["weighed"][1] < frame["weighed"][0] == 8_000


def test_prior_predictive_of_one_class():
    frame = QUICK.prior_predictive(TABLE, draws=20_000, seed=12)
    assert frame["seen"].mean() == pytest.approx(1.0 - 0.5**3, abs=FAR * frame["seen"].std() / np.sqrt(20_000))
    two = frame["on_two_lists"] * frame["seen"]
    assert two.mean() == pytest.approx(4.0 * 0.5**3, abs=FAR * two.std() / np.sqrt(20_000))


def test_the_identifiability_note():
    fit = LatentClass(draws=100, tune=200, thin=1, temperatures=2).fit(mse.datasets.load("hepatitis_a_taiwan"), seed=13)
    assert "classes_beyond_lists" in {finding.code for finding in fit.findings}
    assert "classes_beyond_lists" not in {finding.code for finding in QUICK.fit(TABLE, seed=13).findings}


def test_named_dimensions():
    tree = LatentClass(classes=2, draws=50, tune=50, thin=1, temperatures=2).fit(BY_SEX, seed=14).to_datatree()
    assert tree["posterior"]["chance"].dims == ("chain", "draw", "class", "list")
    assert tree["posterior"]["persons"].dims == ("chain", "draw", "class")
    assert tree["posterior"]["unseen"].dims == ("chain", "draw", "stratum")
    assert list(tree["posterior"]["stratum"].values) == ["f", "m"]


def test_an_estimator_like_any_other():
    spec = LatentClass(classes=1, draws=500, tune=200, thin=3, temperatures=1)
    estimate = mse.bootstrap(spec, TABLE, replicates=3, seed=15, kind="nonparametric")
    assert len(estimate.draws.total) == 3


@pytest.mark.parametrize("data", ["hepatitis_a_taiwan"])
def test_quantiles_of_lcmcr(data):
    """LCMCR 0.4.14, lcmCR(K=10, a_alpha=.25, b_alpha=.25, thinning=40), 3 chains of 5,000 draws pooled: HAV.

    Of those draws about 2,990 are effective (ess_N of the three). A pooled quantile is the mean of three.
    """
    peer = {0.05: 387.3, 0.25: 456.7, 0.5: 510.7, 0.75: 584.7, 0.95: 770.7}
    fit = LatentClass(draws=1_000, tune=3_000, thin=4, temperatures=5).fit(mse.datasets.load(data), seed=16)
    ess = fit.chains.diagnostics().set_index("name").loc["total", "ess_bulk"]
    for level, total in peer.items():
        error = np.sqrt(level * (1.0 - level) * (1.0 / 2_990 + 1.0 / ess))
        assert fit.probability(upper=total) == pytest.approx(level, abs=FAR * error)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"classes": 0}, "from 1 on for classes"),
        ({"chains": 2}, "from 4 on for chains"),
        ({"draws": 2.5}, "for draws"),
        ({"alpha": (1.0,)}, "shape and the rate"),
        ({"alpha": (0.0, 1.0)}, "shape and the rate"),
        ({"prior": mse.TotalPrior.lognormal(900, 0.3)}, "negative_binomial"),
        ({"prior": mse.TotalPrior.uniform(900)}, "prior_influence"),
    ],
)
def test_refused_options(options, words):
    with pytest.raises(mse.ModelError, match=words):
        LatentClass(**options)


def test_refused_data():
    with pytest.raises(mse.TableError, match="CaptureTable"):
        LatentClass().fit([[0, 1], [2, 3]])
