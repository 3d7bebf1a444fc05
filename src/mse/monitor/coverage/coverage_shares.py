"""Shares of a group among the registered beside its estimated share: are minors as common among the registered?"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from mse.core.cube import Cube
from mse.core.finding import worst
from mse.core.reference import Reference
from mse.core.sentence import Sentence
from mse.errors import TableError
from mse.lazy import lazy
from mse.monitor.coverage.comparison import Candidate, Estimates, comparison, counted
from mse.monitor.coverage.coverage_figure import ComparedFigure, both_references, when, words_of
from mse.monitor.coverage.matching import MONITOR_DEFINITIONS
from mse.monitor.coverage.registered import LINE, FigureSource, RegisteredCounts, RegisteredNumber, levels_of
from mse.monitor.estimation.data_figures import heading

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy("pandas")

__all__ = ["shares_versus_estimated"]

_UNKNOWN = {"form": "UNK"}
"""Level of those of whom a characteristic is not known; "unknown" where nothing stands here."""


def shares_versus_estimated(
    figures: FigureSource | Cube,
    estimates: Estimates,
    *,
    allow: Collection[str] = (),
    definitions: Mapping[str, str] = MONITOR_DEFINITIONS,
    reference: Reference | None = None,
    name: str = "registered_shares",
) -> ComparedFigure:
    """Set the share of a group among the registered beside its estimated share.

    Parameters
    ----------
    figures : Figures, mapping of str to Figure, or Cube
        As for `registered_versus_estimated`.
    estimates : PublishedEstimate, or iterable of estimates
        Those of the kind "share" are used.
    allow, definitions, reference
        As for `registered_versus_estimated`.
    name : str
        Name of the figure.

    Returns
    -------
    ComparedFigure
        A figure with `findings`. Two rows a period: of all, and of those of whom the characteristic is known, unless
        that is nobody or the unknown are the group. Columns
        group, form, category_code, year, period, persons, base, base_kind ("all", "known"), share, estimate_low,
        estimate_high, ratio_low (registered share / highest estimated), ratio_high, inverse_low, inverse_high, method,
        flagged.

    Raises
    ------
    mse.errors.ReferenceError
        As for `registered_versus_estimated`.
    mse.errors.TableError
        No estimate is a share.

    Examples
    --------
    >>> from mse.records.published import published_estimates
    >>> frame = pd.DataFrame({"year": 2015, "age_band": ["minor", "18-22", "unknown"], "count": [25, 60, 15]})
    >>> about = Reference((2015, 2015), "person-year", "presumed victims", "Netherlands", source="x", public=True)
    >>> everything = ["period", "population", "definition"]
    >>> share = published_estimates("netherlands_2014_2015")[3]
    >>> shares_versus_estimated(Cube(frame), share, reference=about, allow=everything).to_frame()["share"].tolist()
    [0.25, 0.29411764705882354]
    """
    compared = comparison(figures, estimates, "share", allow, (LINE,), definitions, reference)
    rows: list[dict[str, Any]] = []
    for candidate in compared.candidates:
        if candidate.number.exact:
            rows += _rows(candidate, compared.counts)
    if not rows:
        raise TableError("No share of the registered is known exactly where one is estimated")
    frame = pd.DataFrame(rows)
    limits = [frame["estimate_low"].min(), frame["estimate_high"].max()]
    ratio: dict[str, Any] = {"kind": "ratio", "of": ["persons", "base"]}
    return ComparedFigure(
        name,
        frame,
        {
            "group": heading("coverage_group"),
            "when": heading("coverage_when"),
            "persons": heading("coverage_persons", "persons"),
            "base": heading("coverage_of", "persons"),
            "base_words": heading("coverage_base_kind"),
            "share": heading("coverage_share", "percent", of=["persons", "base"]),
            "estimate_low": heading("coverage_low", "percent"),
            "estimate_high": heading("coverage_high", "percent"),
            "ratio_low": heading("coverage_ratio_low", **ratio),
            "ratio_high": heading("coverage_ratio_high", **ratio),
            "method": heading("method"),
            "differs": heading("coverage_differs"),
        },
        title=Sentence("coverage_shares_title"),
        caption=Sentence("coverage_shares_caption", {"low": limits[0], "high": limits[1]}),
        base=Sentence("coverage_shares_base"),
        unit=compared.counts.reference.unit,
        source="; ".join(
            dict.fromkeys([compared.counts.reference.source, *(e.reference.source for e in compared.estimates)])
        ),
        reference=both_references(compared.counts.reference, compared.estimates),
        findings=worst(compared.findings),
    )


def _rows(candidate: Candidate, counts: RegisteredCounts) -> list[dict[str, Any]]:
    """A row of all and a row of those of whom the characteristic is known."""
    estimate, span = candidate.estimate, candidate.span
    base = counted(counts, estimate.of, LINE, span.parts)
    if base is None or not base.value or estimate.low is None or estimate.high is None:
        return []
    inner = [name for name in estimate.group if name not in estimate.of]
    bases = {"all": base.value}
    known = _known(candidate, base.value, inner[0], counts) if len(inner) == 1 else None
    if known is not None:
        bases["known"] = known
    persons: RegisteredNumber = candidate.number
    rows = []
    for kind, whole in bases.items():
        share = persons.value / whole
        row: dict[str, Any] = {
            "group": estimate.label,
            "form": estimate.group.get("form", "all"),
            "category_code": estimate.group[inner[0]] if inner else "total",
            "year": span.year,
            "period": span.label,
            "persons": persons.value,
            "base": whole,
            "base_kind": kind,
            "base_words": Sentence("coverage_of_all" if kind == "all" else "coverage_of_known"),
            "share": share,
            "estimate_low": estimate.low,
            "estimate_high": estimate.high,
            "ratio_low": share / estimate.high,
            "ratio_high": share / estimate.low,
            "inverse_low": estimate.low / share if share else None,
            "inverse_high": estimate.high / share if share else None,
            "method": estimate.method if not estimate.derived else Sentence(
                "coverage_derived", {"method": estimate.method, "derived": estimate.derived}
            ),
            "flagged": "|".join(candidate.differing),
            "differs": words_of("|".join(candidate.differing)),
        }  # fmt: skip
        rows.append({**row, "when": when({**row, "registered_kind": "exact"})})
    return rows


def _known(candidate: Candidate, base: float, name: str, counts: RegisteredCounts) -> float | None:
    """Of how many a characteristic is known; None where it is of nobody, or where the unknown are what is compared."""
    estimate, level = candidate.estimate, _UNKNOWN.get(name, "unknown")
    unknown = counted(counts, {**estimate.of, name: level}, LINE, candidate.span.parts)
    if unknown is None or not unknown.exact or level in levels_of(estimate.group[name]):
        return None
    return base - unknown.value if unknown.value < base else None
