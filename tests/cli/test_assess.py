"""`mse assess`: two pages, exit codes, and what is hidden without a source."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner, Result

from mse.cli import app

COUNTS = "A;B;C;count\n1;0;0;157\n0;1;0;131\n0;0;1;113\n1;1;0;43\n1;0;1;37\n0;1;1;28\n1;1;1;4\n"


def assess(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["assess", *arguments], env={"COLUMNS": "80", "NO_COLOR": "1"})


def test_a_verdict_lights_conditions_overlaps_and_what_would_help() -> None:
    result = assess("kosovo_1999", "--replicates", "3")
    assert result.exit_code == 0
    for words in ("Go, with conditions on", "green from 55%", "What to do", "expected", "one more list"):
        assert words in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_no_go_exits_3_in_dutch_too() -> None:
    result = assess("hepatitis_a_taiwan", "--replicates", "5", "--language", "nl")
    assert result.exit_code == 3
    assert "Niet doorgaan" in result.stdout


def test_small_counts_hide_without_a_source(tmp_path: Path) -> None:
    path = tmp_path / "counts.csv"
    path.write_text(COUNTS, encoding="utf-8")
    hidden = assess(str(path), "--replicates", "2")
    shown = assess(str(path), "--replicates", "2", "--source", "A report, 2020")
    assert "4 persons are on three" in shown.stdout
    assert "persons are on three" not in hidden.stdout
    assert "green from 20" in hidden.stdout
