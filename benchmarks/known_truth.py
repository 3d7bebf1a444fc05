"""Bias, coverage and warnings on register B: ``python -m uv run python -m benchmarks.known_truth``.

Every run draws one register and keeps one line in a file, so that the work can be stopped and taken up again. When all
runs are there, the tables of `docs/explanation/known-truth.md` are written anew.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from joblib import Parallel, delayed

import mse
from mse.core.estimate import Estimate
from mse.inference.plausibility import checks, sample_coverage, share_on_two_lists
from mse.simulate.dependence import GivenPairs
from mse.simulate.known_truth import KnownTruth

PAGE = Path(__file__).parents[1] / "docs" / "explanation" / "known-truth.md"
STORE = Path(__file__).parents[1] / ".benchmarks" / "known_truth.jsonl"

RUNS = 200
"""Registers of each truth: the Monte Carlo error of a coverage of .95 is then .015."""

FORMS = ("BL-SU", "GO-SU", "AU", "CU", "UNK")
TRUTHS = ("modelled", "published")
START, END = "<!-- tables: begin -->", "<!-- tables: end -->"

TELLING = ("low_sample_coverage", "few_on_two_lists", "below_lower_bound", "rivals_disagree")
"""Warnings that speak of the estimate's ground; those that every estimate of one model carries are not counted."""

Row = dict[str, Any]


def methods(known: KnownTruth, group: str) -> dict[str, Callable[[mse.CaptureTable], Estimate]]:
    """Estimators of a group, each of a table by year (and form, where the group is all)."""
    apart = ("form",) if group == "all" else ()
    found: dict[str, Callable[[mse.CaptureTable], Estimate]] = {
        "pairs given, each year and form": GivenPairs(known.theta, ("year", *apart)).estimate,
        "pairs given, each form": GivenPairs(known.theta, apart).estimate,
        "independence": lambda table: mse.LogLinear(order=1).fit(table.collapse()).estimate(),
        "all pairs estimated": lambda table: mse.LogLinear(order=2).fit(table.collapse()).estimate(),
    }
    if group == "all":
        found["pairs given, forms pooled"] = GivenPairs(known.theta).estimate
        found["pairs chosen by BIC"] = lambda table: mse.Search().fit(table.collapse()).estimate()
    return found


def run(truth: str, seed: int) -> Row:
    """Draw a register, estimate its total and those of its forms, and collect the warnings."""
    known = KnownTruth.draw(seed, truth=truth)
    table = known.table("year", "form")
    sizes = known.dependence.query("year == 'total'").set_index("form")["size"].to_dict()
    row: Row = {"truth": truth, "seed": seed, "results": []}
    row["sample_coverage"], row["share"] = sample_coverage(table), share_on_two_lists(table)
    for group in ("all", *FORMS):
        part = table if group == "all" else table.select(form=group)
        size = known.total if group == "all" else sizes[group]
        for name, estimate in methods(known, group).items():
            found = estimate(part)
            codes = sorted({f.code for f in (*checks(part, found), *found.findings)} & set(TELLING))
            row["results"].append([group, name, size, found.total, found.lower, found.upper, codes, found.blocked])
    return row


def stored(path: Path) -> dict[tuple[str, int], Row]:
    """Runs that are there already."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    rows = [json.loads(line) for line in lines]
    return {(row["truth"], row["seed"]): row for row in rows}


def collect(path: Path, runs: int) -> list[Row]:
    """Do the runs that are not there yet."""
    path.parent.mkdir(exist_ok=True)
    wanted = [(truth, seed) for seed in range(runs) for truth in TRUTHS]
    missing = [key for key in wanted if key not in stored(path)]
    with path.open("a", encoding="utf-8") as file:
        for row in Parallel(n_jobs=2, return_as="generator")(delayed(run)(*key) for key in missing):
            file.write(json.dumps(row) + "\n")
            file.flush()
    found = stored(path)
    return [found[key] for key in wanted]


def bias_table(rows: list[Row], truth: str) -> Iterator[str]:
    """Bias and coverage of every method, for all forms together and each form."""
    cells: dict[tuple[str, str], list[list[Any]]] = defaultdict(list)
    for row in rows:
        if row["truth"] == truth:
            for group, name, *values in row["results"]:
                cells[group, name].append(values)
    titles = ("form", "method", "with an estimate", "median of estimate / truth", "mean log error")
    yield "| " + " | ".join((*titles, "95 % holds the truth", "of those with one")) + " |"
    yield "| --- " * (len(titles) + 2) + "|"
    for (group, name), values in cells.items():
        found = [value for value in values if value[1] is not None]
        logs = np.array([math.log(total / size) for size, total, *_ in found])
        held = sum(
            low is not None and low <= size and (high is None or size <= high) for size, _, low, high, *_ in found
        )
        error = logs.std(ddof=1) / math.sqrt(len(logs))
        yield (
            f"| {group} | {name} | {len(found)} of {len(values)} | {math.exp(np.median(logs)):.2f} "
            f"| {logs.mean():+.3f} ± {error:.3f} | {with_error(held, len(values))} | {with_error(held, len(found))} |"
        )


def with_error(held: int, runs: int) -> str:
    """Write a share with its Monte Carlo standard error."""
    share = held / runs
    return f"{share:.2f} ± {math.sqrt(share * (1.0 - share) / runs):.2f}"


def warning_table(rows: list[Row]) -> Iterator[str]:
    """How often each warning stands beside an estimate of all forms together, under both truths."""
    counted: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in rows:
        for group, name, _, _, _, _, codes, _ in row["results"]:
            if group == "all" and not name.startswith("pairs given"):
                counted[name, row["truth"]].update([*codes, "any"] if codes else [])
    runs = Counter(row["truth"] for row in rows)
    yield "| method | warning | modelled | published |"
    yield "| --- | --- | --- | --- |"
    for name in dict.fromkeys(name for name, _ in counted):
        for code in sorted(set().union(*(counted[name, truth] for truth in TRUTHS))):
            shares = [f"{counted[name, truth][code] / runs[truth]:.2f}" for truth in TRUTHS]
            yield f"| {name} | `{code}` | {shares[0]} | {shares[1]} |"


def overlap_table(rows: list[Row]) -> Iterator[str]:
    """Sample coverage and the share on two lists, under both truths: mean and 95 % of the registers."""
    yield "| | modelled | published |"
    yield "| --- | --- | --- |"
    for key, title in (("sample_coverage", "sample coverage"), ("share", "share on two lists or more")):
        texts = []
        for truth in TRUTHS:
            values = np.array([row[key] for row in rows if row["truth"] == truth])
            low, high = np.quantile(values, [0.025, 0.975])
            texts.append(f"{values.mean():.3f} ({low:.3f} to {high:.3f})")
        yield f"| {title} | {texts[0]} | {texts[1]} |"


def write(rows: list[Row], page: Path) -> None:
    """Put the tables into the page."""
    runs = len(rows) // len(TRUTHS)
    parts = [f"{runs} registers of each truth, seeds 0 to {runs - 1}; ± is the Monte Carlo standard error."]
    parts += [f'### Truth "{truth}"\n\n' + "\n".join(bias_table(rows, truth)) for truth in TRUTHS]
    parts += ["### Warnings, all forms together\n\n" + "\n".join(warning_table(rows))]
    parts += ["### Overlaps\n\n" + "\n".join(overlap_table(rows))]
    text = page.read_text(encoding="utf-8")
    before, after = text.partition(START)[0], text.partition(END)[2]
    page.write_text(before + START + "\n\n" + "\n\n".join(parts) + "\n\n" + END + after, encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS, help="registers of each truth")
    parser.add_argument("--store", type=Path, default=STORE, help="file with a line a run")
    chosen = parser.parse_args()
    write(collect(chosen.store, chosen.runs), PAGE)
