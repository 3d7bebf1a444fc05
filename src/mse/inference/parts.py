"""Parts of a bootstrap estimate: what was seen, what is estimated, and limits from the replicates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from mse.core.data import Data
from mse.core.draws import Draws
from mse.core.estimate import Part
from mse.core.finding import Finding, Severity
from mse.core.margins import Margin
from mse.core.partial import PartialTable
from mse.inference.bands import pointwise, simultaneous
from mse.inference.replicate import Strata

__all__ = ["IN_THE_TAIL", "drawn_together", "parts_with_limits", "parts_without_estimate"]

IN_THE_TAIL = 5
"""With fewer replicates than this beyond each limit, the limits are a matter of luck."""


_NAMED = 4

FEW_UNSEEN = 30
"""In simulations bands of five parts held all of them in .92 of the tables where 13 to 25 persons of each were unseen,
and in .93 to .94 where 40 to 80 were, for a level of .95 (docs/explanation/bootstrap.md)."""


def parts_without_estimate(table: Data, cut: Sequence[Margin]) -> tuple[Part, ...]:
    """The whole where there is no estimate, and its parts where the table tells who is in them."""
    whole = Part("total", table.n_observed, None, None, None)
    if isinstance(table, PartialTable):
        return (whole,)
    seen = table.counts.reshape(-1, math.prod(map(len, table.covariates.values()))).sum(axis=0)
    return (whole, *(Part(part.name, int(seen[part.strata].sum()), None, None, None, part.levels) for part in cut))


def parts_with_limits(
    strata: Strata, cut: Sequence[Margin], draws: Draws, level: float, together: bool
) -> tuple[list[Part], list[Finding]]:
    """Return the parts with their limits, and what a reader must know of those.

    Parameters
    ----------
    strata : Strata
        Persons seen and estimated number unseen by stratum.
    cut : sequence of Margin
        The parts.
    draws : Draws
        Held by stratum.
    level : float
    together : bool
        Whether the limits hold all parts at once.
    """
    kind = "simultaneous" if together else "percentile"
    numbers = [(float(strata.seen[part.strata].sum()), float(strata.unseen[part.strata].sum())) for part in cut]
    if not draws.valid.any():
        return [
            Part(part.name, _whole(seen), unseen, None, None, part.levels, kind)
            for part, (seen, unseen) in zip(cut, numbers, strict=True)
        ], []
    totals = np.column_stack([draws.part(part.levels).total for part in cut])
    band = simultaneous(totals, level) if together else pointwise(totals, level)
    found = []
    if together:
        values: dict[str, Any] = {"parts": len(cut), "level": level, "each": band.level}
        found.append(Finding("simultaneous_band", Severity.NOTE, "parts", values))
        if small := [part.name for part, (_, unseen) in zip(cut, numbers, strict=True) if unseen < FEW_UNSEEN]:
            values = {"parts": small[:_NAMED], "n": len(small), "few": FEW_UNSEEN, "level": level}
            found.append(Finding("band_small_parts", Severity.WARNING, "parts", values))
        if band.beyond < IN_THE_TAIL:
            needed = int(np.ceil(len(totals) * IN_THE_TAIL / band.beyond))
            values = {"replicates": len(totals), "beyond": band.beyond, "needed": needed}
            found.append(Finding("band_few_replicates", Severity.WARNING, "parts", values))
    limits = zip(band.lower.tolist(), band.upper.tolist(), strict=True)
    parts = [
        Part(part.name, _whole(seen), unseen, *edges, part.levels, kind)
        for part, (seen, unseen), edges in zip(cut, numbers, limits, strict=True)
    ]
    return parts, found


def drawn_together(table: Data, cut: Sequence[Margin], kind: str) -> list[Finding]:
    """Say that parts were not drawn by themselves, since it is not known of all persons which part they are in."""
    if not isinstance(table, PartialTable) or kind == "parametric":
        return []
    lacking = [name for name in cut[0].levels if table.n_lacking(name)]
    return [Finding("parts_drawn_together", Severity.WARNING, "parts", {"names": lacking})] if lacking else []


def _whole(persons: float) -> float:
    """Write a whole number as one: persons seen are that, and expected persons seldom."""
    return int(persons) if persons.is_integer() else persons
