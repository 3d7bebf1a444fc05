"""Members of sets one by one: reports by group and by police unit, those of an unknown unit among them."""

from __future__ import annotations

from collections.abc import Mapping

from mse.core.cube import Cube
from mse.monitor.counting.condition import Condition, has

__all__ = ["NAMELESS", "mentioned"]

NAMELESS: Mapping[str, Condition] = {"units": has("reporters", "police")}
"""Who counts as unknown with an empty set: the police reported, and no unit is known. All others have no member."""

_UNKNOWN = "unknown"


def mentioned(cube: Cube, dimension: str) -> Cube:
    """Count every member of a set, and who should have one but has none as unknown.

    Parameters
    ----------
    cube : Cube
        Counts over the set, and over what `NAMELESS` asks of it.
    dimension : str
        The set.

    Examples
    --------
    >>> import pandas as pd
    >>> reporters = ["police", "police", "kmar"]
    >>> frame = pd.DataFrame({"units": ["limburg", "", ""], "reporters": reporters, "count": [3, 2, 1]})
    >>> mentioned(Cube(frame, {"units", "reporters"}), "units").by("units")
    {'limburg': 3, 'unknown': 2}
    """
    condition = NAMELESS.get(dimension)
    if condition is not None:
        frame = cube.frame
        nameless = (frame[dimension] == "") & frame[condition.dimension].map(condition.holds).astype(bool)
        cube = Cube(frame.assign(**{dimension: frame[dimension].mask(nameless, _UNKNOWN)}), cube.sets)
    return cube.members(dimension)
