"""How many the rules touched that are consulted while figures are made (R22, R23, R29, R41-R43)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction

from mse.core.figure import MEASURES, Figure
from mse.monitor.counting.imputed_rows import IMPUTED
from mse.monitor.counting.indicator import TOTAL
from mse.monitor.counting.whole_counts import fewer_reports, whole_count
from mse.records.register.rules import Rules

__all__ = ["touched_by"]

_NEEDED: Mapping[str, tuple[str, ...]] = {
    "R22": ("2.4b",), "R23": ("2.4b",), "R29": ("tab2.1",), "R41": ("2.13",), "R42": ("2.7", "2.11"),
}  # fmt: skip
"""Figures that a rule decides in."""


def touched_by(figures: Mapping[str, Figure], rules: Rules) -> dict[str, int]:
    """Count what the rules of figures touched.

    Parameters
    ----------
    figures : mapping of str to Figure
        The figures; what a rule decides in figures that are not among them is 0.
    rules : Rules
        Which rules are on; those that are off touched none.

    Returns
    -------
    dict
        By rule: imputed and known victims of figure 2.4b, victims whose nationality is not listed, police reports of
        African origin, reports that are lacking by form, and shares on exactly half a per cent.
    """
    counts: Mapping[str, Callable[..., int]] = {
        "R22": _imputed, "R23": _known, "R29": _not_listed, "R41": _african, "R42": _lacking,
    }  # fmt: skip
    touched = {}
    for code, count in counts.items():
        there = rules.is_on(code) and all(number in figures for number in _NEEDED[code])
        touched[code] = count(*(figures[number] for number in _NEEDED[code])) if there else 0
    return {**touched, "R43": _on_a_half(figures.values())}


def _imputed(visibility: Figure) -> int:
    return whole_count(visibility, "imputed_total", IMPUTED)


def _known(visibility: Figure) -> int:
    return whole_count(visibility, TOTAL, "victims_known_or_imputed") - _imputed(visibility)


def _not_listed(nationalities: Figure) -> int:
    assert nationalities.layout is not None
    listed = [str(code) for code in nationalities.layout.only["category_code"] if code != TOTAL]
    return whole_count(nationalities, TOTAL) - sum(whole_count(nationalities, code) for code in listed)


def _african(reports: Figure) -> int:
    return whole_count(reports, "GO-SU_african", "reports")


def _lacking(victims: Figure, reports: Figure) -> int:
    return sum(seen - n for _, n, seen in fewer_reports(victims, reports))


def _on_a_half(figures: Iterable[Figure]) -> int:
    """Shares of which the rounding to whole per cent depends on what becomes of a half."""
    n = 0
    for figure in figures:
        values = figure.frame["value"].tolist()
        for at, rests in figure.rests.items():
            if MEASURES[figure.frame["measure"].iloc[at]] == "percent" and values[rests[1]]:
                part, whole = (int(values[row]) for row in rests[:2])
                n += Fraction(100 * part, whole).denominator == 2
    return n
