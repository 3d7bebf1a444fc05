"""Claims of a text against figures: those of the monitor 2015-2019, and mistakes in a file of claims.

Recomputed values and which claims agree: an audit of Nationaal Rapporteur Mensenhandel en Seksueel Geweld tegen
Kinderen (2020), *Slachtoffermonitor mensenhandel 2015-2019*, The Hague, in `data/claims_recomputed_2015_2019.csv`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from mse.errors import StudyError, TableError
from mse.monitor.audit.claim_files import claims_of
from mse.monitor.audit.claims import ClaimCheck, check_claims
from mse.monitor.audit.figures_of_audit import claims_figure
from mse.records.editions import printed

KNOWN = pd.read_csv(
    Path(__file__).parent / "data" / "claims_recomputed_2015_2019.csv", dtype=str, keep_default_na=False
)

FINDINGS = {
    "A03": {"C067"},
    "A06": {"C153"},
    "A12": {"C110", "C111", "C112", "C113", "C114", "C115", "C116"},
    "A13": {"C132", "C133", "C135", "C136", "C137", "C139"},
    "A14": {"C126"},
    "A15": {"C129", "C130"},
    "A16": {"C068"},
    "A17": {"C053", "C055"},
    "A18": {"C007"},
    "A19": {"C075"},
    "A20": {"C088"},
    "A21": {"C091", "C092"},
    "A22": {"C095", "C097"},
    "A23": {"C156"},
    "A24": {"C051"},
    "A25": {"C074", "C164"},
}
"""Findings of the audit of the report, and the claims that each is about. A26 is about cross references and A27 no
error: neither is a claim."""


def claims(**changes: Any) -> pd.DataFrame:
    """One claim, with changes."""
    claim = {"id": "1", "section": "2", "statement": "Victims", "printed_value": "5060", "test": "eq"}
    return pd.DataFrame([claim | {"formula": "q('2.1','total','all','monitor_population')"} | changes])


def checked(**changes: Any) -> Any:
    """What became of one claim."""
    return check_claims(printed(), claims(**changes))["1"]


@pytest.fixture(scope="module")
def text() -> ClaimCheck:
    return check_claims(printed("2015-2019"), claims_of("2015-2019"), column="value_checked", otherwise="value")


def test_as_many_claims_agree_as_in_the_audit(text: ClaimCheck) -> None:
    assert [text.count(word) for word in ("yes", "rounding", "no", "missing")] == [137, 5, 26, 0]
    assert text.count("records") == 29


@pytest.mark.parametrize("known", KNOWN.to_dict("records"), ids=KNOWN["id"])
def test_every_claim_is_recomputed_as_in_the_audit(text: ClaimCheck, known: dict[str, str]) -> None:
    claim = text[known["id"]]
    assert claim.agrees == known["agrees"]
    recomputed = claim.recomputed
    if isinstance(recomputed, bool):
        assert str(recomputed).lower() == known["recomputed_value"]
    else:
        assert recomputed is not None
        assert round(recomputed, 2) == float(known["recomputed_value"])


def test_findings_of_the_audit_on_the_text_are_found(text: ClaimCheck) -> None:
    found = {finding.subject for finding in text.findings}
    assert found == set().union(*FINDINGS.values())
    assert {f"A{number}" for number in range(12, 25)} <= set(FINDINGS)


def test_percentage_points_that_the_text_calls_per_cent_are_found(text: ClaimCheck) -> None:
    (finding,) = text["C051"].findings
    assert (text["C051"].agrees, finding.code) == ("yes", "claim_points")
    assert round(finding.values["growth"], 1) == 81.6
    assert "percentage points" in finding.sentence("en")
    assert "procentpunten" in finding.sentence("nl")


def test_transposed_digits_in_the_text_are_told(text: ClaimCheck) -> None:
    assert [f.code for f in text["C129"].findings] == ["claim_transposed"]
    assert [f.code for f in text["C067"].findings] == ["claim_count"]


def test_claims_that_need_records_say_which(text: ClaimCheck) -> None:
    assert (text["N13"].agrees, text["N13"].needs) == ("records", "nationality per victim")
    assert text["N13"].findings == ()


@pytest.mark.parametrize("language", ["en", "nl"])
def test_every_finding_is_a_sentence(text: ClaimCheck, language: str) -> None:
    said = [finding.sentence(language) for finding in text.findings]
    assert len(said) == 32
    assert all("{" not in one and "None" not in one for one in said)


def test_claims_are_a_figure(text: ClaimCheck) -> None:
    frame = claims_figure(text).to_frame()
    assert len(frame) == 197
    assert frame["agrees"].map(lambda word: word["nl"]).value_counts()["nee"] == 26
    assert text.to_frame().columns.tolist() == [
        "id", "section", "statement", "printed", "recomputed", "agrees", "needs"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("printed_value", "test", "formula", "agrees"),
    [
        ("13", "r0", "100 * 1 / 8", "yes"),
        ("12", "r0", "100 * 1 / 8", "rounding"),
        ("12.5", "r1", "100 * 1 / 8", "yes"),
        ("12.6", "r1", "100 * 1 / 8", "no"),
        ("57.5", "r1", "100 * 23 / 40", "yes"),
        ("almost", "band:12:12.5", "100 * 1 / 8", "yes"),
        ("almost", "band:12.6:13", "100 * 1 / 8", "no"),
        ("falls", "true", "2 < 1", "no"),
        ("15", "eq", "30 / 2", "yes"),
        ("15", "eq", "31 / 2", "no"),
        ("1", "r0", "1e999", "no"),
        ("1", "r0", "1e999 - 1e999", "no"),
        ("1", "r0", "rank('tab2.1','2015','all','AF')", "no"),
        ("1e300", "r8", "1e300", "yes"),
    ],
)
def test_tests(printed_value: str, test: str, formula: str, agrees: str) -> None:
    assert checked(printed_value=printed_value, test=test, formula=formula).agrees == agrees


def test_a_withheld_value_is_missing_and_not_wrong() -> None:
    figures = printed("2015-2019")
    withheld = figures["2.7"].copy()
    withheld.loc[(withheld["year"] == "2019") & (withheld["form"] == "AU"), "value"] = float("nan")
    formula = "q('2.7','2019','AU','AU') > q('2.7','2018','AU','AU')"
    result = check_claims({**figures, "2.7": withheld}, claims(formula=formula, test="true"))["1"]
    assert (result.agrees, result.recomputed, result.findings) == ("missing", None, ())


def test_all_mistakes_are_listed_at_once() -> None:
    wrong = [
        ("figure", "q('2.77','2019','AU','AU')", "eq", "There is no figure '2.77'"),
        ("category", "q('2.8','2019','all','men')", "eq", "Figure 2.8 has no category 'men'"),
        ("year", "q('2.8','2014','all','male')", "eq", "Figure 2.8 has no year '2014'"),
        ("form", "q('2.8','total','XX','male')", "eq", "Figure 2.8 has no form 'XX'"),
        ("together", "q('2.8','2019','AU','male')", "eq", "together"),
        ("unreached", "1 > 2 and q('9.9','2019','AU','AU')", "true", "There is no figure '9.9'"),
        ("name", "quantity('2.7')", "eq", "no name 'quantity'"),
        ("rank", "rank('2.8','2019','all','male')", "eq", "no ranks"),
        ("test", "1", "equal", "There is no test 'equal'"),
        ("band", "1", "band:1", "There is no test 'band:1'"),
        ("decimals", "1", "r10", "There is no test 'r10'"),
        ("superscript", "1", "r²", "There is no test 'r²'"),
        ("kind", "1 > 2", "r0", "does not fit"),
        ("texts", "top('2.8','2019','all',1)", "eq", "does not fit"),
        ("nought", "1 / (2 - 2)", "r0", "divides by nought"),
        ("brackets", "sum(1, 2", "eq", "no formula"),
    ]
    rows = [claims(id=name, formula=formula, test=test, printed_value="1") for name, formula, test, _ in wrong]
    with pytest.raises(StudyError, match=f"{len(wrong)} of {len(wrong) + 1} claims") as error:
        check_claims(printed(), pd.concat([*rows, claims()], ignore_index=True))
    assert [problem.key for problem in error.value.problems] == [name for name, *_ in wrong]
    for problem, (*_, said) in zip(error.value.problems, wrong, strict=True):
        assert said in str(problem)
    assert "Did you mean '2.7'?" in str(error.value.problems[0])


def test_a_number_is_needed_for_eq() -> None:
    with pytest.raises(StudyError, match="needs a number"):
        checked(printed_value="almost all")
    with pytest.raises(StudyError, match="needs a number"):
        checked(printed_value="nan")


@pytest.mark.parametrize(("separator", "encoding"), [(",", "utf-8"), (";", "cp1252")])
def test_a_file_of_claims_is_read_as_offices_write_it(separator: str, encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "claims.csv"
    claims(statement="Geïdentificeerd, geteld").to_csv(path, index=False, sep=separator, encoding=encoding)
    claim = check_claims(printed(), path)["1"]
    assert (claim.agrees, claim.statement) == ("yes", "Geïdentificeerd, geteld")


def test_a_workbook_of_claims_is_read(tmp_path: Path) -> None:
    path = tmp_path / "claims.xlsx"
    claims(printed_value=5060, needs=None).to_excel(path, index=False)
    claim = check_claims(printed(), path)["1"]
    assert (claim.agrees, claim.needs) == ("yes", "")


def test_a_file_of_claims_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="no file"):
        check_claims(printed(), tmp_path / "claims.csv")


def test_a_file_without_columns_or_with_an_id_twice_is_refused() -> None:
    with pytest.raises(StudyError, match=r"formula \(line 1\): There is no such column"):
        check_claims(printed(), claims().drop(columns=["formula"]))
    with pytest.raises(StudyError, match="1: This id stands"):
        check_claims(printed(), pd.concat([claims(), claims()]))


def test_unknown_names_are_refused(text: ClaimCheck) -> None:
    with pytest.raises(TableError, match="no claim 'C999'"):
        text["C999"]
    with pytest.raises(TableError, match="2014-2018"):
        claims_of("2014-2018")
