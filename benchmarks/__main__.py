"""Measure everything and write `results.md`: ``python -m uv run python -m benchmarks``."""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from benchmarks import decomposable, laplace, registry, strata
from benchmarks.cases import GLM_MODELS
from benchmarks.child import in_a_child

FOLDER = Path(__file__).parent

PACKAGES = ("multiple-systems-estimation", "numpy", "scipy", "numba", "statsmodels", "pytest-benchmark")

PAIRS, FIVE_LISTS = 32_768, 6_893


def measure() -> dict[str, dict[str, Any]]:
    """Run the benchmarks; return each with its statistics."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "times.json"
        outcome = pytest.main([str(FOLDER), f"--benchmark-json={path}", "-q", "-p", "no:cacheprovider"])
        if outcome:
            sys.exit(int(outcome))
        stored = json.loads(path.read_text(encoding="utf-8"))
    return {entry["name"]: entry for entry in stored["benchmarks"]}


def of_a_register() -> list[tuple[str, str, str]]:
    """Read, count and make all figures of a register of five million reports, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        victims, reports = registry.make(Path(folder))
        taken = registry.in_a_child(Path(folder))
    steps = ("read_registry", "counted", "all figures")
    return [
        (
            f"{reports:,} reports about {victims:,} victims and years, from Parquet to all figures of the monitor",
            f"{sum(taken[step] for step in steps):.1f} s",
            "under 60 s",
        ),
        ("of which reading", f"{taken['read_registry']:.1f} s", ""),
        ("of which the rules, and all figures", f"{taken['counted']:.1f} s, {taken['all figures']:.1f} s", ""),
        ("their peak memory", f"{taken['peak MiB']:,.0f} MiB", "under 4,096 MiB"),
    ]


def results(entries: dict[str, dict[str, Any]], more: list[tuple[str, str, str]], load: tuple[float, float]) -> str:
    """Write medians, ratios and versions as a page; `load` is that of the machine before and after."""

    def median(name: str) -> float:
        return float(entries[name]["stats"]["median"])

    pairs = median("test_pair_models_of_six_lists") / PAIRS
    full, reduced = (
        median(f"test_statsmodels_glm[{kind} design]") / GLM_MODELS for kind in ("full", "reduced")
    )  # fmt: skip
    orders = entries["test_all_models_of_six_lists"]["extra_info"]
    beyond = entries["test_import"]["extra_info"]["beyond_numpy"]
    rows = [
        (
            "32,768 pair models of the Dutch table, one thread",
            f"{pairs * PAIRS:.2f} s ({pairs * 1e6:.1f} µs a model)",
            "",
        ),
        (f"statsmodels GLM, full 63-row design, {GLM_MODELS} of them", f"{full * 1e3:.2f} ms a model", ""),
        (f"statsmodels GLM, reduced design, {GLM_MODELS} of them", f"{reduced * 1e3:.2f} ms a model", ""),
        ("**ratio to the full design**", f"**{full / pairs:.0f}**", "at least 150"),
        ("ratio to the reduced design", f"{reduced / pairs:.0f}", ""),
        (
            f"all {FIVE_LISTS:,} five-list models, fits and screen, one thread",
            f"{median('test_all_models_of_five_lists') * 1e3:.1f} ms",
            "under 60 ms",
        ),
        ("all 7,785,061 six-list models, all cores", f"{orders['seconds']:.0f} s", "under 90 s"),
        ("their processor time, all threads together", f"{orders['processor_seconds']:.0f} s", ""),
        ("their peak memory", f"{orders['peak_mib']:.0f} MiB", "under 512 MiB"),
        (
            "1,000 replicates, each choosing among 32,768 models, 2 processes",
            f"{median('test_bootstrap_over_pair_models'):.0f} s",
            "under 240 s",
        ),
        ("`import mse` beyond importing numpy", f"{beyond:.3f} s", "at most 0.15 s"),
        *more,
    ]
    lines = [
        "# Benchmarks",
        "Medians, written by `python -m uv run python -m benchmarks`. A shared machine is slower than an idle one; the "
        "load says how much else was running.",
        "| what | median | target |\n| --- | --- | --- |\n" + "\n".join(f"| {a} | {b} | {c} |" for a, b, c in rows),
        f"Measured on {date.today().isoformat()}: {os.cpu_count()} cores ({platform.machine()}, {platform.system()}), "
        f"load {load[0]:.1f} at the start and {load[1]:.1f} at the end, Python {platform.python_version()}, "
        + ", ".join(f"{name} {version(name)}" for name in PACKAGES)
        + ".",
    ]
    return "\n\n".join(lines) + "\n"


if __name__ == "__main__":
    before = os.getloadavg()[0]
    entries = measure()
    more = [*of_a_register(), *strata.rows(in_a_child("benchmarks.strata"))]
    more += decomposable.rows(in_a_child("benchmarks.decomposable"))
    more += laplace.rows(in_a_child("benchmarks.laplace"))
    text = results(entries, more, (before, os.getloadavg()[0]))
    (FOLDER / "results.md").write_text(text, encoding="utf-8")
    print(text)
