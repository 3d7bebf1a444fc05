"""Models and searches over covariates against MaartenCruyff/mse 1.0: paths, parts, and models without an estimate.

Its `model_search` goes from all main effects by BIC, then by AIC, then at a penalty of 1 for a parameter. The second
and third pass keep every term that they start with. Persons who inject drugs in Scotland and spina bifida in New York
State are shipped tables; its simulated table stays in `../shared`, and those tests are skipped where that is not there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

import pandas as pd
import pytest

import mse
from mse.core.coding import Coding
from mse.core.ensemble import EnsembleFit
from mse.core.passive import covariate_roles
from mse.core.stratified_fit import StratifiedFit
from published import ORACLE, rows

ROUNDED = 0.0501
"""Peers print one decimal."""

WHOLE = 0.501
"""Parts are printed as whole numbers."""

SAME = 1e-6
"""Relative difference of two fits that iterate to a change of the log-likelihood below 1e-10."""

SHIPPED = {"spina": "spina_bifida_621_ethnicity", "ScotPWID": "scotland_drug_injection"}
SIMDAT = ORACLE / "MaartenCruyff_mse_mse_simdat_model_search.json"
SIMDAT_TABLE = ORACLE.parent / "data" / "mse_simdat.csv"
QUADRATIC = {"Y": mse.Poly(2)}

with_simdat = pytest.mark.skipif(not (SIMDAT.exists() and SIMDAT_TABLE.exists()), reason="only where ../shared is")


class Visit(NamedTuple):
    """One model of the peer's path; `step` is what it added (`+`) or dropped (`-`)."""

    step: str
    model: str
    total: float
    deviance: float
    df: int
    aic: float
    aicc: float
    bic: float


class Case(NamedTuple):
    """A table, how its covariates are coded, and the peer's path."""

    table: mse.CaptureTable
    coding: Mapping[str, Coding]
    path: tuple[Visit, ...]

    def fit(self, visit: Visit) -> StratifiedFit:
        found = mse.LogLinear(visit.model, coding=self.coding).fit(self.table)
        assert isinstance(found, StratifiedFit)
        return found


def models(steps: list[str], names: list[str]) -> Iterator[str]:
    """The models of a path, in brackets."""
    held: list[str] = []
    for step in steps:
        sign, _, term = step.partition(" ")
        if sign == "+":
            held.append(term)
        elif sign == "-":
            held.remove(term)
        yield "".join(f"[{term.replace(':', ' ')}]" for term in [*names, *held])


@cache
def case(data: str) -> Case:
    if data == "simdat":
        return simdat()
    table = mse.datasets.load(SHIPPED[data])
    found = [row for row in rows("maartencruyff_mse/covariates.csv") if row["data"] == data]
    names = {"eth": "ethnicity", "Age": "age", "Gender": "gender", "Region": "region"}
    steps = [":".join(names.get(name, name) for name in row["term"].split(":")) for row in found]
    steps = [f"+ {step}" if step else "" for step in steps]
    values = [tuple(float(row[name]) for name in ("total", "deviance", "df", "aic", "aicc", "bic")) for row in found]
    return Case(table, {}, tuple(visits(steps, values, table)))


def simdat() -> Case:
    frame = pd.read_csv(SIMDAT_TABLE)
    covariates = ["X1", "X2", "X3", "X4", "Y"]
    table = mse.CaptureTable.from_counts(frame, lists=["R1", "R2", "R3", "R4"], covariates=covariates)
    result = json.loads(SIMDAT.read_text(encoding="utf-8"))["result"]
    printed, least = result["models"], result["minima"]
    criteria = [[least[name] + above for above in printed[name]] for name in ("AIC", "AICc", "BIC")]
    values = list(zip(printed["Nhat"], printed["Resid..Dev"], printed["Resid..Df"], *criteria, strict=True))
    return Case(table, QUADRATIC, tuple(visits(printed["Step"], values, table)))


def visits(steps: list[str], values: list[Any], table: mse.CaptureTable) -> Iterator[Visit]:
    for step, model, printed in zip(steps, models(steps, [*table.lists, *table.covariates]), values, strict=True):
        total, deviance, df, *criteria = printed
        yield Visit(step, model, float(total), float(deviance), int(df), *map(float, criteria))


CASES = ["spina", "ScotPWID", pytest.param("simdat", marks=with_simdat)]


@pytest.mark.parametrize("data", CASES)
def test_every_model_of_a_path(data: str) -> None:
    """Deviance, criteria and total, wherever there is an estimate; criteria agree where there is none too."""
    here = case(data)
    for visit in here.path:
        fit = here.fit(visit)
        assert fit.deviance == pytest.approx(visit.deviance, abs=ROUNDED)
        assert (fit.aic, fit.aicc, fit.bic) == pytest.approx((visit.aic, visit.aicc, visit.bic), abs=ROUNDED)
        if fit.total is not None:
            assert fit.total == pytest.approx(visit.total, abs=ROUNDED)


@pytest.mark.parametrize("data", CASES)
def test_as_many_parameters_are_counted(data: str) -> None:
    """Peers keep all cells, also those of terms at minus infinity; the number of parameters is the same."""
    here = case(data)
    strata = here.table.counts[(0,) * len(here.table.lists)].size
    cells = here.table.counts.size - strata
    assert [cells - here.fit(visit).n_parameters for visit in here.path] == [visit.df for visit in here.path]


@cache
def searched(data: str) -> tuple[EnsembleFit, EnsembleFit]:
    """BIC from independence, then AIC with every term that BIC chose forced."""
    here = case(data)
    first = mse.Search(method="stepwise", criterion="bic", starts=("independence",), coding=here.coding).fit(here.table)
    end = first.path["model"].iloc[-1]
    aic = mse.Search(method="stepwise", criterion="aic", starts=(end,), forced=end, coding=here.coding)
    return first, aic.fit(here.table)


def signed(search: EnsembleFit) -> list[tuple[str, frozenset[str]]]:
    """The steps of a search."""
    steps = search.path.iloc[1:]
    signs = {"add": "+", "drop": "-"}
    return [(signs[move], names(term)) for move, term in zip(steps["move"], steps["term"], strict=True)]


def names(term: str) -> frozenset[str]:
    return frozenset(term.strip("[]").replace(":", " ").split())


STEPS = {
    "spina": (2, 1),
    "ScotPWID": (12, 5),
    "simdat": (27, 5),
}
"""Models of the pass by BIC, the start included, and steps of the pass by AIC."""


@pytest.mark.parametrize("data", CASES)
def test_a_search_takes_the_same_steps(data: str) -> None:
    """As far as the peer's steps lead to models that have an estimate: all steps but one of spina and one of simdat."""
    here = case(data)
    first, second = searched(data)
    by_bic, by_aic = STEPS[data]
    expected = [(visit.step[0], names(visit.step[2:])) for visit in here.path[1 : by_bic + by_aic]]
    without = [place for place, visit in enumerate(here.path[1 : by_bic + by_aic]) if here.fit(visit).total is None]
    assert without in ([], [len(expected) - 1])
    assert signed(first) == expected[: by_bic - 1]
    found = [*signed(first), *signed(second)]
    assert found[: len(expected) - len(without)] == expected[: len(expected) - len(without)]
    for total, visit in zip([*first.path["total"], *second.path["total"].iloc[1:]], here.path, strict=False):
        if here.fit(visit).total is not None:
            assert total == pytest.approx(visit.total, abs=ROUNDED)


@pytest.mark.parametrize("data", ["spina", "ScotPWID"])
def test_the_screen_does_not_change_a_path(data: str) -> None:
    fast, slow = (
        mse.Search(method="stepwise", criterion=("bic", "aic"), starts=("independence",), screened=screened).fit(
            case(data).table
        )
        for screened in (True, False)
    )
    columns = ["move", "term", "model"]
    assert fast.path[columns].equals(slow.path[columns])
    assert list(fast.path["total"]) == pytest.approx(list(slow.path["total"]), rel=SAME)
    assert fast.n_models <= slow.n_models


@pytest.mark.parametrize(("data", "step"), [("ScotPWID", 17), pytest.param("simdat", 32, marks=with_simdat)])
def test_the_third_pass_takes_what_aic_refuses(data: str, step: int) -> None:
    """A term comes in where it lowers the deviance by more than 1 for a parameter and by less than 2."""
    last, before = case(data).path[step], case(data).path[step - 1]
    assert before.df - last.df < before.deviance - last.deviance < 2 * (before.df - last.df)
    assert last.aic > before.aic


def test_spina_bifida_steps_to_a_model_that_has_no_estimate() -> None:
    """Both persons of the third group are on S1, so that S1 by ethnicity leaves nothing to say who is not on S1.

    Ethnicity is passive in that model, so the total that the peer prints is that of the table without it.
    """
    here = case("spina")
    fit = here.fit(here.path[3])
    assert fit.total is None
    assert [finding.code for finding in fit.findings] == ["no_estimate_zero"]
    assert here.table.counts[0, ..., 2].sum() == 0
    assert covariate_roles(fit.generators)[0].passive
    assert mse.LogLinear("[S1 S2][S2 S3]").fit(here.table.collapse()).total == pytest.approx(
        here.path[3].total, abs=ROUNDED
    )


def test_leaving_gender_out_does_not_change_the_scottish_total() -> None:
    here = case("ScotPWID")
    best = searched("ScotPWID")[0].best
    assert isinstance(best, StratifiedFit)
    assert [role.name for role in covariate_roles(best.generators) if role.passive] == ["gender"]
    left = mse.LogLinear(best.model.replace("[S2 gender]", "").replace("[age gender]", ""))
    assert left.fit(here.table.collapse(keep=["age", "region"])).total == pytest.approx(best.total, rel=SAME)


@pytest.mark.parametrize("file", ["ScotPWIDlong_bict_SBH", "ScotPWID_bict_SBH", "ScotPWID_bict_UIP"])
def test_the_most_probable_scottish_model_of_conting_is_the_best_by_bic(file: str) -> None:
    oracle = ORACLE / f"conting_{file}.json"
    if not oracle.exists():
        pytest.skip("only where ../shared is")
    formula = json.loads(oracle.read_text(encoding="utf-8"))["result"]["model_probs"]["formula"][0]
    expected = {names(term.lower()) for term in formula.lstrip("~").split(" + ") if ":" in term}
    best = searched("ScotPWID")[0].best
    assert best is not None
    assert {frozenset(map(str.lower, term)) for term in best.generators.terms if len(term) == 2} == expected


@with_simdat
def test_the_total_of_a_billion_is_no_estimate() -> None:
    """Nobody whose X4 is 2 is on two lists, and the step lets every list have its own chance there."""
    here = case("simdat")
    group = here.table.to_frame().query("X4 == 2")
    times = group[list(here.table.lists)].sum(axis=1)
    assert group["count"].sum() == group["count"][times == 1].sum() == 74
    for visit in here.path[31:]:
        assert visit.total > 1e9
        assert visit.aic < here.path[30].aic
        fit = here.fit(visit)
        assert fit.total is None
        assert "no_estimate_infinite" in [finding.code for finding in fit.findings]


@with_simdat
def test_a_search_goes_on_to_a_model_that_has_an_estimate() -> None:
    _, second = searched("simdat")
    assert signed(second)[-1] == ("+", frozenset({"R4", "X1"}))
    assert round(second.total) == 9_087


@with_simdat
def test_parts_by_covariates_and_year() -> None:
    """161 parts of the model with the lowest BIC; the peer adds fitted persons seen to the unseen."""
    here = case("simdat")
    fit = here.fit(min(here.path, key=lambda visit: visit.bic))
    oracle = ORACLE / "MaartenCruyff_mse_mse_simdat_boot_mse.json"
    compared = 0
    for name, printed in json.loads(oracle.read_text(encoding="utf-8"))["result"]["tables"].items():
        by = [] if name == "x" else list(dict.fromkeys([*name.split("x"), "Y"]))
        seen, fitted = (fit.estimate(by=by, fitted=one, interval="wald").parts for one in (False, True))
        start = 1 if by else 0
        compared += len(seen[start:])
        for counted, part, row in zip(seen[start:], fitted[start:], printed, strict=True):
            assert counted.observed == row["nobs"]
            assert part.total == pytest.approx(row["Nhat"], abs=WHOLE)
    assert compared == 161
