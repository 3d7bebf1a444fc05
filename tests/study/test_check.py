"""A study file is checked as a whole: every problem at once, with key, line and hint."""

from __future__ import annotations

from pathlib import Path

import pytest

from mse.errors import Problem, StudyError
from mse.study.check import check_study
from mse.study.lines import key_lines

SMALL = """\
[study]
title = "HIV in Rome"

[data]
dataset = "rome_hiv"
"""

COUNTS = "A;B;C;count\n1;0;0;1.150\n0;1;0;430\n0;0;1;610\n1;1;0;41\n1;0;1;33\n0;1;1;25\n1;1;1;12\n"

REFERENCE = """
[reference]
period = [2020, 2021]
unit = "person"
population = "persons in a made-up register"
place = "Nowhere"
"""

BROKEN = """\
[study]
titel = "x"
language = "de"

[data]
dataset = "rome_hiv"
foo = 1
meanings = { c9 = "nothing" }

[estimate]
criterion = "bik"
level = 2
scopes = [
  1, 2,
]
forced = "[c1 c7]"

[bootstrap]
replicates = 0
seed = 1.5

[relase]
policy = "threshold"

[[context]]
label = "a"
kind = "estimate"
period = [2015, 2014]
unit = "person"
population = "p"
place = "p"
source = "s"
"""

EXPECTED = {
    ("study.title", 1),
    ("study.titel", 2),
    ("study.language", 3),
    ("data.foo", 7),
    ("data.meanings.c9", 8),
    ("estimate.criterion", 11),
    ("estimate.level", 12),
    ("estimate.scopes[0]", 13),
    ("estimate.forced", 16),
    ("bootstrap.replicates", 19),
    ("bootstrap.seed", 20),
    ("relase", 22),
    ("context[0].period", 28),
    ("context[0].value", 25),
}


def written(folder: Path, text: str) -> Path:
    path = folder / "study.toml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(folder: Path, text: str) -> tuple[Problem, ...]:
    with pytest.raises(StudyError) as caught:
        check_study(written(folder, text))
    return caught.value.problems


def test_all_problems_at_once_with_their_lines(tmp_path: Path) -> None:
    found = problems(tmp_path, BROKEN)
    assert {(problem.key, problem.line) for problem in found} == EXPECTED
    assert [problem.line for problem in found] == sorted(problem.line or 0 for problem in found)


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("study.titel", "Did you mean 'title'?"),
        ("estimate.criterion", "Did you mean 'bic'?"),
        ("relase", "Did you mean 'release'?"),
        ("bootstrap.replicates", ""),
    ],
)
def test_a_near_miss_gets_a_suggestion(tmp_path: Path, key: str, hint: str) -> None:
    (problem,) = [problem for problem in problems(tmp_path, BROKEN) if problem.key == key]
    assert hint in str(problem)


def test_defaults_are_filled_in(tmp_path: Path) -> None:
    checked = check_study(written(tmp_path, SMALL))
    assert [search.max_order for search in checked.searches] == [2, None]
    assert checked.study.estimate.level == 0.95
    assert checked.meanings["c1"]["nl"] == "Testing centre 1"


def test_scopes_with_the_same_models_are_searched_once(tmp_path: Path) -> None:
    (tmp_path / "counts.csv").write_text(COUNTS, encoding="utf-8")
    text = '[study]\ntitle = "x"\n[data]\nfile = "counts.csv"\n' + REFERENCE
    assert [search.max_order for search in check_study(written(tmp_path, text)).searches] == [2]


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ('[reference]\nunit = "person"\npopulation = "p"\nplace = "p"\n', "reference"),
        ("[estimate]\nstarts = ['[c1 c9]']\nmethod = 'stepwise'\n", "estimate.starts[0]"),
        ("[estimate]\ncriterion = ['bic', 'aic']\n", "estimate.criterion"),
        ("[estimate]\nscopes = [2]\n[bootstrap]\nscope = 3\n", "bootstrap.scope"),
        ("[[context]]\nlabel='a'\nkind='estimate'\nperiod=[1,2]\nunit='person'\n"
         "population='p'\nplace='p'\nsource='s'\n", "context[0].value"),
        ("[[context]]\nlabel='a'\nkind='estimate'\nperiod=[1,2]\nunit='person'\nlower=2.0\nupper=1.0\n"
         "population='p'\nplace='p'\nsource='s'\n", "context[0].upper"),
    ],
)  # fmt: skip
def test_options_that_cannot_be(tmp_path: Path, more: str, key: str) -> None:
    assert [problem.key for problem in problems(tmp_path, SMALL + more)] == [key]


@pytest.mark.parametrize(
    ("data", "more", "keys"),
    [
        ('file = "nowhere.csv"', REFERENCE, ["data.file"]),
        ('file = "counts.csv"', "", ["reference"]),
        ('file = "counts.csv"\ncount = "n"', REFERENCE, ["data.file"]),
        ('file = "counts.csv"\nlists = ["A", "B", "C"]\ndrop = ["D"]', REFERENCE, ["data.file"]),
        ('file = "counts.csv"\nformat = "reports"', REFERENCE, ["data.reports"]),
        ('file = "counts.csv"\ndataset = "rome_hiv"', REFERENCE, ["data"]),
        ("", REFERENCE, ["data"]),
        ('file = "counts.csv"', REFERENCE + '[release]\npolicy = "public_source"', ["release.policy"]),
    ],
)
def test_data_that_cannot_be(tmp_path: Path, data: str, more: str, keys: list[str]) -> None:
    (tmp_path / "counts.csv").write_text(COUNTS, encoding="utf-8")
    found = problems(tmp_path, f'[study]\ntitle = "x"\n[data]\n{data}\n{more}')
    assert [problem.key for problem in found] == keys


def test_a_scope_over_ten_million_models_is_refused(tmp_path: Path) -> None:
    lists = [f"L{i}" for i in range(7)]
    rows = [";".join([*("1" if i == j else "0" for j in range(7)), "50"]) for i in range(7)]
    (tmp_path / "counts.csv").write_text("\n".join([";".join([*lists, "count"]), *rows]), encoding="utf-8")
    text = f'[study]\ntitle = "x"\n[data]\nfile = "counts.csv"\n{REFERENCE}'
    assert [search.max_order for search in check_study(written(tmp_path, text)).searches] == [2]
    (problem,) = problems(tmp_path, text + '[estimate]\nscopes = [2, "all"]\n')
    assert problem.key == "estimate.scopes[1]"
    assert "10,000,000" in problem.what


@pytest.mark.parametrize("text", ["[study\n", "[data]\nfile = 1\nfile = 2\n"])
def test_what_is_no_toml(tmp_path: Path, text: str) -> None:
    with pytest.raises(StudyError, match="is no TOML"):
        check_study(written(tmp_path, text))


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="mse init"):
        check_study(tmp_path / "study.toml")


def test_lines_of_values_over_several_lines() -> None:
    text = 'a = """\nb = 1\n"""\n\n# c = 3\n[t]\nc = [\n  1,\n  2,\n]\n[[u]]\nd = 4\n[[u]]\nd = 5\n'
    lines = key_lines(text)
    assert (lines["a",], lines["t", "c"], lines["u", 1, "d"]) == (1, 7, 14)
    assert ("b",) not in lines
