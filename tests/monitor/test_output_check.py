"""The audit trail and the output-check form: what was checked, by which rule, and nothing of what is withheld."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from random_figures import figures_of, register
from test_release import PUBLIC, figure
from test_tidy_cells import by_sex

import mse
from mse.core.figure import Figure
from mse.monitor.disclosure.output_check import FORM
from mse.monitor.disclosure.protected import Protected
from mse.monitor.disclosure.release import Release
from mse.monitor.disclosure.trail import RULES
from mse.report.excel import write_workbook
from mse.report.page import Page

OWN = Protected()


def texts(release: Release, column: str, language: str = "en") -> list[str]:
    assert release.form is not None
    cells = release.form.figure.frame[column]
    return [cell if isinstance(cell, str) else cell[language] for cell in cells]


def test_the_trail_has_every_cell_with_its_rule_and_state() -> None:
    trail = mse.release([by_sex()], OWN).audit.to_frame()
    assert trail["rule"].tolist() == [
        "secondary",
        "none",
        "few",
        "none",
        "derived",
        "none",
        "derived",
        "derived",
        "none",
    ]
    assert trail["before"].tolist()[:4] == ["safe", "safe", "unsafe", "safe"]
    assert trail["after"].tolist()[:4] == ["withheld", "printed", "withheld", "printed"]
    assert set(trail["rule"]) <= set(RULES)
    assert trail["why"].str.len().min() > 10
    assert mse.release([by_sex()], OWN).audit.to_frame("nl")["why"].tolist() != trail["why"].tolist()


def test_the_account_counts_counts_and_what_rests_on_them_apart() -> None:
    text = mse.release([by_sex()], OWN).audit.text("en")
    assert "not shown (2 of 4), nor are shares and means that rest on them (3)" in text


def test_the_trail_never_holds_a_withheld_number() -> None:
    figures = figures_of(register(4))
    release = mse.release(figures, OWN)
    for decision in release.audit.trail:
        words = re.findall(r"\d+", " ".join([decision.cell, decision.rule, decision.before, decision.after]))
        assert {int(word) for word in words} <= {0, 1, 2, 2015, 2016, 2017}, decision
    assert any(decision.after == "withheld" for decision in release.audit.trail)


def test_what_is_written_does_not_say_which_rule_met_which_cell() -> None:
    release = mse.release([by_sex()], OWN)
    assert set(release.to_manifest()["release"]["figures"]["sex"]) == {"judged", "withheld", "derived", "rounded"}
    assert "few" not in str(release.to_manifest()["release"])


def test_the_form_is_one_of_the_figures_of_every_release_of_counts_that_are_not_public() -> None:
    for policy in (OWN, "protected", "threshold"):
        release = mse.release([by_sex()], policy)
        assert release.names == ("sex", FORM)
        assert release[FORM].figure.title["nl"].startswith("Uitvoercontrole")
    public = mse.release([figure([7], reference=PUBLIC)], "public_source")
    assert FORM not in public.names
    assert public.form is not None
    named = Figure(**{**vars(by_sex()), "name": FORM})
    with pytest.raises(mse.ReleaseError, match=FORM):
        mse.release([named], OWN)


def test_the_form_names_the_types_that_occur_and_what_is_safe_by_type() -> None:
    release = mse.release([by_sex(), figure([413])], Protected(rounding=5, previous=None))
    whats = texts(release, "what")
    assert whats[:3] == ["Tables of counts", "Shares, ratios and changes", "Means"]
    assert {"Minimum cell count", "Dominance", "Linked tables", "Rounding", "Previous release"} <= set(whats)
    assert "Estimates and their intervals" not in whats
    assert not release.form.figure.frame["safe_by_type"].fillna(False).any()  # type: ignore[union-attr]
    assert "Not compared with what was published earlier" in " ".join(texts(release, "rule"))
    assert "sex" in texts(release, "figures")[1]
    assert len(set(texts(release, "look", "nl"))) >= 3


def test_the_form_says_the_rules_as_they_were_set() -> None:
    release = mse.release([by_sex()], Protected(minimum=5, dominant=None, rounding=3))
    rules = " ".join(texts(release, "rule"))
    assert "No count below 5" in rules
    assert "multiples of 3" in rules
    assert "Dominance" not in texts(release, "what")
    before = mse.release([by_sex()], OWN)
    after = mse.release([by_sex()], Protected(previous=before))
    assert "Counts that were withheld stay so" in " ".join(texts(after, "rule"))


def test_the_form_holds_no_count_of_persons() -> None:
    release = mse.release([by_sex()], OWN)
    numbers = {int(word) for column in ("what", "rule", "look") for text in texts(release, column)
               for word in re.findall(r"\d+", text)}  # fmt: skip
    assert numbers <= {10, 90}


def test_a_workbook_has_the_form_in_both_languages(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    text = {"en": "A title", "nl": "Een titel"}
    write_workbook(mse.release([figure([413])], OWN), Page(text, text, text, None, ()), tmp_path / "book.xlsx")
    book = openpyxl.load_workbook(tmp_path / "book.xlsx")
    forms = [name for name in book.sheetnames if "output" in name]
    assert len(forms) == 2
    cells = {str(cell.value) for name in forms for row in book[name].iter_rows() for cell in row}
    assert {"Tables of counts", "Tabellen met aantallen"} <= cells
