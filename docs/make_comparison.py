"""Write the tables of `explanation/comparison.md`: ``python docs/make_comparison.py [table …]``.

Estimators answer for the Dutch table of six lists and for the British one of five, with one seed. The Dutch table takes
minutes, since all 7,785,061 models are fitted twice. A full test holds the page to what this script finds.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path

import mse
from mse.core.estimate import Estimate
from mse.inference.side_by_side import Beside
from mse.messages import number

PAGE = Path(__file__).parent / "explanation" / "comparison.md"

SEED = 1

METHODS: Mapping[str, Mapping[str, object]] = {
    "united_kingdom_2013_five": {
        "independent lists": mse.LogLinear(order=1),
        "steps by p-value, pairs": mse.Search(method="stepwise", criterion="p-value"),
        "search by BIC, pairs": mse.Search(),
        "search by BIC, all orders": mse.Search(max_order=None),
        "decomposable graphs": mse.DecomposableAverage(),
        "model average, unit information": mse.ModelAverage(),
        "model average, g-prior": mse.ModelAverage("g"),
        "latent classes": mse.LatentClass(),
        "hierarchical model": mse.Hierarchical(),
    },
    "netherlands_2010_2015": {
        "independent lists": mse.LogLinear(order=1),
        "steps by p-value, pairs": mse.Search(method="stepwise", criterion="p-value"),
        "search by BIC, pairs": mse.Search(),
        "search by BIC, all orders": mse.Search(max_order=None),
        "decomposable graphs": mse.DecomposableAverage(),
        "model average, pairs": mse.ModelAverage(max_order=2),
        "model average, all orders": mse.ModelAverage(),
        "latent classes": mse.LatentClass(),
        "hierarchical model": mse.Hierarchical(),
    },
}
"""Estimators of each table, by what the page calls them."""


def compared(name: str) -> str:
    """The lines of a table, one an estimator."""
    found = mse.side_by_side(mse.datasets.load(name), METHODS[name], seed=SEED, progress=True)
    lines = ["| method | total | limits | what the fit says |", "| --- | --- | --- | --- |"]
    return "\n".join(lines + [_line(row) for row in found.rows])


def _line(row: Beside) -> str:
    assert row.estimate is not None, row.error
    total, limits = _numbers(row.estimate)
    codes = dict.fromkeys(f"`{finding.code}`" for finding in row.estimate.findings if finding.severity != "note")
    return f"| {row.name} | {total} | {limits} | {', '.join(codes)} |"


def _numbers(estimate: Estimate) -> tuple[str, str]:
    """The total with its limits as a headline rounds them, or the ranges of rivals; nothing where chains disagree."""
    if estimate.total is None:
        return "–", "–"
    if estimate.blocked:
        return "–", " or ".join(span.text() for span in estimate.ranges) or "–"
    spans = [number(value, "en", "estimate") for value in (estimate.total, estimate.lower, estimate.upper)]
    return spans[0], f"{spans[1]} to {spans[2]}"


def written(text: str, name: str, lines: str) -> str:
    """The page with the lines of one table in their place."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    return re.sub(f"{begin}.*?{end}", lambda _: f"{begin}\n\n{lines}\n\n{end}", text, flags=re.DOTALL)


def main(names: list[str]) -> None:
    """Write the tables into the page."""
    for name in names or METHODS:
        lines = compared(name)
        PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), name, lines), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
