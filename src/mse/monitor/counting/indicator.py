"""`Indicator`: one entry that says what a figure of the monitor counts; everything else follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from mse.core.sentence import Text
from mse.messages.labels import label, labels
from mse.monitor.counting.condition import Condition, is_in
from mse.monitor.counting.mentions import NAMELESS
from mse.records.register.rules import Rules

__all__ = ["ALL", "NOT_KNOWN", "TOTAL", "UNKNOWN", "Category", "Indicator", "Mean", "Percentage", "levels"]

TOTAL = "total"
"""Category of the total of a figure, and year of its whole window."""

UNKNOWN = "unknown"
"""Level of whom it is not known; it is a result in itself and is shown."""

NOT_KNOWN = frozenset({UNKNOWN, "UNK"})
"""Levels that say that something is not known, the form of exploitation among them; they have no rank."""

ALL = "all"
"""Form of rows that are about every form."""


@dataclass(frozen=True)
class Category:
    """A row of a figure: who is counted in it.

    Parameters
    ----------
    code : str
        Its code in the figure.
    where : tuple of Condition
        All of these hold.
    label : (str, str), optional
        Dimension and code of its label; by default the code among the labels of the indicator.
    form : str, optional
        Form that the row stands under; by default that of the indicator.
    measure : str, optional
        Measure of the row; by default that of the indicator.
    """

    code: str
    where: tuple[Condition, ...]
    label: tuple[str, str] | None = None
    form: str | None = None
    measure: str | None = None


def levels(dimension: str, *codes: str, **renamed: str) -> tuple[Category, ...]:
    """Categories that are levels of a dimension, in the order of the figure.

    Parameters
    ----------
    dimension : str
        The dimension.
    *codes : str
        Levels that are categories by their own name.
    **renamed : str
        Levels by the code that they have in the figure.
    """
    own = {code: code for code in codes} | renamed
    return tuple(Category(code, (is_in(dimension, level),)) for code, level in own.items())


@dataclass(frozen=True)
class Mean:
    """A row with the mean of a number, over those of whom it is known.

    Parameters
    ----------
    code : str
        Code of the row.
    dimension : str
        Dimension that holds the number; below 0 it is not known.
    measure : str
        What the mean is of.
    rests : str
        Category that counts those of whom the number is known.
    """

    code: str
    dimension: str
    measure: str
    rests: str


@dataclass(frozen=True)
class Percentage:
    """A row with the share of a category.

    Parameters
    ----------
    part, whole : str
        Categories of the figure.
    measure : str
        What it is a share of.
    """

    part: str
    whole: str
    measure: str = "percent_of_victims"


@dataclass(frozen=True)
class Indicator:
    """What a figure counts.

    Parameters
    ----------
    id : str
        Number of the figure.
    dimension : str
        Dimension that its categories are about.
    labels : tuple of str
        Dimensions of the labels of its categories.
    categories : tuple of Category
        Rows in the order of the report.
    derived : tuple of Category
        Rows that overlap with others or are sums of them; they stand after the total.
    base : tuple of Condition
        Who is in the figure at all.
    total : tuple of Condition or None
        Who is in the total; None where the figure has no total.
    open : bool
        Whether levels that are no category, but occur, become one.
    mentions : bool
        Whether members of a set are counted, so that a victim may count more than once.
    measure, form : str
        Measure and form of the rows.
    by_form : bool
        Whether there are columns for the forms over the whole window.
    yearly : tuple of str, optional
        Categories that have columns for the years; by default all.
    since : str, optional
        Field of the code lists that was not recorded in all years; earlier years are left out.
    line : str
        Which registrations count.
    means : tuple of Mean
    percentages : tuple of Percentage
    top : int, optional
        Only levels that are among the first so many in a column are rows, each with its rank. Where R29 is among the
        rules, they say how many.
    shown : tuple of str
        Categories that a table shows; empty for all. Files hold all.
    chart : str, optional
        How it is drawn.
    headline : str
        Which finding the title states: "trend" or "largest".
    rules : tuple of str
        Rules that matter for it.
    without : mapping of str to mapping
        Of rules that are switched off, what the entry says instead.
    about : Text
        What it shows, as it follows "Presumed victims": "by sex".
    who : Text
        Who is counted, in titles: "presumed victims of labour exploitation"; by default the unit.
    named : str
        Key of the sentence that names a category in titles; by default its label does.

    Examples
    --------
    >>> Indicator("sexes", "sex", ("sex",), levels("sex", "unknown", "male", "female")).dimensions
    ('year', 'sex', 'form')
    """

    id: str
    dimension: str
    labels: tuple[str, ...]
    categories: tuple[Category, ...] = ()
    derived: tuple[Category, ...] = ()
    base: tuple[Condition, ...] = ()
    total: tuple[Condition, ...] | None = ()
    open: bool = False
    mentions: bool = False
    measure: str = "victims"
    form: str = ALL
    by_form: bool = True
    yearly: tuple[str, ...] | None = None
    since: str | None = None
    line: str = "monitor_population"
    means: tuple[Mean, ...] = ()
    percentages: tuple[Percentage, ...] = ()
    top: int | None = None
    shown: tuple[str, ...] = ()
    chart: str | None = "stacked"
    headline: str = "largest"
    rules: tuple[str, ...] = ()
    without: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    about: Text = field(default_factory=dict)
    who: Text = field(default_factory=dict)
    named: str = ""

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Dimensions of the cube that it needs."""
        rows = (*self.categories, *self.derived)
        conditions: Iterable[Condition] = (*self.base, *(self.total or ()), *(c for row in rows for c in row.where))
        names = ["year", self.dimension, *(condition.dimension for condition in conditions)]
        names += [mean.dimension for mean in self.means]
        if self.mentions and self.dimension in NAMELESS:
            names.append(NAMELESS[self.dimension].dimension)
        return tuple(dict.fromkeys([*names, "form"] if self.by_form else names))

    @property
    def total_label(self) -> dict[str, str]:
        """Label of the total in both languages."""
        return label(TOTAL, TOTAL)

    def said(self, category: Category) -> dict[str, str]:
        """Label of a category in both languages."""
        if category.label is not None:
            return label(*category.label)
        known = (name for name in self.labels if (name, category.code) in labels())
        return label(next(known, self.labels[0]), category.code)

    def under(self, rules: Rules) -> Self:
        """The indicator as some rules have it."""
        ranked = {"top": rules.chosen("R29")["k"]} if self.top and "R29" in self.rules else {}
        instead = {name: value for code in self.without if not rules.is_on(code) for name, value in
                   self.without[code].items()}  # fmt: skip
        return replace(self, **{**ranked, **instead})

    def with_levels(self, found: Iterable[str]) -> Indicator:
        """The indicator with a category for every level that has none yet; what is unknown stays last."""
        own = {level for category in self.categories for c in category.where for level in c.levels}
        extra = tuple(
            Category(level, (is_in(self.dimension, level),), form=level if self.dimension == "form" else None)
            for level in found
            if level not in own
        )
        known = tuple(category for category in self.categories if category.code != UNKNOWN)
        last = tuple(category for category in (*self.categories, *extra) if category.code == UNKNOWN)
        new = tuple(category for category in extra if category.code != UNKNOWN)
        return replace(self, categories=(*known, *new, *last))
