"""Stepwise searches: the paths and ends of SparseMSE, MultipleSystemsEstimation and MaartenCruyff/mse."""

from __future__ import annotations

import pytest

import mse
from mse.core.ensemble import EnsembleFit
from published import NAMES, brackets, rows, table

ENDS = rows("multiplesystemsestimation/stepwise.csv")
PATHS = rows("maartencruyff_mse/model_search.csv")
LISTS = {
    "HIV": ["c1", "c2", "c3", "c4"],
    "Kosovo": ["EXH", "ABA", "OSCE", "HRW"],
    "Ned_5": ["IO", "K", "P", "R", "Z"],
    "Ned": ["I", "K", "O", "P", "R", "Z"],
    "UKdat": ["LA", "NG", "PF", "GO", "GP", "NCA"],
    "mse_simdat": ["R1", "R2", "R3", "R4"],
}

# Chan, Silverman and Vincent (2021) and the methods note B6; New Orleans with 185 and with 186 persons.
P_VALUE_ENDS = {
    "NewOrl_185": ("[D E]", 1183.7),
    "NewOrl_186": ("[D E]", 1110.5),
    "NewOrl_5_185": ("", 1034.2),
    "NewOrl_5_186": ("", 981.4),
    "Western": ("[A E]", 2483.4),
    "Korea": ("[A B]", 268.8),
}


def stepwise(data: str | mse.CaptureTable, criterion: str | tuple[str, ...], **options: object) -> EnsembleFit:
    found = table(data) if isinstance(data, str) else data
    starts = None if criterion == "p-value" else ("independence",)
    return mse.Search(criterion=criterion, method="stepwise", **{"starts": starts, **options}).fit(found)


@pytest.mark.parametrize("row", ENDS, ids=[row["data"] for row in ENDS])
def test_the_p_value_rule(row: dict[str, str]) -> None:
    search = stepwise(row["data"], "p-value")
    assert search.best.generators == mse.LogLinear(brackets(row["model"])).generators(table(row["data"]))
    assert search.total == pytest.approx(float(row["total"]), rel=1e-6)
    assert search.path["total"].iloc[-1] == pytest.approx(search.total, rel=1e-6)


@pytest.mark.parametrize("data", P_VALUE_ENDS)
def test_published_ends_of_the_p_value_rule(data: str) -> None:
    added, total = P_VALUE_ENDS[data]
    search = stepwise(data, "p-value")
    assert "".join(search.path["term"]) == added
    assert round(search.total, 1) == total


def test_sparsemse_ends_at_the_same_totals() -> None:
    for row in rows("sparsemse/estimatepopulation0.csv"):
        if row["method"] == "stepwise":
            assert stepwise(row["data"], "p-value").total == pytest.approx(float(row["total"]), rel=1e-6)


def test_the_threshold_decides_the_dutch_total() -> None:
    totals = [round(stepwise("Ned", "p-value", threshold=t).total) for t in (0.01, 0.02, 0.05)]
    assert totals == [121_530, 111_139, 68_246]


def terms_of(row: dict[str, str], data: str) -> str:
    return "[" + " ".join(NAMES[LISTS[data].index(name)] for name in row["term"].split(":")) + "]"


@pytest.mark.parametrize("data", LISTS)
def test_the_paths_of_maartencruyff_mse(data: str) -> None:
    """BIC from independence, then AIC without letting a term go that BIC chose.

    Rows beyond the lowest AIC are that package's third pass, which adds terms at a penalty of 1.
    """
    path = [row for row in PATHS if row["data"] == data]
    if path[0]["delta_aic"]:
        path = path[: 1 + [float(row["delta_aic"]) for row in path].index(0.0)]
    first = stepwise(data, "bic")
    end = first.path["model"].iloc[-1]
    second = stepwise(data, "aic", starts=(end,), forced=end)
    steps = [*first.path.itertuples(), *second.path.iloc[1:].itertuples()]
    assert len(steps) == len(path)
    for step, row in zip(steps, path, strict=True):
        assert round(step.total, 1) == pytest.approx(float(row["total"]), abs=0.051)
        if row["term"]:
            assert sorted(step.term) == sorted(terms_of(row, data))
    assert set(first.path["move"].iloc[1:]) | set(second.path["move"].iloc[1:]) <= {"add"}


def test_the_dutch_path_in_one_call() -> None:
    """13 models, 52,823 to 41,561, with 43,585 where BIC stops."""
    path = stepwise("Ned", ("bic", "aic")).path
    assert len(path) == 13
    assert [round(path["total"].iloc[step]) for step in (0, 10, 12)] == [52_823, 43_585, 41_561]
    assert list(path["criterion"]) == ["bic"] * 11 + ["aic"] * 2


def test_a_second_criterion_may_let_a_term_go() -> None:
    """MaartenCruyff/mse keeps what BIC chose and ends at 45,135; AIC is lower at 46,331."""
    search = stepwise("Ned_5", ("bic", "aic"))
    assert list(search.path["move"]).count("drop") == 2
    assert round(search.total) == 46_331
    assert round(mse.Search(criterion="aic").fit(table("Ned_5")).total) == 46_331


# published/ned-recomputed.csv: lists left out or merged; end by BIC, and by AIC from independence.
OMITTED = {
    "I": (36_421, 40_114),
    "K": (42_685, 40_668),
    "O": (138_243, 139_599),
    "P": (186_302, 68_968),
    "R": (115_246, 38_940),
    "Z": (162_164, 148_912),
}
MERGED = {
    "KP": (52_638, 52_638),
    "OZ": (150_508, 146_432),
    "OR": (42_525, 41_472),
    "PR": (35_512, 42_402),
    "PZ": (164_637, 149_742),
}


@pytest.mark.parametrize("name", OMITTED)
def test_the_dutch_table_without_a_list(name: str) -> None:
    smaller = table("Ned").drop_list(NAMES["IKOPRZ".index(name)])
    assert tuple(round(stepwise(smaller, criterion).total) for criterion in ("bic", "aic")) == OMITTED[name]


@pytest.mark.parametrize("pair", MERGED)
def test_the_dutch_table_with_two_lists_merged(pair: str) -> None:
    merged = table("Ned").merge_lists({pair.lower(): [NAMES["IKOPRZ".index(name)] for name in pair]})
    assert tuple(round(stepwise(merged, criterion).total) for criterion in ("bic", "aic")) == MERGED[pair]


def test_several_starts_end_apart_on_the_dutch_table() -> None:
    search = mse.Search(method="stepwise").fit(table("Ned"))
    ends = search.path.groupby("start", sort=False).last()["total"].round()
    assert set(ends) == {43_585.0, 116_667.0}
    assert round(search.total) == 116_667
    assert {"restarts_differ", "rivals_disagree"} <= {finding.code for finding in search.findings}


def test_every_step_is_the_best_single_step() -> None:
    search = stepwise("Kosovo", "bic")
    for before, after in zip(search.path.itertuples(), search.path.iloc[1:].itertuples(), strict=False):
        here = mse.LogLinear(before.model).generators(table("Kosovo"))
        rivals = [mse.LogLinear(m.notation()).fit(table("Kosovo")) for m in here.neighbours(2)]
        assert after.value == pytest.approx(min(rival.bic for rival in rivals), rel=1e-9)
        assert after.value < before.value
