"""A study of a register: figures, registered beside estimated, audit and rules, in every file."""

from __future__ import annotations

import csv
import json
import re
import tomllib
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from typer.testing import CliRunner, Result

from mse.cli import app
from mse.errors import ReferenceError, StudyError
from mse.monitor.disclosure.protected import Protected
from mse.study.check import check_study
from mse.study.config import MonitorSection, ReleaseSection
from mse.study.run import StudyRun, run

STUDY = """\
[study]
title = {{ en = "A made-up register", nl = "Een verzonnen register" }}

[monitor]
victims = "victims.csv"
reports = "reports.csv"
{monitor}

[reference]
period = [2018, 2019]
unit = "person-year"
population = "persons in a made-up register"
place = "Nowhere"
source = "Nobody (2020)"
{reference}

{more}
"""

REGISTER = """\
[data]
format = "register"

[data.from_register]
lists = { P = ["police"], C = ["care_coordinators"], F = ["fairwork"] }

[estimate]
scopes = [2]
"""

Maker = Callable[..., Path]


def records(folder: Path, seed: int = 3) -> None:
    """Invented victims and reports; keys are texts that occur nowhere else."""
    rng = np.random.default_rng(seed)
    victims, reports = ["victim,types,sex,age,nationalities"], ["victim,date,reporter,police_unit"]
    for person in range(1200):
        kind = rng.choice(["SU", "AU", "CU", "SU|AU", ""], p=[0.45, 0.3, 0.15, 0.05, 0.05])
        nation = rng.choice(["NL", "PL", "NG", ""], p=[0.5, 0.25, 0.2, 0.05])
        sex, age = rng.choice(["female", "male"]), rng.choice([16, 20, 27, 35, 48])
        victims.append(f"secret-{person:04d},{kind},{sex},{age},{nation}")
        for reporter, chance in (("police", 0.6), ("care_coordinators", 0.35), ("fairwork", 0.3)):
            if rng.random() < chance:
                unit = rng.choice(["amsterdam", "rotterdam"]) if reporter == "police" else ""
                reports.append(f"secret-{person:04d},{rng.choice([2018, 2019])}-03-04,{reporter},{unit}")
    (folder / "victims.csv").write_text("\n".join(victims), encoding="utf-8")
    (folder / "reports.csv").write_text("\n".join(reports), encoding="utf-8")


@pytest.fixture
def study(tmp_path: Path) -> Maker:
    def made(monitor: str = "", more: str = "", reference: str = "public = true") -> Path:
        records(tmp_path)
        path = tmp_path / "study.toml"
        path.write_text(STUDY.format(monitor=monitor, more=more, reference=reference), encoding="utf-8")
        return path

    return made


@pytest.fixture
def both(study: Maker, no_pictures: None) -> StudyRun:
    """A study that estimates from its register."""
    return run(study(more=REGISTER))


def problems(path: Path) -> dict[str, tuple[int | None, str]]:
    with pytest.raises(StudyError) as caught:
        check_study(path)
    return {problem.key: (problem.line, str(problem)) for problem in caught.value.problems}


def cells(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def test_a_study_of_a_register_alone_writes_every_figure(study: Maker, no_pictures: None) -> None:
    done = run(study('figures = ["2.7", "2.8", "tab2.1"]'))
    assert done.results is None
    assert not done.blocked
    assert [path.name for path in done.written] == [
        "report.html",
        "tables.xlsx",
        "figures",
        "figures.json",
        "manifest.json",
    ]
    html = (done.folder / "report.html").read_text(encoding="utf-8")
    n = done.monitor.registered  # type: ignore[union-attr]
    assert f"{n:,} presumed victims were registered in 2018–2019" in html
    assert f"zijn {n:,} vermoedelijke slachtoffers geregistreerd".replace(",", ".") in html
    for anchor in ("chapter-forms", "chapter-persons", "audit", "counted"):
        assert f'<section id="{anchor}"' in html
    assert "secret-" not in html
    plain = json.loads((done.folder / "figures.json").read_text(encoding="utf-8"))
    assert [figure["id"] for figure in plain["figures"]][:3] == ["2.7", "2.8", "tab2.1"]


def test_csv_workbook_and_page_hold_the_same_counts(study: Maker, no_pictures: None) -> None:
    done = run(study('figures = ["2.8"]'))
    assert done.monitor is not None
    rows = cells(done.folder / "figures" / "2.8.csv")
    women = {
        row["year"]: int(row["value"]) for row in rows if row["form"] == "all" and row["category_code"] == "female"
    }
    frame = done.monitor.figures["2.8"].frame
    held = frame[(frame["form"] == "all") & (frame["category_code"] == "female")].set_index("year")["value"]
    assert women == held.astype(int).to_dict()
    book = openpyxl.load_workbook(done.folder / "tables.xlsx")
    sheet = book[next(name for name in book.sheetnames if name.startswith("en") and name.endswith("2.8"))]
    line = next(line for line in sheet.iter_rows(values_only=True) if line[0] == "Female")
    assert line[1:3] == (women["2018"], women["2019"])
    assert f">{women['total']:,}<" in (done.folder / "report.html").read_text(encoding="utf-8")


def test_the_workbook_of_a_dutch_study_opens_with_its_dutch_sheets(study: Maker, no_pictures: None) -> None:
    path = study('figures = ["2.8"]')
    path.write_text(path.read_text(encoding="utf-8").replace("[study]", '[study]\nlanguage = "nl"'), encoding="utf-8")
    names = openpyxl.load_workbook(run(path).folder / "tables.xlsx").sheetnames
    assert names[0] == "nl Omslag"
    dutch = [name.startswith("nl ") for name in names]
    assert dutch == sorted(dutch, reverse=True)
    assert sum(dutch) * 2 == len(names)


def test_the_estimate_of_the_register_stands_beside_its_counts(both: StudyRun) -> None:
    assert both.results is not None
    assert both.monitor is not None
    counted = both.monitor.registered
    own = both.release["registered-estimated"].to_frame()
    assert int(own["registered"].iloc[0]) == counted
    assert both.results.table.n_observed <= counted
    assert both.results.table.reference.unit == "person-year"  # type: ignore[union-attr]
    headline = both.release.say(both.page.headline, "en")
    assert headline.startswith(f"{counted:,} presumed victims were registered in 2018–2019. ")
    assert both.page.lead == "registered-estimated"
    assert (both.folder / "estimates.csv").is_file()
    keys = [section.key for section in both.page.sections]
    assert keys.index("registered") < keys.index("chapter-forms") < keys.index("estimate") < keys.index("made")


def test_an_estimate_of_another_table_is_not_in_one_sentence_with_the_register(study: Maker, no_pictures: None) -> None:
    done = run(study('figures = ["2.7"]', '[data]\ndataset = "rome_hiv"'))
    assert done.results is not None
    assert "registered-estimated" not in done.release.names
    headline = done.release.say(done.page.headline, "en")
    assert headline.endswith("presumed victims were registered in 2018–2019")
    assert "answer" in done.release.names
    assert done.page.reference == done.monitor.reference  # type: ignore[union-attr]


def test_the_same_study_gives_the_same_bytes(both: StudyRun) -> None:
    again = run(both.folder.parent / "study.toml")
    assert again.verified


def test_changed_records_are_another_study(both: StudyRun) -> None:
    records(both.folder.parent, seed=4)
    with pytest.raises(StudyError, match="other than then: the data"):
        run(both.folder.parent / "study.toml")


def test_an_estimate_of_other_years_is_refused_unless_allowed(study: Maker, no_pictures: None) -> None:
    published = 'published = ["netherlands_2014_2015"]\nfigures = ["2.7"]'
    with pytest.raises(ReferenceError, match="two numbers about the same thing"):
        run(study(published))
    done = run(study(f'{published}\nallow = ["period", "population", "place", "definition"]'))
    assert {"registered-published", "registered-shares"} <= set(done.release.names)
    codes = {finding.code for finding in done.release.findings}
    assert {"coverage_other_period", "coverage_other_place"} <= codes
    assert done.page.lead == "registered-published"


def test_rules_that_are_off_change_the_counts_and_are_named(study: Maker, no_pictures: None) -> None:
    plain = run(study('figures = ["2.7"]'))
    off = run(study('figures = ["2.7"]\nrules_off = ["R16"]'), force=True)

    def unknown(done: StudyRun) -> int:
        rows = cells(done.folder / "figures" / "2.7.csv")
        return next(int(row["value"]) for row in rows if row["year"] == "total" and row["category_code"] == "UNK")

    assert unknown(off) < unknown(run(study('figures = ["2.7"]'), out=off.folder.parent / "plain"))
    assert "Switched off in this study: R16" in (off.folder / "report.html").read_text(encoding="utf-8")
    assert plain.monitor is not None
    rules = cells(off.folder / "figures" / "rules.csv")
    assert {row["rule"]: row["on"] for row in rules}["R16"] == "no"
    assert {row["rule"]: row["on"] for row in rules}["R14"] == "yes"
    assert {row["rule"]: int(row["persons"]) for row in rules}["R14"] > 0
    assert {row["rule"]: int(row["persons"]) for row in rules}["R16"] == 0
    steps = {row["step"].strip(): int(row["n"]) for row in cells(off.folder / "figures" / "steps.csv")}
    assert steps["Persons"] == 1200


def test_claims_of_a_text_are_checked(study: Maker, no_pictures: None, tmp_path: Path) -> None:
    lines = [
        "id,section,statement,formula,printed_value,test",
        "C1,1,total,\"q('2.7','total','all','total')\",1,eq",
        "C2,1,parts add up,\"q('2.8','total','all','total') == q('2.7','total','all','total')\",true,true",
    ]
    (tmp_path / "claims.csv").write_text("\n".join(lines), encoding="utf-8")
    done = run(study('figures = ["2.7"]\nclaims = "claims.csv"'))
    assert done.monitor is not None
    assert done.monitor.audit.claims is not None
    assert [claim.agrees for claim in done.monitor.audit.claims.claims] == ["no", "yes"]
    assert "claims" in done.release.names


def policy_of(path: Path) -> Protected:
    policy = check_study(path).policy
    assert isinstance(policy, Protected)
    return policy


def test_the_template_shows_the_sections_of_a_register() -> None:
    template = resources.files("mse.study").joinpath("template.toml").read_text(encoding="utf-8")
    hidden = template[template.index("# [monitor]") : template.index("[report]")]
    shown = [line.removeprefix("# ") for line in hidden.splitlines() if re.match(r"# (\[|\w+ = )", line)]
    sections = tomllib.loads("\n".join(shown))
    assert MonitorSection(**sections["monitor"]).mapping == "mapping.toml"
    assert ReleaseSection(**sections["release"]).policy == "protected"


def test_unpublished_counts_are_protected_together_and_compared_with_the_release_before(
    study: Maker, no_pictures: None, tmp_path: Path
) -> None:
    path = study('figures = ["2.7", "2.8"]', '[release]\npolicy = "protected"', reference="")
    first = run(path)
    assert first.release.policy == "protected"
    assert policy_of(path).argus is False
    asked = study('figures = ["2.7"]', '[release]\npolicy = "protected"\nargus = true', reference="")
    assert policy_of(asked).argus is True
    shown = [row["value"] for name in ("2.7", "2.8") for row in cells(first.folder / "figures" / f"{name}.csv")]
    counts = [int(value) for value in shown if value.isdigit()]
    assert not [count for count in counts if 0 < count < 10]
    assert len(counts) < len(shown)
    assert (first.folder / "private" / "trail.csv").is_file()
    assert "private" not in (first.folder / "manifest.json").read_text(encoding="utf-8")
    assert "steps" not in first.release.names
    assert "persons" not in cells(first.folder / "figures" / "rules.csv")[0]
    (first.folder / "published.json").rename(tmp_path / "before.json")
    again = study('figures = ["2.7", "2.8"]', '[release]\npolicy = "protected"\nprevious = "before.json"', reference="")
    second = run(again, out=tmp_path / "second")
    assert second.release.policy == "protected"
    assert (
        "before.json"
        in json.loads((tmp_path / "second/private/manifest-private.json").read_text())["identity"]["inputs_sha256"]
    )


def test_everything_wrong_with_a_register_is_said_at_once(study: Maker) -> None:
    monitor = """\
rules_off = ["R14", "R99"]
rules = { R15 = { dual = "second" } }
figures = ["2.7", "2.99"]
published = ["nowhere"]
reporters = "nobody"
counts = "nowhere.csv"
claims = "claims.csv"
mapping = "mapping.toml"
allow = ["everything"]"""
    found = problems(study(monitor, '[release]\nminimum = 5\nargus = true\nprevious = "x.json"'))
    assert {
        "monitor.rules_off[0]", "monitor.rules_off[1]", "monitor.rules.R15", "monitor.figures[1]",
        "monitor.published[0]", "monitor.reporters", "monitor.counts", "monitor.claims", "monitor.mapping",
        "monitor.allow[0]", "release.minimum", "release.argus", "release.previous",
    } == set(found)  # fmt: skip
    assert found["monitor.figures[1]"][0] == 9
    assert "Did you mean '2.9'?" in found["monitor.figures[1]"][1]


def test_problems_of_the_records_are_counts_and_never_records(study: Maker) -> None:
    path = study()
    text = (path.parent / "victims.csv").read_text(encoding="utf-8").replace(",female,", ",witch-7,")
    (path.parent / "victims.csv").write_text(text, encoding="utf-8")
    found = problems(path)
    assert any(key.startswith("monitor.victims") for key in found)
    said = "\n".join(words for _, words in found.values())
    assert "witch" not in said
    assert "secret-" not in said
    assert not (path.parent / "output").exists()


def test_a_study_needs_data_or_a_register_and_a_register_its_reference(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_text('[study]\ntitle = "x"\n', encoding="utf-8")
    assert set(problems(path)) == {"data"}
    path.write_text('[study]\ntitle = "x"\n\n[monitor]\nvictims = "v.csv"\n', encoding="utf-8")
    assert set(problems(path)) == {"reference", "monitor.victims"}
    path.write_text('[study]\ntitle = "x"\n\n[data]\nformat = "register"\n', encoding="utf-8")
    assert set(problems(path)) == {"data.from_register", "data.format"}


def test_a_list_of_no_reporter_is_a_problem(study: Maker) -> None:
    found = problems(study(more=REGISTER.replace('"fairwork"', '"fairwrok"')))
    assert set(found) == {"data.from_register"}
    assert "fairwork" in found["data.from_register"][1]


def test_check_says_what_a_study_of_a_register_would_do(study: Maker) -> None:
    result = CliRunner().invoke(app, ["check", str(study(more=REGISTER))])
    assert result.exit_code == 0
    assert "15 figures of a register" in result.output
    assert "3 lists; scopes 2" in result.output


def test_figures_of_a_register_as_a_single_step(study: Maker, tmp_path: Path) -> None:
    study()
    files = [str(tmp_path / "victims.csv"), str(tmp_path / "reports.csv")]
    result = CliRunner().invoke(
        app, ["monitor", *files, "--period", "2018-2019", "--figure", "2.7", "--out", str(tmp_path / "csv")],
        env={"COLUMNS": "80", "NO_COLOR": "1"},
    )  # fmt: skip
    assert result.exit_code == 0
    assert "Domestic sexual" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= max(80, len(str(tmp_path)) + len("  /csv/output-check.csv"))
    rows = cells(tmp_path / "csv" / "2.7.csv")
    assert all(not row["value"].isdigit() or int(row["value"]) % 5 == 0 for row in rows)
    wrong = CliRunner().invoke(app, ["monitor", *files, "--period", "18"])
    assert wrong.exit_code == 2
    assert "A period is a first and a last year" in wrong.output


def test_a_single_step_is_about_what_it_is_told_and_protects(study: Maker, tmp_path: Path) -> None:
    study()
    files = [str(tmp_path / "victims.csv"), str(tmp_path / "reports.csv"), "--period", "2018-2019", "--figure", "2.7"]

    def step(*more: str) -> Result:
        return CliRunner().invoke(app, ["monitor", *files, *more], env={"COLUMNS": "80", "NO_COLOR": "1"})

    assert "vermoedelijke slachtoffers in het register, –, 2018" in step("--language", "nl").stdout
    said = step("--population", "persons in a shelter", "--place", "Utrecht").stdout
    assert "persons in a shelter, Utrecht, 2018" in said
    first, again = tmp_path / "first", tmp_path / "again"
    printed = str(first / "published.json")
    assert step("--policy", "protected", "--out", str(first)).exit_code == 0
    assert step("--policy", "protected", "--previous", printed, "--out", str(again)).exit_code == 0
    assert (again / "2.7.csv").read_bytes() == (first / "2.7.csv").read_bytes()
    wrong = step("--previous", str(first / "published.json"))
    assert wrong.exit_code == 2
    assert "Only the policy protected takes an earlier release" in wrong.output


def test_counts_stand_beside_what_was_published_before(study: Maker, no_pictures: None, tmp_path: Path) -> None:
    earlier = "series;year;count;source\nnr;2018;1;Yearbook 2019\nnr;2017;1;Yearbook 2018\nother;2019;2;Yearbook\n"
    (tmp_path / "earlier.csv").write_text(earlier, encoding="utf-8")
    path = study('figures = ["2.1"]\ncounts = "earlier.csv"')
    done = run(path, out=tmp_path / "out")
    assert done.monitor is not None
    assert done.monitor.vintages is not None
    assert done.monitor.vintages.frame[["year", "published"]].to_numpy().tolist() == [[2018, 1]]
    counted = int(done.monitor.vintages.frame["counted"].iloc[0])
    lines = {row["category_code"]: row for row in cells(done.folder / "figures" / "2.1.csv") if row["year"] == "2018"}
    assert str(counted) == lines["monitor_population"]["value"]
    assert "vintage_differs" in {finding.code for finding in done.monitor.findings}
    assert "vintages" in done.release.names
    assert "earlier.csv" in (done.folder / "manifest.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("rows", "more", "said"),
    [
        ("nr;1999;1;Yearbook", "", ("monitor.counts", "has no year of the period 2018 to 2019")),
        ("nr;2018;many;Yearbook", "", ("monitor.counts", "whole numbers. Got: 1 others")),
        ("nr;2018;1;Yearbook", '\nseries = "nl"', ("monitor.series", "There are: nr")),
    ],
)
def test_published_numbers_that_do_not_serve_are_problems(
    study: Maker, tmp_path: Path, rows: str, more: str, said: tuple[str, str]
) -> None:
    (tmp_path / "earlier.csv").write_text(f"series;year;count;source\n{rows}\n", encoding="utf-8")
    found = problems(study(f'counts = "earlier.csv"{more}'))
    assert set(found) == {said[0]}
    assert said[1] in found[said[0]][1]
