"""Assessment: checks of the answer against known values, and the verdict with its reasons."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

import mse
from mse.core.finding import Severity
from mse.errors import TableError
from mse.feasibility.answer import Answer, members_of
from mse.feasibility.answer_checks import consistency, implied_coverage, leave_one_out, lower_bound, rivals
from mse.feasibility.rules import RULES, Light
from mse.feasibility.verdict import NEEDED, STABLE, Verdict, verdict_of

STEPWISE = mse.Search(method="stepwise", starts=("independence",))
"""The search of the published Dutch numbers: steps by BIC from main effects."""


@pytest.fixture(scope="module")
def dutch() -> Answer:
    return Answer(STEPWISE, mse.datasets.load("netherlands_2010_2015"), replicates=2, seed=1)


def test_the_dutch_answer(dutch: Answer) -> None:
    assert dutch.total == pytest.approx(43_585, abs=0.5)
    left = leave_one_out(dutch)
    assert left.light is Light.RED
    assert left.value == pytest.approx(math.log(186_302 / 43_585), abs=1e-5)  # without the police; 1.45
    assert left.value == pytest.approx(1.45, abs=0.005)
    coverage = implied_coverage(dutch)
    assert coverage.light is Light.AMBER
    assert coverage.value == pytest.approx(0.19, abs=0.005)
    bound = lower_bound(dutch)
    assert bound.light is Light.AMBER  # the interval ends below 54,174
    assert bound.finding.values["bound"] == pytest.approx(54_174, abs=0.5)


def test_rivals_of_kosovo_are_those_of_the_search() -> None:
    answer = Answer(mse.Search(), mse.datasets.load("kosovo_1999"), replicates=2, seed=1)
    span = answer.fit.rival_range()
    assert rivals(answer).value == pytest.approx(span[1] / span[0])
    fixed = Answer(mse.LogLinear(order=1), mse.datasets.load("kosovo_1999"), replicates=2, seed=1)
    assert rivals(fixed).light is Light.UNKNOWN


def test_members_of_a_list_are_counted_by_hand() -> None:
    counts = np.arange(8).reshape(2, 2, 2)
    counts[0, 0, 0] = 0
    size, seen = members_of(mse.CaptureTable(["A", "B", "C"], counts), "B")
    assert size == 2 + 3 + 6 + 7
    assert seen is not None
    assert seen.lists == ("A", "C")
    assert seen.counts.tolist() == [[0, 3], [6, 7]]


def test_independent_lists_find_known_sizes_back() -> None:
    """Expected counts of independent lists: the restricted table estimates each list's size exactly."""
    chances = (0.5, 0.5, 0.4)
    cells = np.einsum("i,j,k->ijk", *[np.array([1 - p, p]) for p in chances]) * 100_000
    cells[0, 0, 0] = 0
    table = mse.CaptureTable(["A", "B", "C"], cells.round().astype(int))
    answer = Answer(mse.LogLinear(order=1), table, replicates=2, seed=1)
    assert consistency(answer).value == pytest.approx(0.0, abs=1e-6)
    assert leave_one_out(answer).value == pytest.approx(0.0, abs=1e-6)


def test_an_assessment_of_good_lists() -> None:
    assessment = mse.assess(mse.datasets.load("diabetes_casale_monferrato"), replicates=10)
    assert assessment.verdict is Verdict.GO
    assert set(assessment.lights) == set(RULES)
    assert list(assessment.to_frame()["check"]) == list(RULES)
    assert "Go:" in repr(assessment)
    assert "Doorgaan:" in assessment.text("nl")
    assert all(finding.severity is not Severity.BLOCKING for finding in assessment.findings)


def test_a_no_go_is_blocking_and_says_why() -> None:
    assessment = mse.assess(mse.datasets.load("hepatitis_a_taiwan"))
    assert assessment.verdict is Verdict.NO_GO
    assert assessment.findings[0].severity is Severity.BLOCKING
    assert {check.name for check in assessment.reasons} <= {*NEEDED, *STABLE}
    assert "rival models" in assessment.findings[0].sentence()


def test_the_same_seed_gives_the_same_assessment() -> None:
    table = mse.datasets.load("korea")
    once, again, other = (mse.assess(table, replicates=5, seed=seed).to_frame() for seed in (3, 3, 5))
    pd.testing.assert_frame_equal(once, again)
    assert not once.equals(other)


def test_lists_that_share_nobody_have_no_estimate() -> None:
    assessment = mse.assess({"A": 40, "B": 30, "C": 20})
    assert assessment.verdict is Verdict.NO_GO
    assert assessment["existence"].light is Light.RED
    assert assessment["implied_coverage"].light is Light.UNKNOWN


def test_two_lists_are_a_no_go() -> None:
    assessment = mse.assess({"A": 400, "B": 300, "A B": 200})
    assert assessment.verdict is Verdict.NO_GO
    assert assessment["leave_one_out"].light is Light.UNKNOWN
    assert assessment["triples"].light is Light.UNKNOWN


def test_years_and_what_is_missing() -> None:
    rows = [
        (2018, "SU", 1, 0, 0, 50), (2018, "SU", 1, 1, 0, 30), (2018, "AU", 0, 1, 1, 20), (2018, None, 0, 0, 1, 40),
        (2019, "SU", 1, 0, 0, 50), (2019, "AU", 1, 1, 1, 3), (2019, None, 0, 1, 0, 30), (2019, "AU", 0, 0, 1, 40),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["year", "form", "A", "B", "C", "count"])
    data = mse.PartialTable.from_counts(frame, lists=["A", "B", "C"], covariates=["year", "form"])
    assessment = mse.assess(data, replicates=2)
    assert assessment["missingness"].light is Light.RED
    assert assessment["missingness"].value == pytest.approx(70 / 263)
    assert assessment["year_power"].value == 3
    assert assessment["year_power"].light is Light.RED
    assert mse.assess(data.histories(), replicates=2)["year_power"].light is Light.UNKNOWN


def test_the_verdict_reads_the_lights() -> None:
    green = dict.fromkeys(RULES, Light.GREEN)
    assert verdict_of(green) is Verdict.GO
    assert verdict_of({**green, "missingness": Light.UNKNOWN}) is Verdict.GO
    assert verdict_of({**green, "rivals": Light.RED}) is Verdict.CONDITIONS
    assert verdict_of({**green, "rivals": Light.RED, "leave_one_out": Light.RED}) is Verdict.NO_GO
    for name in NEEDED:
        assert verdict_of({**green, name: Light.RED}) is Verdict.NO_GO


def test_an_unknown_check_is_named() -> None:
    with pytest.raises(TableError, match="no check 'tripels'"):
        _ = mse.assess({"A": 400, "B": 300, "A B": 200})["tripels"]
