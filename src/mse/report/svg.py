"""`shortened`: the SVG that matplotlib writes, in less text, for the many pictures inside one report."""

from __future__ import annotations

import re

__all__ = ["shortened"]

_NUMBER = re.compile(r"-?\d+\.\d+")

_PLACES = re.compile(r'(?<= d=")[^"]*|(?<=translate\()[^)]*')
"""Where places stand: paths, and where something is moved to. Scales are small numbers and stay exact."""

_LETTER = re.compile(r'(id="|xlink:href="#)DejaVuSans-((?:Bold-)?[0-9a-f]+")')
"""Names of letters; each occurs once for every time that its letter is written."""

_MOVED = re.compile(r'(<use xlink:href="#D[^"]*") transform="translate\(([-.\d]+) 0\)"/>')
"""A letter further on its line."""

_INDENT = re.compile(r"\n\s+")

_CLOUD = re.compile(r'(<g id="PathCollection_\d+")>\n((?:<path d="[^"]*" [^>]*/>\n)+)</g>')
"""A cloud of dots, each a path."""

_DOT = re.compile(r'<path d="M ([^"LQ]*) z" ([^>]*)/>\n')
"""A path of curves alone, and how it looks."""

_HATCH = re.compile(
    r"(<pattern [^>]*>\n<rect [^>]*/>\n)"
    r'<path d="(M [^"LQ]* z)" style="fill: ([^;]*); stroke: \3; stroke-width: ([.\d]+);[^"]*"/>'
)
"""A hatch of dots: some thousand circles, filled and stroked in one colour."""

_CURVES = 8
"""Curves of which matplotlib makes a circle; the fourth ends opposite to where the first starts."""

_ROUND = 0.03
"""Points by which a circle of rounded places may be out of round."""


def shortened(svg: str) -> str:
    """Return the same picture in less text: the same bytes for the same picture.

    Places have two decimals (of a point), a path stands on one line, letters have short names, and the dots of a cloud
    are circles whose looks are said once.

    Parameters
    ----------
    svg : str
        What matplotlib wrote, with letters as outlines.

    Returns
    -------
    str

    Examples
    --------
    >>> shortened('<path d="M 12.345678 0 \\nL 7.100000 -3.999999 \\nz\\n"/>')
    '<path d="M 12.35 0 L 7.1 -4 z"/>'
    >>> shortened('<use xlink:href="#DejaVuSans-13" transform="translate(63.623047 0)"/>')
    '<use xlink:href="#D13" x="63.62"/>'
    """
    svg = _PLACES.sub(lambda places: _NUMBER.sub(_rounded, " ".join(places.group().split())), svg)
    svg = _MOVED.sub(r'\1 x="\2"/>', _LETTER.sub(r"\1D\2", svg))
    return _HATCH.sub(_points, _CLOUD.sub(_circles, _INDENT.sub("\n", svg)))


def _rounded(number: re.Match[str]) -> str:
    return _text(float(number.group()))


def _text(number: float) -> str:
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _points(hatch: re.Match[str]) -> str:
    """A hatch of dots as strokes without length and with round ends, which are as wide as the stroked circles were."""
    start, path, color, stroke = hatch.groups()
    circles = [_circle(part.removeprefix("M ").strip()) for part in path.split(" z")[:-1]]
    known = [circle for circle in circles if circle is not None]
    radii = {_text(radius) for _, _, radius in known}
    if len(known) != len(circles) or len(radii) != 1:
        return hatch.group()
    places = "".join(f"M{_text(x)} {_text(y)}h0" for x, y, _ in known)
    width = _text(2 * known[0][2] + float(stroke))
    return (
        f'{start}<path d="{places}" style="fill: none; stroke: {color}; stroke-width: {width}; stroke-linecap: round"/>'
    )


def _circles(cloud: re.Match[str]) -> str:
    """A cloud as circles in one look; as it was where its shapes are no circles or look different."""
    dots = _DOT.findall(cloud[2])
    looks = {look for _, look in dots}
    circles = [circle for path, _ in dots if (circle := _circle(path)) is not None]
    if len(looks) != 1 or len(circles) != cloud[2].count("\n"):
        return cloud.group()
    lines = (f'<circle cx="{_text(x)}" cy="{_text(y)}" r="{_text(radius)}"/>\n' for x, y, radius in circles)
    return f"{cloud[1]} {looks.pop()}>\n{''.join(lines)}</g>"


def _circle(path: str) -> tuple[float, float, float] | None:
    """Middle and radius of a path that is a circle."""
    curves = path.split(" C ")
    if len(curves) != _CURVES + 1:
        return None
    ends = [[float(number) for number in curve.split()[-2:]] for curve in curves]
    (x, bottom), (right, middle), (_, top) = ends[0], ends[_CURVES // 4], ends[_CURVES // 2]
    radius = (bottom - top) / 2
    if abs(right - x - radius) > _ROUND or abs(middle - top - radius) > _ROUND:
        return None
    return x, top + radius, radius
