"""What must hold between the figures of a monitor: counts of the same persons, and counts of some of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mse.monitor.audit.identity import Identity, Term
from mse.monitor.audit.lookup import ALL, TOTAL, Cell, FigureValues, N, years_in
from mse.records.register.codebook import regions

__all__ = ["COMPARISONS", "Comparison", "Pick", "between"]

FORM = "{form}"
"""Stands for the form of the column where categories are forms."""


@dataclass(frozen=True)
class Pick:
    """Cells of a figure in the column that a comparison is about.

    Parameters
    ----------
    figure : str
        Id of the figure.
    categories : tuple of str
        Categories that are added up; "{form}" is that of the column.
    form : str, optional
        Form in that figure, where it is not that of the column.
    sign : int
        Whether they are added (1) or taken away (-1).
    also : tuple of str
        Categories that are added up too where the figure has them.
    """

    figure: str
    categories: tuple[str, ...]
    form: str | None = None
    sign: int = 1
    also: tuple[str, ...] = ()

    def terms(self, values: FigureValues, year: str, form: str, years: tuple[str, ...]) -> tuple[Term, ...] | None:
        """Cells of a column, or None where the figure does not have them.

        A whole period is the total that the figure prints, where it covers the same years; otherwise its years are
        added up, and so are those in a range of years.
        """
        found: list[Term] = []
        present = {cell.category for cell in values.cells(self.figure)}
        for category in (*self.categories, *(name for name in self.also if name in present)):
            name = category.replace(FORM, form)
            cell = Cell(self.figure, year, self.form.replace(FORM, form) if self.form else form, name)
            cells = self._span(values, cell, years) if year == TOTAL or cell not in values else [cell]
            if not cells or any(part not in values for part in cells):
                return None
            found += [(self.sign, part) for part in cells]
        return tuple(found)

    def _span(self, values: FigureValues, cell: Cell, years: tuple[str, ...]) -> list[Cell]:
        wanted = _covered(years) if cell.year == TOTAL else years_in(cell.year)
        own = values.years(self.figure)
        parts = [cell._replace(year=year) for year in own if years_in(year) <= wanted]
        printed = [part for part in parts if part in values and part not in values.derived]
        whole = cell.year == TOTAL and cell in values and (not own or _covered(own) == wanted)
        if whole and not (cell in values.derived and printed):
            return [cell]
        return parts if _covered(tuple(part.year for part in parts)) == wanted else []


def _covered(years: tuple[str, ...]) -> frozenset[int]:
    return frozenset(year for name in years for year in years_in(name))


@dataclass(frozen=True)
class Comparison:
    """Two figures, or three, that must agree.

    Parameters
    ----------
    rule : str
        Key of its sentences.
    left, right : tuple of Pick
        What is compared.
    relation : {"=", ">="}
        Whether both are the same or the left is at least the right.
    over : tuple of str
        Columns: "years", "forms" (for the whole period), "total".
    within : str, optional
        Figure whose years count; by default that of the first pick.
    forms : tuple of str, optional
        The forms that it is about; by default all that the figures show.
    """

    rule: str
    left: tuple[Pick, ...]
    right: tuple[Pick, ...]
    relation: str = "="
    over: tuple[str, ...] = ("years",)
    within: str | None = None
    forms: tuple[str, ...] | None = None

    def identities(self, values: FigureValues) -> Iterator[Identity]:
        """Its identities on the columns that figures have the cells for."""
        figures = tuple(pick.figure for pick in (*self.left, *self.right))
        years = values.years(self.within or figures[0])
        for where, year, form in self._columns(values, figures, years):
            sides = [[pick.terms(values, year, form, years) for pick in side] for side in (self.left, self.right)]
            if any(terms is None for side in sides for terms in side):
                continue
            left, right = (tuple(term for terms in side if terms for term in terms) for side in sides)
            yield Identity(self.rule, figures, where, left, right, self.relation, row=self.rule)

    def _columns(
        self, values: FigureValues, figures: tuple[str, ...], years: tuple[str, ...]
    ) -> Iterator[tuple[str, str, str]]:
        if "years" in self.over:
            yield from ((year, year, ALL) for year in years)
        if "forms" in self.over:
            forms = self.forms or dict.fromkeys(form for figure in figures for form in values.forms(figure))
            yield from ((form, TOTAL, form) for form in forms)
        if "total" in self.over:
            yield N, TOTAL, ALL


def _whole(figure: str, form: str | None = None) -> Pick:
    return Pick(figure, (TOTAL,), form)


_POPULATION = Pick("2.1", ("monitor_population",))
_OF_FORM = Pick("2.7", (FORM,))
_POLICE = Pick("2.11", ("police",))
_AFRICAN_OR_NOT = ("GO-SU_african", "GO-SU_non_african")
_LESS_VISIBLE = ("street", "escort_hotel", "home", "other_sectors")
_VISIBLE = ("window", "brothel_club_private")
_EVERY_YEAR = ("years", "total")
_EVERY_COLUMN = ("years", "forms", "total")


def _kinds(rule: str, figure: str, kind: str) -> Comparison:
    """The victims of a kind of exploitation, whatever else, are those whose sectors a figure shows."""
    return Comparison(rule, (Pick("2.3", (f"any_{kind}",)),), (_whole(figure, kind),), over=_EVERY_YEAR, within=figure)


COMPARISONS: tuple[Comparison, ...] = (
    Comparison("lines_emm", (Pick("2.1", ("all_registered",)),), (Pick("2.1", ("excl_emm_only",)),), ">="),
    Comparison("lines_kmar", (Pick("2.1", ("excl_emm_only",)),), (_POPULATION,), ">="),
    Comparison(
        "emm_only",
        (Pick("2.1", ("all_registered",)), Pick("2.1", ("excl_emm_only",), sign=-1)),
        (Pick("2.2", ("emm_only",)),),
    ),
    Comparison(
        "emm_room", (Pick("2.1", ("all_registered",)), Pick("2.2", ("emm_only",), sign=-1)), (_POPULATION,), ">="
    ),
    Comparison("emm_reported", (Pick("2.1", ("excl_emm_only",)),), (Pick("2.2", ("emm_and_reporter",)),), ">="),
    *(Comparison("population", (_whole(figure),), (_POPULATION,)) for figure in ("2.3", "2.8", "2.9", "2.10")),
    *(
        Comparison("imputed_room", (Pick("2.4b", (name,), "SU"),), (Pick("2.4a", of, "SU"),), ">=", over=_EVERY_YEAR)
        for name, of in (("visible", _VISIBLE), ("less_visible", _LESS_VISIBLE))
    ),
    Comparison(
        "classified_room", (Pick("2.3", ("any_SU",)),), (_whole("2.4b", "SU"),), ">=", over=_EVERY_YEAR, within="2.4b"
    ),
    _kinds("any_labour", "2.5", "AU"),
    _kinds("any_criminal", "2.6", "CU"),
    Comparison("form_total", (_whole("2.7"),), (_whole("2.3"),), over=_EVERY_YEAR),
    Comparison("form_labour", (Pick("2.7", ("AU",), "AU"),), (Pick("2.3", ("AU", "AU+CU")),), over=_EVERY_YEAR),
    Comparison("form_criminal", (Pick("2.7", ("CU",), "CU"),), (Pick("2.3", ("CU", "CU+ORG")),), over=_EVERY_YEAR),
    Comparison(
        "form_unknown",
        (Pick("2.7", ("UNK",), "UNK"), Pick("2.7", (), "ORG", also=("ORG",))),
        (
            Pick("2.3", ("unknown", "ORG", "any_SU")),
            Pick("2.7", ("BL-SU",), "BL-SU", sign=-1),
            Pick("2.7", ("GO-SU",), "GO-SU", sign=-1),
        ),
        over=_EVERY_YEAR,
    ),
    *(Comparison("form_column", (_whole(figure),), (_OF_FORM,), over=("forms",)) for figure in ("2.8", "2.9", "2.10")),
    Comparison("form_column", (_whole("tab2.1"),), (_OF_FORM,), over=("forms",)),
    Comparison("table_total", (_whole("tab2.1"),), (_whole("2.7"),), over=_EVERY_YEAR),
    Comparison("dutch", (Pick("tab2.1", ("NL",)),), (Pick("2.9", ("netherlands",)),), over=_EVERY_COLUMN),
    Comparison("reports_enough", (_whole("2.11"),), (_POPULATION,), ">="),
    Comparison("reports_enough", (_whole("2.11"),), (_OF_FORM,), ">=", over=("forms",)),
    Comparison("police_within", (_OF_FORM,), (_POLICE,), ">=", over=("forms",)),
    Comparison("units_enough", (_whole("2.12"),), (_POLICE,), ">=", over=("years", "forms")),
    Comparison("police_reports", (_whole("2.13"),), (_POLICE,), over=_EVERY_YEAR),
    Comparison(
        "police_reports",
        (Pick("2.13", (FORM,)),),
        (_POLICE,),
        over=("forms",),
        forms=("BL-SU", "AU", "CU", "ORG", "UNK"),
    ),
    Comparison("police_reports", (Pick("2.13", _AFRICAN_OR_NOT),), (_POLICE,), over=("forms",), forms=("GO-SU",)),
)
"""What must hold between figures, column by column."""

_LISTED = ("europe_other", "africa", "asia")
"""Regions that the nationalities of table 2.1 are from."""


def between(values: FigureValues) -> list[Identity]:
    """Return what must hold between figures, and what origins must obey.

    Examples
    --------
    >>> from mse.records.editions import printed
    >>> figures = printed()
    >>> len(between(FigureValues.of({"2.1": figures["2.1"], "2.3": figures["2.3"]})))
    15
    """
    compared = [identity for comparison in COMPARISONS for identity in comparison.identities(values)]
    return compared + _room(values) + _origins(values)


def _room(values: FigureValues) -> list[Identity]:
    """No more persons of the listed nationalities of a region than the region has."""
    found = []
    listed = [cell for cell in values.cells("tab2.1") if cell.category != TOTAL]
    for region in _LISTED:
        for whole in values.cells("2.9"):
            if whole.category != region:
                continue
            column = [c for c in listed if (c.year, c.form) == (whole.year, whole.form)]
            parts = tuple((1, cell) for cell in column if regions().get(cell.category) == region)
            if parts:
                where = f"{whole.column}, {region}"
                figures = ("2.9", "tab2.1")
                found.append(Identity("region_room", figures, where, ((1, whole),), parts, ">=", row=where))
    return found


def _origins(values: FigureValues) -> list[Identity]:
    """Domestic exploitation is of Dutch persons, and cross-border exploitation of persons of another nationality."""
    found = []
    domestic, abroad = Cell("2.9", TOTAL, "BL-SU", "netherlands"), Cell("2.9", TOTAL, "GO-SU", "netherlands")
    if domestic in values and (total := domestic._replace(category=TOTAL)) in values:
        found.append(Identity("domestic", ("2.9",), "BL-SU", ((1, domestic),), ((1, total),)))
    if abroad in values and (unknown := abroad._replace(category="unknown")) in values:
        found.append(Identity("abroad", ("2.9",), "GO-SU", ((1, abroad), (1, unknown))))
    return found
