"""`missing_odds`: what estimates become if values are not missing at random."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mse.core.margins import Margin, margins
from mse.core.partial import PartialTable
from mse.core.partial_fit import fit_partial
from mse.models.completion import design_of, require_partial, require_told

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["missing_odds"]

RANGE = (0.25, 0.5, 1.0, 2.0, 4.0)
"""Odds that are tried where none are given: from four times as unlikely to four times as likely to be unknown."""


def missing_odds(
    table: PartialTable,
    spec: Any,
    covariate: str,
    level: Hashable,
    *,
    odds: Sequence[float] = RANGE,
    by: Sequence[str] = (),
) -> pd.DataFrame:
    """Estimate over a range of odds that persons of one level lack a covariate.

    At odds δ, persons of the level are δ times as likely to lack the covariate as other persons with the same history
    and known covariates. At 1 values are missing at random. No table can tell which δ holds, so a range is shown.

    Parameters
    ----------
    table : PartialTable
    spec : LogLinear, Generators or str
        The model, fitted anew at each δ.
    covariate : str
        A covariate that some persons lack.
    level : level
        The level whose persons lack it more or less often.
    odds : sequence of float
        The range, each above 0.
    by : sequence of str
        Covariates to split by.

    Returns
    -------
    pandas.DataFrame
        Columns odds, part, those of `by`, observed (expected persons seen), dark_figure, total and standard_error.

    Raises
    ------
    mse.errors.ModelError
        The model does not fit the table, or has no estimate on it.
    mse.errors.TableError
        The covariate or level is not in the table, or an odds is not positive.

    Examples
    --------
    >>> layers = {(): [[[0, 0], [20, 10]], [[30, 60], [10, 20]]], ("form",): [[0, 9], [18, 0]]}
    >>> table = PartialTable(["A", "B"], {"form": ["SU", "AU"]}, layers)
    >>> frame = missing_odds(table, "[A form][B form]", "form", "AU", odds=(0.5, 1, 2), by=["form"])
    >>> frame[frame["part"] == "AU"]["observed"].round(1).tolist()
    [99.9, 105.0, 109.7]
    """
    import pandas as pd

    table = require_partial(table)
    design = design_of(table, spec)
    whole = Margin({}, np.ones(len(table.possible), dtype=np.bool_))
    parts = [("total", whole), *((part.name, part) for part in (margins(table.covariates, by) if by else ()))]
    rows, start = [], None
    for value in sorted(float(one) for one in odds):
        fit = fit_partial(table, design, odds={covariate: {level: value}}, start=start)
        require_told(fit, unseen=True)
        start = fit.kernel.theta
        for name, part in parts:
            seen = float(fit.kernel.completed[part.strata].sum())
            dark = float(fit.unseen[part.strata].sum())
            error = float(np.sqrt(fit.total_variance(part.strata)))
            rows.append((value, name, *(part.levels.get(one) for one in by), seen, dark, seen + dark, error))
    columns = ["odds", "part", *by, "observed", "dark_figure", "total", "standard_error"]
    return pd.DataFrame(rows, columns=columns)
