"""What estimators refuse, and what they say of fits that did not work out."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import mse
from mse.core.coding import Poly
from mse.core.ensemble import EnsembleFit
from mse.models import progress
from published import table

BY_YEAR = mse.CaptureTable(["A", "B"], np.array([[[0, 0], [5, 6]], [[7, 8], [2, 3]]]), {"year": (2014, 2015)})


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (
            "[A][B]",
            r"names each of them. Got: no term with 'year'. Add terms, or collapse first: table.collapse\(keep=",
        ),
        ("[A B][year]", "leaves nothing to estimate the unseen from"),
        ("[A form][B]", "no list or covariate 'form'"),
    ],
)
def test_models_that_do_not_suit_the_covariates_are_refused(model: str, said: str) -> None:
    with pytest.raises(mse.ModelError, match=said):
        mse.LogLinear(model).fit(BY_YEAR)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"coding": {"form": Poly(1)}}, "'form', which is no covariate"),
        ({"forbidden": "[A]"}, "two names or more"),
        ({"forbidden": "[A year]", "forced": "[A year]"}, "forced or forbidden, not both"),
    ],
)
def test_searches_that_do_not_suit_the_covariates_are_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(mse.ModelError, match=said):
        mse.Search(**options).fit(BY_YEAR)


def test_a_fit_that_did_not_converge_has_no_total() -> None:
    good = mse.LogLinear(order=1).fit(table("Kosovo"))
    stuck = replace(good, kernel=good.kernel._replace(converged=False, iterations=60))
    assert stuck.status is mse.FitStatus.NOT_CONVERGED
    assert stuck.total is stuck.dark_figure is stuck.standard_error is None
    assert [finding.code for finding in stuck.findings] == ["not_converged"]
    assert "60 iterations" in stuck.findings[0].sentence()
    estimate = stuck.estimate()
    assert estimate.blocked
    assert estimate.lower is estimate.upper is None


def test_an_open_verdict_counts_as_no_estimate() -> None:
    good = mse.LogLinear(order=1).fit(table("Kosovo"))
    existence = good.existence._replace(exists=False, margin=np.nan, ray=None)
    open_verdict = replace(good, existence=existence)
    assert open_verdict.total is None
    assert [finding.code for finding in open_verdict.findings] == ["existence_undecided"]


@pytest.fixture(scope="module")
def british() -> EnsembleFit:
    return mse.Search(max_order=None).fit(table("UKdat_5"))


def test_what_stays_unproved_is_counted_and_weighed(british: EnsembleFit) -> None:
    found = next(finding for finding in british.findings if finding.code == "unproved")
    rivals = british.proved
    assert found.values["models"] == british.rivals.n_unproved > 0
    assert found.values["share"] == pytest.approx(
        rivals.unproved_weight / (rivals.density.total + rivals.unproved_weight)
    )
    assert 0.0 < found.values["share"] < 1.0
    assert f"{british.rivals.n_unproved:,}" in found.sentence("en")


@pytest.mark.parametrize("name", ["Ned_5", "UKdat_5"])
def test_an_average_over_models_that_disagree_says_so(name: str) -> None:
    search = mse.Search().fit(table(name))
    lower, upper = search.rival_range()
    found = next(finding for finding in search.average().findings if finding.code == "between_modes")
    assert (found.values["lower"], found.values["upper"]) == (lower, upper)
    assert lower <= search.average().total <= upper


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_shows_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    for stream, wanted, shows in ((Terminal(), True, True), (Terminal(), False, False), (io.StringIO(), True, False)):
        monkeypatch.setattr("sys.stderr", stream)
        with progress.bar("search", 10, wanted) as advance:
            assert (advance is not None) == shows
            if advance is not None:
                advance(10)
        assert ("search" in stream.getvalue()) == shows


@pytest.mark.parametrize(
    ("criterion", "climbs"), [("bic", 2 * (3 + 2)), ("p-value", 1)], ids=["from every start", "by p-values"]
)
def test_a_stepwise_search_with_covariates_shows_its_starts(
    monkeypatch: pytest.MonkeyPatch, criterion: str, climbs: int
) -> None:
    """Two ways to count terms at −∞, from independence, all terms, and the pairs of each of three lists."""
    rng = np.random.default_rng(3)
    counts = rng.integers(5, 40, (2, 2, 2, 2))
    counts[0, 0, 0] = 0
    stepwise = mse.Search(criterion, "stepwise")
    shown: list[tuple[str, int]] = []
    done: list[int] = []

    @contextmanager
    def watched(title: str, total: int, wanted: bool) -> Iterator[Callable[[int], None] | None]:
        if wanted:
            shown.append((title, total))
        yield done.append if wanted else None

    monkeypatch.setattr("mse.models.stepwise.bar", watched)
    strata = mse.CaptureTable(["A", "B", "C"], counts, {"year": (2019, 2020)})
    quiet = stepwise.fit(strata)
    assert (shown, done) == ([], [])
    assert stepwise.fit(strata, progress=True).total == quiet.total
    assert shown == [("search", climbs)]
    assert sum(done) == climbs


def test_a_search_without_a_bar_writes_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    mse.Search("bic", "stepwise").fit(table("Kosovo"), progress=True)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("model", ["A*B - 1", "A + B - A:B"])
def test_formulas_add_only(model: str) -> None:
    with pytest.raises(mse.ModelError, match="none is taken away"):
        mse.LogLinear(model).fit(mse.CaptureTable(["A", "B", "C"], np.arange(8).reshape(2, 2, 2)))


def test_orders_are_whole_numbers() -> None:
    with pytest.raises(mse.ModelError, match="whole number"):
        mse.LogLinear(order=1.5).fit(table("Kosovo"))
    with pytest.raises(mse.ModelError, match="whole number"):
        mse.Search(max_order=2.5)
    with pytest.raises(mse.TableError, match="between 0 and 1"):
        mse.LogLinear(order=1).fit(table("Kosovo")).estimate(level="0.95")
