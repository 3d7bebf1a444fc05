"""Figures of the same victims have no failed check; one cell that is changed is found and named."""

from __future__ import annotations

import pandas as pd
import pytest
from counted_figures import consistent_figures
from hypothesis import given, settings
from hypothesis import strategies as st

from mse.monitor.audit.lookup import RANK, Cell, FigureValues
from mse.monitor.audit.self_audit import identities, self_audit

SEEDS = st.integers(0, 10_000)

MANY = 350
"""Fewer identities than this would mean that rules found no cells: there are over 400 on these figures."""


def changed(figures: dict[str, pd.DataFrame], cell: Cell, by: float) -> dict[str, pd.DataFrame]:
    """The figures with one cell changed."""
    frame = figures[cell.figure].copy()
    row = frame[(frame["year"] == cell.year) & (frame["form"] == cell.form) & (frame["category_code"] == cell.category)]
    frame.loc[row.index, "value"] += by
    return {**figures, cell.figure: frame}


@given(SEEDS, st.integers(0, 400))
@settings(max_examples=15, deadline=None)
def test_figures_of_the_same_victims_have_no_failed_check(seed: int, n: int) -> None:
    audit = self_audit(consistent_figures(seed, n + 60))
    assert audit.failed == ()
    assert audit.conflicts == ()
    assert audit.tested > MANY


@given(st.integers(0, 7), SEEDS, st.integers(1, 40))
@settings(max_examples=50, deadline=None)
def test_one_changed_cell_is_found_and_named(seed: int, place: int, by: int) -> None:
    figures = consistent_figures(seed)
    values = FigureValues.of(figures)
    counted = [i for i in identities(figures) if i.relation == "="]
    cells = sorted({cell for identity in counted for cell in identity.cells if cell.measure != RANK})
    cell = cells[place % len(cells)]
    audit = self_audit(changed(figures, cell, by))
    assert len(audit.conflicts) == 1
    (conflict,) = audit.conflicts
    repairs = {repair.cell: repair for part in conflict.parts for repair in part.repairs}
    assert cell in repairs
    assert repairs[cell].value == values[cell]
    assert repairs[cell].printed == values[cell] + by
    assert set(conflict.checks) == set(audit.failed)


@pytest.mark.parametrize(
    "cell",
    [
        Cell("2.8", "total", "AU", "male"),
        Cell("2.7", "2016", "GO-SU", "GO-SU"),
        Cell("2.11", "2018", "all", "fairwork"),
        Cell("2.13", "total", "all", "total"),
        Cell("tab2.1", "total", "GO-SU", "NG"),
    ],
)
def test_a_cell_in_several_checks_is_settled(cell: Cell) -> None:
    figures = consistent_figures(7)
    (conflict,) = self_audit(changed(figures, cell, 3)).conflicts
    assert [repair.cell for repair in conflict.settled] == [cell]
    assert conflict.settled[0].value == FigureValues.of(figures)[cell]


def test_a_misprinted_mean_and_a_misprinted_rank_are_settled() -> None:
    figures = consistent_figures(3)
    mean = Cell("2.10", "total", "all", "mean_age")
    (conflict,) = self_audit(changed(figures, mean, 4.0)).conflicts
    assert conflict.suspects == (mean,)
    table = figures["tab2.1"].copy()
    row = table[(table["rank"] == 2) & (table["year"] == "2016")].index[0]
    table.loc[row, "rank"] = 4
    (conflict,) = self_audit({**figures, "tab2.1": table}).conflicts
    assert [(repair.cell.category, repair.value) for repair in conflict.settled] == [
        (table.at[row, "category_code"], 2)
    ]
    assert "rank 2 against 4" in conflict.checks[0].finding.sentence()


def test_figures_are_taken_in_any_order() -> None:
    figures = changed(consistent_figures(5), Cell("2.9", "2017", "all", "africa"), 2)
    shuffled = {name: frame.sample(frac=1.0, random_state=1) for name, frame in reversed(figures.items())}
    first, second = self_audit(figures), self_audit(shuffled)
    assert {str(s) for c in first.conflicts for s in c.suspects} == {
        str(s) for c in second.conflicts for s in c.suspects
    }
    assert first.tested == second.tested
