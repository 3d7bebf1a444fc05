"""Divisions of an estimate by covariates, all from the draws of one bootstrap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from mse.core.estimate import Estimate
from mse.core.margins import margins
from mse.errors import ModelError
from mse.inference.parts import parts_with_limits
from mse.inference.replicate import by_stratum
from mse.study.covariates import Table

if TYPE_CHECKING:
    from mse.core.contrasts import Contrast

__all__ = ["changes_between_years", "drawn_by", "parts_of"]

_DIGITS = 4
"""A level of four digits is a year."""


def drawn_by(table: Table, divisions: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Covariates by whose combinations a bootstrap draws: all that a division names, in the order of the table.

    One bootstrap then serves every division, since the parts of a coarser one add up in every draw.
    """
    named = {name for division in divisions for name in division}
    return tuple(name for name in table.covariates if name in named)


def parts_of(drawn: Estimate, fit: Any, by: Sequence[str], *, simultaneous: bool) -> Estimate:
    """Divide an estimate with draws by stratum.

    Parameters
    ----------
    drawn : Estimate
        The whole, from a bootstrap.
    fit : StratifiedFit
        The fit whose total it is.
    by : sequence of str
        Covariates; each combination of their levels is a part.
    simultaneous : bool
        Whether the limits hold for all parts at once.

    Returns
    -------
    Estimate
        The whole and its parts, with the draws.

    Raises
    ------
    mse.errors.ModelError
        The model has no number unseen by stratum.
    """
    strata = by_stratum(fit, fit.table)
    if strata is None or drawn.draws is None:
        raise ModelError("An estimate by part needs a model of all strata", got=str(drawn.method))
    cut = margins(fit.table.covariates, by)
    parts, found = parts_with_limits(strata, cut, drawn.draws, drawn.level, simultaneous)
    return replace(drawn, parts=(drawn.whole, *parts), findings=(*drawn.findings, *found))


def changes_between_years(divisions: Sequence[Estimate]) -> tuple[Contrast, ...]:
    """Growth from each year to the next, and the trend over three years or more.

    Parameters
    ----------
    divisions : sequence of Estimate
        The first that is by years and has draws is taken; parts within a year are added up in every draw.

    Returns
    -------
    tuple of Contrast
        Empty where there is no such division.
    """
    for division in divisions:
        over = _years_of(division)
        if over is None or division.draws is None:
            continue
        years = list(dict.fromkeys(part.levels[over] for part in division.parts if part.levels))
        changes = [division.contrast({over: late}, {over: early}, "growth") for early, late in pairwise(years)]
        return (*changes, division.trend(over)) if len(changes) > 1 else tuple(changes)
    return ()


def _years_of(division: Estimate) -> str | None:
    """The covariate whose levels are all years, two or more; None where there is none."""
    parts = [part for part in division.parts if part.levels]
    for name in parts[0].levels if parts else ():
        levels = {str(part.levels[name]) for part in parts}
        if len(levels) > 1 and all(len(level) == _DIGITS and level.isdecimal() for level in levels):
            return name
    return None
