"""The figure of registered beside estimated: its columns, words and findings."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mse.core.figure import Column, Figure
from mse.core.finding import Finding
from mse.core.reference import Reference
from mse.core.sentence import Sentence, Text
from mse.lazy import lazy
from mse.monitor.counting.shares import half_up
from mse.monitor.coverage.comparable import Comparable
from mse.monitor.coverage.registered import PERIOD
from mse.monitor.estimation.data_figures import heading

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy("pandas")

__all__ = ["ComparedFigure", "both_references", "counts_figure", "when", "words_of"]

_KINDS = {"exact": "coverage_exact", "period mean": "coverage_mean", "upper bound": "coverage_bound"}
_NUMBERS = (
    "registered", "estimate_low", "estimate", "estimate_high", "level", "share_low", "share_high",
    "per_registered_low", "per_registered_high", "unseen_low", "unseen_high",
)  # fmt: skip

_ONE_ESTIMATE = ("estimate_low", "estimate_high", "estimate_period", "source", "method", "line")
"""What rows of one estimate of the whole have in common."""


@dataclass(frozen=True, eq=False)
class ComparedFigure(Figure):
    """A figure that sets numbers of different origin side by side, with what a reader must know of that.

    Parameters
    ----------
    findings : tuple of Finding
        What differs, what does not add up, and what limits the estimates; for `release(…, findings=…)`.
    """

    findings: tuple[Finding, ...] = ()


def counts_figure(
    rows: Sequence[dict[str, Any]],
    reference: Reference,
    estimates: Sequence[Comparable],
    findings: tuple[Finding, ...],
    name: str,
) -> ComparedFigure:
    """The figure of registered numbers beside estimated ones."""
    cells = {place: row["cell"] for place, row in enumerate(rows) if row["cell"] is not None}
    frame = pd.DataFrame([{**row, **_in_words(row)} for row in rows]).drop(columns="cell")
    frame[list(_NUMBERS)] = frame[list(_NUMBERS)].astype("float64")
    columns = _columns(frame)
    return ComparedFigure(
        name,
        frame,
        columns,
        title=_title(rows),
        caption=Sentence("coverage_caption", {"about": reference.period_label}),
        base=Sentence("coverage_base"),
        unit=reference.unit,
        source="; ".join(dict.fromkeys([reference.source, *(e.reference.source for e in estimates)])),
        reference=both_references(reference, estimates),
        chart="registered",
        group=("adds_up",),
        alt=Sentence("coverage_alt"),
        words=_words(rows, columns),
        cells=cells,
        findings=findings,
    )


def _columns(frame: pd.DataFrame) -> dict[str, Column]:
    """Columns that are shown; those that are empty in every row are left out."""
    ratio: dict[str, Any] = {"kind": "ratio", "of": ["registered"], "missing": "word_dash"}
    columns = {
        "group": heading("coverage_group"),
        "when": heading("coverage_when"),
        "registered": heading("observed", "persons"),
        "counted_as": heading("coverage_counted_as"),
        "estimate_low": heading("coverage_low", "estimate", missing="word_no_estimate"),
        "estimate": heading("total", "estimate", missing="word_dash"),
        "estimate_high": heading("coverage_high", "estimate", missing="word_no_estimate"),
        "level": heading("level", "level"),
        "share_low": heading("coverage_share_low", "percent", of=["registered", "estimate_high"], missing="word_dash"),
        "share_high": heading("coverage_share_high", "percent", of=["registered", "estimate_low"], missing="word_dash"),
        "unseen_low": heading("coverage_unseen_low", **ratio),
        "unseen_high": heading("coverage_unseen_high", **ratio),
        "method": heading("method"),
        "lists": heading("coverage_lists"),
        "estimate_period": heading("coverage_about", missing="word_dash"),
        "differs": heading("coverage_differs"),
    }
    for item in ("estimate", "level"):
        if frame[item].isna().all():
            del columns[item]
    for item in ("lists", "differs"):
        if not any(map(str, frame[item])):
            del columns[item]
    return columns


def _words(rows: Sequence[dict[str, Any]], columns: Collection[str]) -> dict[tuple[int, str], str]:
    """Words for single cells: no upper limit, no single estimate."""
    words: dict[tuple[int, str], str] = {}
    for place, row in enumerate(rows):
        if row["withheld"] and row["estimate_low"] is None:
            words |= {(place, name): "word_no_single_estimate" for name in ("estimate_low", "estimate_high")}
        elif row["estimate_low"] is not None and row["estimate_high"] is None:
            words[place, "estimate_high"] = "word_no_upper_limit"
            words[place, "unseen_high"] = "word_no_upper_limit"
        if row["estimate_period"] is not None and row["level"] is None:
            words[place, "level"] = "word_coverage_not_stated"
        elif row["estimate_period"] is None:
            words[place, "level"] = "word_dash"
    return {cell: word for cell, word in words.items() if cell[1] in columns}


def _in_words(row: dict[str, Any]) -> dict[str, Any]:
    """What a row says in words."""
    counted_as = Sentence(_KINDS[row["registered_kind"]])
    differs = words_of(row["flagged"])
    return {"adds_up": _adds_up(row), "when": when(row), "counted_as": counted_as, "differs": differs}


def _adds_up(row: dict[str, Any]) -> str | None:
    """Rows with the same text are the levels of one characteristic in one period: they add up to all registered."""
    is_level = row["dimension"] != "total" and row["registered_kind"] != "upper bound"
    one = row["form"] == "all" or row["dimension"] == "form"
    if not (is_level and one) or "+" in row["category_code"].removesuffix("+"):
        return None
    return f"{row['period']}, {row['line']}: {row['dimension']}"


def when(row: dict[str, Any]) -> str | Text:
    """The year of a row, or its period in words."""
    if row["year"] != PERIOD:
        return str(row["year"])
    key = "coverage_mean_of" if row["registered_kind"] != "exact" else "coverage_all_of"
    return Sentence(key, {"period": row["period"]})


def words_of(flagged: str) -> str | Text:
    """In what the two numbers of a row differ, in words."""
    if not flagged:
        return ""
    names: list[Text] = [Sentence(f"coverage_field_{name}") for name in flagged.split("|")]
    joined = names[0]
    for name in names[1:]:
        joined = Sentence("coverage_and", {"one": joined, "other": name})
    return joined


def both_references(reference: Reference, estimates: Iterable[Comparable]) -> Reference:
    """The reference of the registered numbers; public only where the estimates are so too."""
    about = [estimate.reference for estimate in estimates]
    return reference.replace(public=reference.public and all(other.public for other in about))


def _title(rows: Sequence[dict[str, Any]]) -> Text:
    """The share of the whole, where there is one estimate of it that stands; and in what that differs.

    Whole per cents only: finer ones would give exact counts back. More registered than estimated is no share.
    """
    whole = [row for row in rows if row["dimension"] == "total" and row["estimate_period"] is not None]
    one = len({tuple(str(row[name]) for name in _ONE_ESTIMATE) for row in whole}) == 1
    row = whole[-1] if one else None
    if row is None or row["withheld"] or not row["share_low"] or not row["share_high"] or row["share_high"] > 1:
        return Sentence("coverage_title")
    low, high = (half_up(100 * row[name]) / 100 for name in ("share_low", "share_high"))
    share = {"share": high} if low == high else {"low": low, "high": high}
    title = Sentence("coverage_title_share" if low == high else "coverage_title_shares", share)
    if not row["flagged"]:
        return title
    return Sentence("coverage_title_differs", {"title": title, "differs": words_of(row["flagged"])})
