"""Goals: a number of a figure with a baseline, a target and a date, and how far it has come."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from mse.core.figure import MEASURES, Figure
from mse.core.sentence import Sentence, Text
from mse.errors import TableError
from mse.lazy import lazy
from mse.monitor.coverage.registered import FigureSource
from mse.monitor.estimation.data_figures import heading

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy("pandas")

__all__ = ["Goal", "goals_figure"]

_CHOICES = ("form", "category_code", "measure")
_PERSONS = "persons"


@dataclass(frozen=True)
class Goal:
    """A number of the monitor that somebody wants to move.

    Parameters
    ----------
    name : Text
        What is to be reached.
    figure : str
        Number of the figure ("2.11").
    where : mapping of str to str
        The cell in it: form, category_code and measure, as far as they are needed to name one row a year.
    target : float
        The value wanted.
    baseline : float
        The value it starts from.
    date : datetime.date or str
        When the target is to be reached.
    of : mapping of str to str, optional
        Cell that the number is a share of, such as ``{"category_code": "total"}``; target and baseline are then
        fractions.

    Raises
    ------
    mse.errors.TableError
        Target and baseline are the same, or a share is no fraction.
    """

    name: Text
    figure: str
    where: Mapping[str, str]
    target: float
    baseline: float
    date: date | str
    of: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        if isinstance(self.date, str):
            object.__setattr__(self, "date", date.fromisoformat(self.date))
        if self.target == self.baseline:
            raise TableError("A target is another value than the baseline", got=f"{self.target:g} for both")
        if self.of is not None and not all(0 <= value <= 1 for value in (self.target, self.baseline)):
            raise TableError("Target and baseline of a share are fractions", got=f"{self.target:g}, {self.baseline:g}")

    def __hash__(self) -> int:
        return hash((self.figure, self.target, self.baseline, self.date))

    def progress(self, value: float) -> float:
        """Part of the way from baseline to target: 0 at the baseline, 1 at the target, negative on the way back."""
        return (value - self.baseline) / (self.target - self.baseline)


def goals_figure(goals: Iterable[Goal], figures: FigureSource, *, name: str = "goals") -> Figure:
    """Evaluate goals on the figures of the monitor.

    Parameters
    ----------
    goals : iterable of Goal
        The goals.
    figures : Figures, or mapping of str to Figure
        The figures.
    name : str
        Name of the figure.

    Returns
    -------
    Figure
        One row a goal and year: columns goal, year, value (a number of persons) or share (with persons and base),
        baseline, target, progress (1 at the target), reached, date.

    Raises
    ------
    mse.errors.TableError
        A figure is not there, or the selection names no row or more than one a year.

    Examples
    --------
    >>> from mse.core.reference import Reference
    >>> rows = {"year": ["2018", "2019"], "form": "all", "category_code": "fairwork", "measure": "reports"}
    >>> about = Reference((2018, 2019), "report", "presumed victims", "Netherlands", source="x", public=True)
    >>> text = {"en": "Reports", "nl": "Meldingen"}
    >>> frame = pd.DataFrame({**rows, "value": [5, 134]})
    >>> figure = Figure("2.11", frame, {}, title=text, caption=text, reference=about)
    >>> goal = Goal(text, "2.11", {"category_code": "fairwork"}, target=205, baseline=5, date="2021-01-01")
    >>> goals_figure([goal], {"2.11": figure}).to_frame()["progress"].tolist()
    [0.0, 0.645]
    """
    goals, known = tuple(goals), dict(figures.items())
    rows = [row for goal in goals for row in _evaluated(goal, known)]
    if not rows:
        raise TableError("There is no goal with a value in the figures")
    frame = pd.DataFrame(rows)
    columns = {
        "goal": heading("goal_name"),
        "year": heading("goal_year"),
        "value": heading("goal_value", _PERSONS, missing="word_dash"),
        "base": heading("goal_base", _PERSONS, missing="word_dash"),
        "share": heading("goal_share", "percent", of=["value", "base"], missing="word_dash"),
        "baseline_text": heading("goal_baseline"),
        "target_text": heading("goal_target"),
        "progress": heading("goal_progress", "ratio", of=["value"]),
        "reached": heading("goal_reached", "yesno"),
        "date": heading("goal_date"),
    }
    if frame["share"].isna().all():
        del columns["base"], columns["share"]
    about = known[goals[0].figure].reference
    return Figure(
        name,
        frame,
        columns,
        title=Sentence("goal_title"),
        caption=Sentence("goal_caption"),
        source="" if about is None else about.source,
        reference=about,
        unit="mixed",
    )


def _evaluated(goal: Goal, figures: Mapping[str, Figure]) -> list[dict[str, Any]]:
    if goal.figure not in figures:
        raise TableError(f"There is no figure '{goal.figure}' for a goal", got=", ".join(figures))
    frame = figures[goal.figure].to_frame()
    part = _cells(frame, goal.where, goal.figure)
    whole = None if goal.of is None else _cells(frame, {**goal.where, **goal.of}, goal.figure)
    rows = []
    for year, value in part.items():
        base = None if whole is None else whole.get(year)
        if whole is not None and not base:
            continue
        reading = value if base is None else value / base
        progress = goal.progress(reading)
        rows.append({
            "goal": goal.name, "year": year, "value": value, "base": base,
            "share": None if base is None else reading, "baseline": goal.baseline, "target": goal.target,
            "baseline_text": _said(goal, goal.baseline), "target_text": _said(goal, goal.target),
            "progress": progress, "reached": progress >= 1, "date": str(goal.date),
        })  # fmt: skip
    return rows


def _said(goal: Goal, value: float) -> Text:
    return Sentence("goal_as_count" if goal.of is None else "goal_as_share", {"value": value})


def _cells(frame: pd.DataFrame, where: Mapping[str, str], figure: str) -> dict[str, float]:
    """Values by year of one cell of a figure of counts."""
    for column, wanted in {"form": "all", **where}.items():
        if column not in _CHOICES:
            raise TableError(f"A goal chooses by {', '.join(_CHOICES)}", got=column)
        frame = frame[frame[column] == wanted]
    years = frame["year"].astype(str)
    frame = frame[years.str.isdigit() & frame["value"].notna()]
    if frame["measure"].map(lambda measure: MEASURES.get(measure) != _PERSONS).any():
        raise TableError(f"A goal is about counts, or a share of them; figure {figure} holds others there")
    found: dict[str, float] = {}
    for year, value in zip(frame["year"].astype(str), frame["value"], strict=True):
        if year in found:
            raise TableError(f"A goal names one row a year of figure {figure}", hint="Choose a category and a form.")
        if math.isfinite(value):
            found[year] = float(value)
    if not found:
        raise TableError(f"A goal names no row of figure {figure}", got=", ".join(f"{k}={v}" for k, v in where.items()))
    return found
