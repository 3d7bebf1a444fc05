"""The one door: what each policy lets out of figures, texts, findings and manifests."""

from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd
import pytest

import mse
from mse.core.figure import Column, Figure
from mse.core.sentence import Sentence
from mse.monitor.disclosure.release import default_policy
from mse.monitor.estimation import (
    BANDWIDTHS,
    lists_figure,
    modes_figure,
    pairs_figure,
    patterns_figure,
    search_figure,
)

PUBLIC = mse.Reference((2015, 2019), "person", "presumed victims", "Netherlands", source="A publication", public=True)
TEXT = {"en": "By form", "nl": "Naar vorm"}


def figure(persons: list[float], name: str = "forms", reference: mse.Reference | None = None, **more: object) -> Figure:
    frame = pd.DataFrame({"form": [f"form {place}" for place in range(len(persons))], "persons": persons})
    columns = {"form": Column("form", "vorm"), "persons": Column("persons", "personen", "persons")}
    return Figure(name, frame, columns, title=TEXT, caption=TEXT, reference=reference, **more)  # type: ignore[arg-type]


def test_public_source_keeps_every_count_and_prints_its_source() -> None:
    released = mse.release([figure([413, 7, 1], reference=PUBLIC)], "public_source")
    assert released["forms"].to_frame()["persons"].tolist() == [413, 7, 1]
    assert released.citations == ("A publication",)


@pytest.mark.parametrize("reference", [None, PUBLIC.replace(public=False), PUBLIC.replace(source="")])
def test_public_source_is_refused_without_a_public_reference_with_a_source(reference: mse.Reference | None) -> None:
    with pytest.raises(mse.ReleaseError, match="forms"):
        mse.release([figure([413], reference=reference)], "public_source")


def test_one_private_figure_is_enough_to_refuse_and_is_the_only_one_named() -> None:
    with pytest.raises(mse.ReleaseError, match="'secret'") as caught:
        mse.release([figure([413], reference=PUBLIC), figure([413], "secret")], "public_source")
    assert "forms" not in str(caught.value)


def test_the_default_is_the_threshold_unless_everything_is_public() -> None:
    assert default_policy([figure([413], reference=PUBLIC)]) == "public_source"
    assert default_policy([figure([413], reference=PUBLIC), figure([413])]) == "threshold"
    assert default_policy([figure([413], reference=PUBLIC.replace(source=""))]) == "threshold"
    assert default_policy([]) == "threshold"
    assert mse.release([figure([413])]).policy == "threshold"


def test_unknown_policies_and_repeated_names_are_refused() -> None:
    with pytest.raises(mse.ReleaseError, match="Did you mean 'threshold'"):
        mse.release([figure([413])], "treshold")
    with pytest.raises(mse.ReleaseError, match="'forms' more than once"):
        mse.release([figure([413]), figure([413])])


def test_columns_that_are_not_shown_do_not_leave() -> None:
    hidden = figure([413, 508])
    with_key = Figure("forms", hidden.frame.assign(key=["a", "b"]), hidden.columns, title=TEXT, caption=TEXT)
    for policy, reference in (("threshold", None), ("public_source", PUBLIC)):
        shown = Figure("forms", with_key.frame, hidden.columns, title=TEXT, caption=TEXT, reference=reference)
        assert list(mse.release([shown], policy)["forms"].to_frame().columns) == ["form", "persons"]


def test_counts_in_titles_and_in_sentences_within_sentences_follow_the_policy() -> None:
    inner = Sentence("study_data", {"n": 7, "lists": 2})
    title = Sentence("either_or", {"one": inner, "other": Sentence("describe_title", {"n": 8234, "lists": 6})})
    figures = [Figure("forms", figure([413]).frame, figure([413]).columns, title=title, caption=TEXT)]
    released = mse.release(figures)
    assert released["forms"].figure.title["en"] == ("fewer than 10 persons on 2 lists, or 8,235 persons on 6 lists")
    assert released.say(title, "nl").startswith("minder dan 10 personen op 2 lijsten")


def test_estimates_in_sentences_are_rounded_so_that_no_count_can_be_subtracted() -> None:
    released = mse.release([figure([413])])
    text = Sentence("headline_range", {"lower": 413.2, "upper": 1234.0})
    assert released.say(text, "en") == "between 415 and 1,230"
    assert mse.release([figure([413], reference=PUBLIC)]).say(text, "en") == "between 413 and 1,230"


def test_findings_say_fewer_than_ten_in_words_and_manifest() -> None:
    finding = mse.Finding("thin_term", "warning", "[A B]", {"term": "[A B]", "model": "[A B][C]", "persons": 7})
    released = mse.release([figure([413])], findings=[finding])
    assert "fewer than 10" in released.findings[0].text["en"]
    assert "minder dan 10" in released.findings[0].text["nl"]
    assert released.findings[0].remedy["en"]
    assert released.to_manifest()["findings"][0]["values"]["persons"] == "too few"
    exact = mse.release([figure([413], reference=PUBLIC)], findings=[finding])
    assert "(7)" in exact.findings[0].text["en"]
    assert exact.to_manifest()["findings"][0]["values"]["persons"] == 7


def test_findings_do_not_name_empty_overlaps_under_the_threshold() -> None:
    values = {"terms": ["[A B]", "[B C]"], "n": 2, "model": "[A][B][C]"}
    finding = mse.Finding("infinite_terms", "note", "m", values)
    released = mse.release([figure([413])], findings=[finding])
    assert "[A B]" not in released.findings[0].text["en"]
    assert "[A B]" not in json.dumps(released.to_manifest())


def test_the_manifest_loses_hashes_and_coarsens_counts_outside_open_sections() -> None:
    manifest = {
        "versions": {"numpy": "2.5", "sha256_of_nothing": "abc"},
        "seeds": {"bootstrap": 7},
        "data": {"persons": 8234, "smallest": 3, "sha256": "abc", "table_fingerprint": "def", "counts": [413, 0]},
        "totals": {"best": 116667.2, "none": float("nan")},
        "blocked": True,
    }
    shared = mse.release([figure([413])], manifest=manifest).to_manifest()
    assert shared["versions"] == {"numpy": "2.5"}
    assert shared["seeds"] == {"bootstrap": 7}
    assert shared["data"] == {"persons": 8235, "smallest": "too few", "counts": [415, "too few"]}
    assert shared["totals"] == {"best": 117000, "none": None}
    assert shared["blocked"] is True
    assert json.dumps(shared)


def test_a_public_manifest_is_kept_whole() -> None:
    manifest = {"data": {"persons": 7, "sha256": "abc"}}
    assert mse.release([figure([413], reference=PUBLIC)], manifest=manifest).to_manifest()["data"] == manifest["data"]


def test_the_audit_counts_what_each_rule_did() -> None:
    audit = mse.release([figure([413, 508, 7], group=())]).audit
    assert audit.figures["forms"] == {"too_few": 1, "dominant": 0, "complementary": 1, "derived": 0, "rounded": 3}
    assert audit.total("too_few") == 1
    assert "1 cells" in audit.text("en")


def numbers(text: str) -> set[int]:
    return {int(found.replace(",", "")) for found in re.findall(r"\d[\d,]*", text)}


def test_a_small_table_leaves_without_any_small_count() -> None:
    rng = np.random.default_rng(3)
    counts = rng.integers(0, 60, size=(2, 2, 2))
    counts[0, 0, 0] = 0
    counts[1, 1, 1], counts[0, 1, 1] = 3, 0
    table = mse.CaptureTable(["A", "B", "C"], counts)
    released = mse.release([lists_figure(table), patterns_figure(table), pairs_figure(table)], findings=table.findings)
    for shown in released.figures:
        for name, column in shown.figure.columns.items():
            if column.kind == "persons":
                left = [int(value) for value in shown.to_frame()[name].dropna()]
                assert all(value >= 10 and value % 5 == 0 for value in left), shown.name
        for text in (shown.figure.title["en"], shown.figure.caption["en"]):
            assert all(n >= 10 or n in {1, 3, 7} for n in numbers(text))


def test_releases_print_what_they_did_and_find_figures_by_name() -> None:
    released = mse.release([figure([413, 508])])
    assert "threshold" in repr(released)
    with pytest.raises(mse.ReleaseError, match="Did you mean 'forms'"):
        released["form"]


def test_the_threshold_leaves_settings_alone_and_coarsens_what_follows_from_counts() -> None:
    table = mse.CaptureTable(["A", "B", "C"], [[[0, 214], [187, 53]], [[160, 41], [33, 24]]])
    search = mse.Search(criterion="bic").fit(table)
    figures = [modes_figure([(TEXT, search)], bandwidths=BANDWIDTHS), search_figure(search)]
    released = mse.release(figures, "threshold")
    exact = figures[0].frame["bandwidth"].tolist()
    assert released["modes"].to_frame()["bandwidth"].tolist() == exact
    assert set(exact) == set(BANDWIDTHS)
    delta = released["rivals"].to_frame()["delta"].tolist()
    assert delta == [round(value, 1) for value in figures[1].frame["delta"]]
    weight = released["rivals"].to_frame()["weight"].tolist()
    assert weight == [round(value, 2) for value in figures[1].frame["weight"]]
    for name in ("order", "n_parameters"):
        if name in figures[1].columns:
            assert released["rivals"].to_frame()[name].tolist() == figures[1].frame[name].tolist()
