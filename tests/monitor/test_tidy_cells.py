"""What is written of a withheld count: shares, means, bases, ranks, titles and neighbours rest on it, or say it too."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import pytest

import mse
from mse.core.figure import Column, Figure
from mse.core.sentence import Sentence
from mse.monitor.disclosure.protected import Protected
from mse.report.csv import figure_csv

TEXT = {"en": "Presumed victims", "nl": "Vermoedelijke slachtoffers"}
OWN = Protected()
Row = tuple[str, str, str, float]


def tidy(name: str, rows: Sequence[Row], **more: object) -> Figure:
    """A tidy figure: year, category, measure, value of each row."""
    frame = pd.DataFrame(rows, columns=["year", "category_code", "measure", "value"])
    extra = {key: more.pop(key) for key in ("base", "rank") if key in more}
    frame = frame.assign(form="all", **extra)
    columns = {key: Column(key, key) for key in ("year", "form", "category_code", "measure")}
    columns["value"] = Column("value", "waarde", "measured")
    columns |= {key: Column(key, key, "setting" if key == "rank" else "persons") for key in extra}
    return Figure(name, frame, columns, title=TEXT, caption=TEXT, **more)  # type: ignore[arg-type]


def by_sex(**more: object) -> Figure:
    """Seven of unknown sex among 178, with shares and a mean."""
    rows: list[Row] = [
        ("2019", "male", "victims", 62.0), ("2019", "female", "victims", 109.0), ("2019", "unknown", "victims", 7.0),
        ("2019", "total", "victims", 178.0), ("2019", "male", "percent_of_victims", 62 / 178),
        ("2019", "female", "percent_of_victims", 109 / 178), ("2019", "unknown", "percent_of_victims", 7 / 178),
        ("2019", "unknown", "years", 23.44), ("2019", "total", "years", 26.18),
    ]  # fmt: skip
    rests = {4: (0, 3), 5: (1, 3), 6: (2, 3), 7: (2,), 8: (3,)}
    cells = {row: ("2019", rows[row][1]) for row in range(4)}
    return tidy("sex", rows, cells=cells, sums=((3, (0, 1, 2)),), rests=rests, **more)


def values(release: object, name: str = "sex", column: str = "value") -> list[float | None]:
    frame = release[name].to_frame()  # type: ignore[index]
    return [None if pd.isna(value) else float(value) for value in frame[column]]


def test_shares_and_means_of_withheld_counts_are_withheld_and_others_are_exact() -> None:
    shown = values(mse.release([by_sex()], OWN))
    assert shown[:4] == [None, 109.0, None, 178.0]
    assert shown[4:7] == [None, 109 / 178, None]
    assert shown[7:] == [None, 26.2]


def test_shares_of_rounded_counts_are_computed_from_those() -> None:
    shown = values(mse.release([by_sex()], Protected(rounding=5)))
    assert shown[3] in {175.0, 180.0}
    assert shown[1] in {105.0, 110.0}
    assert shown[5] == shown[1] / shown[3]  # type: ignore[operator]
    assert values(mse.release([by_sex()], "threshold"))[5] == pytest.approx(110 / 180)


def test_a_share_of_which_nothing_says_what_it_rests_on_is_withheld() -> None:
    rows: list[Row] = [("2019", "a", "victims", 50.0), ("2019", "a", "percent_of_victims", 0.25)]
    figure = tidy("bare", rows, cells={0: "a"})
    assert values(mse.release([figure], OWN), "bare") == [50.0, None]


def test_changes_follow_from_what_is_printed_now_and_then() -> None:
    rows: list[Row] = [("2018", "a", "victims", 123.0), ("2019", "a", "victims", 246.0),
                       ("2019", "a", "percent_change", 1.0)]  # fmt: skip
    figure = tidy("change", rows, cells={0: "then", 1: "now"}, rests={2: (1, 0)})
    for policy in (Protected(rounding=5), "threshold"):
        then, now, change = values(mse.release([figure], policy), "change")
        assert change == now / then - 1.0  # type: ignore[operator]


def test_a_base_is_printed_only_where_that_count_is() -> None:
    whole = [178.0] * 9
    assert values(mse.release([by_sex(base=whole)], OWN), column="base")[:6] == whole[:6]
    part = [62.0] * 9
    assert values(mse.release([by_sex(base=part)], OWN), column="base") == [None] * 9


def test_ranks_beside_a_withheld_count_are_withheld() -> None:
    counts = {"2018": (50.0, 40.0, 30.0), "2019": (50.0, 9.0, 30.0)}
    rows = [(year, code, "victims", value) for year in counts for code, value in zip("abc", counts[year], strict=True)]
    ranks = [1.0, 2.0, 3.0, 1.0, 3.0, 2.0]
    figure = tidy("table", rows, cells={row: row for row in range(6)}, rank=ranks)
    assert values(mse.release([figure], OWN), "table", "rank") == [1.0, 2.0, 3.0, None, None, None]


def test_a_count_that_is_withheld_is_in_no_title_finding_or_manifest() -> None:
    title = Sentence("describe_title", {"n": 62, "lists": 3})
    finding = mse.Finding("thin_term", "warning", "x", {"term": "[A B]", "model": "[A B]", "persons": 62})
    figure = Figure(**{**vars(by_sex()), "title": title})
    release = mse.release([figure], OWN, findings=[finding], manifest={"data": {"men": 62, "women": 109, "few": 7}})
    assert release["sex"].figure.title["en"].startswith("(number not shown) persons")
    assert release["sex"].figure.title["nl"].startswith("(aantal niet getoond) personen")
    assert "62" not in release.findings[0].text["en"]
    assert release.manifest["data"] == {"men": "not shown", "women": 109, "few": "not shown"}


def test_the_same_count_in_another_kind_of_figure_is_withheld_too_with_all_that_rests_on_it() -> None:
    exact = {"sex": ["unknown", "total"], "registered": [7, 178], "estimate": [30.4, 500.0]}
    frame = pd.DataFrame({**exact, "share": [7 / 30.4, 178 / 500.0]})
    columns = {
        "sex": Column("sex", "geslacht"),
        "registered": Column("registered", "geregistreerd", "persons"),
        "estimate": Column("estimate", "schatting", "estimate"),
        "share": Column("share", "aandeel", "percent", of=("registered", "estimate")),
    }
    cells = {0: ("2019", "unknown"), 1: ("2019", "total")}
    beside = Figure("beside", frame, columns, title=TEXT, caption=TEXT, cells=cells)
    release = mse.release([by_sex(), beside], OWN)
    assert values(release, "beside", "registered") == [None, 178.0]
    assert values(release, "beside", "share") == [None, 178 / 500.0]
    assert values(release, "beside", "estimate") == [30.0, 500.0]


def test_a_number_of_which_nothing_says_what_it_counts_does_not_repeat_a_withheld_one() -> None:
    frame = pd.DataFrame({"what": ["at most"], "registered": [62]})
    columns = {"what": Column("what", "wat"), "registered": Column("registered", "geregistreerd", "persons")}
    bound = Figure("bound", frame, columns, title=TEXT, caption=TEXT, cells={5: "none"})
    assert values(mse.release([bound], OWN), "bound", "registered") == [62.0]
    assert values(mse.release([by_sex(), bound], OWN), "bound", "registered") == [None]


def test_a_figure_of_another_kind_does_not_print_a_number_that_is_withheld() -> None:
    frame = pd.DataFrame({"what": ["men", "others"], "persons": [62, 413]})
    columns = {"what": Column("what", "wat"), "persons": Column("persons", "personen", "persons")}
    other = Figure("other", frame, columns, title=TEXT, caption=TEXT)
    assert values(mse.release([other], OWN), "other", "persons") == [60.0, 415.0]
    assert values(mse.release([by_sex(), other], OWN), "other", "persons") == [None, 415.0]


def test_cubes_are_not_released_beside_figures_of_the_same_counts() -> None:
    frame = pd.DataFrame({"sex": ["male", "female"], "count": [62, 109]})
    columns = {"sex": Column("sex", "geslacht"), "count": Column("count", "aantal", "persons")}
    loose = Figure("cubes", frame, columns, title=TEXT, caption=TEXT, only_occurring=True)
    with pytest.raises(mse.ReleaseError, match="'cubes'"):
        mse.release([by_sex(), loose], OWN)


def test_two_editions_beside_each_other_do_not_tell_of_few_late_reports() -> None:
    frame = pd.DataFrame({"old": [260, 300, 260], "new": [263, 400, 260], "change": [263 / 260 - 1, 1 / 3, 0.0]})
    columns = {name: Column(name, name, "persons") for name in ("old", "new")}
    columns["change"] = Column("change", "verandering", "percent", of=("old", "new"))
    release = mse.release([Figure("editions", frame, columns, title=TEXT, caption=TEXT)], "threshold")
    assert values(release, "editions", "old") == [None, 300.0, 260.0]
    assert values(release, "editions", "new") == [None, 400.0, 260.0]
    assert values(release, "editions", "change") == [None, 0.33, 0.0]


def test_figures_that_contradict_each_other_are_refused_without_their_numbers() -> None:
    other = tidy("other", [("2019", "total", "victims", 181.0)], cells={0: ("2019", "total")})
    with pytest.raises(mse.ReleaseError, match="'sex' and 'other'") as caught:
        mse.release([by_sex(), other], OWN)
    assert "181" not in str(caught.value)
    wrong = tidy("wrong", [("2019", "a", "victims", 50.0), ("2019", "total", "victims", 60.0)],
                 cells={0: "a", 1: "t"}, sums=((1, (0,)),))  # fmt: skip
    with pytest.raises(mse.ReleaseError, match="'wrong'"):
        mse.release([wrong], OWN)


def test_a_file_has_a_word_where_a_count_is_withheld_in_both_languages() -> None:
    released = mse.release([by_sex()], OWN)["sex"]
    assert figure_csv(released).splitlines()[1] == "2019,all,male,victims,not shown"
    assert figure_csv(released, "nl").splitlines()[1] == "2019,all,male,victims,niet getoond"


def test_counts_that_readers_know_are_printed_and_protect_nobody() -> None:
    release = mse.release([by_sex()], Protected(known=[("2019", "unknown")]))
    assert values(release)[:4] == [62.0, 109.0, 7.0, 178.0]


def test_dates_that_a_picture_marks_are_no_counts() -> None:
    figure = by_sex(marks={"event:gdpr": 2018.4, "low": 301.3})
    assert mse.release([figure], OWN)["sex"].figure.marks == {"event:gdpr": 2018.4, "low": 300}


def test_the_trace_of_rules_does_not_leave() -> None:
    assert mse.release([by_sex(trace={"R7": 7})], OWN)["sex"].figure.trace == {}


@pytest.mark.parametrize(
    "wrong", [{"minimum": 1}, {"dominant": 0.4}, {"dominant": 1.0}, {"rounding": 1}, {"rounding": 50}]
)
def test_settings_that_cannot_be_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(mse.ReleaseError):
        Protected(**wrong)  # type: ignore[arg-type]


def test_an_office_has_its_own_minimum() -> None:
    shown = values(mse.release([by_sex()], Protected(minimum=5, dominant=None)))
    assert shown[:4] == [62.0, 109.0, 7.0, 178.0]
