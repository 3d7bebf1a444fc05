"""`import mse` is light: heavy packages load when they are used."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import mse

ROOT = Path(__file__).parents[2]

HEAVY = (
    "pandas", "narwhals", "numba", "scipy.optimize", "matplotlib", "statsmodels", "pydantic", "rich", "formulaic",
    "great_tables", "jinja2", "joblib", "openpyxl", "scipy.stats", "tomlkit", "typer", "xlsxwriter", "arviz", "nutpie",
    "pymc", "pytensor", "xarray",
)  # fmt: skip


def loaded_after(statement: str) -> set[str]:
    """Modules that a fresh interpreter holds after a statement."""
    script = f"import sys\n{statement}\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_import_loads_nothing_heavy() -> None:
    assert loaded_after("import mse") & set(HEAVY) == set()


def test_heavy_packages_load_when_used() -> None:
    loaded = loaded_after("import mse; mse.LogLinear(order=1).fit(mse.datasets.load('rome_hiv'))") & set(HEAVY)
    assert "numba" in loaded
    assert "matplotlib" not in loaded


def test_version_is_that_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert mse.__version__ == project["version"] == version(project["name"])
