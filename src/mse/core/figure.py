"""`Figure`: a table or picture that may be written, with everything a reader needs to read it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mse.core.reference import Reference
from mse.core.sentence import Text
from mse.errors import TableError, did_you_mean

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CHARTS", "KINDS", "MEASURES", "Column", "Figure", "Layout"]

KINDS = (
    "text", "model", "member", "yesno", "count", "persons", "estimate", "percent", "level", "ratio", "rate", "setting",
    "mean", "measured",
)  # fmt: skip
"""What a column may hold: texts, models in brackets, 0/1 for being on a list, booleans, the kinds of
`mse.messages.number`, settings: numbers that somebody chose, which say nothing of persons, and measured values,
each of the kind that the measure of its row has (`MEASURES`). A rate is proportional to the number that it is
`of`, in a column before it: where that number is rounded, the rate is that of the rounded number."""

MEASURES: Mapping[str, str] = {
    "victims": "persons",
    "reports": "persons",
    "police_reports": "persons",
    "victims_imputed": "persons",
    "victims_known_or_imputed": "persons",
    "years": "mean",
    "percent_of_victims": "percent",
    "percent_of_reports": "percent",
    "percent_of_known": "percent",
    "percent_change": "percent",
    "percentage_points": "percent",
}
"""Kind of the values of every measure of a tidy figure. Shares are fractions: 0.72 is 72 %."""

CHARTS = (
    "overlaps", "search", "estimate", "histogram", "stacked", "lines", "registered", "contrasts", "density", "traces",
    "tornado", "curve", "weights", "lights", "expected",
)  # fmt: skip
"""How a figure may be drawn."""


@dataclass(frozen=True)
class Column:
    """How a column of a figure is headed and written.

    Parameters
    ----------
    en, nl : str
        Heading.
    kind : str
        One of `KINDS`. Columns of kind "persons" hold counts of persons: the release policy looks at those.
    of : tuple of str
        Columns of persons in the same row on which a value rests: of a part, its whole; of a share, its
        part and its whole; of a ratio, its counts. Where one of them is withheld, so is the value.
    missing : str
        Key of the word that stands where a value is missing: "word_no_estimate", "word_no_upper_limit", …; "" for none
    public_only : bool
        Whether the column is shown only where counts are public: it would give small counts away.
    """

    en: str
    nl: str
    kind: str = "text"
    of: tuple[str, ...] = ()
    missing: str = "word_unknown"
    public_only: bool = False

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise TableError(f"A column is of no kind {self.kind!r}", hint=did_you_mean(self.kind, KINDS))

    def heading(self, language: str) -> str:
        """The heading in a language."""
        return self.nl if language == "nl" else self.en


@dataclass(frozen=True)
class Layout:
    """How the rows of a tidy figure are shown as a wide table.

    Parameters
    ----------
    rows : str
        Column whose values head the rows of the table.
    columns : sequence of str
        Columns whose values together head its columns, in the order in which they occur.
    value : str
        Column of the values.
    only : mapping of str to sequence
        Rows of the frame that are shown: for some columns the values that stay; the files hold all.
    """

    rows: str = "category"
    columns: tuple[str, ...] = ("year", "form")
    value: str = "value"
    only: Mapping[str, tuple[Hashable, ...]] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash((self.rows, self.columns, self.value))


@dataclass(frozen=True, eq=False)
class Figure:
    """Tidy data with unit, base, caption, source and reference.

    Parameters
    ----------
    name : str
        Short identifier: sheet name, CSV name, anchor.
    frame : pandas.DataFrame
        The data, one row an item. A cell of kind "text" may be a text in both languages.
    columns : mapping of str to Column
        Headings and kinds of the columns that are shown, in order; other columns are never written.
    title : Text
        Heading: the finding in one line. Where it states a count of persons, a `Sentence`.
    caption : Text
        What is shown, with unit, base and period.
    unit : str
        What is counted ("person").
    base : Text
        What shares are shares of; empty where there are none.
    source : str
        Where the data come from.
    reference : Reference, optional
        What the numbers are about.
    chart : str, optional
        How it is drawn, one of `CHARTS`; None for a table only.
    alt : Text
        What one should see in the picture.
    group : tuple of str, optional
        Columns within which the persons of a column add up to a whole: () where all rows do, None where rows
        overlap. A row without a value in one of these columns is a total and belongs to no group.
    only_occurring : bool
        Whether a row that is not there means that nobody is in it; rows that the policy withholds then leave.
    most : int, optional
        Number of rows that a page prints; files hold all of them.
    marks : mapping of str to float or None
        Estimates that the picture marks beside its data, such as the limits of an interval.
    spanners : sequence of (Text, sequence of str)
        Headings over several neighbouring columns.
    atoms : mapping of hashable to int
        Persons in each of the smallest groups that cells of this figure and others are sums of, such as the
        combinations of lists, with those that nobody is in. Their total is taken as known to readers.
    same : mapping of (int, str) to frozenset
        For cells (row, column), the atoms that they are the sum of. Cells that are the same are withheld together,
        and cells that would give a small atom away are not shown.
    compares : mapping of int to tuple of frozenset
        For rows that compare sums of atoms, such as the growth from one year to the next, those sums. A comparison
        tells of each as much as its number would: it is withheld with any of them, and where nothing says which it
        compares (an empty tuple).
    words : mapping of (int, str) to str
        For single cells (row, column), the key of the word that stands where the value is missing, in place of
        that of the column.
    stand_ins : mapping of (int, str) to str
        For cells (row, column) with a text that somebody typed, such as a name, the key of the word that stands
        there where a count of persons in the same row is withheld.
    layout : Layout, optional
        How a tidy figure is shown as a wide table; None where the frame is shown as it is.
    cells : mapping of int to hashable
        For rows of a tidy figure that count persons, what is counted: the same in another figure, or in an
        earlier release, for the same count.
    sums : sequence of (int, sequence of int)
        Rows that are exactly the sum of other rows.
    rests : mapping of int to sequence of int
        For rows with a share or a mean, the rows that it rests on: part and whole.
    trace : mapping of str to int
        Rules that decided the counts, and how many victims each touched.
    public_only : bool
        Whether it tells of counts that a policy may withhold, such as which of them do not add up: it is released
        where the counts are public, and nowhere else.

    Raises
    ------
    mse.errors.TableError
        A column of `columns` or `group` is not in the frame, the chart is not known, or rows that may leave have
        words of their own.
    """

    name: str
    frame: pd.DataFrame
    columns: Mapping[str, Column]
    title: Text
    caption: Text
    unit: str = "person"
    base: Text = field(default_factory=dict)
    source: str = ""
    reference: Reference | None = None
    chart: str | None = None
    alt: Text = field(default_factory=dict)
    group: tuple[str, ...] | None = None
    only_occurring: bool = False
    most: int | None = None
    marks: Mapping[str, float | None] = field(default_factory=dict)
    spanners: tuple[tuple[Text, tuple[str, ...]], ...] = ()
    atoms: Mapping[Hashable, int] = field(default_factory=dict)
    same: Mapping[tuple[int, str], frozenset[Hashable]] = field(default_factory=dict)
    compares: Mapping[int, tuple[frozenset[Hashable], ...]] = field(default_factory=dict)
    words: Mapping[tuple[int, str], str] = field(default_factory=dict)
    stand_ins: Mapping[tuple[int, str], str] = field(default_factory=dict)
    layout: Layout | None = None
    cells: Mapping[int, Hashable] = field(default_factory=dict)
    sums: tuple[tuple[int, tuple[int, ...]], ...] = ()
    rests: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    trace: Mapping[str, int] = field(default_factory=dict)
    public_only: bool = False

    def __post_init__(self) -> None:
        present = list(map(str, self.frame.columns))
        for name in (*self.columns, *(self.group or ())):
            if name not in present:
                raise TableError(f"Figure '{self.name}' has no column '{name}'", hint=did_you_mean(name, present))
        if self.chart is not None and self.chart not in CHARTS:
            raise TableError(f"There is no chart {self.chart!r}", hint=did_you_mean(self.chart, CHARTS))
        if self.words and self.only_occurring:
            raise TableError(f"Rows of figure '{self.name}' may leave, so its words go by column")
        object.__setattr__(self, "frame", self.frame.reset_index(drop=True))
        object.__setattr__(self, "columns", dict(self.columns))

    def to_frame(self) -> pd.DataFrame:
        """Return the tidy data."""
        return self.frame.copy()

    def __repr__(self) -> str:
        return f"Figure '{self.name}': {self.title['en']} ({len(self.frame)} rows)"
