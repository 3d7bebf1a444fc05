"""`correct_referrals`: persons who are on one list because another one sent them there, taken off it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, overload

import numpy as np

from mse.core.error_rate import ErrorRate
from mse.core.expected import Counted, ExpectedTable
from mse.core.finding import Finding, Severity
from mse.core.sentence import Sentence
from mse.core.table import CaptureTable
from mse.errors import ModelError, TableError, did_you_mean, spelled
from mse.models.over_coverage import moved

__all__ = ["Referrals", "correct_referrals"]

_YES = {True: True, False: False, "yes": True, "no": False, "ja": True, "nee": False, "1": True, "0": False}


@dataclass(frozen=True)
class Referrals:
    """A correction for an assumed rate of referral, to give to `mse.inference.correction_draws.correction_draws`.

    Parameters
    ----------
    rate : rate
    source, target : str
        As in `correct_referrals`.
    """

    rate: Any
    source: str
    target: str

    def drawn(self, table: Counted, rng: np.random.Generator) -> Referrals:
        """The same correction with the rate drawn once."""
        return replace(self, rate=ErrorRate.drawn(self.rate, rng))

    def correct(self, table: Counted) -> ExpectedTable:
        """Correct a table; see `correct_referrals`."""
        corrected = correct_referrals(table, ErrorRate.of(self.rate), source=self.source, target=self.target)
        assert isinstance(corrected, ExpectedTable)
        return corrected


@overload
def correct_referrals(
    table: CaptureTable, referrals: str | CaptureTable, *, source: str, target: str
) -> CaptureTable: ...
@overload
def correct_referrals(table: Counted, referrals: Any, *, source: str, target: str) -> ExpectedTable: ...
def correct_referrals(table: Counted, referrals: Any, *, source: str, target: str) -> Counted:
    """Take persons off a list whom another list referred there.

    A person whom A sends to B is on B because of A, and that dependence says nothing about persons whom A did not
    see. The record on B that came by referral is left out, the person stays on A and on other lists (Jones
    and others 2014). Referral cannot be seen in the table itself: it makes an estimate of independent lists too low.

    Parameters
    ----------
    table : CaptureTable or ExpectedTable
        The table as it was counted.
    referrals : str, CaptureTable or rate
        Name of a covariate with the levels no and yes (False and True, 0 and 1): whether the person's record on the
        target came by referral; or a table, over the same lists and strata, of the persons referred; or an assumed
        rate: the share of the persons on both lists who came to the target by referral.
    source, target : str
        The list that refers, and the list referred to.

    Returns
    -------
    CaptureTable or ExpectedTable
        Whole counts where referrals are known, so everything can be done with it; expected counts for a rate.

    Raises
    ------
    mse.errors.TableError
        A list or covariate is not in the table, the covariate is no flag, or more persons are referred than counted.
    mse.errors.ModelError
        The rate is none, or source and target are one list.

    Examples
    --------
    >>> import mse
    >>> table = mse.CaptureTable(["A", "B"], [[[0, 0], [30, 0]], [[40, 0], [45, 15]]], {"referred": (False, True)})
    >>> correct_referrals(table, "referred", source="A", target="B").counts.tolist()
    [[0, 30], [55, 45]]
    >>> correct_referrals(table.collapse(), (0.25, 0.05), source="A", target="B").counts.tolist()
    [[0.0, 30.0], [55.0, 45.0]]
    """
    for name in (source, target):
        if name not in table.lists:
            raise TableError(f"There is no list '{name}' in the table", hint=did_you_mean(str(name), table.lists))
    if source == target:
        raise ModelError("A list refers to another list", got=f"'{source}' for both")
    if isinstance(referrals, CaptureTable):
        return _known(table, referrals, source, target)
    if isinstance(referrals, str):
        referred, rest = _flagged(table, referrals)
        return _known(rest, referred, source, target)
    return _assumed(table, ErrorRate.of(referrals), source, target)


def _assumed(table: Counted, rate: ErrorRate, source: str, target: str) -> ExpectedTable:
    counts = table.counts.astype(np.float64)
    axis = table.lists.index(target)
    leaving = rate.mean * np.take(counts, 1, axis=axis)
    rows = table.lists.index(source)
    off = [slice(None)] * leaving.ndim
    off[rows - (rows > axis)] = slice(0, 1)
    leaving[tuple(off)] = 0.0
    return ExpectedTable(
        table.lists,
        moved(counts, axis, leaving),
        table.covariates,
        table.reference,
        source=table,
        origin=Sentence("origin_referrals", {"rate": rate.text(), "source": source, "target": target}),
        findings=table.findings,
    )


def _known(table: Any, referred: CaptureTable, source: str, target: str) -> CaptureTable:
    """Take counted persons off a list; those who were on no other are seen no more."""
    if not isinstance(table, CaptureTable):
        raise TableError("Known referrals are taken from a table of whole counts", got=type(table).__name__)
    same = referred.lists == table.lists and dict(referred.covariates) == dict(table.covariates)
    if not same or (referred.counts > table.counts).any():
        raise TableError(
            "Persons referred are some of the persons counted, over the same lists and strata",
            got="more persons referred than counted" if same else "a table of other lists or strata",
        )
    axis = table.lists.index(target)
    counts = moved(table.counts, axis, np.take(referred.counts, 1, axis=axis))
    unseen = (0,) * len(table.lists)
    gone = int(counts[unseen].sum())
    counts[unseen] = 0
    values = {"referred": int(np.take(referred.counts, 1, axis=axis).sum()), "source": source, "target": target}
    found = [Finding("referrals_removed", Severity.NOTE, target, values)]
    if gone:
        found.append(Finding("referrals_alone", Severity.WARNING, target, {**values, "gone": gone}))
    return replace(table.with_counts(counts), findings=(*table.findings, *found))


def _flagged(table: Counted, flag: str) -> tuple[CaptureTable, CaptureTable]:
    """Split a table by a flag: persons referred, and all persons, both without the flag."""
    if not isinstance(table, CaptureTable):
        raise TableError("A flag of referrals stands in a table of whole counts", got=type(table).__name__)
    levels = table.covariates.get(flag)
    if levels is None:
        raise TableError(f"There is no covariate '{flag}' in the table", hint=did_you_mean(flag, table.covariates))
    yes = [level for level in levels if _YES.get(_folded(level))]
    if len(yes) != 1 or any(_folded(level) not in _YES for level in levels):
        raise TableError(f"Covariate '{flag}' says no or yes", got=f"levels {spelled(map(str, levels))}")
    every = table.collapse([name for name in table.covariates if name != flag])
    axis = len(table.lists) + list(table.covariates).index(flag)
    return every.with_counts(np.take(table.counts, levels.index(yes[0]), axis=axis)), every


def _folded(level: Any) -> Any:
    return level.strip().lower() if isinstance(level, str) else level
