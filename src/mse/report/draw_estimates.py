"""Draws estimates: bars from 0 with the registered part filled, a dot with its interval, or ranges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mse.lazy import lazy
from mse.messages import LANGUAGES, number, sentence
from mse.monitor.disclosure.release import ReleasedFigure
from mse.report.canvas import BOLD, wrapped
from mse.report.cells import in_language
from mse.report.style import ESTIMATED, GRID, INK, NARROW, QUIET, REGISTERED, SHADE, WIDE, width_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

pd = lazy("pandas")

__all__ = ["draw_estimates", "estimates_height"]

_ROW, _LINE = 98, 22
"""Height of a bar with its words, and of each further line of its label, in pixels."""

_BAR = 0.09
_MARGIN = 30
_GAP = 6.0


def estimates_height(shown: ReleasedFigure, *, narrow: bool) -> int:
    """Height of the picture in pixels."""
    labels = [label for language in LANGUAGES for label in _groups(shown, language, narrow=narrow)]
    lines = max(label.count("\n") for label in labels)
    return 62 + (_ROW + _LINE * lines) * len(_groups(shown, "en", narrow=narrow))


def draw_estimates(axes: Axes, shown: ReleasedFigure, language: str, *, narrow: bool) -> None:
    """Draw estimates under each other on one axis from 0; where there is no single number, ranges."""
    groups = _groups(shown, language, narrow=narrow)
    frame = shown.figure.frame
    numbers = [name for name in ("observed", "lower", "upper", "total") if name in frame]
    largest = float(frame[numbers].max(numeric_only=True).max())
    right = largest * 1.06 if largest > 0 else 1.0
    pixels = _across(narrow)
    for place, (label, rows) in enumerate(groups.items()):
        y = float(-place)
        axes.text(0, y + 0.55, label, va="top", ha="left", color=INK, weight="bold")
        observed, reserved = rows[0].get("observed", float("nan")), 0.0
        if pd.notna(observed):
            axes.barh(y, float(observed), 2 * _BAR, color=REGISTERED, lw=0, zorder=3)
            text = sentence("picture_registered", language, n=int(observed))
            axes.text(0, y - 0.15, text, va="top", ha="left", color=QUIET)
            reserved = width_of(text)
        spans = [row for row in rows if pd.notna(row["lower"])]
        _spans(axes, spans, y, right, pixels, reserved, language)
        if not spans:
            word = sentence(shown.words.get((rows[0]["row"], "total"), "word_no_estimate"), language)
            axes.text(0.0, y + 0.15, word, va="bottom", ha="left", color=INK)
    _axis(axes, right, len(groups), language, narrow=narrow)


def _across(narrow: bool) -> float:
    """Width of the axis in pixels."""
    return float((NARROW if narrow else WIDE) - _MARGIN)


def _groups(shown: ReleasedFigure, language: str, *, narrow: bool) -> dict[str, list[dict[str, Any]]]:
    """Rows of each bar, by its label, which is broken over lines."""
    names = ["label"] if "label" in shown.figure.frame else _levels(shown)
    found: dict[str, list[dict[str, Any]]] = {}
    for place, row in enumerate(shown.figure.frame.to_dict("records")):
        label = ", ".join(in_language(row[name], language) for name in names)
        total = sentence("word_total", language)
        part = in_language(row.get("part", total), language)
        if part != total:
            label = part if label == total else f"{label}: {part}"
        label = wrapped(label, _across(narrow) / BOLD)
        found.setdefault(label, []).append({**{str(name): cell for name, cell in row.items()}, "row": place})
    return found


def _levels(shown: ReleasedFigure) -> list[str]:
    """Columns that tell the parts of one estimate apart."""
    return [name for name, column in shown.figure.columns.items() if column.kind == "text"]


def _spans(
    axes: Axes,
    spans: list[dict[str, Any]],
    y: float,
    right: float,
    pixels: float,
    reserved: float,
    language: str,
) -> None:
    """Draw intervals or ranges with their numbers.

    A number that does not fit above its mark stands below, right of the `reserved` pixels of the registered one.
    """
    above_from, below_from = 0.0, reserved + _GAP
    for row in spans:
        low, high = float(row["lower"]), row["upper"]
        open_ended = pd.isna(high)
        high = right if open_ended else float(high)
        total = row["total"] if pd.notna(row["total"]) else None
        if total is None:
            axes.barh(y, high - low, 3 * _BAR, left=low, color=SHADE, edgecolor=ESTIMATED, lw=1.4, zorder=2)
        else:
            axes.barh(y, float(total), 2 * _BAR, color=SHADE, lw=0, zorder=1)
            axes.plot([low, high], [y, y], color=ESTIMATED, lw=2.4, solid_capstyle="butt", zorder=4)
            axes.plot([float(total)], [y], "o", ms=8, color=ESTIMATED, mec="white", zorder=5)
        if open_ended:
            axes.annotate("", (right, y), (right * 0.97, y), arrowprops={"arrowstyle": "->", "color": ESTIMATED})
        text = _label(row, low, None if open_ended else high, total, language)
        half = width_of(text) / 2
        middle = min(max((low + high) / 2 / right * pixels, half), pixels - half)
        above = middle - half >= above_from
        if above:
            above_from = middle + half + _GAP
        else:
            middle = min(max(middle, below_from + half), pixels - half)
            below_from = middle + half + _GAP
        axes.text(
            middle / pixels * right, y + (0.15 if above else -0.15), text, ha="center",
            va="bottom" if above else "top", color=ESTIMATED, weight="bold",
        )  # fmt: skip


def _label(row: dict[str, Any], low: float, high: float | None, total: float | None, language: str) -> str:
    upper = number(high, language, "estimate")
    text = sentence("picture_span", language, lower=low, upper=upper)
    if total is not None:
        return sentence("picture_point", language, total=total, span=text)
    return text


def _axis(axes: Axes, right: float, rows: int, language: str, *, narrow: bool) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.set_xlim(0, right)
    axes.set_ylim(-rows + 0.6, 0.62)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(3 if narrow else 6, integer=True))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value, language)))
    axes.grid(axis="x", color=GRID, lw=0.8)
    axes.set_axisbelow(True)
    axes.set_xlabel(sentence("axis_persons", language))
