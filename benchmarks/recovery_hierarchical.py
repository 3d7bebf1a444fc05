"""Hierarchical models on registers of known truth, by year and form: ``python -m benchmarks.recovery_hierarchical``.

Every run draws one register of `mse.simulate`, truth "modelled", fits a hierarchical model to its table of six lists by
year and form, and keeps one line in a file, so that the work can be stopped and taken up again.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from joblib import Parallel, delayed

import mse
from mse.simulate.known_truth import KnownTruth

PAGE = Path(__file__).parents[1] / "docs" / "explanation" / "hierarchical.md"
STORE = Path(__file__).parents[1] / ".benchmarks" / "recovery_hierarchical.jsonl"
START, END = "<!-- recovery: begin -->", "<!-- recovery: end -->"

RUNS = 100
"""Registers: the Monte Carlo error of a coverage of .95 is then .022."""

FORMS = ["BL-SU", "GO-SU", "AU", "CU"]
"""Known forms, as in `benchmarks.known_truth_strata`."""

SPEC = mse.Hierarchical(target_accept=0.97, tune=500, draws=1_200)
"""The default model, with fewer and larger steps of the sampler: a hundred fits then take an hour or so."""

PARTS = (("total", ()), ("years", ("year",)), ("forms", ("form",)), ("years by form", ("year", "form")))

Row = dict[str, Any]


def run(seed: int) -> Row:
    """Draw a register and estimate its total, and those of its years and forms."""
    began = time.perf_counter()
    known = KnownTruth.draw(seed)
    table = known.table("year", "form").select(form=FORMS)
    fit = SPEC.fit(table, seed=seed)
    row: Row = {"seed": seed, "findings": sorted({finding.code for finding in fit.findings})}
    row["mixed"] = fit.total is not None
    sizes = known.by("year", "recorded_form").set_index(["year", "recorded_form"])["total"]
    strata = np.array([sizes.get((year, form), 0) for year in table.covariates["year"] for form in FORMS])
    total_in = fit.draws.observed_in + fit.draws.dark_in
    for name, by in PARTS:
        row[name] = [
            [int(strata[margin].sum()), *map(float, np.quantile(total_in[:, margin].sum(axis=1), [0.025, 0.5, 0.975]))]
            for margin in _margins(table, by)
        ]
    return {**row, "seconds": round(time.perf_counter() - began, 1)}


def _margins(table: mse.CaptureTable, by: tuple[str, ...]) -> list[np.ndarray]:
    from mse.core.margins import margins

    return [margin.strata for margin in margins(table.covariates, list(by))]


def stored(path: Path) -> dict[int, Row]:
    """Runs that are there already."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return {row["seed"]: row for row in map(json.loads, (line for line in lines if line.endswith("}")))}


def collect(path: Path, runs: int, workers: int) -> list[Row]:
    """Do the runs that are not there yet; return all of them."""
    path.parent.mkdir(exist_ok=True)
    missing = [seed for seed in range(runs) if seed not in stored(path)]
    with path.open("a", encoding="utf-8") as file:
        work = Parallel(n_jobs=workers, return_as="generator_unordered")(delayed(run)(seed) for seed in missing)
        for row in work:
            file.write(json.dumps(row) + "\n")
            file.flush()
    return [row for seed, row in sorted(stored(path).items()) if seed < runs]


def table_of(rows: list[Row]) -> Iterator[str]:
    """Bias, error and coverage of the whole and of parts."""
    yield "| estimate | parts | bias of the median | RMSE of its log | 95 % holds the truth | width, upper to lower |"
    yield "| --- " * 6 + "|"
    for name, _ in PARTS:
        numbers = np.array([row[name] for row in rows], dtype=float)
        truth, lower, median, upper = np.moveaxis(numbers, -1, 0)
        error = np.log(median / truth)
        bias = (median / truth - 1.0).mean(axis=1)
        held = ((lower <= truth) & (truth <= upper)).mean(axis=1)
        spread = math.sqrt(len(rows))
        yield (
            f"| {name} | {truth.shape[1]} | {bias.mean():+.3f} ± {bias.std() / spread:.3f} "
            f"| {math.sqrt((error**2).mean()):.3f} | {held.mean():.2f} ± {held.std() / spread:.2f} "
            f"| {np.median(upper / lower):.2f} |"
        )


def write(rows: list[Row], page: Path) -> None:
    """Put the table into the page."""
    minutes = sum(row["seconds"] for row in rows) / 60.0
    withheld = sum(not row["mixed"] for row in rows)
    diverged = sum("divergences" in row["findings"] for row in rows)
    said = (
        f"{len(rows)} registers, from seed 0 on; ± is the Monte Carlo standard error. {withheld} of the fits gave no "
        f"total, as chains disagreed or had too few effective draws, and {diverged} had divergences; all are counted "
        f"here. {minutes:.0f} minutes."
    )
    text = page.read_text(encoding="utf-8")
    before, after = text.partition(START)[0], text.partition(END)[2]
    body = "\n".join([START, "", said, "", *table_of(rows), "", END])
    page.write_text(before + body + after, encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS, help="registers")
    parser.add_argument("--workers", type=int, default=1, help="processes")
    parser.add_argument("--store", type=Path, default=STORE, help="file with a line a run")
    parser.add_argument("--page", type=Path, default=PAGE, help="page whose table is written")
    asked = parser.parse_args()
    write(collect(asked.store, asked.runs, asked.workers), asked.page)
