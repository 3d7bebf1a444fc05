"""Draws scenarios: from the base to what each gives, with its interval, or the ranges of rival models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mse.lazy import lazy
from mse.messages import LANGUAGES, number, sentence
from mse.monitor.disclosure.release import ReleasedFigure
from mse.report.canvas import BOLD, LINE, close_canvas, inner_width, long, open_canvas, wrapped, write_unit
from mse.report.cells import text
from mse.report.style import ESTIMATED, GRID, INK, QUIET, SHADE, halo

if TYPE_CHECKING:
    from matplotlib.axes import Axes

pd = lazy("pandas")

__all__ = ["draw_tornado", "tornado_height"]

_MARK, _GAP, _AXIS = 16, 8, 48
"""Heights in pixels: of a mark, of the space below it, and of the axis."""

_EDGE = 26
"""Pixels between the edge and the outermost mark: half the width of a number of the axis."""

Group = tuple[str, list[int]]
"""What is otherwise, broken over lines, and its rows."""


def tornado_height(shown: ReleasedFigure, *, narrow: bool) -> int:
    """Height of the picture in pixels, the same in every language."""
    return max(sum(map(_tall, _groups(shown, language, narrow))) for language in LANGUAGES) + _AXIS


def _tall(group: Group) -> int:
    return (group[0].count("\n") + 2) * LINE + _MARK + _GAP


def _groups(shown: ReleasedFigure, language: str, narrow: bool) -> list[Group]:
    """Rows by scenario, in the order of the figure."""
    found: dict[str, list[int]] = {}
    for row, cell in enumerate(shown.figure.frame["label"]):
        label = str(cell[language] if isinstance(cell, Mapping) else cell)
        found.setdefault(wrapped(label, inner_width(narrow) / BOLD), []).append(row)
    return list(found.items())


def draw_tornado(axes: Axes, shown: ReleasedFigure, language: str, *, narrow: bool) -> None:
    """Draw scenarios under each other on one axis, with a dashed line at the base where that is a single number."""
    height = tornado_height(shown, narrow=narrow)
    width, _ = open_canvas(axes, height, narrow=narrow)
    groups = _groups(shown, language, narrow)
    bottom = float(sum(map(_tall, groups)))
    frame: Any = shown.figure.frame
    base = shown.figure.marks.get("base")
    values = [float(value) for value in frame[["lower", "upper", "total"]].stack().dropna()]
    low, high = min(values), max(values)

    def at(value: float) -> float:
        return width / 2 if high == low else _EDGE + (value - low) / (high - low) * (width - 2 * _EDGE)

    _axis(axes, (low, high), at, bottom, language, narrow=narrow)
    if base is not None:
        axes.vlines(at(base), 0, bottom, color=INK, lw=1.0, ls=(0, (4, 3)), zorder=2)
    top = 0.0
    for group in groups:
        label, rows = group
        below = top + (label.count("\n") + 1) * LINE
        write: dict[str, Any] = {"ha": "left", "va": "top", "linespacing": 1.3, "path_effects": halo(), "zorder": 6}
        axes.text(0, top, label, color=INK, weight="bold", **write)
        said = _said(shown, rows, language)
        axes.text(0, below, _cut(said, width), color=ESTIMATED if _known(frame, rows) else QUIET, **write)
        for row in rows:
            _mark(axes, frame.loc[row], at, base, below + LINE + _MARK / 2, width)
        top += _tall(group)
    close_canvas(axes)


def _known(frame: Any, rows: list[int]) -> bool:
    return bool(frame.loc[rows, "lower"].notna().any() or frame.loc[rows, "total"].notna().any())


def _said(shown: ReleasedFigure, rows: list[int], language: str) -> str:
    """A total with its limits, ranges, or why there is none."""
    frame: Any = shown.figure.frame
    if not _known(frame, rows):
        reason = "reason" in shown.figure.columns and pd.notna(frame.at[rows[0], "reason"])
        return text(shown, rows[0], "reason" if reason else "total", language)
    spans = []
    for row in rows:
        lower, upper, total = (text(shown, row, name, language) for name in ("lower", "upper", "total"))
        if pd.isna(frame.at[row, "lower"]):
            spans.append(total)
        elif pd.isna(frame.at[row, "total"]):
            spans.append(lower if lower == upper else sentence("sensitivity_span", language, lower=lower, upper=upper))
        else:
            spans.append(sentence("sensitivity_limits", language, total=total, lower=lower, upper=upper))
    return sentence("sensitivity_or", language).join(spans)


def _cut(said: str, width: float) -> str:
    """A text on one line; what does not fit becomes three points."""
    while long(said) > width and len(said) > 1:
        said = said.rstrip("…")[:-1] + "…"
    return said


def _mark(axes: Axes, row: Any, at: Any, base: float | None, y: float, width: float) -> None:
    """A bar from the base to the total, the interval, a dot; or the bar of a range."""
    lower, upper, total = row["lower"], row["upper"], row["total"]
    if pd.isna(total) and pd.notna(lower):
        end = width if pd.isna(upper) else at(float(upper))
        axes.barh(y, end - at(float(lower)), 10, left=at(float(lower)), color=SHADE, edgecolor=ESTIMATED, lw=1.2)
        return
    if pd.isna(total):
        return
    if base is not None:
        axes.barh(y, at(float(total)) - at(base), 10, left=at(base), color=SHADE, lw=0, zorder=1)
    if pd.notna(lower):
        end = width if pd.isna(upper) else at(float(upper))
        axes.plot([at(float(lower)), end], [y, y], color=ESTIMATED, lw=2.2, solid_capstyle="butt", zorder=4)
    axes.plot([at(float(total))], [y], "o", ms=7, color=ESTIMATED, mec="white", zorder=5)


def _axis(axes: Axes, ends: tuple[float, float], at: Any, bottom: float, language: str, *, narrow: bool) -> None:
    """Light lines at round numbers, and below them what is counted."""
    from matplotlib.ticker import MaxNLocator

    low, high = ends
    for tick in MaxNLocator(3 if narrow else 6, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high):
        if low <= tick <= high:
            axes.vlines(at(tick), 0, bottom, color=GRID, lw=0.8, zorder=1)
            axes.text(at(tick), bottom + 4, number(tick, language), ha="center", va="top", color=QUIET)
    write_unit(axes, 0.0, bottom + 4 + LINE, sentence("axis_persons", language), narrow=narrow)
