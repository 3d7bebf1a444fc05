"""Nobody who has all figures of a release, and the earlier one, works out a withheld count too well."""

from __future__ import annotations

import functools
import math

import pandas as pd
import pytest
from attacker import Attacker, exact, nearest, up_or_down
from printed_figures import across, empty, printed_figures
from random_figures import figures_of, register, with_late_reports

import mse
from mse.core.figure import Figure
from mse.monitor.disclosure import covering
from mse.monitor.disclosure.linked import linked
from mse.monitor.disclosure.protected import Protected
from mse.monitor.disclosure.release import Release

MINIMUM = 10
WIDTH = MINIMUM - 1
"""Limits this far apart leave `MINIMUM` whole numbers."""

RANDOM = range(6)

POLICIES = {
    "argus": (Protected(argus=True), exact),
    "own": (Protected(), exact),
    "rounded": (Protected(rounding=5), up_or_down(5, MINIMUM)),
    "rounded by argus": (Protected(rounding=3, argus=True), up_or_down(3, MINIMUM)),
    "threshold": ("threshold", nearest(5, MINIMUM)),
}


@functools.cache
def printed_under(name: str) -> tuple[list[Figure], Release]:
    """The printed figures, released under a policy."""
    figures = printed_figures()
    return figures, mse.release(figures, POLICIES[name][0])


def too_narrow(attacker: Attacker) -> dict[object, tuple[float, float]]:
    return {cell: ends for cell, ends in attacker.worked_out().items() if not ends[1] - ends[0] >= WIDTH}


def true_values(figures: list[Figure]) -> dict[object, float]:
    return {cell: float(figure.frame.at[row, "value"]) for figure in figures for row, cell in figure.cells.items()}


def check_shown(figures: list[Figure], release: Release) -> None:
    """Nothing small is shown, and what is shown adds up where it should."""
    for figure in figures:
        shown = release[figure.name].to_frame()["value"]
        for row, cell in figure.cells.items():
            small = figure.frame.at[row, "value"] < MINIMUM and cell not in empty()
            assert pd.isna(shown[row]) or not small
        for whole, parts in figure.sums:
            group = shown[[whole, *parts]]
            if release.policy == "protected" and group.notna().all():
                assert group[whole] == group[list(parts)].sum()


@pytest.mark.parametrize("seed", RANDOM)
@pytest.mark.parametrize("name", POLICIES)
def test_no_withheld_count_of_random_linked_tables_is_known_within_ten_numbers(name: str, seed: int) -> None:
    policy, around = POLICIES[name]
    figures = figures_of(register(seed))
    release = mse.release(figures, policy)
    attacker = Attacker()
    attacker.read(figures, release, around)
    values = true_values(figures)
    check_shown(figures, release)
    assert attacker.withheld
    assert too_narrow(attacker) == {}
    assert all(low <= values[cell] <= high for cell, (low, high) in attacker.worked_out().items())


@pytest.mark.parametrize("name", ["argus", "own", "threshold"])
def test_no_withheld_count_of_the_printed_monitor_is_known_within_ten_numbers(name: str) -> None:
    figures, release = printed_under(name)
    attacker = Attacker()
    attacker.read(figures, release, POLICIES[name][1])
    attacker.relates(across())
    check_shown(figures, release)
    assert len(attacker.withheld) > 150
    assert not attacker.withheld & empty()
    assert too_narrow(attacker) == {}


def test_the_attacker_works_out_what_is_not_protected() -> None:
    """With only small counts withheld the attack succeeds: it is one that can."""
    figures = printed_figures()
    attacker = Attacker()
    attacker.relates(across())
    for figure in figures:
        for row, cell in figure.cells.items():
            value = float(figure.frame.at[row, "value"])
            attacker.limits[cell] = (value, value) if value >= MINIMUM else (0.0, math.inf)
            attacker.withheld |= {cell} if value < MINIMUM else set()
        attacker.sums += [(figure.cells[w], tuple(figure.cells[p] for p in parts)) for w, parts in figure.sums]
    values = true_values(figures)
    known = {cell for cell, (low, high) in attacker.worked_out().items() if low == high}
    assert len(known) > 20
    assert all(values[cell] == value for cell, (value, _) in attacker.worked_out(known).items())


@pytest.mark.parametrize("seed", RANDOM)
def test_no_category_is_known_to_hold_nearly_all_of_its_group(seed: int) -> None:
    figures = figures_of(register(seed))
    attacker = Attacker()
    attacker.read(figures, mse.release(figures, Protected(dominant=0.7)), exact)
    values, dominated = true_values(figures), 0
    for figure in figures:
        for whole, parts in figure.sums:
            if figure.frame.loc[list(parts), "year"].nunique() > 1:
                continue
            for part in parts:
                pair = figure.cells[part], figure.cells[whole]
                if values[pair[1]] >= MINIMUM and values[pair[0]] > 0.7 * values[pair[1]]:
                    dominated += 1
                    assert attacker.least({pair[0]: 1.0, pair[1]: -0.7}) <= 1e-6
    assert dominated > 0


@pytest.mark.parametrize("argus", [True, False])
@pytest.mark.parametrize("seed", RANDOM)
def test_two_releases_together_give_no_few_persons_away(seed: int, argus: bool) -> None:
    first, second = register(seed), with_late_reports(register(seed), seed)
    before, now = figures_of(first), figures_of(second)
    earlier = mse.release(before, Protected(argus=argus))
    later = mse.release(now, Protected(argus=argus, previous=earlier))
    old, new = Attacker(), Attacker()
    old.read(before, earlier, exact)
    new.read(now, later, exact)
    changes = [abs(new.limits[cell][0] - old.limits[cell][0]) for cell in old.limits
               if cell not in old.withheld | new.withheld]  # fmt: skip
    assert any(change == 0 for change in changes)
    assert all(change == 0 or change >= MINIMUM for change in changes)
    assert old.withheld <= new.withheld
    unrevised = {cell: value for cell, value in true_values(before).items() if cell not in old.withheld}
    same = {cell: value for cell, value in unrevised.items() if true_values(now)[cell] == value}
    new.knows(same)
    new.sums += old.sums
    narrow = too_narrow(new)
    assert len(narrow) == later.audit.exposed == 0


def test_without_the_earlier_release_the_two_together_do_give_few_persons_away() -> None:
    first, second = figures_of(register(0)), figures_of(with_late_reports(register(0), 0))
    shown = [mse.release(figures, "protected") for figures in (first, second)]
    pairs = [(a.to_frame()["value"], b.to_frame()["value"]) for a, b in zip(*(r.figures for r in shown), strict=True)
             if "value" in a.to_frame()]  # fmt: skip
    changes = pd.concat([(new - old).abs() for old, new in pairs]).dropna()
    assert ((changes > 0) & (changes < MINIMUM)).any()


def test_where_tau_argus_is_not_installed_mse_chooses_itself_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(covering.importlib.util, "find_spec", lambda name: None)
    figures = figures_of(register(1))
    release = mse.release(figures, Protected(argus=True))
    assert "without τ-ARGUS" in release.audit.text("en")
    assert "zonder τ-ARGUS" in release.audit.text("nl")
    attacker = Attacker()
    attacker.read(figures, release, exact)
    assert too_narrow(attacker) == {}


def test_an_engine_that_does_not_answer_in_time_leaves_the_figures_protected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(covering, "SECONDS", 0.0)
    figures = figures_of(register(2))
    release = mse.release(figures, Protected(argus=True))
    assert "without τ-ARGUS" in release.audit.text("en")
    attacker = Attacker()
    attacker.read(figures, release, exact)
    assert too_narrow(attacker) == {}


@pytest.mark.parametrize("seed", RANDOM)
def test_what_tau_argus_chooses_lets_every_small_count_be_ten_numbers(seed: int) -> None:
    """The engine's own answer, before `mse` completes it: each small count could be nine more than it is."""
    figures = figures_of(register(seed))
    values = true_values(figures)
    few = {cell for cell, value in values.items() if value < MINIMUM}
    chosen = covering.choose(linked(figures), few, (), WIDTH)
    assert chosen
    attacker = Attacker(withheld=few)
    for figure in figures:
        attacker.sums += [(figure.cells[w], tuple(figure.cells[p] for p in parts)) for w, parts in figure.sums]
    hidden = few | chosen
    attacker.limits = {cell: (0.0, math.inf) if cell in hidden else (value, value) for cell, value in values.items()}
    assert all(high - values[cell] >= WIDTH for cell, (_, high) in attacker.worked_out().items())


def test_whichever_withholds_fewer_counts_is_taken_and_named() -> None:
    said = {1: "τ-ARGUS would have withheld more", 5: "chosen with τ-ARGUS and checked by mse"}
    for seed, words in said.items():
        figures = figures_of(register(seed))
        own, asked = (mse.release(figures, Protected(argus=argus)) for argus in (False, True))
        withheld = [list(release.published.counts.values()).count(None) for release in (own, asked)]
        assert words in asked.audit.text("en")
        assert withheld[1] < withheld[0] if seed == 5 else withheld[1] == withheld[0]
