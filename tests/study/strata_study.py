"""A study of three lists by year and form, small enough to be fitted in no time."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import mse

CHANCES = {("2018", "SU"): 0.30, ("2019", "SU"): 0.36, ("2020", "SU"): 0.42}
CHANCES |= {(year, "AU"): chance / 2 for (year, _), chance in CHANCES.items()}
SIZE = {"SU": 600, "AU": 400}

STUDY = """\
[study]
title = "A made-up register by year and form"

[data]
file = "counts.csv"
covariates = ["year", "form"]

[reference]
period = [2018, 2020]
unit = "person-year"
population = "persons in a made-up register"
place = "Nowhere"

[estimate]
covariates = ["year", "form"]
by = ["year", ["year", "form"]]
forced = "[A year][A form]"
"""

BOOTSTRAP = "\n[bootstrap]\nreplicates = 25\nseed = 3\n"


def counts() -> list[tuple[str, ...]]:
    """Rows of the table: three lists, each with its own share of the chance of a year and form."""
    rows = []
    for (year, form), chance in CHANCES.items():
        for history in product((0, 1), repeat=3):
            share = 1.0
            for on, factor in zip(history, (1.0, 0.8, 0.6), strict=True):
                share *= chance * factor if on else 1.0 - chance * factor
            if any(history):
                rows.append((*map(str, history), year, form, str(round(SIZE[form] * share))))
    return rows


def write_study(folder: Path, text: str = STUDY) -> Path:
    """Write the study and its counts; returns the study file."""
    folder.mkdir(parents=True, exist_ok=True)
    table = "\n".join(",".join(row) for row in [("A", "B", "C", "year", "form", "count"), *counts()])
    (folder / "counts.csv").write_text(table, encoding="utf-8")
    path = folder / "study.toml"
    path.write_text(text, encoding="utf-8")
    return path


def table() -> mse.CaptureTable:
    """The table of the study, as Python makes it."""
    import pandas as pd

    frame = pd.DataFrame(counts(), columns=["A", "B", "C", "year", "form", "count"])
    frame = frame.astype({"A": int, "B": int, "C": int, "year": int, "count": int})
    return mse.CaptureTable.from_counts(frame, lists=["A", "B", "C"], covariates=["year", "form"])
