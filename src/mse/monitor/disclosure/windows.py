"""Counts of one group over two windows of years: who subtracts a shorter one from a longer has the years between.

This year's report counts 2015-2020, last year's 2015-2019. Of a group that no figure shows by year the two totals
together do: their difference is the group in 2020, which may be few persons.
"""

from __future__ import annotations

import json
import re
from collections.abc import Hashable, Mapping
from dataclasses import replace
from typing import Any

from mse.monitor.disclosure.linked import LinkedCounts, Sum

__all__ = ["nested", "window_of"]

_WINDOW = re.compile(r"(\d{4})(?:-(\d{4}))?")

Window = tuple[int, int]


def window_of(key: str) -> tuple[str, Window] | None:
    """Split what is counted, as `key_of` writes it, into all but its years, and its first and last year.

    Examples
    --------
    >>> window_of('["person-year", "2015-2019", "AU"]')
    ('["person-year", null, "AU"]', (2015, 2019))
    >>> window_of('"all"') is None
    True
    """
    plain: Any = json.loads(key)
    if not isinstance(plain, list):
        return None
    found = [place for place, item in enumerate(plain) if isinstance(item, str) and _WINDOW.fullmatch(item)]
    if len(found) != 1:
        return None
    first, last = _WINDOW.fullmatch(plain[found[0]]).groups()  # type: ignore[union-attr]
    plain[found[0]] = None
    return json.dumps(plain, ensure_ascii=False, sort_keys=True), (int(first), int(last or first))


def nested(
    counts: LinkedCounts, here: Mapping[str, Hashable], before: Mapping[str, float | None]
) -> tuple[LinkedCounts, frozenset[Hashable], frozenset[Hashable]]:
    """Link counts to earlier printed ones of the same group over a shorter or longer window.

    Parameters
    ----------
    counts : LinkedCounts
        All counts.
    here : mapping of str to hashable
        Counts that are printed now, by key.
    before : mapping of str to float or None
        What was printed of counts then, by key.

    Returns
    -------
    LinkedCounts
        With the earlier counts, the years between, and the sums of both.
    frozenset
        The earlier counts, which readers know.
    frozenset
        Counts of the years between that no figure shows.
    """
    windows: dict[str, dict[Window, float]] = {}
    for key, value in before.items():
        if value is not None and (split := window_of(key)) is not None:
            windows.setdefault(split[0], {})[split[1]] = value
    place = {window_of(key): cell for key, cell in here.items()}
    values, sums = dict(counts.values), list(counts.sums)
    known: set[Hashable] = set()
    between: set[Hashable] = set()
    for split, cell in place.items():
        if split is None:
            continue
        stem, now = split
        for then, value in windows.get(stem, {}).items():
            rest = _between(now, then)
            then_longer = then[1] - then[0] > now[1] - now[0]
            left = (value - values[cell]) if then_longer else (values[cell] - value)
            if rest is None or left < 0:
                continue
            earlier: Hashable = ("earlier", stem, then)
            values[earlier] = value
            known.add(earlier)
            inside = place.get((stem, rest)) if len(rest) == 2 else None
            if inside is None or abs(values[inside] - left) > 0:
                inside = ("between", stem, now, then)
                values[inside] = left
                between.add(inside)
            whole, part = (earlier, cell) if then_longer else (cell, earlier)
            sums.append((whole, (part, inside)))
    linked: tuple[Sum, ...] = tuple(sums)
    return replace(counts, values=values, sums=linked), frozenset(known), frozenset(between)


def _between(one: Window, other: Window) -> tuple[int, ...] | None:
    """First and last year that the longer of two windows has more; (,) where these are at both ends; None where neither
    window holds the other."""
    inner, outer = sorted((one, other), key=lambda window: window[1] - window[0])
    if one == other or not (outer[0] <= inner[0] and inner[1] <= outer[1]):
        return None
    if inner[0] == outer[0]:
        return inner[1] + 1, outer[1]
    return (outer[0], inner[0] - 1) if inner[1] == outer[1] else ()
