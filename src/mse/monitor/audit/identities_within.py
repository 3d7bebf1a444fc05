"""What must hold within a figure of a monitor: categories, years and forms add up, ranks and means follow.

A rule makes an identity for every row or column that a figure has the cells for, so the same rules serve the printed
figures of a report, those of an office's own extract, and windows of other years.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from mse.monitor.audit.identity import Identity
from mse.monitor.audit.lookup import ALL, RANK, TOTAL, Cell, FigureValues, N

__all__ = ["within"]

AGGREGATES: Mapping[str, frozenset[str]] = {
    "2.3": frozenset({
        "any_SU", "any_AU", "any_CU", "any_ORG", "SU_nationality_known", "SU_nationality_unknown", "form_AU", "form_CU",
        "form_UNK",
    }),
    "2.4a": frozenset({"visible", "less_visible", "unknown", "any_SU"}),
    "2.4b": frozenset({"imputed_visible", "imputed_less_visible", "imputed_total", "not_classified", "any_SU"}),
    "2.5": frozenset({"sector_known"}),
    "2.6": frozenset({"not_drug_offences"}),
    "2.7": frozenset({"SU_nationality_known", "SU_nationality_unknown"}),
    "2.10": frozenset({"mean_age", "under_23", "age_known"}),
    "2.11": frozenset({"law_enforcement", "without_legal_basis"}),
    "2.13": frozenset({"GO-SU"}),
}  # fmt: skip
"""Categories that are no part of the total of their figure, because others make them up or because they are outside
it (sectors that are not known are not in figure 2.4a)."""

SPLIT: Mapping[str, Mapping[str, frozenset[str]]] = {
    "2.13": {"GO-SU": frozenset({"GO-SU_african", "GO-SU_non_african"})},
}
"""Aggregates that are parts themselves where those that make them up are not there: without R41."""

NO_BREAKDOWN = frozenset({"2.1", "tab2.1"})
"""Figures whose categories do not add up: lines within lines, and a choice of nationalities."""

BY_FORM = frozenset({"2.7", "2.13"})
"""Figures whose categories are the forms, so that forms are parts of a column."""

TOTALS_TESTED_ELSEWHERE = frozenset({"2.7", "tab2.1"})
"""Figures whose total in every year is that of another figure, whose years are tested."""

PARTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "2.10": {"under_23": ("minor", "18-22")},
    "2.11": {
        "law_enforcement": ("police", "kmar", "iszw_do"),
        "without_legal_basis": ("care_coordinators", "fairwork", "other_reporters"),
    },
}
"""Categories that are the sum of others."""

SOME_PARTS = 2
"""Fewer parts than this are no breakdown of a total: rows of the figure are not known."""


def within(values: FigureValues) -> list[Identity]:
    """Return what must hold within each figure: sums, ranks, means and categories that others make up.

    Examples
    --------
    >>> from mse.records.editions import printed
    >>> len(within(FigureValues.of({"2.8": printed()["2.8"]})))
    19
    """
    rules: tuple[Callable[[FigureValues], Iterator[Identity]], ...] = (_columns, _years, _forms, _ranks, _ages, _parts)
    return [identity for rule in rules for identity in rule(values)]


def _aggregates(values: FigureValues, figure: str) -> frozenset[str]:
    """Categories of a figure that are no part of its total, as it is split."""
    there = {cell.category for cell in values.cells(figure)}
    unsplit = {whole for whole, parts in SPLIT.get(figure, {}).items() if there.isdisjoint(parts)}
    return AGGREGATES.get(figure, frozenset()) - unsplit


def _columns_of(values: FigureValues, figure: str) -> Iterator[tuple[str, Cell, list[Cell]]]:
    """Columns of a figure that have a total: what each is called, its total, its parts."""
    cells = [cell for cell in values.cells(figure) if cell not in values.derived]
    several, outside = len(values.forms(figure)) > 1, {TOTAL, *_aggregates(values, figure)}
    for total in cells:
        if total.category != TOTAL:
            continue
        column = [c for c in cells if c.year == total.year and (figure in BY_FORM or c.form == total.form)]
        name = total.year if total.year != TOTAL else total.form if several and total.form != ALL else N
        yield name, total, [cell for cell in column if cell.category not in outside]


def _columns(values: FigureValues) -> Iterator[Identity]:
    """The categories of a column add up to its total."""
    for figure in values.figures:
        if figure in NO_BREAKDOWN:
            continue
        for name, total, parts in _columns_of(values, figure):
            if len(parts) >= SOME_PARTS:
                yield _adds_up("column", name, parts, total)


def _rows(values: FigureValues) -> Iterator[tuple[str, str, str, list[Cell]]]:
    """Rows of printed cells: figure, category, form, cells."""
    for figure in values.figures:
        rows: dict[tuple[str, str], list[Cell]] = {}
        aggregates = _aggregates(values, figure)
        for cell in values.cells(figure):
            elsewhere = cell.category == TOTAL and figure in TOTALS_TESTED_ELSEWHERE
            if cell.category not in aggregates and not elsewhere:
                rows.setdefault((cell.category, cell.form), []).append(cell)
        for (category, form), cells in rows.items():
            yield figure, category, form, cells


def _years(values: FigureValues) -> Iterator[Identity]:
    """The years of a row add up to the whole period."""
    for figure, category, _, cells in _rows(values):
        whole = [cell for cell in cells if cell.year == TOTAL]
        single = [cell for cell in cells if cell.year != TOTAL]
        complete = {cell.year for cell in single} == set(values.years(figure))
        if whole and len(single) >= SOME_PARTS and complete and not values.derived.intersection(cells):
            yield _adds_up("years", N if category == TOTAL else category, single, whole[0])


def _forms(values: FigureValues) -> Iterator[Identity]:
    """The forms of a row add up to all forms."""
    for figure, category, form, cells in _rows(values):
        whole = Cell(figure, TOTAL, ALL, category)
        if form != ALL or figure in BY_FORM or whole not in cells:
            continue
        forms = [cell for name in values.forms(figure) if (cell := whole._replace(form=name)) in values]
        if len(forms) >= SOME_PARTS and len(forms) == len(values.forms(figure)):
            yield _adds_up("forms", N if category == TOTAL else category, forms, whole)


def _adds_up(rule: str, where: str, parts: list[Cell], total: Cell, group: str = "") -> Identity:
    left = tuple((1, cell) for cell in parts)
    return Identity(rule, (total.figure,), where, left, ((1, total),), row=where, group=group)


def _ranks(values: FigureValues) -> Iterator[Identity]:
    """A rank is one more than the number of larger counts of its column."""
    for ranked in values:
        if ranked.measure != RANK:
            continue
        cell = ranked._replace(measure="")
        column = [c for c in values.cells(cell.figure) if (c.year, c.form) == (cell.year, cell.form)]
        others = tuple((c,) for c in column if c != cell and c.category not in (TOTAL, "unknown"))
        name = f"{cell.column}, {cell.category}"
        yield Identity("rank", (cell.figure,), name, ((1, cell),), ((1, ranked),), "rank", others=others, row=name)


def _ages(values: FigureValues) -> Iterator[Identity]:
    """The mean age is the mean of those of the years, and of the forms, each weighted by its known ages."""
    mean = Cell("2.10", TOTAL, ALL, "mean_age")
    if mean not in values:
        return
    outside = {TOTAL, "unknown", *_aggregates(values, "2.10")}
    bands = [c.category for c in values.cells("2.10") if c.category not in outside]
    bands = list(dict.fromkeys(bands))
    across = {
        "mean_years": [mean._replace(year=year) for year in values.years("2.10")],
        "mean_forms": [mean._replace(form=form) for form in values.forms("2.10")],
    }
    for rule, means in across.items():
        weights = tuple(tuple(cell._replace(category=band) for band in bands) for cell in means)
        terms = tuple((1, cell) for cell in means)
        identity = Identity(rule, ("2.10",), N, terms, ((1, mean),), "mean", others=weights)
        if means and all(cell in values for cell in identity.cells):
            yield identity


def _parts(values: FigureValues) -> Iterator[Identity]:
    """Categories that are the sum of others."""
    for figure in values.figures:
        for cell in values.cells(figure):
            names = PARTS.get(figure, {}).get(cell.category, ())
            parts = [part for name in names if (part := cell._replace(category=name)) in values]
            if cell.category.startswith("any_"):
                kind = cell.category.removeprefix("any_")
                column = (c for c in values.cells(figure) if (c.year, c.form) == (cell.year, cell.form))
                parts = [c for c in column if kind in c.category.split("+")]
            if len(parts) >= max(SOME_PARTS, len(names)):
                yield _adds_up("part", f"{cell.column}, {cell.category}", parts, cell, "derived")
