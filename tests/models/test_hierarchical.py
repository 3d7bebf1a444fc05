"""`Hierarchical`: its density against one by hand, its draws against maximum likelihood, and how it is used."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pytest
from hierarchical_by_hand import log_density
from pytensor.compile.mode import Mode

import mse
from mse.core.finding import Finding, Severity
from mse.kernels.hierarchical import spread_rows
from mse.models.hierarchical_data import HierarchicalData
from mse.models.hierarchical_sample import _compiled
from mse.models.registry import from_json, to_json
from posteriors import SMALL, sampled

ROUNDING = 1e-8
"""Difference of two log densities of some thousands: double precision leaves about 1e-11."""

IN_SD = 0.2
"""In posterior standard deviations. A median of 400 effective draws has a Monte Carlo error of .06, a 2.5 % limit one
of .13; with 40,000 persons seen a flat prior moves either by about 1/√f₀, a few hundredths."""

ONCE = Mode(linker="py", optimizer=None)
"""Evaluates without compiling."""


def whole() -> mse.CaptureTable:
    rng = np.random.default_rng(5)
    counts = rng.integers(1, 60, (2, 2, 2, 3, 2))
    counts[0, 0, 0] = 0
    return mse.CaptureTable(["A", "B", "C"], counts, {"year": (2016, 2018, 2019), "form": ("SU", "AU")})


def partial() -> mse.PartialTable:
    """Forms missing in some combinations only, and list C off in 2016."""
    table = whole()
    known, formless = table.counts.copy(), table.counts.sum(axis=-1) // 4
    formless[1, 0, 0, 2] = formless[0, 1, 1] = 0
    known[0, 1, 0, 1] = 0
    known[:, :, 1, 0] = formless[:, :, 1, 0] = 0
    layers = {(): known, ("form",): formless}
    return mse.PartialTable(table.lists, table.covariates, layers, operating={"C": {"year": [2018, 2019]}})


SPECS = {
    "horseshoe": mse.Hierarchical(global_scale=0.1),
    "horseshoe with a break": mse.Hierarchical(global_scale=0.2, breaks=(2018,), interactions="shared"),
    "r2d2": mse.Hierarchical(shrinkage="r2d2", walk=None, prior=mse.TotalPrior.lognormal(3_000, 0.4)),
    "normal": mse.Hierarchical(shrinkage="normal", pooling="none", prior=mse.TotalPrior.uniform(1e6)),
    "independence": mse.Hierarchical(order=1, prior=mse.TotalPrior.negative_binomial(3.0, 0.001)),
}


@pytest.mark.parametrize("table", [whole(), partial()], ids=["whole", "partial"])
@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_the_density_is_that_written_by_hand(spec: mse.Hierarchical, table: mse.CaptureTable) -> None:
    """At random points; where lists are off and forms unknown, counts are on the margins that are known."""
    model = spec.pymc_model(table)
    density = model.compile_logp(jacobian=False, mode=ONCE)
    rng = np.random.default_rng(8)
    for _ in range(2):
        point = {name: value + rng.normal(0.0, 0.5, np.shape(value)) for name, value in model.initial_point(0).items()}
        values = {}
        for variable in model.free_RVs:
            transform, inner = model.rvs_to_transforms[variable], model.rvs_to_values[variable]
            given = point[inner.name]
            values[variable.name] = (
                given if transform is None else transform.backward(given, *variable.owner.inputs).eval(mode=ONCE)
            )
        start = np.log(HierarchicalData.of(table, spec).seen + 1.0)
        assert density(point) == pytest.approx(log_density(values, spec, table, start), abs=ROUNDING)


# ---------------------------------------------------------------------- draws

FLAT = mse.Hierarchical(
    model="[A B][C]",
    shrinkage="normal",
    pooling="none",
    interactions="shared",
    list_sd=20.0,
    slab_scale=20.0,
    chains=2,
    target_accept=0.9,
)
"""Almost flat priors, so that the posterior is the likelihood."""


def large(seed: int = 11) -> mse.CaptureTable:
    """40,000 persons seen, lists A and B dependent."""
    rng = np.random.default_rng(seed)
    a, b, c = np.indices((2, 2, 2))
    weight = np.exp(-1.2 * a - 1.5 * b - 0.9 * c + 0.8 * a * b)
    counts = np.stack([rng.poisson(size * weight) for size in (18_000, 12_000)], axis=-1)
    counts[0, 0, 0] = 0
    return mse.CaptureTable(["A", "B", "C"], counts, {"form": ("SU", "AU")})


@pytest.fixture(scope="module")
def fit() -> mse.PosteriorFit:
    return FLAT.fit(large(), seed=1)


def test_with_flat_priors_and_no_pooling_it_is_maximum_likelihood(fit: mse.PosteriorFit) -> None:
    likely = mse.LogLinear("[A B][A form][B form][C form]").fit(large())
    profile = likely.estimate(interval="profile")
    estimate = fit.estimate()
    unit = fit.standard_deviation
    assert fit.findings == ()
    assert estimate.total == pytest.approx(likely.total, abs=IN_SD * unit)
    assert estimate.lower == pytest.approx(profile.lower, abs=IN_SD * unit)
    assert estimate.upper == pytest.approx(profile.upper, abs=IN_SD * unit)
    for part, same in zip(
        fit.estimate(by=["form"]).parts, likely.estimate(by=["form"], interval="wald").parts, strict=True
    ):
        assert part.observed == same.observed
        assert part.total == pytest.approx(same.total, abs=IN_SD * (same.upper - same.lower) / 4.0)


def test_a_table_of_the_same_shape_is_not_compiled_again(fit: mse.PosteriorFit) -> None:
    compiled = _compiled.cache_info().misses
    other = large(seed=12)
    again = FLAT.fit(other, seed=1)
    assert _compiled.cache_info().misses == compiled
    assert again.total != fit.total
    assert FLAT.fit(large(), seed=1).total == fit.total, "what was fitted before leaves no trace"


def test_the_container_has_named_axes_and_what_arviz_asks_for(fit: mse.PosteriorFit) -> None:
    import arviz as az

    tree = fit.to_datatree()
    assert tree["posterior"]["list_effect"].dims == ("chain", "draw", "stratum", "list")
    assert tree["posterior"]["interaction"].dims == ("chain", "draw", "term")
    assert tree["posterior_predictive"]["count"].dims == ("chain", "draw", "stratum", "cell")
    assert tree["posterior"]["term"].values.tolist() == ["[A B]"]
    means = tree["posterior_predictive"]["count"].values.mean(axis=(0, 1))
    seen = large().counts.reshape(8, 2).T[:, 1:]
    assert np.abs(means - seen).max() < 5.0 * np.sqrt(seen.max())
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Estimated shape parameter of Pareto", UserWarning)  # 9 parameters, 14 cells
        loo = az.loo(tree)
    best = float(tree["log_likelihood"]["count"].values.sum(axis=(2, 3)).max())
    assert best - 30.0 < loo.elpd < best


def test_parts_of_draws_add_up_to_the_whole(fit: mse.PosteriorFit) -> None:
    assert fit.draws.stratified
    assert np.array_equal(fit.draws.dark_in.sum(axis=1), fit.draws.dark_figure)
    assert fit.means.shape == large().counts.shape
    assert fit.means[0, 0, 0].sum() == pytest.approx(fit.draws.dark_figure.mean(), rel=0.01)


# ---------------------------------------------------------------------- without drawing


def test_persons_of_unknown_stratum_are_spread_as_the_means_are() -> None:
    means = np.array([[[9.0, 30.0, 0.0, 1.0], [9.0, 10.0, 0.0, 3.0]]]).repeat(4_000, axis=0)
    row_of = np.array([[3, 0, 3, 1, 3, 0, 3, 1]])
    seen = spread_rows(means, row_of, np.array([40, 8, 0]), np.random.default_rng(2))
    assert (seen.sum(axis=1) == 48).all()
    expected, spread = 40 * 0.75 + 8 * 0.25, np.sqrt(40 * 0.75 * 0.25 + 8 * 0.25 * 0.75)
    assert seen[:, 0].mean() == pytest.approx(expected, abs=4.0 * spread / np.sqrt(4_000))


def test_the_prior_says_what_it_is_told() -> None:
    spec = mse.Hierarchical(prior=mse.TotalPrior.lognormal(3_000, 0.4))
    drawn = spec.prior_predictive(whole(), draws=1_000, seed=3)
    logs = np.log(drawn.total)
    assert logs.mean() == pytest.approx(np.log(3_000), abs=4 * 0.4 / np.sqrt(1_000))
    assert logs.std() == pytest.approx(0.4, abs=4 * 0.4 / np.sqrt(2_000))
    assert np.array_equal(drawn.total, spec.prior_predictive(whole(), draws=1_000, seed=3).total)


def test_a_prior_without_a_sum_is_drawn_given_the_number_seen() -> None:
    drawn = mse.Hierarchical().prior_predictive(whole(), draws=1_000, seed=3)
    n = whole().n_observed
    assert drawn.observed.mean() == pytest.approx(n, abs=4 * np.sqrt(2 * n / 1_000))


def test_the_influence_of_a_prior_shows_no_number_where_the_sampler_went_astray(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = sampled()
    astray = replace(whole, own_findings=(Finding("divergences", Severity.BLOCKING, "total", {}),))
    fits = {"horseshoe": whole, "r2d2": astray, "normal": sampled(apart=3.0)}
    monkeypatch.setattr(mse.Hierarchical, "fit", lambda spec, table, seed: fits[spec.shrinkage])
    frame = mse.Hierarchical().prior_influence(SMALL, seed=1).set_index("value")["median"]
    assert frame[""] == whole.total
    assert frame[["r2d2", "normal"]].isna().all()


def test_it_is_written_and_read() -> None:
    spec = mse.Hierarchical(prior=mse.TotalPrior.uniform(9_000), breaks=(2018,), shrinkage="r2d2")
    assert from_json(to_json(spec)) == spec
    assert hash(spec) == hash(from_json(to_json(spec)))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"shrinkage": "lasso"}, "no shrinkage 'lasso'"),
        ({"chains": 0}, "chains= is a whole number"),
        ({"list_sd": -1.0}, "list_sd= is a positive number"),
        ({"target_accept": 1.0}, "target_accept= lies between"),
        ({"prior": 9_000}, "prior= is a TotalPrior"),
    ],
)
def test_odd_options_are_refused(options: dict[str, object], said: str) -> None:
    with pytest.raises(mse.ModelError, match=said):
        mse.Hierarchical(**options)


def test_what_does_not_fit_the_table_is_refused() -> None:
    with pytest.raises(mse.ModelError, match="breaks at a level after the first"):
        mse.Hierarchical(breaks=(2016,)).pymc_model(whole())
    with pytest.raises(mse.ModelError, match="A term of all lists"):
        mse.Hierarchical(model="[A B C]").pymc_model(whole())
    with pytest.raises(mse.TableError, match="needs a CaptureTable"):
        mse.Hierarchical().fit("a table")
    off = np.ones((2, 2), dtype=bool)
    off[:, 1] = False
    counts = [[[0, 0], [5, 0]], [[7, 0], [3, 0]]]
    table = mse.PartialTable(["A", "B"], {"form": ("SU", "AU")}, {(): counts}, operating=off)
    with pytest.raises(mse.TableError, match="A list operates in every stratum"):
        mse.Hierarchical().pymc_model(table)
