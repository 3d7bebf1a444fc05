"""A study whose models hold covariates gives the numbers of the same calls in Python."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from strata_study import BOOTSTRAP, STUDY, table, write_study

import mse
from mse.core.partial import PartialTable
from mse.errors import ModelError, StudyError
from mse.monitor.estimation.part_figures import parts_figure
from mse.study.check import CheckedStudy, check_study
from mse.study.covariates import holding, read_coding
from mse.study.divisions import changes_between_years
from mse.study.page import compose
from mse.study.procedure import Results, carry_out

SEARCH = mse.Search(method="stepwise", forced="[A year][A form]")


def results(path: Path) -> Results:
    found = carry_out(check_study(path))
    assert found is not None
    return found


def numbers(parts: Any) -> list[tuple[Any, ...]]:
    return [(dict(part.levels), part.observed, part.total, part.lower, part.upper) for part in parts if part.levels]


def test_without_a_bootstrap_parts_are_those_of_the_best_model(tmp_path: Path) -> None:
    found = results(write_study(tmp_path))
    search = SEARCH.fit(table())
    assert (found.answer.total, found.answer.lower) == (search.total, search.estimate().lower)
    for division, by in zip(found.divisions, (["year"], ["year", "form"]), strict=True):
        assert numbers(division.parts) == numbers(search.estimate(by).parts)
    assert changes_between_years(found.divisions) == ()


def test_with_a_bootstrap_parts_and_changes_are_those_of_its_draws(tmp_path: Path) -> None:
    found = results(write_study(tmp_path, STUDY + BOOTSTRAP))
    drawn = mse.bootstrap(SEARCH, table(), replicates=25, seed=3, by=["year", "form"])
    by_year, by_both = found.divisions
    assert (found.answer.lower, found.answer.upper) == (drawn.lower, drawn.upper)
    assert numbers(by_both.parts) == numbers(drawn.parts)
    assert sum(part.total for part in by_year.parts[1:]) == pytest.approx(drawn.total, rel=1e-12)  # sums in other order
    changes = changes_between_years(found.divisions)
    assert [(one.a, one.b, one.kind) for one in changes] == [
        ("2019", "2018", "growth"), ("2020", "2019", "growth"), ("2020", "2018", "trend")
    ]  # fmt: skip
    same = drawn.contrast({"year": 2019}, {"year": 2018}, "growth")
    assert (changes[0].lower, changes[0].upper, changes[0].decline) == (same.lower, same.upper, same.decline)


def test_what_a_search_left_out_is_among_the_findings(tmp_path: Path) -> None:
    found = results(write_study(tmp_path))
    expected = {finding.code for finding in SEARCH.fit(table()).findings}
    assert "narrowed_by_choice" in expected
    assert expected <= {finding.code for finding in found.findings}


def test_page_and_files_hold_the_parts(tmp_path: Path, no_pictures: None) -> None:
    path = write_study(tmp_path, STUDY + BOOTSTRAP)
    done = mse.run(path, progress=False)
    names = {file.name for file in (done.folder / "figures").iterdir()}
    assert {"parts-year.csv", "parts-year-form.csv", "changes.csv"} <= names
    assert [section.key for section in done.page.sections].count("parts") == 1
    choices = done.release.manifest["choices"]["estimate"]
    assert (choices["covariates"], choices["method"], choices["scopes"]) == (["year", "form"], "stepwise", [2])
    assert mse.run(path, progress=False).verified


def test_the_default_is_a_table_added_up_over_its_covariates(tmp_path: Path) -> None:
    plain = STUDY[: STUDY.index("[estimate]")]
    checked = check_study(write_study(tmp_path, plain))
    assert checked.estimated is not None
    assert checked.estimated.fingerprint == table().collapse().fingerprint
    choices = checked.study.to_choices()["estimate"]
    assert choices["method"] == "exhaustive"
    assert not {"covariates", "coding", "by", "forbidden"} & choices.keys()
    assert checked.searches == (mse.Search(),)


def test_one_of_two_covariates_and_its_coding(tmp_path: Path) -> None:
    text = STUDY.replace('covariates = ["year", "form"]\nby = ["year", ["year", "form"]]', 'covariates = ["year"]')
    text = text.replace("[A form]", "").replace("forced", 'coding = { year = "poly 1" }\nforced')
    found = results(write_study(tmp_path, text))
    spec = mse.Search(method="stepwise", forced="[A year]", coding={"year": mse.Poly(1)})
    assert found.searches[0].spec == spec
    assert found.answer.total == spec.fit(table().collapse(["year"])).total
    assert [tuple(part.levels) for part in found.divisions[0].parts[1:]] == [("year",)] * 3


@pytest.mark.parametrize(
    ("before", "after", "key", "words"),
    [
        ('"form"]\nby = ["year", ["year", "form"]]', '"from"]', "covariates[1]", "Did you mean 'form'?"),
        ('by = ["year"', 'by = ["sex"', "by[0]", "names 'sex'"),
        ("forced", 'coding = { form = "poly 1" }\nforced', "coding.form", "numbers or dates"),
        ("forced", 'coding = { year = "cubic" }\nforced', "coding.year", "no coding 'cubic'"),
        ("forced", 'coding = { sex = "levels" }\nforced', "coding.sex", "no covariate that models hold"),
        ("[A form]", "[A sex]", "forced", "sex"),
        ("forced", 'forbidden = "[A form]"\nforced', "forbidden", "forced or forbidden, not both"),
    ],
)  # fmt: skip
def test_what_cannot_be(tmp_path: Path, before: str, after: str, key: str, words: str) -> None:
    assert before in STUDY
    with pytest.raises(StudyError) as caught:
        check_study(write_study(tmp_path, STUDY.replace(before, after)))
    (problem,) = caught.value.problems
    assert problem.key == f"estimate.{key}"
    assert words in str(problem)


def test_an_exhaustive_search_of_too_many_models_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    held = 'covariates = ["age", "gender", "region"]\nmethod = "exhaustive"\n'
    path.write_text(f'[study]\ntitle = "x"\n[data]\ndataset = "scotland_drug_injection"\n[estimate]\n{held}', "utf-8")
    with pytest.raises(StudyError, match=r"20,000 models of 4 lists and 3 covariates .*method = 'stepwise'"):
        check_study(path)


@pytest.mark.parametrize(
    ("text", "key"),
    [(STUDY + BOOTSTRAP + 'kind = "case"\n', "kind"),
     (STUDY[: STUDY.index("[estimate]")] + BOOTSTRAP + "simultaneous = true\n", "simultaneous")],
)  # fmt: skip
def test_a_bootstrap_that_cannot_be(tmp_path: Path, text: str, key: str) -> None:
    with pytest.raises(StudyError) as caught:
        check_study(write_study(tmp_path, text))
    assert [problem.key for problem in caught.value.problems] == [f"bootstrap.{key}"]


@pytest.mark.parametrize(
    ("text", "coding"),
    [
        ("levels", mse.Levels()),
        ("poly 2", mse.Poly(2)),
        ("spline 3", mse.Spline(3)),
        ("step 2018-01-01 2020", mse.Step(["2018-01-01", 2020])),
        ("break 2017", mse.Break(2017)),
        ("scores low=1 high=3", mse.Scores({"low": 1, "high": 3})),
        ({"kind": "step", "at": ["north east"]}, mse.Step("north east")),
    ],
)
def test_codings_in_words(text: Any, coding: mse.Levels) -> None:
    assert read_coding(text) == coding


@pytest.mark.parametrize("text", ["", "poly", "poly two", "levels 2", "step", "scores low"])
def test_codings_that_are_none(text: str) -> None:
    with pytest.raises(ModelError):
        read_coding(text)


REPORTS = ('covariates = ["form"]', 'covariates = ["year", "form"]')
ESTIMATE = '[estimate]\ncovariates = ["form"]\n[bootstrap]\nreplicates = 5\nkind = "case"\n'


def reports_by_form(path: Path) -> CheckedStudy:
    """The study of reports, of which one in ten has no form, with a case for three neighbours in the file."""
    lines = (path.parent / "reports.csv").read_text(encoding="utf-8").splitlines()
    rows = [line.rpartition(";")[0] + ";" if place % 10 == 9 else line for place, line in enumerate(lines)]
    cases = [f"{row};{'case' if place == 0 else place // 3}" for place, row in enumerate(rows)]
    (path.parent / "reports.csv").write_text("\n".join(cases), encoding="utf-8")
    text = path.read_text(encoding="utf-8").replace("[estimate]\nscopes = [2]\n", ESTIMATE)
    path.write_text(text.replace('date = "date"', 'date = "date"\ncase = "case"'), encoding="utf-8")
    return check_study(path)


def test_missing_values_stay_on_the_margin_that_is_known_and_cases_are_drawn(reports_study: Path) -> None:
    checked = reports_by_form(reports_study)
    assert isinstance(checked.estimated, PartialTable)
    assert checked.study.data.reports.missing == "partial"
    found = carry_out(checked)
    same = mse.bootstrap(mse.Search(method="stepwise"), checked.estimated, replicates=5, kind="case", by=["form"])
    assert (found.reselected.lower, found.reselected.upper) == (same.lower, same.upper)
    shown = {figure.name: figure for figure in compose(checked, found).figures}
    assert shown["lists"].to_frame()["persons"].sum() >= checked.estimated.n_observed
    assert shown["parts-form"].to_frame()["observed"].sum() == pytest.approx(checked.estimated.n_observed, rel=1e-9)


def test_missing_values_are_a_level_without_covariates(reports_study: Path) -> None:
    checked = check_study(reports_study)
    assert checked.study.to_choices()["data"]["reports"]["missing"] == "level"
    assert isinstance(checked.estimated, mse.CaptureTable)


def test_a_file_says_where_lists_operated(reports_study: Path) -> None:
    text = reports_study.read_text(encoding="utf-8").replace('date = "date"', 'date = "date"\noperating = "on.csv"')
    text = text.replace(*REPORTS).replace("scopes = [2]", 'covariates = ["year"]')
    reports_study.write_text(text, encoding="utf-8")
    with pytest.raises(StudyError, match=r"data\.reports\.operating"):
        check_study(reports_study)
    (reports_study.parent / "on.csv").write_text("list,from,until\nS,2022,\n", encoding="utf-8")
    with pytest.raises(StudyError, match="List 'S' is off in year 2021"):
        check_study(reports_study)
    kept = [line for line in (reports_study.parent / "reports.csv").read_text(encoding="utf-8").splitlines()
            if "shelter" not in line]  # fmt: skip
    kept += ["extra-1;shelter;2022-03-01;other", "extra-2;shelter;2022-03-01;labour"]
    (reports_study.parent / "reports.csv").write_text("\n".join(kept), encoding="utf-8")
    checked = check_study(reports_study)
    assert isinstance(checked.estimated, PartialTable)
    assert not checked.estimated.operating.all()


def test_a_table_of_which_everything_is_known_is_whole_again() -> None:
    layers = {(): [[[0, 0], [20, 9]], [[30, 12], [5, 2]]], ("form",): [[0, 4], [6, 1]]}
    partial = PartialTable(["A", "B"], {"form": ["SU", "AU"]}, layers)
    assert holding(partial, []).counts.tolist() == [[0, 33], [48, 8]]


def small_parts() -> tuple[mse.CaptureTable, Any]:
    """Two years and two forms; of one form there are 4 persons in a year."""
    counts = [[[[0, 0], [0, 0]], [[30, 2], [42, 17]]], [[[40, 1], [45, 23]], [[16, 1], [15, 12]]]]
    made = mse.CaptureTable(["A", "B"], counts, {"year": (2018, 2019), "form": ("SU", "AU")})
    return made, mse.LogLinear("[A form][B year][year form]").fit(made)


def test_a_small_part_and_what_gives_it_away_are_withheld_with_their_estimates() -> None:
    made, fit = small_parts()
    figures = [parts_figure(fit.estimate(by), made, name="-".join(by)) for by in (["year"], ["year", "form"])]
    assert figures[1].to_frame()["observed"].tolist() == [86, 4, 102, 52]
    released = mse.release(figures)
    by_year, by_both = (released[figure.name].to_frame() for figure in figures)
    assert by_both.iloc[1][["observed", "total", "lower", "upper"]].isna().all()
    assert by_both["observed"].isna().sum() >= 2  # alone it is what the year leaves after its other form
    assert (by_both["total"].isna() == by_both["observed"].isna()).all()
    assert (by_year["observed"].dropna().astype(int) % 5 == 0).all()
