"""`Figure`: a table or picture that may be written, with everything a reader needs to read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mse.core.reference import Reference

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Column", "Figure"]


@dataclass(frozen=True)
class Column:
    """How a column of a figure is headed and written.

    Parameters
    ----------
    en, nl : str
        Heading.
    kind : str
        "text", or a kind of `mse.messages.number`: "count", "persons", "estimate", "percent", "ratio". Columns of
        kind "persons" hold counts of persons: the release policy looks at those.
    """

    en: str
    nl: str
    kind: str = "text"

    def heading(self, language: str) -> str:
        """The heading in a language."""
        return self.nl if language == "nl" else self.en


@dataclass(frozen=True, eq=False)
class Figure:
    """Tidy data with unit, base, caption, source and reference.

    Parameters
    ----------
    name : str
        Short identifier: sheet name, CSV name, anchor.
    frame : pandas.DataFrame
        The data, one row an item.
    columns : mapping of str to Column
        Headings and kinds of the columns that are shown, in order.
    title : mapping of language to str
        Heading: the finding in one line.
    caption : mapping of language to str
        What is shown, with unit, base and period.
    unit : str
        What is counted ("person").
    base : mapping of language to str
        What shares are shares of; empty where there are none.
    source : str
        Where the data come from.
    reference : Reference, optional
        What the numbers are about.
    chart : str, optional
        How it is drawn: "overlaps", "search", "estimate", "histogram"; None for a table only.
    alt : mapping of language to str
        What one should see in the picture.
    group : sequence of str
        Columns within which the persons of a column add up (dominance is judged within them).
    """

    name: str
    frame: pd.DataFrame
    columns: Mapping[str, Column]
    title: Mapping[str, str]
    caption: Mapping[str, str]
    unit: str = "person"
    base: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    reference: Reference | None = None
    chart: str | None = None
    alt: Mapping[str, str] = field(default_factory=dict)
    group: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """Return the tidy data."""
        return self.frame.copy()

    def __repr__(self) -> str:
        return f"Figure '{self.name}': {self.title['en']} ({len(self.frame)} rows)"
