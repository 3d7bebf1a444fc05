"""Rounding at the edge: parts that are printed rounded and still add up to the rounded total."""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Integral
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mse.errors import TableError

if TYPE_CHECKING:
    import pandas as pd

    from mse.core.estimate import Estimate

__all__ = ["largest_remainder", "rounded_parts"]

_SAME = 1e-6
"""Share by which parts may differ from their whole: fits arrive to about 10⁻⁷, and it is far below any rounding."""


def rounded_parts(estimate: Estimate, base: int) -> pd.DataFrame:
    """Round totals of parts together and limits outwards; see `Estimate.rounded_parts`."""
    import pandas as pd

    if not isinstance(base, Integral) or isinstance(base, bool) or base < 1:
        raise TableError("Numbers are rounded to a positive whole number", got=f"base={base!r}")
    whole = estimate.whole.total
    parts = [part.total for part in estimate.parts[1:] if part.total is not None]
    if whole is None or len(parts) < len(estimate.parts) - 1:
        raise TableError("There is no estimate to round", hint="Read why from its findings.")
    if parts and not math.isclose(sum(parts), whole, rel_tol=_SAME):
        raise TableError("Parts are rounded together that add up to the whole", got="parts that do not")
    total = base * math.floor(whole / base + 0.5)
    frame = estimate.to_frame()
    shown = [total, *largest_remainder(parts, total, base).tolist()]
    return pd.DataFrame(
        {
            **{name: frame[name] for name in frame.columns[: frame.columns.get_loc("observed") + 1]},
            "total": shown,
            "lower": np.floor(frame["lower"] / base) * base,
            "upper": np.ceil(frame["upper"] / base) * base,
            "base": base,
        }
    )


def largest_remainder(values: Sequence[float], total: int, base: int) -> NDArray[np.int64]:
    """Round to multiples of a base that add up to a total: down, and up again where most was lost.

    Every value goes to the multiple below or above it, provided that the total is a rounding of their sum.

    Examples
    --------
    >>> largest_remainder([3.4, 3.4, 3.2], 10, 1).tolist()
    [4, 3, 3]
    """
    exact = np.asarray(values, dtype=np.float64) / base
    down = np.floor(exact)
    up = np.argsort(down - exact, kind="stable")[: max(total // base - int(down.sum()), 0)]
    down[up] += 1.0
    return (down * base).astype(np.int64)
