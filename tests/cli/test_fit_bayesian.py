"""`mse fit --model …`: Bayesian methods on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import mse
from mse.cli import app

THREE = "A,B,C,form,count\n" + "".join(
    f"{a},{b},{c},{form},{count}\n"
    for form, counts in (("SU", (60, 50, 40, 22, 18, 15, 9)), ("AU", (30, 25, 22, 12, 11, 10, 5)))
    for (a, b, c), count in zip(
        ((1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0), (1, 0, 1), (0, 1, 1), (1, 1, 1)), counts, strict=True
    )
)


def fit(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["fit", *arguments], env={"COLUMNS": "80", "NO_COLOR": "1"})


def test_it_prints_the_posterior_and_the_models_in_80_columns() -> None:
    result = fit("spina_bifida_621", "--model", "decomposable")
    assert result.exit_code == 0
    assert "725 (687 to 783, 95% interval)" in result.stdout
    assert "[S1 S2][S2 S3]" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_prior_options_level_and_interval_reach_the_method() -> None:
    plain = ("spina_bifida_621", "--model", "model-average", "--language", "nl")
    asked = ("--prior", "interval:800,1000", "--option", "max_order=2", "--level", "0.9", "--interval", "hdi")
    own = mse.ModelAverage(max_order=2, total_prior=mse.TotalPrior.from_interval(800, 1_000))
    fitted = own.fit(mse.datasets.load("spina_bifida_621"))
    lower, upper = fitted.hdi(0.9)
    result = fit(*plain, *asked)
    assert result.exit_code == 0
    assert f"{fitted.total:.0f} ({lower:.0f} tot {upper:.0f}, 90 %-interval)" in result.stdout.replace("\xa0", " ")


def test_parts_of_a_drawn_estimate(tmp_path: Path) -> None:
    path = tmp_path / "counts.csv"
    path.write_text(THREE, encoding="utf-8")
    held = ("--covariates", "form", "--by", "form", "--source", "A report, 2020", "--lists", "A,B,C")
    result = fit(str(path), "--model", "decomposable", "--seed", "3", *held)
    assert result.exit_code == 0
    assert "SU" in result.stdout
    assert "AU" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--model", "decomposible"), "decomposable"),
        (("--model", "decomposable", "--prior", "unifrm:9"), "Did you mean 'uniform'?"),
        (("--model", "latent-class", "--option", "clases=3"), "Did you mean 'classes'?"),
        (("--model", "latent-class", "--option", "classes"), "An option is a name and a value"),
        (("--model", "decomposable", "[S1]"), "A formula or an order is for"),
        (("--model", "decomposable", "--interval", "wald"), "There is no interval 'wald'"),
        (("--model", "decomposable", "--by", "year"), "Name them: --covariates year"),
        (("--model", "decomposable", "--coding", "year=poly 2"), "enter by their levels"),
        (("[S1 S2]", "--prior", "inverse"), "neither a prior nor draws"),
        (("[S1 S2]", "--seed", "0"), "neither a prior nor draws"),
    ],
)
def test_what_is_wrong_goes_to_stderr_with_exit_code_2(arguments: tuple[str, ...], words: str) -> None:
    result = fit("spina_bifida_621", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr
