"""The audit of the printed figures of the monitor 2015-2019 finds what is wrong in them, and nothing else.

What is wrong is known: Nationaal Rapporteur Mensenhandel en Seksueel Geweld tegen Kinderen (2020), *Slachtoffermonitor
mensenhandel 2015-2019*, The Hague, audited by hand and by another script; its findings on counts are A01 to A11.
"""

from __future__ import annotations

import math
import re

import pandas as pd
import pytest

from mse import ReleaseError, TableError, release
from mse.core.reference import Reference
from mse.monitor.audit.claim_files import claims_of
from mse.monitor.audit.conflicts import Conflict
from mse.monitor.audit.figures_of_audit import audit_figure, claims_figure
from mse.monitor.audit.identity import Check
from mse.monitor.audit.lookup import Cell, FigureValues
from mse.monitor.audit.self_audit import SelfAudit, identities, self_audit
from mse.records.editions import printed

Key = tuple[str, str, str, float, float]

FAILED: dict[Key, str] = {
    ("2.1/2.2", "emm_only", "2015", 5, 4): "A01",
    ("2.1/2.2", "emm_only", "2017", 65, 60): "A01",
    ("2.1/2.2", "emm_only", "2018", 38, 126): "A01",
    ("2.1/2.2", "emm_room", "2018", 654, 668): "A01",
    ("2.4a", "column", "2015", 241, 240): "A02",
    ("2.4a", "years", "n", 1379, 1380): "A02",
    ("2.3/2.6", "any_criminal", "2018", 63, 64): "A03",
    ("2.3/2.6", "any_criminal", "n", 518, 519): "A03",
    ("2.8", "column", "AU", 1018, 1108): "A04",
    ("2.8", "forms", "n", 5150, 5060): "A04",
    ("2.9", "column", "AU", 1018, 1108): "A04",
    ("2.9", "forms", "n", 5150, 5060): "A04",
    ("2.10", "column", "BL-SU", 1178, 1173): "A05",
    ("2.10", "column", "AU", 1018, 1108): "A04",
    ("2.10", "forms", "n", 5145, 5060): "A04",
    ("2.7/2.8", "form_column", "AU", 1108, 1018): "A04",
    ("2.7/2.9", "form_column", "AU", 1108, 1018): "A04",
    ("2.7/2.10", "form_column", "BL-SU", 1173, 1178): "A05",
    ("2.7/2.10", "form_column", "AU", 1108, 1018): "A04",
    ("tab2.1", "forms", "BG", 234, 201): "A08",
    ("tab2.1", "forms", "GN", 111, 113): "A09",
    ("tab2.1", "years", "VN", 74, 57): "A10",
    ("tab2.1", "forms", "VN", 53, 57): "A10",
    ("tab2.1", "forms", "ER", 50, 53): "A11",
    ("2.7/2.11", "reports_enough", "UNK", 646, 650): "A07",
    ("2.11/2.13", "police_reports", "2019", 953, 952): "A06",
    ("2.11/2.13", "police_reports", "GO-SU", 1580, 1579): "A06",
    ("2.11/2.13", "police_reports", "n", 2984, 2983): "A06",
}
"""All that fails on the printed figures: figures, rule, row or column, left, right; and the finding it belongs to."""

SHARED: Key = ("2.10", "forms", "n", 5145, 5060)
"""Needs two corrections, A04 and A05: it belongs to both."""

COUNTS = {
    "2.1": (11, 0), "2.2": (6, 0), "2.1/2.2": (15, 4), "2.3": (18, 0), "2.1/2.3": (5, 0), "2.4a": (13, 2),
    "2.4b": (6, 0), "2.4a/2.4b": (6, 0), "2.3/2.4b": (3, 0), "2.3/2.5": (6, 0), "2.6": (2, 0), "2.3/2.6": (5, 2),
    "2.7": (11, 0), "2.3/2.7": (24, 0), "2.8": (19, 2), "2.9": (29, 2), "2.10": (27, 3), "2.11": (25, 0),
    "2.12": (35, 0), "2.1/2.8": (5, 0), "2.7/2.8": (5, 1), "2.1/2.9": (5, 0), "2.7/2.9": (5, 1), "2.1/2.10": (5, 0),
    "2.7/2.10": (5, 2), "2.9/tab2.1": (44, 0), "2.7/tab2.1": (11, 0), "tab2.1": (91, 5), "2.7/2.11": (10, 1),
    "2.1/2.11": (5, 0), "2.11/2.12": (10, 0), "2.11/2.13": (11, 3), "2.13": (6, 0), "2.6 text": (14, 0),
    "derived": (57, 0),
}  # fmt: skip
"""Identities tested and failed on the printed values, by figures, as the audit of the report counts them."""


def key(check: Check) -> Key:
    """What tells a failed check apart."""
    identity = check.identity
    return "/".join(identity.figures), identity.rule, identity.where, check.left, check.right


@pytest.fixture(scope="module")
def audit() -> SelfAudit:
    return self_audit(printed("2015-2019"), claims_of("2015-2019"))


def of(audit: SelfAudit, name: str) -> Conflict:
    """The conflict that is a finding of the report's audit."""
    return next(conflict for conflict in audit.conflicts if findings_of(conflict) == {name})


def findings_of(conflict: Conflict) -> set[str]:
    """The findings of the report's audit that a conflict is about."""
    return {FAILED[key(check)] for check in conflict.checks if key(check) != SHARED}


def test_the_printed_figures_fail_where_the_report_is_wrong(audit: SelfAudit) -> None:
    assert (len(audit.checks), audit.tested) == (555, 555)
    assert sorted(map(key, audit.failed)) == sorted(FAILED)


def test_identities_are_counted_as_in_the_audit_of_the_report(audit: SelfAudit) -> None:
    counted = audit.by_figures().set_index("figures")
    assert {name: tuple(row) for name, row in counted[["tested", "failed"]].T.items()} == COUNTS
    assert sum(tested for tested, _ in COUNTS.values()) == 555


def test_on_the_settled_values_only_victims_without_a_report_are_left() -> None:
    settled = self_audit(printed("2015-2019"), claims_of("2015-2019"), column="value_checked")
    assert (len(settled.checks), settled.tested) == (555, 512)
    assert [key(check) for check in settled.failed] == [("2.7/2.11", "reports_enough", "UNK", 646, 650)]


def test_conflicts_are_the_eleven_findings_of_the_report(audit: SelfAudit) -> None:
    names = [findings_of(conflict) for conflict in audit.conflicts]
    assert sorted(name for one in names for name in one) == [f"A{number:02}" for number in range(1, 12)]
    assert all(len(one) == 1 for one in names)
    for conflict, (name,) in zip(audit.conflicts, names, strict=True):
        belongs = {check for check, finding in FAILED.items() if finding == name}
        assert set(map(key, conflict.checks)) == belongs | ({SHARED} if name in ("A04", "A05") else set())


def test_settled_values_are_those_of_the_audit_of_the_report(audit: SelfAudit) -> None:
    checked = FigureValues.of(printed("2015-2019"), "value_checked")
    settled = {c: repair for conflict in audit.conflicts for repair in conflict.settled for c in repair.changes}
    decided = {cell: repair for cell, repair in settled.items() if not math.isnan(checked[cell])}
    assert {str(cell): repair.changes[cell] for cell, repair in decided.items()} == {
        "2.4a (2015, SU, n)": 241,
        "2.8 (n, AU, n)": 1018,
        "2.9 (n, AU, n)": 1018,
        "2.10 (n, AU, n)": 1018,
        "2.10 (n, BL-SU, n)": 1178,
    }
    assert all(repair.changes[cell] == checked[cell] for cell, repair in decided.items())


def test_what_the_report_leaves_open_is_named_with_its_cells(audit: SelfAudit) -> None:
    lines = of(audit, "A01")
    assert not lines.settled
    assert all(any(r.cell.category == "all_registered" for r in part.repairs) for part in lines.parts)
    assert of(audit, "A07").suspects == ()
    assert {repair.value - repair.printed for part in of(audit, "A09").parts for repair in part.repairs} == {2}
    assert {repair.value - repair.printed for part in of(audit, "A11").parts for repair in part.repairs} == {3}
    assert [{r.value - r.printed for r in part.repairs} for part in of(audit, "A10").parts] == [{-17}, {4}]


def test_what_the_report_calls_probable_is_proposed(audit: SelfAudit) -> None:
    criminal, bulgaria, police = (of(audit, name) for name in ("A03", "A08", "A06"))
    assert criminal.settled[0].changes == {
        Cell("2.6", "2018", "CU", "total"): 63,
        Cell("2.6", "total", "CU", "total"): 518,
    }
    assert bulgaria.settled[0].changes == {Cell("tab2.1", "total", "AU", "BG"): 81}
    assert police.settled[0].changes == {
        Cell("2.13", "2019", "GO-SU", "GO-SU_non_african"): 79,
        Cell("2.13", "2019", "all", "total"): 952,
        Cell("2.13", "total", "all", "total"): 2983,
    }


def test_only_the_text_tells_which_cross_border_cell_of_2019_is_wrong() -> None:
    without = self_audit(printed("2015-2019"))
    assert [str(cell) for cell in of(without, "A06").suspects] == [
        "2.13 (2019, GO-SU, GO-SU_african)",
        "2.13 (2019, GO-SU, GO-SU_non_african)",
    ]


def test_digits_that_changed_places_are_told_from_other_misprints(audit: SelfAudit) -> None:
    assert all(repair.transposed for repair in of(audit, "A04").settled)
    assert not of(audit, "A05").settled[0].transposed
    assert of(audit, "A04").finding.code == "conflict_transposed"
    assert of(audit, "A05").finding.code == "conflict_settled"


@pytest.mark.parametrize("language", ["en", "nl"])
def test_findings_say_what_where_and_how_much(audit: SelfAudit, language: str) -> None:
    grouped = {"en": "1,018", "nl": "1.018"}[language]
    assert grouped in of(audit, "A04").finding.sentence(language)
    said = [finding.sentence(language) for finding in audit.findings]
    assert len(said) == len(audit.conflicts) + len(FAILED) + 1 + 33
    assert all(text and "{" not in text for text in said)


def test_findings_name_cells_in_words_and_no_codes(audit: SelfAudit) -> None:
    said = " ".join(finding.sentence("nl") for finding in audit.findings if not finding.code.startswith("claim"))
    assert not re.search(r"\b(BL-SU|GO-SU|UNK|AU|CU|all_registered|tab2\.1|europe_other|law_enforcement)\b", said)
    assert "figuur 2.8 (totaal, Arbeidsuitbuiting, totaal)" in of(audit, "A04").finding.sentence("nl")
    assert "Checks of table 2.1 fail at Bulgaria" in of(audit, "A08").finding.sentence("en")
    assert "Controles van de figuren 2.7 en 2.10 falen" in of(audit, "A05").finding.sentence("nl")


def test_the_audit_is_a_figure_that_can_be_released(audit: SelfAudit) -> None:
    reference = Reference((2015, 2019), "person-year", "presumed victims", "Netherlands", source="report", public=True)
    figure = audit_figure(audit, reference=reference)
    released = release([figure], "public_source", findings=audit.findings)
    frame = released["audit"].to_frame()
    assert len(frame) == len(FAILED) + 1
    assert set(frame["finding"]) == {str(number) for number in range(1, 12)}
    rounded = release([figure], "threshold")["audit"].to_frame()
    small = frame["left"] < 10
    assert small.any()
    assert rounded.loc[small, "left"].isna().all()


@pytest.mark.parametrize("policy", ["threshold", "protected"])
def test_an_audit_of_counts_that_are_not_public_is_not_released(audit: SelfAudit, policy: str) -> None:
    """Which counts do not fit, and by how much, tells of counts that the policy withholds."""
    assert audit.claims is not None
    for figure in (audit_figure(audit), claims_figure(audit.claims)):
        with pytest.raises(
            ReleaseError, match=rf"public counts only\. Got: without a public reference: '{figure.name}'"
        ):
            release([figure], policy)


def test_the_frame_of_an_audit_lists_changes(audit: SelfAudit) -> None:
    frame = audit.to_frame()
    assert frame["conflict"].nunique() == 11
    assert frame.loc[frame["transposed"], "cell"].tolist() == ["2.8 (n, AU, n)", "2.9 (n, AU, n)", "2.10 (n, AU, n)"]
    assert (frame["cell"] == "").sum() == 1


def test_figures_that_are_not_there_are_not_checked() -> None:
    figures = printed("2015-2019")
    assert {i.group for i in identities({"2.8": figures["2.8"], "2.1": figures["2.1"]})} == {"2.1", "2.8", "2.1/2.8"}


def test_a_figure_that_is_not_tidy_is_refused() -> None:
    with pytest.raises(TableError, match="category_code"):
        self_audit({"2.1": pd.DataFrame({"year": ["2015"], "form": ["all"], "value": [1]})})


def test_a_cell_that_stands_twice_is_refused() -> None:
    frame = printed("2015-2019")["2.8"]
    with pytest.raises(TableError, match=r"2\.8 \(n, BL-SU, unknown\)"):
        self_audit({"2.8": pd.concat([frame, frame[(frame["form"] == "BL-SU") & (frame["year"] == "total")].head(1)])})
