"""Parts of a bootstrap estimate: what was seen, what is estimated, and limits from the replicates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mse.core.draws import Draws
from mse.core.estimate import Part
from mse.core.finding import Finding, Severity
from mse.core.margins import Margin
from mse.core.table import CaptureTable
from mse.inference.bands import pointwise, simultaneous

__all__ = ["IN_THE_TAIL", "parts_with_limits", "parts_without_estimate"]

IN_THE_TAIL = 5
"""With fewer replicates than this beyond each limit, the limits are a matter of luck."""


def parts_without_estimate(table: CaptureTable, cut: Sequence[Margin]) -> tuple[Part, ...]:
    """The whole and its parts where there is no estimate."""
    seen = _seen(table)
    parts = [Part(part.name, int(seen[part.strata].sum()), None, None, None, part.levels) for part in cut]
    return (Part("total", table.n_observed, None, None, None), *parts)


def parts_with_limits(
    table: CaptureTable,
    cut: Sequence[Margin],
    unseen: NDArray[np.float64],
    draws: Draws,
    level: float,
    together: bool,
) -> tuple[list[Part], list[Finding]]:
    """Return the parts with their limits, and what a reader must know of those.

    Parameters
    ----------
    table : CaptureTable
    cut : sequence of Margin
        The parts.
    unseen : array of float, shape (strata,)
        Estimated number unseen by stratum.
    draws : Draws
        Held by stratum.
    level : float
    together : bool
        Whether the limits hold all parts at once.
    """
    seen = _seen(table)
    kind = "simultaneous" if together else "percentile"
    drawn = [draws.part(part.levels).total for part in cut]
    if not draws.valid.any():
        return [
            Part(
                part.name, int(seen[part.strata].sum()), float(unseen[part.strata].sum()), None, None, part.levels, kind
            )
            for part in cut
        ], []
    totals = np.column_stack(drawn)
    band = simultaneous(totals, level) if together else pointwise(totals, level)
    found = []
    if together:
        values = {"parts": len(cut), "level": level, "each": band.level}
        found.append(Finding("simultaneous_band", Severity.NOTE, "parts", values))
        if band.beyond < IN_THE_TAIL:
            needed = int(np.ceil(len(totals) * IN_THE_TAIL / band.beyond))
            values = {"replicates": len(totals), "beyond": band.beyond, "needed": needed}
            found.append(Finding("band_few_replicates", Severity.WARNING, "parts", values))
    parts = [
        Part(
            part.name, int(seen[part.strata].sum()), float(unseen[part.strata].sum()), float(lower), float(upper),
            part.levels, kind,
        )
        for part, lower, upper in zip(cut, band.lower, band.upper, strict=True)
    ]  # fmt: skip
    return parts, found


def _seen(table: CaptureTable) -> NDArray[np.int64]:
    """Persons seen by stratum."""
    return table.counts.reshape(2 ** len(table.lists), -1).sum(axis=0)
