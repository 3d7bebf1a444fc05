"""Bayesian estimates in a study: what the file may say, what is made, and what an estimate without a total does."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from strata_study import STUDY, write_study

import mse
from mse.core.chains import Chains, gate
from mse.core.finding import Finding, Severity
from mse.core.fit import FitStatus
from mse.core.posterior_fit import PosteriorFit
from mse.errors import ModelError, StudyError
from mse.models.decomposable import DecomposableAverage
from mse.study.check import check_study
from mse.study.posterior_sections import posterior_parts
from mse.study.posterior_spec import FAMILIES, make_spec, read_options, read_prior
from mse.study.posteriors import carry_out_posteriors

SPINA = '[study]\ntitle = "Spina bifida"\n\n[data]\ndataset = "spina_bifida_621"\n'

TWO = """
[[posterior]]
model = "decomposable"

[[posterior]]
model = "model-average"
label = { en = "With a published interval", nl = "Met een gepubliceerd interval" }
prior = "interval:650,900"
interval = "hdi"
seed = 4
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "study.toml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(folder: Path, text: str) -> dict[str, str]:
    with pytest.raises(StudyError) as raised:
        check_study(write(folder, text))
    return {problem.key: f"{problem.what} {problem.hint or ''}" for problem in raised.value.problems}


# ---------------------------------------------------------------------- priors and options


@pytest.mark.parametrize(
    ("text", "prior"),
    [
        ("inverse", mse.TotalPrior.inverse()),
        ("uniform:50000", mse.TotalPrior.uniform(50_000)),
        ("lognormal: 12000, 0.5", mse.TotalPrior.lognormal(12_000, 0.5)),
        ("negative-binomial:4,0.0003", mse.TotalPrior.negative_binomial(4, 0.0003)),
        ("interval:8000,20000", mse.TotalPrior.from_interval(8_000, 20_000)),
        ("interval:8000,20000,0.9", mse.TotalPrior.from_interval(8_000, 20_000, 0.9)),
    ],
)
def test_priors_in_words(text: str, prior: mse.TotalPrior) -> None:
    assert read_prior(text) == prior


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("unifrm:3", "Did you mean 'uniform'?"),
        ("uniform", "takes one number"),
        ("inverse:3", "takes no numbers"),
        ("lognormal:12.000,5,1", "takes 2 numbers"),
        ("uniform:50 000", "takes numbers"),
        ("uniform:-4", "above 0"),
        ("interval:9,4", "runs from a positive number upwards"),
    ],
)
def test_a_prior_that_cannot_be(text: str, words: str) -> None:
    with pytest.raises(ModelError, match=re.escape(words)):
        read_prior(text)


@pytest.mark.parametrize("model", FAMILIES)
def test_every_family_keeps_its_defaults_and_takes_a_prior_of_the_total(model: str) -> None:
    assert make_spec(model) == FAMILIES[model]()
    prior = mse.TotalPrior.negative_binomial(4, 0.002)
    assert prior in vars(make_spec(model, prior="negative-binomial:4,0.002")).values()


def test_options_are_typed_by_the_specification() -> None:
    given = read_options(["draws=50", "slab_scale=1", "breaks=2018", "shrinkage=r2d2", "model=[P K]"])
    spec = make_spec("hierarchical", options=given)
    assert spec == mse.Hierarchical(draws=50, slab_scale=1.0, breaks=(2018,), shrinkage="r2d2", model="[P K]")


@pytest.mark.parametrize(
    ("model", "option", "words"),
    [
        ("hierarchical", {"drws": 5}, "Did you mean 'draws'?"),
        ("hierarchical", {"draws": "many"}, "should be a valid integer"),
        ("decomposable", {"include_saturated": "yes"}, "should be a valid boolean"),
        ("decomposable", {"prior": "inverse"}, "a place of its own"),
        ("model-average", {"hyper": [1.0]}, "hyper"),
        ("model-average", {"prior": "h"}, "There is no prior 'h'"),
    ],
)
def test_an_option_that_cannot_be(model: str, option: dict[str, Any], words: str) -> None:
    with pytest.raises(ModelError, match=re.escape(words)):
        make_spec(model, options=option)


# ---------------------------------------------------------------------- checking


def test_every_problem_is_said_at_once(tmp_path: Path) -> None:
    text = (
        SPINA
        + """
[[posterior]]
model = "decomposible"

[[posterior]]
model = "latent-class"
prior = "uniform:5000"
options = { clases = 3, draws = "x" }
covariates = ["year"]
predictive = -1

[[posterior]]
model = "decomposable"
prior = "uniform:600"

[[posterior]]
model = "decomposable"
by = ["year"]
"""
    )
    found = problems(tmp_path, text)
    assert "Did you mean 'decomposable'?" in found["posterior[0].model"]
    assert "Did you mean 'classes'?" in found["posterior[1].options.clases"]
    assert "valid integer" in found["posterior[1].options.draws"]
    assert "names no covariate of the table: 'year'" in found["posterior[1].covariates"]
    assert "greater than or equal to 0" in found["posterior[1].predictive"]
    assert "below the number of persons seen" in found["posterior[2].prior"]
    assert "is that of posterior[2] too" in found["posterior[3].label"]
    assert "is no covariate of this estimate" in found["posterior[3].by"]
    assert len(found) == 8


def test_a_prior_that_the_method_does_not_take(tmp_path: Path) -> None:
    found = problems(tmp_path, SPINA + '\n[[posterior]]\nmodel = "latent-class"\nprior = "uniform:5000"\n')
    assert list(found) == ["posterior[0].prior"]
    assert "negative binomial" in found["posterior[0].prior"]


def test_a_table_that_does_not_suit_the_method(tmp_path: Path) -> None:
    counts = "A,B,count\n1,0,30\n0,1,40\n1,1,12\n"
    (tmp_path / "counts.csv").write_text(counts, encoding="utf-8")
    about = '[reference]\nunit = "person"\npopulation = "persons"\nplace = "Nowhere"\n'
    text = f'[study]\ntitle = "Two"\n[data]\nfile = "counts.csv"\n{about}[[posterior]]\nmodel = "decomposable"\n'
    assert "takes 3 to 7 lists" in problems(tmp_path, text)["posterior[0].model"]


def test_one_bracket_and_no_data(tmp_path: Path) -> None:
    assert "two brackets" in problems(tmp_path, SPINA + '\n[posterior]\nmodel = "decomposable"\n')["posterior"]
    text = '[study]\ntitle = "Nothing"\n[[posterior]]\nmodel = "decomposable"\n'
    assert "there is none" in problems(tmp_path, text)["posterior[0]"]


def test_covariates_coding_and_divisions_come_from_the_estimate(tmp_path: Path) -> None:
    more = """
[estimate.coding]
year = "poly 1"

[[posterior]]
model = "model-average"
options = { max_order = 2 }

[[posterior]]
model = "decomposable"
covariates = ["form"]
level = 0.9
"""
    first, second = check_study(write_study(tmp_path, STUDY + more)).posteriors
    assert first.section.divisions == (("year",), ("year", "form"))
    assert dict(first.spec.coding)["year"] == mse.Poly(1)
    assert tuple(first.table.covariates) == ("year", "form")
    assert first.level == 0.95
    assert second.section.divisions == (("form",),)
    assert (tuple(second.table.covariates), second.level) == (("form",), 0.9)
    assert (first.section.sensitivity, second.section.sensitivity) == (True, True)


# ---------------------------------------------------------------------- running


def test_prior_and_posterior_are_marked_at_the_level_of_the_estimate(tmp_path: Path) -> None:
    more = '\n[[posterior]]\nmodel = "decomposable"\nlevel = 0.8\nsensitivity = false\n'
    results = carry_out_posteriors(check_study(write(tmp_path, SPINA + more)).posteriors)
    figures = {figure.name: figure for part in posterior_parts(results) for figure in part.figures}
    before, after = figures["posterior-1-predictive"].marks, figures["posterior-1-prior"].marks
    table = mse.datasets.load("spina_bifida_621")
    share = mse.DecomposableAverage().prior_predictive(table, draws=1_000, seed=1)["share_seen"].to_numpy()
    assert before["0:upper"] == pytest.approx(np.quantile(621 / share, 0.9, method="median_unbiased"))
    assert after["0:upper"] == mse.DecomposableAverage().fit(table).estimate(level=0.8).upper


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> mse.study.run.StudyRun:
    """A study with two Bayesian estimates, run once."""
    return mse.run(write(tmp_path_factory.mktemp("spina"), SPINA + TWO))


def test_estimates_are_those_of_the_library(done: Any) -> None:
    graphs, models = done.results.posteriors
    table = mse.datasets.load("spina_bifida_621")
    assert graphs.fit.total == mse.DecomposableAverage().fit(table).total
    prior = mse.TotalPrior.from_interval(650, 900)
    own = mse.ModelAverage(total_prior=prior).fit(table, seed=4)
    assert (models.estimate.lower, models.estimate.upper) == pytest.approx(own.hdi(0.95))


def test_the_headline_stays_that_of_the_estimate(done: Any) -> None:
    alone = mse.Search(max_order=2).fit(mse.datasets.load("spina_bifida_621")).estimate()
    assert done.results.answer.total == pytest.approx(alone.total)
    assert not done.blocked


def test_the_report_has_a_section_for_each(done: Any) -> None:
    page = (done.folder / "report.html").read_text(encoding="utf-8")
    assert re.findall(r'id="(bayes[-\d]*)"', page) == ["bayes", "bayes-1", "bayes-2"]
    assert "With a published interval" in page
    assert "Met een gepubliceerd interval" in page
    assert "Madigan, D" in page
    expected = {"posteriors", "posteriors-2", "posterior"}
    expected |= {f"posterior-{place}-{what}" for place in (1, 2) for what in ("prior", "models", "terms", "influence")}
    assert expected <= {path.stem for path in (done.folder / "figures").iterdir()}


def test_the_manifest_holds_specification_seed_and_versions(done: Any) -> None:
    manifest = json.loads((done.folder / "manifest.json").read_text(encoding="utf-8"))
    row = manifest["choices"]["posterior"][1]
    assert (row["spec"]["family"], row["spec"]["total_prior"]["kind"]) == ("ModelAverage", "lognormal")
    assert manifest["seeds"]["posterior"] == [1, 4]
    assert {"pymc", "nutpie", "arviz"} <= set(manifest["versions"])
    page = html.unescape((done.folder / "report.html").read_text(encoding="utf-8"))
    assert 'posterior[1].prior = "interval:650,900"' in page


def test_the_same_study_gives_the_same_bytes(done: Any) -> None:
    assert mse.run(done.checked.path).verified


def test_chains_that_disagree_block_their_own_estimate_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_pictures: None
) -> None:
    """The others keep their numbers; the headline stays; the exit code and a finding say which one it is."""
    whole = DecomposableAverage.fit

    def apart(self: DecomposableAverage, data: Any, **how: Any) -> PosteriorFit:
        drawn = np.random.default_rng(1).normal(size=(4, 500)) * 3.0 + np.array([[650.0], [650.0], [800.0], [800.0]])
        chains = Chains({"total": drawn}, {"total": ()}, {}, {})
        fit = whole(self, data, **how)
        return replace(fit, status=FitStatus.NOT_MIXED, chains=chains, own_findings=gate(chains)[1])

    monkeypatch.setattr(DecomposableAverage, "fit", apart)
    blocked = mse.run(write(tmp_path, SPINA + TWO))
    assert blocked.blocked
    assert blocked.results.findings[0].code == "posterior_without_total"
    assert not blocked.results.answer.blocked
    assert blocked.results.posteriors[1].estimate.total is not None
    page = (blocked.folder / "report.html").read_text(encoding="utf-8")
    assert "The Bayesian estimate &#39;Decomposable graphs, averaged&#39; gives no total" in page
    assert "The chains disagree on" in page
    assert "724 (693 to 759" in page
    shown = blocked.release["posteriors"].to_frame()
    assert shown[["lower", "median", "upper"]].isna().all(axis=None)


def test_other_priors_are_not_shown_of_an_estimate_that_a_finding_withholds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Divergences leave a median that is not printed; no figure of its section holds it either."""
    whole = DecomposableAverage.fit

    def astray(self: DecomposableAverage, data: Any, **how: Any) -> PosteriorFit:
        found = Finding("divergences", Severity.BLOCKING, "total", {"diverging": 3, "draws": 4_000})
        return replace(whole(self, data, **how), own_findings=(found,))

    monkeypatch.setattr(DecomposableAverage, "fit", astray)
    more = '\n[[posterior]]\nmodel = "decomposable"\nsensitivity = true\n'
    (result,) = carry_out_posteriors(check_study(write(tmp_path, SPINA + more)).posteriors)
    assert result.fit.total is not None
    assert result.blocked
    assert result.influence is None
    figures = [figure for part in posterior_parts([result]) for figure in part.figures]
    assert "posterior-1-influence" not in [figure.name for figure in figures]
    assert not any(figure.marks for figure in figures if figure.name in ("posterior", "posterior-1-prior"))


def test_small_counts_stay_behind_their_policy(tmp_path: Path, no_pictures: None) -> None:
    """Nothing exact of an unpublished table is written, and the observed persons are coarse."""
    more = '\n[[posterior]]\nmodel = "decomposable"\ncovariates = []\npredictive = 0\nsensitivity = false\n'
    done = mse.run(write_study(tmp_path, STUDY + more))
    assert done.release.policy == "threshold"
    assert all(int(seen) % 5 == 0 for seen in done.release["posteriors"].to_frame()["observed"])
    assert f"{done.results.table.n_observed:,}" not in (done.folder / "report.html").read_text(encoding="utf-8")
