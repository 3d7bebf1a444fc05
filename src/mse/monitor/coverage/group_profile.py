"""A group that figures leave out, beside the one they count: is it made up alike?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mse.core.cube import Cube
from mse.core.figure import Figure
from mse.core.reference import Reference
from mse.core.sentence import Sentence
from mse.errors import TableError, did_you_mean
from mse.lazy import lazy
from mse.monitor.counting.dimension_labels import level_label
from mse.monitor.coverage.registered import GROUP_DIMENSIONS
from mse.monitor.estimation.data_figures import heading, unit_and_source

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy("pandas")

__all__ = ["profile"]


def profile(
    cube: Cube,
    *,
    dimension: str,
    excluded: str | Sequence[str],
    by: Sequence[str] = ("form", "region"),
    reference: Reference | None = None,
    name: str = "excluded",
) -> Figure:
    """Compare an excluded group with all others, by some characteristics.

    Parameters
    ----------
    cube : Cube
        Counts in which both groups are: not of one population line only.
    dimension : str
        Dimension that tells them apart, such as "emm".
    excluded : str or sequence of str
        Its levels that are left out: "only" for victims known only through EMM.
    by : sequence of str
        Characteristics to compare.
    reference : Reference, optional
        What the counts are about.
    name : str
        Name of the figure.

    Returns
    -------
    Figure
        One row a characteristic and level: columns characteristic, level_code, excluded, all_excluded, share_excluded,
        included, all_included, share_included, points (difference of the shares, in percentage points).

    Raises
    ------
    mse.errors.TableError
        There is no such dimension or level, or one of the groups is empty.

    Examples
    --------
    >>> rows = {"emm": ["only", "only", "no", "no"], "form": ["CU", "AU", "CU", "AU"], "count": [60, 40, 20, 80]}
    >>> shown = profile(Cube(pd.DataFrame(rows)), dimension="emm", excluded="only", by=["form"])
    >>> shown.to_frame()["points"].round(2).tolist()
    [-0.4, 0.4]
    """
    left_out = {excluded} if isinstance(excluded, str) else set(excluded)
    levels = cube.levels(dimension)
    for level in left_out:
        if level not in levels:
            raise TableError(f"'{dimension}' has no level '{level}'", hint=did_you_mean(str(level), map(str, levels)))
    outside = cube.where(**{dimension: left_out})
    inside = cube.where(**{dimension: [level for level in levels if level not in left_out]})
    if not outside.total or not inside.total:
        raise TableError("Both the excluded and the included group hold somebody")
    rows = [row for characteristic in by for row in _rows(characteristic, outside, inside)]
    columns = {
        "characteristic_label": heading("excluded_characteristic"),
        "level": heading("profile_level"),
        "excluded": heading("excluded_out", "persons"),
        "all_excluded": heading("excluded_all_out", "persons"),
        "share_excluded": heading("excluded_share_out", "percent", of=["excluded", "all_excluded"]),
        "included": heading("excluded_in", "persons"),
        "all_included": heading("excluded_all_in", "persons"),
        "share_included": heading("excluded_share_in", "percent", of=["included", "all_included"]),
    }
    return Figure(
        name,
        pd.DataFrame(rows),
        columns,
        title=Sentence("excluded_title"),
        caption=Sentence("excluded_caption", {"n": outside.total, "others": inside.total}),
        base=Sentence("excluded_base"),
        **unit_and_source(reference),
    )


def _rows(characteristic: str, outside: Cube, inside: Cube) -> list[dict[str, Any]]:
    out, counted = outside.by(characteristic), inside.by(characteristic)
    named = Sentence(f"coverage_dimension_{characteristic}") if characteristic in GROUP_DIMENSIONS else characteristic
    return [
        {
            "characteristic": characteristic,
            "characteristic_label": named,
            "level_code": level,
            "level": level_label(characteristic, level),
            "excluded": out.get(level, 0),
            "all_excluded": outside.total,
            "share_excluded": out.get(level, 0) / outside.total,
            "included": counted.get(level, 0),
            "all_included": inside.total,
            "share_included": counted.get(level, 0) / inside.total,
            "points": out.get(level, 0) / outside.total - counted.get(level, 0) / inside.total,
        }
        for level in sorted({*out, *counted})
    ]
