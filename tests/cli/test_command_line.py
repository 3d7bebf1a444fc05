"""The command line: what it prints, where, and with which exit code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from mse.cli import app

COUNTS = "A;B;C;count\n1;0;0;1.157\n0;1;0;431\n0;0;1;613\n1;1;0;43\n1;0;1;37\n0;1;1;28\n1;1;1;4\n"


def mse(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), env={"COLUMNS": "80", "NO_COLOR": "1"})


@pytest.fixture
def counts(tmp_path: Path) -> str:
    path = tmp_path / "counts.csv"
    path.write_text(COUNTS, encoding="cp1252")
    return str(path)


def test_version() -> None:
    assert mse("--version").output.startswith("mse 0.")


def test_describe_prints_lists_and_pairs_in_80_columns() -> None:
    result = mse("describe", "rome_hiv")
    assert result.exit_code == 0
    assert "1,896 persons on 4 lists" in result.stdout
    assert "7,750" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert "\x1b" not in result.stdout
    assert result.stderr == ""


def test_a_file_is_shown_coarse_until_its_source_is_named(counts: str) -> None:
    hidden = mse("describe", counts)
    assert "2,315 persons" in hidden.stdout
    assert "1,157" not in hidden.stdout
    shown = mse("describe", counts, "--source", "A report, 2020", "--language", "nl")
    assert "2.313 personen" in shown.stdout
    assert "1.157" in shown.stdout


def test_lists_and_count_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "persons.csv"
    path.write_text("p,q,age\n" + "1,0,33\n" * 40 + "0,1,44\n" * 30 + "1,1,55\n" * 20, encoding="utf-8")
    result = mse("describe", str(path), "--lists", "p,q", "--count", "")
    assert result.exit_code == 0
    assert "90 persons on 2 lists" in result.stdout


def test_fit_keeps_the_brackets_of_a_model() -> None:
    result = mse("fit", "rome_hiv", "[c1 c2]")
    assert result.exit_code == 0
    assert "[c1 c2][c3][c4]" in result.stdout
    assert "12,300 (10,300 to 15,000, 95% interval)" in result.stdout


def test_search_reads_both_scopes() -> None:
    result = mse("search", "spina_bifida_621", "--language", "nl")
    assert result.exit_code == 0
    assert "724 (693 tot 759" in result.stdout


def test_search_without_a_single_answer_exits_3() -> None:
    result = mse("search", "united_kingdom_2013_five", "--max-order", "2,all")
    assert result.exit_code == 3
    assert "No single estimate" in result.stdout


def test_search_stepwise_by_two_criteria() -> None:
    result = mse("search", "rome_hiv", "--method", "stepwise", "--criterion", "bic,aic", "--max-order", "2")
    assert result.exit_code in (0, 3)
    assert "pairs of lists" in result.stdout


def test_bootstrap_of_a_search_and_of_a_model() -> None:
    search = mse("bootstrap", "spina_bifida_621", "--replicates", "30")
    fixed = mse("bootstrap", "spina_bifida_621", "[S1][S2 S3]", "--replicates", "30")
    assert (search.exit_code, fixed.exit_code) == (0, 0)
    assert "different models" in search.stdout
    assert search.stdout.splitlines()[4] != fixed.stdout.splitlines()[4]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("describe", "rome_hif"), "Did you mean 'rome_hiv'?"),
        (("fit", "rome_hiv", "[c1 c9]"), "c9"),
        (("fit", "rome_hiv"), "by its terms or by its order"),
        (("fit", "rome_hiv", "[c1]", "--level", "2"), "between 0 and 1"),
        (("search", "rome_hiv", "--criterion", "bik"), "Did you mean 'bic'?"),
        (("search", "rome_hiv", "--max-order", "two"), "A scope is a number of lists or 'all'"),
        (("bootstrap", "rome_hiv", "--replicates", "0"), "a whole number from 1 on"),
        (("check", "nowhere.toml"), "There is no study file"),
        (("run", "nowhere.toml"), "There is no study file"),
        (("init", "a/b"), "The name of a study"),
        (("fit", "rome_hiv", "--nonsense"), "--nonsense"),
    ],
)
def test_what_is_wrong_goes_to_stderr_with_exit_code_2(arguments: tuple[str, ...], words: str) -> None:
    result = mse(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert words in result.stderr
    assert "Traceback" not in result.stderr


def test_init_check_and_a_second_init(tmp_path: Path) -> None:
    made = mse("init", "rome", "--dataset", "rome_hiv", "--folder", str(tmp_path))
    path = tmp_path / "rome" / "study.toml"
    assert (made.exit_code, made.stdout.strip()) == (0, str(path))
    assert "# repeats the choice of a model" in path.read_text(encoding="utf-8")
    assert mse("check", str(path)).exit_code == 0
    path.write_text("mine", encoding="utf-8")
    again = mse("init", "rome", "--folder", str(tmp_path))
    assert again.exit_code == 2
    assert path.read_text(encoding="utf-8") == "mine"


def test_init_without_a_dataset_asks_for_a_file_only(tmp_path: Path, counts: str) -> None:
    mse("init", "mine", "--folder", str(tmp_path))
    path = tmp_path / "mine" / "study.toml"
    assert "names a file that is not there: 'counts.csv'" in mse("check", str(path)).stderr
    Path(counts).rename(path.parent / "counts.csv")
    assert mse("check", str(path)).exit_code == 0


def test_run_in_a_process_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_text(
        '[study]\ntitle = "Trafficking"\nlanguage = "nl"\n[data]\ndataset = "united_kingdom_2013_five"\n',
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "mse", "run", str(path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 3
    assert "Geen eenduidige schatting" in done.stdout
    assert str(tmp_path / "output" / "report.html") in done.stdout.replace("\n", "")
    assert "Searching" not in done.stdout
    assert "Traceback" not in done.stderr


def test_ctrl_c_stops_without_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("mse.study.steps.open_table", stop)
    result = mse("describe", "rome_hiv")
    assert (result.exit_code, result.stdout) == (130, "")
    assert "Stopped" in result.stderr


def test_a_place_that_cannot_be_written_to(tmp_path: Path) -> None:
    """Said on stderr with exit code 2, without a traceback, for a new study and for an output."""
    (tmp_path / "file").write_text("")
    study = tmp_path / "study.toml"
    study.write_text('[study]\ntitle = "HIV in Rome"\n\n[data]\ndataset = "rome_hiv"\n')
    for arguments in (
        ("init", "x", "--folder", str(tmp_path / "file")),
        ("run", str(study), "--out", str(tmp_path / "file" / "x")),
    ):
        result = CliRunner().invoke(app, list(arguments))
        assert result.exit_code == 2
        assert "file" in result.stderr
        assert "Traceback" not in result.stderr
