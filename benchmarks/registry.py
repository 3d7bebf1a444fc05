"""Five million reports, from files to every figure: ``python -m uv run python -m benchmarks.registry``.

The register is the published synthetic one, many times over with new keys. Its files are made first; reading, counting
and all figures are then measured in a process of their own.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks import child
from benchmarks.peak import peak_mib

REPORTS = 5_000_000

PERIOD = (2015, 2019)

KEYS = ("victim", "case")


def make(folder: Path, reports: int = REPORTS) -> tuple[int, int]:
    """Write the files of a register with at least so many reports; returns their rows."""
    from mse.simulate import published_register

    frames = [pd.read_csv(path, dtype="str", keep_default_na=False) for path in published_register().write(folder)]
    copies = -(-reports // len(frames[1]))
    for name, frame in zip(("victims", "reports"), frames, strict=True):
        tiled(frame.drop(columns="synthetic"), copies).to_parquet(folder / f"{name}.parquet", index=False)
    return len(frames[0]) * copies, len(frames[1]) * copies


def tiled(frame: pd.DataFrame, copies: int) -> pd.DataFrame:
    """A frame many times over; each copy has keys of its own."""
    rows = np.tile(np.arange(len(frame)), copies)
    copy = pd.Series(np.repeat(np.arange(copies), len(frame))).astype("str")
    whole = frame.iloc[rows].reset_index(drop=True)
    for name in KEYS:
        if name in whole:
            whole[name] = whole[name].where(whole[name] == "", whole[name] + "-" + copy)
    return whole


def measure(folder: Path) -> dict[str, float]:
    """Read, count and make all figures; seconds of each on the clock and on the processor, and the memory."""
    import mse.monitor
    from mse.records.register.read_registry import read_registry

    times: dict[str, float] = {}

    def timed(name: str, work: Callable[[], Any]) -> Any:
        start, busy = time.perf_counter(), time.process_time()
        result = work()
        times[name] = time.perf_counter() - start
        times[f"{name}, processor"] = time.process_time() - busy
        return result

    paths = folder / "victims.parquet", folder / "reports.parquet"
    registry = timed("read_registry", lambda: read_registry(*paths, period=PERIOD))
    timed("counted", registry.counted)
    made = timed("all figures", lambda: mse.monitor.figures(registry))
    assert len(made) > 10
    times["peak MiB"] = peak_mib()
    return times


def in_a_child(folder: Path) -> dict[str, float]:
    """Measure in a new interpreter, whose memory the making of the files has not touched."""
    return child.in_a_child("benchmarks.registry", "--measure", str(folder))


def main() -> None:
    """Make the files and measure, or only measure files that are there."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--reports", type=int, default=REPORTS, help="number of reports")
    options.add_argument("--measure", type=Path, help="folder with files that were made before")
    chosen = options.parse_args()
    if chosen.measure is not None:
        print(json.dumps(measure(chosen.measure)))
        return
    with tempfile.TemporaryDirectory() as folder:
        victims, reports = make(Path(folder), chosen.reports)
        print(f"{reports:,} reports about {victims:,} victims and years")
        for name, value in in_a_child(Path(folder)).items():
            print(f"{name:28}{value:10.1f}")


if __name__ == "__main__":
    main()
