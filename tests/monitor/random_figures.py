"""Figures of a random register, with shared counts: three figures by year and by form, whose totals are the same."""

from __future__ import annotations

from collections.abc import Hashable
from itertools import product

import numpy as np
import pandas as pd

from mse.core.figure import Column, Figure

TEXT = {"en": "Presumed victims", "nl": "Vermoedelijke slachtoffers"}
LEVELS = {"sex": ("male", "female", "unknown"), "region": ("a", "b", "c", "d")}


def register(seed: int, years: int = 3, forms: int = 3) -> np.ndarray:
    """Persons by year, form, sex and region: many small cells, a few large ones."""
    rng = np.random.default_rng(seed)
    shape = (years, forms, *(len(levels) for levels in LEVELS.values()))
    return rng.poisson(rng.gamma(0.2, 9.0, size=shape))


def with_late_reports(persons: np.ndarray, seed: int) -> np.ndarray:
    """The register a year later: some persons more in a few places, and very many more in one."""
    rng = np.random.default_rng(seed + 1000)
    more = rng.binomial(1, 0.06, size=persons.shape) * rng.integers(1, 5, size=persons.shape)
    more[rng.integers(persons.shape[0]), rng.integers(persons.shape[1])] += rng.integers(10, 40)
    return persons + more


def figures_of(persons: np.ndarray) -> list[Figure]:
    """Sex and region by year and by form, and forms by year; each with its total."""
    axes = {"year": 0, "form": 1, "sex": 2, "region": 3}
    years, forms = range(persons.shape[0]), range(persons.shape[1])
    names = {"year": [str(2015 + year) for year in years], "form": [f"F{form}" for form in forms], **LEVELS}

    def count(**levels: str) -> int:
        taken = persons
        for name in ("region", "sex", "form", "year"):
            if levels.get(name, "total") != "total":
                taken = np.take(taken, [names[name].index(levels[name])], axis=axes[name])
        return int(taken.sum())

    built = []
    for dimension in ("sex", "region", "form"):
        rows: list[dict[str, object]] = []
        cells: dict[int, Hashable] = {}
        place: dict[tuple[str, str, str], int] = {}
        columns = [(year, "total") for year in (*names["year"], "total")]
        if dimension != "form":
            columns += [("total", form) for form in names["form"]]
        for (year, form), category in product(columns, (*names[dimension], "total")):
            levels = {"year": year, "form": form}
            if category != "total":
                levels[dimension] = category
            place[year, form, category] = len(rows)
            cells[len(rows)] = tuple(sorted((name, level) for name, level in levels.items() if level != "total"))
            rows.append({"year": year, "form": form, "category_code": category, "measure": "victims",
                         "value": float(count(**levels))})  # fmt: skip
        sums = []
        for (year, form, category), row in place.items():
            parts = [[place.get((year, form, level)) for level in names[dimension]]] if category == "total" else []
            parts += [[place.get((each, form, category)) for each in names["year"]]] if year == "total" else []
            if form == "total" and dimension != "form":
                parts += [[place.get((year, each, category)) for each in names["form"]]]
            sums += [(row, tuple(found)) for found in parts if None not in found]
        frame = pd.DataFrame(rows)
        heads = {name: Column(name, name, "measured" if name == "value" else "text") for name in frame.columns}
        built.append(Figure(dimension, frame, heads, title=TEXT, caption=TEXT, cells=cells, sums=tuple(sums)))
    return built
