"""Pictures in less text: the same shapes, the same bytes each time."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure as Picture
from matplotlib.style import context

from mse.report.style import STYLE
from mse.report.svg import shortened

DOTS = 400
HUNDREDTH = 0.011
"""Places are rounded to a hundredth of a point."""


def drawn(*, marker: str = "o", colors: object = "#0072B2", hatch: str | None = None) -> str:
    rng = np.random.default_rng(1)
    with context(["default", STYLE]):
        picture = Picture(figsize=(4, 3))
        axes = picture.add_subplot()
        x, y, size = rng.uniform(0.1, 0.9, (3, DOTS))
        axes.scatter(x, y, s=20 + 200 * size, marker=marker, c=colors, alpha=0.5)
        if hatch:
            axes.bar([0.5], [0.5], hatch=hatch, facecolor="white", edgecolor="#8A8A8A")
        axes.set_title("Wide figure -1.5")
        stream = io.StringIO()
        FigureCanvasSVG(picture)
        picture.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    return stream.getvalue()


def ends(svg: str) -> list[tuple[float, ...]]:
    """Where the paths of a cloud start, and their points a quarter and half a circle further."""
    cloud = svg[svg.index("PathCollection_1") :].split("</g>")[0]
    found = []
    for path in re.findall(r' d="([^"]*)"', cloud):
        numbers = [float(number) for number in re.findall(r"-?\d+\.?\d*", path)]
        found.append((*numbers[:2], *numbers[12:14], *numbers[24:26]))
    return found


def test_dots_become_circles_in_the_same_places() -> None:
    svg = drawn()
    short = shortened(svg)
    circles = re.findall(r'<circle cx="([-.\d]+)" cy="([-.\d]+)" r="([-.\d]+)"/>', short)
    paths = ends(svg)
    assert len(circles) == len(paths) == DOTS
    for circle, (x, bottom, right, middle, _, top) in zip(circles, paths, strict=True):
        assert tuple(map(float, circle)) == pytest.approx((x, middle, (bottom - top) / 2), abs=HUNDREDTH)
        assert right - x == pytest.approx(float(circle[2]), abs=2 * HUNDREDTH)
    assert len(short) < len(svg) / 4


@pytest.mark.parametrize("options", [{"marker": "s"}, {"colors": np.linspace(0, 1, DOTS)}])
def test_shapes_that_are_no_circles_of_one_colour_stay_paths(options: dict[str, object]) -> None:
    short = shortened(drawn(**options))  # type: ignore[arg-type]
    assert "<circle" not in short
    assert short.count('d="M') >= DOTS


def test_letters_keep_their_places_and_outlines() -> None:
    svg = drawn()
    short = shortened(svg)
    named = set(re.findall(r'<use xlink:href="#(D[^"]*)"', short))
    assert named <= set(re.findall(r'<path id="([^"]*)"', short))
    moved = [float(x) for x in re.findall(r'DejaVuSans-\w+" transform="translate\(([\d.]+) 0\)', svg)]
    kept = [float(x) for x in re.findall(r'<use xlink:href="#D\w+" x="([\d.]+)"/>', short)]
    assert kept == pytest.approx(moved, abs=HUNDREDTH)
    assert "Wide figure" in short


def test_a_hatch_of_dots_has_a_point_for_every_circle() -> None:
    svg = drawn(hatch="....")
    pattern = re.search(r"<pattern.*?</pattern>", svg, flags=re.DOTALL)
    assert pattern is not None
    short = re.search(r"<pattern.*?</pattern>", shortened(svg), flags=re.DOTALL)
    assert short is not None
    assert short.group().count("h0") == pattern.group().count("z")
    assert "stroke: #8a8a8a" in short.group()
    assert len(short.group()) < len(pattern.group()) / 10
    lines = drawn(hatch="///")
    assert "h0" not in shortened(lines)


def test_the_same_picture_is_the_same_text() -> None:
    assert shortened(drawn(hatch="..")) == shortened(drawn(hatch=".."))
