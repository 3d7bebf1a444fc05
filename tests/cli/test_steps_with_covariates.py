"""Single steps on the command line with covariates: what they print, and what they refuse."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import mse as library
from mse.cli import app

SOURCE = ("--source", "A report, 2020", "--lists", "A,B,C")
HELD = ("--covariates", "region")


def mse(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), env={"COLUMNS": "80", "NO_COLOR": "1"})


def said(result: Result) -> str:
    """What stands on stdout, its lines joined."""
    return " ".join(result.stdout.split())


@pytest.fixture
def counts(tmp_path: Path) -> str:
    """Counts of three lists by year and form; a pair of lists goes together more than by chance."""
    rows = ["A,B,C,year,form,count"]
    for year, form in product((2018, 2019, 2020), ("SU", "AU")):
        for history in product((0, 1), repeat=3):
            if any(history):
                n = (60 + 12 * (year - 2018)) * (2 if form == "SU" else 1) // 2 ** sum(history)
                n += 9 * history[0] * history[1] + 40 * history[0] * (year == 2019)
                rows.append(",".join(map(str, (*history, year, form, n))))
    path = tmp_path / "years.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    return str(path)


def test_a_table_with_covariates_that_are_not_named_says_so() -> None:
    result = mse("describe", "scotland_drug_injection")
    assert result.exit_code == 0
    assert "Note: The table is added up over age, gender and region, which the estimate takes no account of." in said(
        result
    )
    dutch = mse("describe", "scotland_drug_injection", "--language", "nl", "--covariates", "age,gender")
    assert "De tabel is opgeteld over region" in said(dutch)
    assert "added up" not in said(mse("describe", "scotland_drug_injection", "--covariates", "age,gender,region"))


def test_fit_divides_the_estimate_by_a_covariate() -> None:
    model = "[S1 S2][S1 region][S2 age][S3][S4]"
    result = mse("fit", "scotland_drug_injection", model, "--covariates", "age,region", "--by", "region")
    table = library.datasets.load("scotland_drug_injection").collapse(["age", "region"])
    estimate = library.LogLinear(model).fit(table).estimate(["region"])
    assert result.exit_code == 0
    assert library.messages.number(estimate.total, "en", "estimate") in result.stdout
    for part in estimate.parts[1:]:
        numbers = [library.messages.number(n, "en", "estimate") for n in (part.total, part.lower, part.upper)]
        assert f"{part.name} {part.observed:,.0f} {' '.join(numbers)}" in said(result)
    assert "added up over gender" in said(result)


def test_search_by_year_with_forced_and_forbidden_terms(counts: str) -> None:
    held = ("--covariates", "year,form", "--by", "year", *SOURCE)
    found = mse("search", counts, "--forced", "[A year]", "--forbidden", "[A B]", *held)
    free = mse("search", counts, "--forced", "[A year]", *held)
    assert (found.exit_code, free.exit_code) == (0, 0)
    assert "Registered and estimated persons by year" in said(found)
    assert all(f"{year} " in found.stdout for year in (2018, 2019, 2020))
    assert "[A B" in free.stdout
    assert "[A B" not in found.stdout
    assert "year" in found.stdout


def test_bootstrap_by_year_and_of_a_search_with_terms(counts: str) -> None:
    held = ("--replicates", "8", "--covariates", "year,form", *SOURCE)
    result = mse("bootstrap", counts, "--by", "year", "--forced", "[A year]", *held)
    assert result.exit_code == 0
    assert "Registered and estimated persons by year" in said(result)
    assert result.stdout == mse("bootstrap", counts, "--by", "year", "--forced", "[A year]", *held).stdout


FIT = ("fit", "scotland_drug_injection", "[S1 region]")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((*FIT, "--covariates", "regio"), ("no covariate 'regio'", "age, gender, region", "Did you mean 'region'?")),
        ((*FIT, *HELD, "--by", "age"), ("no covariate 'age'", "There are: region")),
        (("fit", "scotland_drug_injection", "[S1]", "--by", "region"), ("divided by covariates that models hold",
                                                                         "--covariates region")),
        ((*FIT, *HELD, "--coding", "cubic"), ("--coding cubic", "Write 'year=poly 2'")),
        ((*FIT, *HELD, "--coding", "region=cubic"), ("no coding 'cubic'", "levels, poly, spline")),
        ((*FIT, *HELD, "--coding", "region=step South"), ("no level 'South'", "GGC, Rest")),
        ((*FIT, *HELD, "--coding", "region=poly 1"), ("'region' cannot be coded so", "'GGC' and 'Rest'", "Levels()")),
        ((*FIT, *HELD, "--coding", "age=levels"), ("names 'age'", "There are: region")),
        (("search", "scotland_drug_injection", *HELD, "--forced", "[S1 sex]"), ("no list or covariate 'sex'",)),
        (("search", "scotland_drug_injection", *HELD, "--forced", "[S1 region]", "--forbidden", "[S1 region]"),
         ("forced or forbidden, not both", "[S1 region] and [S1 region]")),
        (("bootstrap", "scotland_drug_injection", "[S1 S2]", "--forced", "[S1 S2]"), ("forbidden in a search",
                                                                                        "held fixed")),
        (("bootstrap", "scotland_drug_injection", "--kind", "case", "--replicates", "5"), ("table that carries them",
                                                                         "persons only", "column of the case")),
    ],
)  # fmt: skip
def test_refusals_say_what_got_and_a_hint(arguments: tuple[str, ...], words: tuple[str, ...]) -> None:
    result = mse(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert [word for word in words if word not in " ".join(result.stderr.split())] == []
