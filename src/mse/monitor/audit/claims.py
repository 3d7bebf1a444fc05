"""Statements of a text as formulas over figures: which agree, which are off by rounding, which are wrong."""

from __future__ import annotations

import ast
import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mse.core.finding import Finding, Severity
from mse.errors import MseError, Problem, StudyError, TableError, did_you_mean
from mse.lazy import lazy
from mse.monitor.audit.claim_files import read_claims
from mse.monitor.audit.claim_tests import RECORDS, judge_of
from mse.monitor.audit.conflicts import transposed
from mse.monitor.audit.formula import Formula, points_as_growth
from mse.monitor.audit.lookup import RANK, TOTAL, FigureValues, TidyFigures, years_in

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy("pandas")

__all__ = ["Claim", "ClaimCheck", "check_claims"]


@dataclass(frozen=True)
class Claim:
    """One statement of a text, and what the figures say.

    Parameters
    ----------
    id, section, statement : str
        Name, place and words.
    printed : str
        What the text says.
    test : str
        "eq", "r0" (whole numbers, rounded half up; "r1" for one decimal), "band:low:high" for words such as "almost
        doubled", "true", or "records".
    recomputed : float or bool or None
        What the figures say; None where they cannot.
    agrees : {"yes", "rounding", "no", "missing", "records"}
        "rounding" is off by less than one unit of the last digit; "missing" rests on a value that is withheld or
        undecided; "records" no figure can confirm.
    needs : str
        What would confirm a claim that no figure can.
    growth : float, optional
        The growth in per cent, where the text gives per cent for a difference in percentage points.
    """

    id: str
    section: str
    statement: str
    printed: str
    test: str
    recomputed: float | bool | None
    agrees: str
    needs: str = ""
    growth: float | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What an editor should change; none where the claim agrees."""
        values: dict[str, Any] = {"id": self.id, "section": self.section, "statement": self.statement}
        values |= {"printed": self.printed, "recomputed": self.recomputed}
        found = []
        if self.agrees in ("no", "rounding"):
            found.append(Finding(self._code(), Severity.WARNING, self.id, values))
        if self.growth is not None:
            found.append(Finding("claim_points", Severity.WARNING, self.id, {**values, "growth": self.growth}))
        return tuple(found)

    def _code(self) -> str:
        if isinstance(self.recomputed, bool):
            return "claim_false"
        if self.agrees == "rounding":
            return "claim_rounding"
        if self.test == "eq" and self.recomputed is not None:
            return "claim_transposed" if transposed(float(self.printed), self.recomputed) else "claim_count"
        return "claim_words" if self.test.startswith("band") else "claim_share"


@dataclass(frozen=True, eq=False)
class ClaimCheck:
    """All claims of a text against figures.

    Examples
    --------
    >>> from mse.monitor.audit.claim_files import claims_of
    >>> from mse.records.editions import printed
    >>> checked = check_claims(printed(), claims_of(), column="value_checked", otherwise="value")
    >>> checked
    168 claims against the figures: 137 agree, 5 by rounding, 26 disagree; 0 rest on missing values, 29 need records
    >>> print(checked["C018"].agrees, checked["C129"].recomputed)
    yes 228.0
    """

    claims: tuple[Claim, ...]

    def __getitem__(self, name: str) -> Claim:
        """Return a claim by its id."""
        for claim in self.claims:
            if claim.id == name:
                return claim
        raise TableError(f"There is no claim '{name}'", hint=did_you_mean(name, [claim.id for claim in self.claims]))

    def count(self, agrees: str) -> int:
        """Number of claims with a result."""
        return sum(1 for claim in self.claims if claim.agrees == agrees)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """One finding a claim that does not agree."""
        return tuple(finding for claim in self.claims for finding in claim.findings)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a claim: id, section, statement, printed, recomputed, agrees, needs."""
        names = ["id", "section", "statement", "printed", "recomputed", "agrees", "needs"]
        return pd.DataFrame([{name: getattr(claim, name) for name in names} for claim in self.claims], columns=names)

    def __repr__(self) -> str:
        tested = len(self.claims) - self.count(RECORDS)
        return (
            f"{tested} claims against the figures: {self.count('yes')} agree, {self.count('rounding')} by rounding, "
            f"{self.count('no')} disagree; {self.count('missing')} rest on missing values, "
            f"{self.count(RECORDS)} need records"
        )


def check_claims(
    figures: FigureValues | TidyFigures,
    claims: str | Path | pd.DataFrame,
    *,
    column: str = "value",
    otherwise: str | None = None,
) -> ClaimCheck:
    """Recompute the claims of a text from figures.

    Parameters
    ----------
    figures : mapping of str to pandas.DataFrame or Figure, or Figures
        Tidy figures by id.
    claims : path or pandas.DataFrame
        Columns id, section, statement, formula, printed_value and test; printed_unit ("percent") where the unit of a
        difference matters, needs where only the records can tell. In a formula ``q(figure, year, form, category)`` is
        a value, ``rank(…)`` its rank, ``top(figure, year, form, k)`` the k largest categories, ``Y`` the years.
    column, otherwise : str
        Which column of the figures holds the values, and which one stands in where that has none.

    Returns
    -------
    ClaimCheck

    Raises
    ------
    mse.errors.StudyError
        Claims cannot be read or computed: all of them are listed, each with what is wrong.

    Examples
    --------
    >>> import pandas as pd
    >>> from mse.records.editions import printed
    >>> text = pd.DataFrame([{"id": "1", "section": "2.5", "statement": "Share of men", "printed_value": "32",
    ...     "formula": "100*q('2.8','total','all','male')/q('2.8','total','all','total')", "test": "r0"}])
    >>> check_claims(printed(), text)["1"].agrees
    'yes'
    """
    values = figures if isinstance(figures, FigureValues) else FigureValues.of(figures, column, otherwise)
    names = _names(values)
    checked, problems = [], []
    for row in read_claims(claims).to_dict("records"):
        try:
            checked.append(_check(row, names, values))
        except MseError as error:
            got = f" Got: {error.got}." if error.got else ""
            problems.append(Problem(str(row["id"]), f"{error.what}.{got}", hint=error.hint))
    if problems:
        raise StudyError(
            f"{len(problems)} of {len(checked) + len(problems)} claims cannot be checked", problems=problems
        )
    return ClaimCheck(tuple(checked))


_OF_FIGURES = ("q", "rank", "top")
"""Functions of a formula whose first argument is a figure."""


class _MissingValueError(Exception):
    """A value that a formula needs is withheld or undecided."""


def _names(values: FigureValues) -> dict[str, Any]:
    """What a formula may ask of figures."""
    years = sorted({year for figure in values.figures for name in values.years(figure) for year in years_in(name)})

    def q(figure: str, year: str, form: str, category: str) -> float:
        if math.isnan(value := values[values.find(figure, year, form, category)]):
            raise _MissingValueError
        return value

    def rank(figure: str, year: str, form: str, category: str) -> float:
        if not any(cell.figure == figure and cell.measure == RANK for cell in values):
            raise TableError(f"Figure {figure} has no ranks", hint="Use top(figure, year, form, k).")
        cell = values.find(figure, year, form, category)._replace(measure=RANK)
        return values.values.get(cell, math.inf)

    def top(figure: str, year: str, form: str, k: int) -> list[str]:
        column = [c for c in values.cells(figure) if (c.year, c.form) == (year, form)]
        known = [c for c in column if c.category not in (TOTAL, "unknown") and not math.isnan(values[c])]
        if not known:
            values.find(figure, year, form, TOTAL)
            raise _MissingValueError
        return [c.category for c in sorted(known, key=lambda c: -values[c])][:k]

    return {"Y": tuple(map(str, years)), "q": q, "rank": rank, "top": top}


def _check(row: Mapping[Any, Any], names: Mapping[str, Any], values: FigureValues) -> Claim:
    printed, test = str(row["printed_value"]), str(row["test"])
    told = (str(row["id"]), str(row["section"]), str(row["statement"]), printed, test)
    if test == RECORDS:
        return Claim(*told, None, RECORDS, str(row.get("needs", "")))
    judge = judge_of(test, printed)
    formula = _read(str(row["formula"]))
    for asked in _asked(formula):
        if asked not in values.figures:
            raise TableError(f"There is no figure '{asked}'", hint=did_you_mean(asked, values.figures))
    try:
        value = formula(names)
    except _MissingValueError:
        return Claim(*told, None, "missing")
    recomputed = value if isinstance(value, bool) else float(value) if isinstance(value, int | float) else None
    if recomputed is None or isinstance(recomputed, bool) != (test == "true"):
        raise TableError("The test does not fit what the formula gives", got=f"{test} of {type(value).__name__}")
    return Claim(*told, recomputed, judge(recomputed), growth=_growth(row, names))


@functools.lru_cache(maxsize=1024)
def _read(formula: str) -> Formula:
    """A formula is read once, however often it is computed."""
    return Formula(formula)


def _growth(row: Mapping[Any, Any], names: Mapping[str, Any]) -> float | None:
    """The growth, where the text gives per cent and the formula is a difference in percentage points."""
    growth = points_as_growth(str(row["formula"])) if row.get("printed_unit") == "percent" else None
    return float(_read(growth)(names)) if growth is not None else None


@functools.lru_cache(maxsize=1024)
def _asked(formula: Formula) -> tuple[str, ...]:
    """Figures that a formula names, also those that it would not come to."""
    calls = [node for node in ast.walk(formula.tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    first = [call.args[0] for call in calls if ast.unparse(call.func) in _OF_FIGURES and call.args]
    return tuple(str(name.value) for name in first if isinstance(name, ast.Constant))
