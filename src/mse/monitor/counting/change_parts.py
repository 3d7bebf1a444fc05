"""`contributions`: which categories a change between two years comes from (requirements 45 and 46)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mse.core.figure import Figure, Layout
from mse.core.sentence import Sentence
from mse.errors import TableError, did_you_mean
from mse.monitor.counting.build_figures import tidy_columns
from mse.monitor.counting.cross_table import crosstab
from mse.monitor.counting.dimension_labels import dimension_label
from mse.monitor.counting.figure_set import Figures
from mse.monitor.counting.indicator import TOTAL
from mse.monitor.counting.indicators import INDICATORS
from mse.monitor.counting.number_words import change_in_words
from mse.monitor.counting.source import CubeSource
from mse.monitor.counting.tally import Slice, years_of
from mse.monitor.counting.tidy_rows import TidyRows
from mse.records.register.registry import Registry

if TYPE_CHECKING:
    from mse.monitor.counting.stored_cubes import Cubes

__all__ = ["contributions"]

FIGURES: Mapping[str, str] = {
    "form": "2.7", "sex": "2.8", "region": "2.9", "age_band": "2.10", "reporters": "2.11", "units": "2.12",
    "combination": "2.3",
}  # fmt: skip
"""Figure that counts each dimension by year."""

_MENTIONS = {"reporters": "reports", "units": "police_reports"}


def contributions(
    source: Figures | Registry | Cubes | CubeSource, from_: int, to: int, dimension: str = "form"
) -> Figure:
    """Split the change between two years over the categories of a dimension.

    Parameters
    ----------
    source : Figures, Registry or Cubes
        Figures, or what they are counted from.
    from_, to : int
        The years.
    dimension : str
        "form", "region", "reporters", … With reporters and police units reports are counted, since victims may have
        several; with all others victims.

    Returns
    -------
    Figure
        By category both counts, the change in per cent, and the contribution in percentage points of the total of the
        first year. Contributions add up to the change of the total.

    Raises
    ------
    mse.errors.TableError
        A year or dimension is not there, or nobody was counted in the first year.

    Examples
    --------
    >>> import pandas as pd
    >>> victims = pd.DataFrame({"victim": list("abc"), "types": ["CU", "CU", "AU"]})
    >>> reports = pd.DataFrame({"victim": list("abc"), "date": [2018, 2019, 2019], "reporter": ["police"] * 3})
    >>> figure = contributions(Registry.from_frames(victims, reports, period=(2018, 2019)), 2018, 2019)
    >>> frame = figure.to_frame()
    >>> frame[frame["measure"] == "percentage_points"][["category_code", "value"]].values.tolist()
    [['AU', 1.0], ['CU', 0.0], ['total', 1.0]]
    """
    counts = _counts(source, dimension)
    table = _by_year(counts, (from_, to))
    rows, period = TidyRows(f"change_by_{dimension}"), years_of(from_, to)
    heads = Slice(str(from_), str(from_)), Slice(str(to), str(to)), Slice(period, period)
    total = table[TOTAL]
    if not total[0]["value"]:
        raise TableError(f"Nobody was counted in {from_}, so there is no change in per cent of it")
    for code, (old, new) in table.items():
        for head, cell in zip(heads, (old, new), strict=False):
            rows.add(head, code, cell["category"], cell["measure"], cell["value"], form=cell["form"],
                     base=cell["base"], cell=cell["cell"])  # fmt: skip
    measure = total[0]["measure"]
    parts = [code for code in table if code != TOTAL]
    for head in heads[:2]:
        rows.say_sum(rows.at(TOTAL, measure, head), [rows.at(code, measure, head) for code in parts])
    for code, (old, new) in table.items():
        _add_changes(rows, code, old, new, total[0], heads)
    said: dict[str, Any] = {
        "dimension": dimension_label(dimension), "first": str(from_), "last": str(to),
        "unit": Sentence("monitor_unit_reports") if dimension in _MENTIONS else Sentence("monitor_unit_victims"),
        "category": _most(table, parts),
    }  # fmt: skip
    return Figure(
        rows.figure, rows.to_frame(), tidy_columns(), title=_title(said, total),
        caption=Sentence("monitor_change_caption", said), unit=counts.unit, source=counts.source,
        base=Sentence("monitor_base", {"n": int(total[0]["value"]), "who": said["unit"]}),
        reference=None if counts.reference is None else counts.reference.replace(period=(from_, to)),
        layout=Layout(columns=("year",)), cells=rows.cells, sums=tuple(rows.sums), rests=rows.rests,
    )  # fmt: skip


def _counts(source: Figures | Registry | Cubes | CubeSource, dimension: str) -> Figure:
    """The figure that counts a dimension by year."""
    if not isinstance(source, Figures):
        return crosstab(source, dimension, measure=_MENTIONS.get(dimension, "victims"))
    if dimension not in FIGURES:
        raise TableError(
            f"No figure counts '{dimension}' by year", hint=did_you_mean(dimension, FIGURES)
        )  # fmt: skip
    return source[FIGURES[dimension]]


def _by_year(counts: Figure, years: tuple[int, int]) -> dict[str, list[dict[str, Any]]]:
    """The cells of both years by category, derived categories left out."""
    places: list[Any] = [counts.cells.get(int(row)) for row in counts.frame.index]
    frame = counts.frame.assign(cell=places)
    entry = INDICATORS["2015-2019"].get(counts.name)
    derived = {category.code for category in entry.derived} if entry else set()
    measure = frame["measure"].iloc[0]
    frame = frame[(frame["measure"] == measure) & ~frame["category_code"].isin(list(derived))]
    found: dict[str, list[dict[str, Any]]] = {}
    for year in years:
        cells = frame[frame["year"] == str(year)].to_dict("records")
        if not cells:
            raise TableError(f"Nothing was counted in {year}", got=f"figure '{counts.name}'")
        for cell in cells:
            found.setdefault(str(cell["category_code"]), []).append({str(k): v for k, v in cell.items()})
    return found


def _add_changes(
    rows: TidyRows, code: str, old: Mapping[str, Any], new: Mapping[str, Any], total: Mapping[str, Any],
    heads: tuple[Slice, Slice, Slice],
) -> None:  # fmt: skip
    places = [rows.at(code, old["measure"], head) for head in heads[:2]]
    whole = rows.at(TOTAL, old["measure"], heads[0])
    own = new["value"] / old["value"] - 1 if old["value"] else float("nan")
    points = (new["value"] - old["value"]) / total["value"]
    for measure, value, base in (("percent_change", own, old["value"]), ("percentage_points", points, total["value"])):
        at = rows.add(heads[2], code, old["category"], measure, value, form=old["form"], base=base)
        rests = [*places, *([whole] if measure == "percentage_points" else [])]
        rows.rests[at] = tuple(dict.fromkeys(row for row in rests if row is not None))


def _title(said: Mapping[str, Any], total: list[dict[str, Any]]) -> Sentence:
    old, new = (cell["value"] for cell in total)
    if not new:
        return Sentence("monitor_change_title_to_nobody", said)
    return Sentence("monitor_change_title", {**said, "changed": change_in_words(old, new)})


def _most(table: Mapping[str, list[dict[str, Any]]], parts: list[str]) -> Any:
    """Label of the category that moved most in the direction of the total."""
    rise = table[TOTAL][1]["value"] >= table[TOTAL][0]["value"]
    moved = {code: table[code][1]["value"] - table[code][0]["value"] for code in parts}
    code = (max if rise else min)(moved, key=lambda each: moved[each])
    return table[code][0]["category"]
