"""Published tables and the reference values in `reference/`, as the tests use them.

Lists are called A, B, C … in the order of the publication, and the models of other packages, ``[12,3]``,
become ``[A B][C]``. Where each table and each value comes from stands in `reference/README.md`.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path

import numpy as np

import mse

REFERENCE = Path(__file__).parent / "reference"
ORACLE = Path(__file__).parents[2] / "shared" / "oracle"
"""Full results of the other packages; there on the founders' machine only."""

NAMES = "ABCDEFGHIJKL"


def rows(path: str) -> list[dict[str, str]]:
    """Rows of a file of reference values."""
    with (REFERENCE / path).open(newline="") as file:
        return list(csv.DictReader(file))


@cache
def table(data: str) -> mse.CaptureTable:
    """A published table."""
    found = [(row["history"], int(row["count"])) for row in rows("counts.csv") if row["data"] == data]
    counts = np.zeros((2,) * len(found[0][0]), dtype=np.int64)
    for history, count in found:
        counts[tuple(map(int, history))] = count
    return mse.CaptureTable(tuple(NAMES[: counts.ndim]), counts)


def brackets(model: str) -> str:
    """``[12,3]`` as ``[A B][C]``."""
    groups = re.sub(r"[\[\]]", "", model).split(",")
    return "".join("[" + " ".join(NAMES[int(digit) - 1] for digit in group) + "]" for group in groups)


def fit(data: str, model: str) -> mse.PointFit:
    """Fit a model of another package's notation to a published table."""
    return mse.LogLinear(brackets(model)).fit(table(data))


def scope(data: str, max_order: int) -> list[mse.PointFit]:
    """Fit every hierarchical model of up to `max_order` lists in a term."""
    from mse.kernels.lattice import enumerate_models, interactions, model_masks

    k = len(table(data).lists)
    inter = interactions(k, max_order)
    models = enumerate_models(k, max_order)
    assert models is not None
    fits = []
    for bits in models:
        masks = map(int, model_masks(int(bits), inter, k))
        terms = [[NAMES[j] for j in range(k) if mask >> (k - 1 - j) & 1] for mask in masks if mask]
        model = "".join("[" + " ".join(names) + "]" for names in terms)
        fits.append(mse.LogLinear(model).fit(table(data)))
    return fits
