"""`completeness`: of how many victims each field is known, by year and reporter; unknown is a result in itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from mse.core.cube import COUNT, Cube
from mse.lazy import lazy
from mse.records.register.codebook import codebook
from mse.records.register.columns import UNKNOWN

if TYPE_CHECKING:
    import pandas as pd

    from mse.records.register.counted import Counted
else:
    pd = lazy("pandas")

__all__ = ["ALL", "FIELDS", "completeness"]

ALL = "all"
"""Stands for all years, and for all reporters, those whom only an enriching source knows included."""


class Base(NamedTuple):
    """Whom a field is about, and the field of the code lists that says since when it is recorded."""

    dimension: str = ""
    member: str = ""
    recorded: str = ""


FIELDS: Mapping[str, Base] = {
    "types": Base(),
    "sector_sexual": Base("types", "SU", "sectors_sexual"),
    "sector_labour": Base("types", "AU", "sectors_labour"),
    "kind_criminal": Base("types", "CU", "kinds_criminal"),
    "sex": Base(),
    "age": Base(),
    "age_exploitation": Base(),
    "nationality": Base(),
    "units": Base("reporters", "police"),
    "procedure": Base(),
    "place": Base(),
    "status": Base(),
    "recruitment": Base(),
    "technology": Base(),
}
"""Fields whose completeness is measured, each with the victims whom it is about."""


def completeness(counted: Counted, *, line: str = "monitor_population") -> pd.DataFrame:
    """Say of how many victims each field is known, by year and by reporter.

    Parameters
    ----------
    counted : Counted
        What is counted.
    line : str
        Which registrations count, as in `Counted.cube`.

    Returns
    -------
    pandas.DataFrame
        Columns field, year (a year or "all"), reporter (a group or "all"), recorded (whether the field was recorded
        in that year), known, base and share. A victim of two reporters is counted with both. Sectors and kinds of
        crime are asked of victims of their type, police units of those whom the police reported.

    Examples
    --------
    >>> import pandas as pd
    >>> from mse.records.register.registry import Registry
    >>> victims = pd.DataFrame({"victim": ["a", "b"], "sex": ["male", ""]})
    >>> reports = pd.DataFrame({"victim": ["a", "b"], "date": [2018, 2018], "reporter": ["police", "fairwork"]})
    >>> frame = completeness(Registry.from_frames(victims, reports, period=(2018, 2018)).counted())
    >>> frame[(frame["field"] == "sex") & (frame["year"] == "all")][["reporter", "known", "base"]].values.tolist()
    [['all', 1, 2], ['fairwork', 0, 1], ['police', 1, 1]]
    """
    since = codebook(counted.rules.edition).since
    rows = []
    for name, base in FIELDS.items():
        asked = dict.fromkeys((name, "year", "reporters", base.dimension or "reporters"))
        cube = counted.cube(*asked, line=line)
        if base.member:
            cube = cube.containing(base.dimension, base.member)
        first = since.get(base.recorded, 0)
        rows += [(name, *row, first) for row in _rows(cube, name)]
    frame = pd.DataFrame(rows, columns=["field", "year", "reporter", "known", "base", "since"])
    recorded = [year == ALL or year >= first for year, first in zip(frame["year"], frame["since"], strict=True)]
    return frame.assign(recorded=recorded, share=frame["known"] / frame["base"])[
        ["field", "year", "reporter", "recorded", "known", "base", "share"]
    ]


def _rows(cube: Cube, name: str) -> list[tuple[int | str, str, int, int]]:
    """Known and base of every year and reporter."""
    nothing = ("", UNKNOWN, -1)
    known = cube.recode(name, lambda level: "no" if level in nothing else "yes", "_known")
    of_all = known.margin("year", "_known").recode("_known", lambda level: ALL, "reporters")
    by_reporter = known.margin("year", "_known", "reporters").members("reporters")
    rows: dict[tuple[int | str, str], list[int]] = {}
    for part in (of_all, by_reporter):
        for row in part.to_frame().to_dict("records"):
            for year in (row["year"], ALL):
                counts = rows.setdefault((year, row["reporters"]), [0, 0])
                counts[0] += row[COUNT] * (row["_known"] == "yes")
                counts[1] += row[COUNT]
    order = sorted(rows, key=lambda key: (key[0] == ALL, str(key[0]), key[1] != ALL, key[1]))
    return [(year, reporter, *rows[year, reporter]) for year, reporter in order]  # type: ignore[misc]
