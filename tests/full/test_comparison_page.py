"""The page that sets methods side by side shows what the methods give."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"

_spec = importlib.util.spec_from_file_location("make_comparison", DOCS / "make_comparison.py")
assert _spec is not None
assert _spec.loader is not None
make_comparison = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(make_comparison)

pytestmark = pytest.mark.full

DRAWN = ("latent classes", "hierarchical model")

MONTE_CARLO = 0.05
"""Relative difference of printed numbers of methods that draw: chains go their own way on other machines, and 1,000
effective draws know a limit to a few per cent."""


def rows(lines: str) -> dict[str, list[str]]:
    """Cells of a table by method."""
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines.splitlines() if line[:2] == "| "]
    return {row[0]: row[1:] for row in cells if row[0] not in ("method", "---")}


def numbers(cells: list[str]) -> list[float]:
    return [float(found.replace(",", "")) for cell in cells[:2] for found in re.findall(r"[\d,]+", cell)]


@pytest.mark.parametrize("name", list(make_comparison.METHODS))
def test_the_page_shows_what_the_methods_give(name: str) -> None:
    page = (DOCS / "explanation" / "comparison.md").read_text(encoding="utf-8")
    printed = rows(page.partition(f"<!-- {name}: begin -->")[2].partition(f"<!-- {name}: end -->")[0])
    found = rows(make_comparison.compared(name))
    assert list(printed) == list(make_comparison.METHODS[name])
    assert list(found) == list(printed)
    for method, cells in found.items():
        if method in DRAWN:
            assert numbers(cells) == pytest.approx(numbers(printed[method]), rel=MONTE_CARLO)
        else:
            assert cells == printed[method]
