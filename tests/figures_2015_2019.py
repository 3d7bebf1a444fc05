"""The printed figures of the monitor 2015-2019 as `Figure` objects, for the tests of tables and pictures."""

from __future__ import annotations

from typing import Any

import pandas as pd

from mse.core.figure import MEASURES, Column, Figure, Layout
from mse.core.reference import Reference
from mse.core.sentence import Text
from mse.messages.labels import label, labels
from mse.records.editions import CATEGORY_DIMENSIONS, printed

REFERENCE = Reference(
    (2015, 2019), "person-year", "presumed victims", "Netherlands", source="Slachtoffermonitor 2015-2019", public=True
)

DERIVED = {
    "2.3": ("any_SU", "any_AU", "any_CU", "any_ORG"),
    "2.4a": ("visible", "less_visible", "unknown"),
    "2.4b": ("imputed_less_visible", "imputed_visible", "imputed_total", "not_classified"),
    "2.5": ("sector_known",),
    "2.7": ("SU_nationality_known", "SU_nationality_unknown"),
    "2.10": ("mean_age", "under_23", "age_known"),
    "2.11": ("law_enforcement", "without_legal_basis"),
    "2.13": ("GO-SU",),
}
"""Categories that are derived from the others."""

LINES = ("all_registered", "excl_emm_only", "monitor_population")
CHARTS = {"2.1": "lines", "2.2": "lines", "2.13": "lines", "2.5": None, "tab2.1": None}

COLUMNS = {
    "figure": Column("figure", "figuur"),
    "period": Column("period", "periode"),
    "year": Column("year", "jaar"),
    "form": Column("form", "vorm"),
    "category_code": Column("code", "code"),
    "category": Column("category", "categorie"),
    "measure": Column("measure", "maat"),
    "value": Column("number", "aantal", "measured"),
}


def printed_figures() -> dict[str, Figure]:
    """Every printed figure by its number."""
    return {name: printed_figure(name, frame) for name, frame in printed().items()}


def printed_figure(name: str, frame: pd.DataFrame) -> Figure:
    """One printed figure with labels, layout and chart; what has no measure of the monitor is left out."""
    frame = frame[frame["measure"].isin(list(MEASURES))].copy()
    shares = frame["measure"].map(MEASURES) == "percent"
    frame["value"] = frame["value"].astype(float).where(~shares, frame["value"] / 100)
    frame["category"] = [_said(name, code) for code in frame["category_code"]]
    order = sorted(range(len(frame)), key=lambda place: _order(name, frame["category_code"].iloc[place], place))
    frame = frame.iloc[order].reset_index(drop=True)
    columns = {**COLUMNS, **({"rank": Column("rank", "rang", "setting")} if "rank" in frame else {})}
    text: Text = {"en": f"Figure {name}", "nl": f"Figuur {name}"}
    return Figure(
        name, frame, columns, title=text, caption=text, unit="person-year", base=text, reference=REFERENCE,
        chart=CHARTS.get(name, "stacked"), alt=text,
        layout=Layout(only={"category_code": LINES} if name == "2.1" else {}),
    )  # fmt: skip


def _said(name: str, code: str) -> dict[str, str]:
    known = next(
        (dimension for dimension in CATEGORY_DIMENSIONS[name] if (dimension, code) in labels()),
        CATEGORY_DIMENSIONS[name][0],
    )
    return label(known, code)


def _order(name: str, code: str, place: int) -> tuple[Any, ...]:
    """Parts in the order of the legend, unknown last, then the total, then what is derived."""
    if name in DERIVED and code in DERIVED[name]:
        return (3, place)
    if code == "total":
        return (2, place)
    return (1, place) if code in ("unknown", "UNK") else (0, place if name in ("tab2.1", "2.1", "2.7") else -place)
