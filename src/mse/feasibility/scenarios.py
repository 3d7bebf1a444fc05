"""`what_if`: what one more list, better matching, more years or a random sample would bring."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mse.core.intervals import check_level, lognormal_limits
from mse.core.point_fit import PointFit
from mse.core.reference import Reference
from mse.core.sentence import Sentence
from mse.core.table import CaptureTable
from mse.errors import ModelError
from mse.feasibility.anchor import anchor_error
from mse.feasibility.answer import usual_estimator
from mse.feasibility.design import width_of_cells

if TYPE_CHECKING:
    import pandas as pd

    from mse.core.estimator import Estimator

__all__ = ["Scenario", "WhatIf", "what_if"]


@dataclass(frozen=True)
class Scenario:
    """One thing that could be done, and the interval that it gives.

    Parameters
    ----------
    name : str
        "as_is", "more_lists", "matching", "years", "anchor".
    text : Sentence
        What is done.
    observed : float
        Persons expected on a list.
    total, lower, upper : float or None
        Estimate with its limits; None where there is none.
    """

    name: str
    text: Sentence
    observed: float
    total: float | None
    lower: float | None
    upper: float | None

    @property
    def ratio(self) -> float | None:
        """Upper over lower limit: 1 is certainty."""
        return None if self.lower is None or self.upper is None else self.upper / self.lower


@dataclass(frozen=True, eq=False)
class WhatIf:
    """Scenarios around one table, as things are first.

    Parameters
    ----------
    scenarios : tuple of Scenario
    model : str
        The model, held fixed.
    level : float
    reference : Reference, optional
    """

    scenarios: tuple[Scenario, ...]
    model: str
    level: float
    reference: Reference | None = None

    def to_frame(self) -> pd.DataFrame:
        """Return one row a scenario: scenario, what (in English), observed, total, lower, upper, ratio."""
        import pandas as pd

        rows = [(s.name, str(s.text), s.observed, s.total, s.lower, s.upper, s.ratio) for s in self.scenarios]
        columns = ["scenario", "what", "observed", "total", "lower", "upper", "ratio"]
        return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[2:], float))

    def __repr__(self) -> str:
        return self.to_frame().to_string(index=False)


def what_if(
    table: CaptureTable,
    estimator: Estimator | None = None,
    *,
    capture: float | None = None,
    missed: float = 0.1,
    years: float = 2.0,
    sample: float = 0.05,
    level: float = 0.95,
) -> WhatIf:
    """Lay the interval as it is beside what one more list, better matching, more years and a sample would give.

    The model that the estimator chooses is taken as true, and its fitted counts as the population. So the table says
    what a change is worth if that model is right: it says nothing of whether it is.

    Parameters
    ----------
    table : CaptureTable
        The table; covariates are added up.
    estimator : Estimator, optional
        By default the search of `mse.assess`.
    capture : float, optional
        Chance to be on the further list, which is independent of the others; by default the median of theirs.
    missed : float
        Share of the true links that were missed and would be found.
    years : float
        Factor by which the period grows; the total is then that of the longer period.
    sample : float
        Share of the population in a random sample that serves as a second list (`anchor_stream`).
    level : float
        Level of the intervals, which are lognormal.

    Returns
    -------
    WhatIf

    Raises
    ------
    mse.errors.ModelError
        No log-linear model of the lists has an estimate, or a share or factor is none.

    Examples
    --------
    >>> import mse
    >>> frame = what_if(mse.datasets.load("kosovo_1999")).to_frame().set_index("scenario")
    >>> bool(frame.loc["more_lists", "ratio"] < frame.loc["as_is", "ratio"])
    True
    """
    check_level(level)
    plain = table.collapse() if table.covariates else table
    fit: Any = (estimator or usual_estimator(plain)).fit(plain)
    best = getattr(fit, "best", fit)
    if not isinstance(best, PointFit) or best.total is None or best.means is None:
        raise ModelError("What-if questions need a log-linear model with an estimate", got=getattr(fit, "model", ""))
    means, masks = best.means.ravel(), np.asarray(best.kernel.masks, dtype=np.int64)
    chances = {name: size.persons / best.total for name, size in zip(plain.lists, plain.describe().sizes, strict=True)}
    chance = median(chances.values()) if capture is None else capture
    for what, value in (("capture", chance), ("missed", missed), ("sample", sample)):
        if not 0.0 < value < 1.0:
            raise ModelError(f"{what}= is a share between 0 and 1", got=str(value))
    if not (np.isfinite(years) and years > 0.0):
        raise ModelError("years= is a factor above 0", got=str(years))
    longer = np.stack([means * (1.0 - chance), means * chance], axis=-1).ravel()
    found = [
        _scenario("as_is", Sentence("what_if_as_is"), means, masks, level),
        _scenario(
            "more_lists", Sentence("what_if_more_lists", {"share": chance}), longer, np.append(masks << 1, 1), level
        ),
        _matched(plain, best, masks, missed, level),
        _scenario("years", Sentence("what_if_years", {"factor": years}), means * years, masks, level),
        _anchored(best.total, plain.n_observed, sample, level),
    ]
    return WhatIf(tuple(found), best.model, level, table.reference)


def _scenario(
    name: str, text: Sentence, means: NDArray[np.float64], masks: NDArray[np.int64], level: float
) -> Scenario:
    found = width_of_cells(means, masks, level)
    total, lower, upper = found if found is not None else (None, None, None)
    return Scenario(name, text, float(means[1:].sum()), total, lower, upper)


def _matched(table: CaptureTable, best: PointFit, masks: NDArray[np.int64], missed: float, level: float) -> Scenario:
    """The table as it would be if a share of the true links, missed now, were found."""
    from mse.inference.linkage_correction import correct_linkage

    counts = correct_linkage(table, missed=missed).counts.ravel().astype(np.float64)
    return _scenario("matching", Sentence("what_if_matching", {"share": missed}), counts, masks, level)


def _anchored(total: float, seen: int, sample: float, level: float) -> Scenario:
    """All lists taken as one, with a random sample beside it that finds those they missed."""
    error = anchor_error(total - seen, sample)
    lower, upper = lognormal_limits(seen, total - seen, error, level)
    text = Sentence("what_if_anchor", {"share": sample})
    return Scenario("anchor", text, seen + sample * (total - seen), total, lower, upper)
