"""Reports that the tests share; each is made once."""

from __future__ import annotations

import numpy as np
import pytest

import mse
from report_pages import SECRET, Made, made


@pytest.fixture(scope="session")
def dutch() -> Made:
    """The public Dutch table: no single estimate."""
    return made(mse.datasets.load("netherlands_2010_2015"), "public_source")


@pytest.fixture(scope="session")
def rome() -> Made:
    """A public table with one answer."""
    return made(mse.datasets.load("rome_hiv"), "public_source")


@pytest.fixture(scope="session")
def private() -> Made:
    """A table that is not public."""
    counts = np.zeros((2, 2, 2), dtype=int)
    for history, persons in SECRET.items():
        counts[history] = persons
    return made(mse.CaptureTable(["A", "B", "C"], counts), "threshold")
