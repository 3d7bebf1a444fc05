"""`means`: the mean of a number by a characteristic, over those of whom it is known, with how many they are."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from mse.core.cube import COUNT, Cube
from mse.core.figure import Figure, Layout
from mse.core.sentence import Sentence
from mse.errors import TableError
from mse.messages.labels import label
from mse.monitor.counting.build_figures import tidy_columns
from mse.monitor.counting.dimension_labels import dimension_label, level_label, ordered
from mse.monitor.counting.indicator import ALL, TOTAL
from mse.monitor.counting.source import LINE, CubeSource, source_of, window_of
from mse.monitor.counting.tally import Slice, years_of
from mse.monitor.counting.tidy_rows import TidyRows
from mse.records.register.registry import Registry
from mse.records.register.rules import Rules

if TYPE_CHECKING:
    from mse.monitor.counting.stored_cubes import Cubes

__all__ = ["means"]

MEASURE = "years"


def means(
    source: Registry | Cubes | CubeSource,
    rows: str = "form",
    *,
    number: str = "age",
    line: str = LINE,
    window: tuple[int, int] | None = None,
    rules: Rules | None = None,
    unit: str | None = None,
    edition: str = "2015-2019",
) -> Figure:
    """Take the mean age by a characteristic, over the years of a window.

    Parameters
    ----------
    source : Registry or Cubes
        A register, or cubes that have both dimensions.
    rows : str
        Characteristic: "form", "sex", "region", …
    number : str
        Dimension that holds a number of years; below 0 it is not known.
    line : str
        Which registrations count.
    window, rules, unit, edition
        As for `mse.monitor.figures`.

    Returns
    -------
    Figure
        Of every level the number of victims of whom it is known, and their mean.

    Raises
    ------
    mse.errors.TableError
        A dimension is not there, or does not hold numbers.

    Examples
    --------
    >>> import pandas as pd
    >>> victims = pd.DataFrame({"victim": list("abc"), "types": ["CU", "CU", "CU"], "age": [20, 31, None]})
    >>> reports = pd.DataFrame({"victim": list("abc"), "date": [2019] * 3, "reporter": ["police"] * 3})
    >>> frame = means(Registry.from_frames(victims, reports, period=(2019, 2019))).to_frame()
    >>> frame[frame["category_code"] == "CU"][["measure", "value", "base"]].values.tolist()
    [['victims', 2.0, 3.0], ['years', 25.5, 2.0]]
    """
    counted = source_of(source, rules, unit, edition, window)
    years = window_of(counted, window)
    cube = counted.within(years, rows, number, line=line)
    if cube.frame[number].dtype.kind not in "iu":
        raise TableError(f"Dimension '{number}' holds no numbers", hint="Take the mean of 'age'.")
    table, head = TidyRows(f"mean_{number}_by_{rows}"), Slice(TOTAL, years_of(*years))
    for level in ordered(rows, list(cube.levels(rows))):
        _add(table, head, cube.where(**{rows: level}), number, str(level), level_label(rows, level))
    codes = [code for code, measure, _ in table.place if measure == "victims"]
    total = _add(table, head, cube, number, TOTAL, label(TOTAL, TOTAL))
    table.say_sum(table.at(TOTAL, "victims", head), [table.at(code, "victims", head) for code in codes])
    said: dict[str, Any] = {
        "number": dimension_label(number), "rows": dimension_label(rows), "mean": total,
        "period": head.period.replace("-", "\N{EN DASH}"), "line": Sentence(f"monitor_line_{line}"),
    }  # fmt: skip
    return Figure(
        table.figure, table.to_frame(), tidy_columns(), title=Sentence("monitor_means_title", said),
        caption=Sentence("monitor_means_caption", said), unit=counted.unit,
        source="" if counted.reference is None else counted.reference.source,
        reference=None if counted.reference is None else counted.reference.replace(period=years),
        layout=Layout(columns=("year",)), cells=table.cells, sums=tuple(table.sums), rests=table.rests,
    )  # fmt: skip


def _add(table: TidyRows, head: Slice, cube: Cube, number: str, code: str, said: dict[str, str]) -> float:
    """Add how many are known and their mean; returns the mean."""
    known = cube.frame[cube.frame[number] >= 0]
    n = int(known[COUNT].sum())
    mean = float((known[number] * known[COUNT]).sum() / n) if n else float("nan")
    cell: Hashable = (table.figure, head.period, code)
    at = table.add(head, code, said, "victims", n, form=ALL, base=cube.total, cell=cell)
    table.rests[table.add(head, code, said, MEASURE, mean, form=ALL, base=n)] = (at,)
    return mean
