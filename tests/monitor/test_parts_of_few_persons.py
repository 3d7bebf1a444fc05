"""Attacks on estimates of small parts: from what is printed of others, of comparisons and of rates."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mse
from mse.core.contrasts import Contrast
from mse.core.estimate import Estimate, Part
from mse.core.figure import Figure
from mse.core.partial import PartialTable
from mse.monitor import contrasts_figure, parts_figure, rates_figure
from mse.monitor.estimation import estimates_figure
from mse.monitor.estimation.strata import atoms_of

POLICIES = ("threshold", "protected")
UNSEEN = 2.0
"""Unseen persons for each that is seen, in the made-up estimates."""

CLOSE = 0.15
"""A recovered estimate within this share of the true one counts as found: that is what rounding to per cents and to
three digits leaves."""


def table_of(persons: list[int]) -> mse.CaptureTable:
    cells = [[[0] * len(persons), [n // 2 for n in persons]], [[n - n // 2 for n in persons], [0] * len(persons)]]
    return mse.CaptureTable(["A", "B"], cells, {"year": tuple(range(2018, 2018 + len(persons)))})


def estimate_of(persons: list[int]) -> Estimate:
    parts = [
        Part(str(year), n, UNSEEN * n, float(n), 9.0 * n + 1, {"year": year})
        for year, n in enumerate(persons, start=2018)
    ]
    n = sum(persons)
    return Estimate((Part("total", n, UNSEEN * n, float(n), 9.0 * n), *parts), 0.95, "percentile", "[A][B]")


def growth(late: Part, early: Part) -> Contrast:
    value = (late.total or 0.0) / (early.total or 1.0) - 1.0
    compared = tuple(frozenset(part.levels.items()) for part in (late, early))
    return Contrast("growth", late.name, early.name, value, value, value, 0.95, 0.5, 9, compared=compared)


def trend(parts: list[Part]) -> Contrast:
    years = np.arange(len(parts)) - (len(parts) - 1) / 2
    slope = years / (years**2).sum()
    value = float(np.expm1(np.log([part.total or 1.0 for part in parts]) @ slope))
    compared = tuple(frozenset(part.levels.items()) for part in parts)
    names = (parts[-1].name, parts[0].name)
    return Contrast("trend", *names, value, value, value, 0.95, 0.5, 9, compared=compared)


def figures_of(persons: list[int]) -> list[Figure]:
    """Parts, rates, estimates and comparisons of one estimate."""
    estimate, table = estimate_of(persons), table_of(persons)
    parts = list(estimate.parts[1:])
    changes = [growth(late, early) for early, late in pairwise(parts)]
    people = pd.DataFrame({"year": [part.levels["year"] for part in parts], "population": 1_000_000})
    return [
        parts_figure(estimate, table),
        rates_figure(estimate, people, table=table),
        estimates_figure({"all": estimate}),
        contrasts_figure([*changes, trend(parts)], table),
    ]


def recovered(frames: dict[str, pd.DataFrame], years: int) -> dict[int, float]:
    """What an attacker makes of the totals: whatever is printed, carried on by growth and by subtraction."""
    known: dict[int, float] = {}
    whole = frames["estimates"]["total"][0]
    for place in range(years):
        told = [frames["parts"]["total"][place], frames["rates"]["total"][place + 1],
                frames["rates"]["total_rate"][place + 1] * 10, frames["estimates"]["total"][place + 1]]  # fmt: skip
        found = [float(number) for number in told if pd.notna(number)]
        if found:
            known[place] = found[0]
    for _ in range(years):
        for place in range(years - 1):
            change = frames["contrasts"]["change"][place]
            if pd.notna(change):
                if place in known:
                    known.setdefault(place + 1, known[place] * (1.0 + float(change)))
                elif place + 1 in known and change > -1.0:
                    known[place] = known[place + 1] / (1.0 + float(change))
        slope = frames["contrasts"]["change"][years - 1]
        if years == 3 and pd.notna(slope) and 0 in known:
            known.setdefault(2, known[0] * (1.0 + float(slope)) ** 2)
        left = [place for place in range(years) if place not in known]
        if len(left) == 1:
            known[left[0]] = float(whole) - sum(known.values())
    return known


def frames_of(released: Any) -> dict[str, pd.DataFrame]:
    return {name: released[name].to_frame() for name in ("parts", "rates", "estimates", "contrasts")}


def test_the_attacker_finds_a_small_part_where_only_its_own_number_is_withheld() -> None:
    persons = [413, 7, 508]
    frames = {figure.name: figure.to_frame() for figure in figures_of(persons)}
    for name, row in (("parts", 1), ("rates", 2), ("estimates", 2)):
        frames[name].loc[row, [one for one in frames[name] if str(one).startswith("total")]] = None
    assert recovered(frames, 3)[1] == pytest.approx(7 * (1 + UNSEEN), rel=CLOSE)


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("persons", [[413, 7, 508], [7, 413, 508], [413, 508, 7], [413, 508, 0], [413, 8]])
def test_no_estimate_of_a_small_part_comes_back(policy: str, persons: list[int]) -> None:
    released = mse.release(figures_of(persons), policy)
    frames = frames_of(released)
    hidden = {place for place in range(len(persons)) if pd.isna(frames["parts"]["total"][place])}
    assert {place for place, n in enumerate(persons) if n < 10} < hidden
    assert not hidden & recovered(frames, len(persons)).keys()
    contrasts = frames["contrasts"]
    touched = [row for row in range(len(persons) - 1) if {row, row + 1} & hidden] + [len(persons) - 1]
    assert contrasts.loc[touched, ["change", "change_lower", "change_upper", "decline", "draws"]].isna().all(axis=None)
    assert released["contrasts"].figure.title["en"] == "How parts compare"


@given(st.lists(st.integers(0, 400), min_size=2, max_size=6))
@settings(deadline=None, max_examples=60)
def test_figures_of_one_division_withhold_the_same_parts_and_all_that_compares_them(persons: list[int]) -> None:
    if not sum(persons):
        return
    frames = frames_of(mse.release(figures_of(persons), "threshold"))
    hidden = frames["parts"]["observed"].isna().to_numpy()
    assert hidden[np.array(persons) < 10].all()
    assert hidden.sum() != 1
    assert (frames["rates"]["total"][1:].isna().to_numpy() == hidden).all()
    assert (frames["estimates"]["total"][1:].isna().to_numpy() == hidden).all()
    told = frames["contrasts"]["change"].notna().to_numpy()
    assert (told == [*(~hidden[1:] & ~hidden[:-1]), not hidden.any()]).all()


@pytest.mark.parametrize("policy", POLICIES)
def test_comparisons_of_which_nothing_says_what_they_compare_are_withheld(policy: str) -> None:
    parts = estimate_of([413, 508]).parts[1:]
    frame = mse.release([contrasts_figure([growth(parts[1], parts[0])])], policy)["contrasts"].to_frame()
    assert frame["change"].isna().all()


def test_a_sum_that_only_a_comparison_tells_counts_as_printed() -> None:
    cells = [[[[0] * 2] * 2, [[100, 3], [100, 90]]], [[[100, 3], [100, 90]], [[0] * 2] * 2]]
    table = mse.CaptureTable(["A", "B"], cells, {"year": (2018, 2019), "form": ("SU", "AU")})
    of = {name: frozenset({("form", name)}) for name in ("SU", "AU")}
    told = Contrast("ratio", "AU", "SU", 0.4, 0.3, 0.5, 0.95, 0.9, 9, compared=(of["AU"], of["SU"]))
    small = Contrast("ratio", "2018, AU", "SU", 0.4, 0.3, 0.5, 0.95, 0.9, 9,
                     compared=(frozenset({("year", 2018), ("form", "AU")}), of["SU"]))  # fmt: skip
    frame = mse.release([contrasts_figure([told, small], table)], "threshold")["contrasts"].to_frame()
    assert frame["ratio"].isna().tolist() == [False, True]


def test_parts_of_a_table_with_unknown_levels_are_judged_by_its_strata() -> None:
    known = np.zeros((2, 2, 2, 2), dtype=int)
    known[1, 0], known[0, 1] = [[100, 2], [100, 95]], [[100, 2], [100, 95]]
    unknown = np.zeros((2, 2, 2), dtype=int)
    unknown[1, 0] = [10, 10]
    table = PartialTable(["A", "B"], {"year": (2018, 2019), "form": ("SU", "AU")}, {(): known, ("form",): unknown})
    atoms = atoms_of(table)
    assert sum(atoms.values()) == table.n_observed
    parts = [
        Part(f"{year}, {form}", float(n), 2.0 * n, float(n), 5.0 * n, {"year": year, "form": form})
        for (year, form), n in zip(
            [(2018, "SU"), (2018, "AU"), (2019, "SU"), (2019, "AU")], atoms.values(), strict=True
        )
    ]
    whole = Part("total", table.n_observed, 2.0 * table.n_observed, 1.0, None)
    by_both = Estimate((whole, *parts), 0.95, "profile", "[A][B]")
    released = mse.release([parts_figure(by_both, table, name="both")], "threshold")["both"]
    assert set(parts_figure(by_both, table).same.values()) == {frozenset([atom]) for atom in atoms}
    frame = released.to_frame()
    assert pd.isna(frame["total"][1])
    assert frame["observed"].isna().sum() >= 2
