"""Registered numbers beside those that were published before: another snapshot of the register gives another count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mse.core.cube import Cube
from mse.core.finding import Finding, Severity, worst
from mse.core.reference import Reference
from mse.core.sentence import Sentence
from mse.errors import TableError
from mse.lazy import lazy
from mse.monitor.coverage.coverage_figure import ComparedFigure
from mse.monitor.coverage.registered import LINE, FigureSource, counts_from
from mse.monitor.estimation.data_figures import heading

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy("pandas")

__all__ = ["reconcile_counts"]

_COLUMNS = ("series", "year", "count", "source")


def reconcile_counts(
    figures: FigureSource | Cube,
    published: pd.DataFrame,
    *,
    series: str = "nr",
    line: str = LINE,
    reference: Reference | None = None,
    name: str = "vintages",
) -> ComparedFigure:
    """Set the registered number of each year beside the numbers published for it.

    Parameters
    ----------
    figures : Figures, mapping of str to Figure, or Cube
        Registered numbers, as for `registered_versus_estimated`.
    published : pandas.DataFrame
        Published numbers (`mse.records.published_counts`): columns series, year, count, source and, where known,
        edition. A year may have several: each is another snapshot.
    series : str
        The series to compare with.
    line : str
        Population line that is counted.
    reference : Reference, optional
        What the registered numbers are about; by default that of the figures.
    name : str
        Name of the figure.

    Returns
    -------
    ComparedFigure
        Columns year, counted, published, difference (counted less published), edition, source; a finding for each
        number that differs where the counts are public: that one differs, or none does, would else give a rounded
        or withheld count away.

    Raises
    ------
    mse.errors.TableError
        A column is missing, the series is not there, or no year is in both.

    Examples
    --------
    >>> from mse.records.published import published_counts
    >>> cube = Cube(pd.DataFrame({"year": [2017, 2018], "count": [956, 668]}))
    >>> about = Reference((2017, 2018), "person-year", "presumed victims", "Netherlands", source="x", public=True)
    >>> shown = reconcile_counts(cube, published_counts("netherlands_counts"), reference=about)
    >>> shown.to_frame()[["year", "difference"]].values.tolist()
    [[2017, -2], [2017, 0], [2018, 0]]
    """
    for column in _COLUMNS:
        if column not in published:
            raise TableError(f"Published numbers have a column '{column}'", got=", ".join(map(str, published.columns)))
    counts = counts_from(figures, reference)
    chosen = published[published["series"] == series].sort_values("year", kind="stable")
    if chosen.empty:
        raise TableError(f"There is no series '{series}'", got=", ".join(sorted(set(published["series"]))))
    rows: list[dict[str, Any]] = []
    for entry in chosen.to_dict("records"):
        number = counts.number({}, str(entry["year"]), line)
        if number is not None:
            difference = int(number.value) - int(entry["count"])
            rows.append({
                "year": int(entry["year"]), "counted": int(number.value), "published": int(entry["count"]),
                "difference": difference, "cell": number.cell, "edition": str(entry.get("edition", "")),
                "source": str(entry["source"]),
            })  # fmt: skip
    if not rows:
        raise TableError("No year is both counted and published", got=f"years {', '.join(counts.years)}")
    cells = {place: row["cell"] for place, row in enumerate(rows) if row["cell"] is not None}
    frame = pd.DataFrame(rows).drop(columns="cell")
    columns = {
        "year": heading("vintage_year"),
        "counted": heading("vintage_counted", "persons"),
        "published": heading("vintage_published", "count"),
        "difference": heading("vintage_difference", "count", of=["counted"], public_only=True),
        "edition": heading("vintage_edition"),
        "source": heading("source"),
    }
    return ComparedFigure(
        name,
        frame,
        columns,
        title=Sentence("vintage_title", {"n": int((frame["difference"] != 0).sum()), "all": len(frame)}),
        caption=Sentence("vintage_caption", {"snapshot": _snapshot(counts.reference)}),
        unit=counts.reference.unit,
        source=counts.reference.source,
        reference=counts.reference,
        cells=cells,
        findings=worst(_finding(row) for row in rows if row["difference"] and counts.reference.public),
    )


def _finding(row: dict[str, Any]) -> Finding:
    values = {name: row[name] for name in ("year", "counted", "published", "source")}
    return Finding("vintage_differs", Severity.NOTE, str(row["year"]), values)


def _snapshot(reference: Reference) -> str | Sentence:
    return Sentence("word_unknown") if reference.snapshot is None else reference.snapshot.isoformat()
