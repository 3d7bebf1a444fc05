"""`Cube`: counts over named dimensions, what rows of people become before anything above sees them.

A dimension has one level a row; a set dimension, such as the reporters of a victim, has a set of members in one text:
"fairwork|police", or "" for none. From a cube with a set dimension the overlapping counts follow without records.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from mse.errors import TableError, did_you_mean
from mse.lazy import lazy

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy("pandas")

__all__ = ["COUNT", "SEPARATOR", "Cube", "joined", "members_of"]

COUNT = "count"
"""Column of the counts."""

SEPARATOR = "|"
"""Between the members of a set."""


def members_of(text: str) -> tuple[str, ...]:
    """Members of a set that is written as one text.

    Examples
    --------
    >>> members_of("fairwork|police"), members_of("")
    (('fairwork', 'police'), ())
    """
    return tuple(text.split(SEPARATOR)) if text else ()


def joined(members: Iterable[str]) -> str:
    """Write a set as one text, its members in alphabetical order."""
    return SEPARATOR.join(sorted(set(members)))


@dataclass(frozen=True, eq=False)
class Cube:
    """Counts over named dimensions.

    Parameters
    ----------
    frame : pandas.DataFrame
        One column a dimension and one "count"; every combination of levels at most once, empty ones left out.
    sets : collection of str
        Dimensions whose levels are sets of members.

    Raises
    ------
    mse.errors.TableError
        There is no column of counts, a count is negative, or a set dimension is not there.

    Examples
    --------
    >>> import pandas as pd
    >>> cube = Cube(pd.DataFrame({"year": [2018, 2019], "form": ["AU", "AU"], "count": [114, 261]}))
    >>> cube.margin("form").count(form="AU"), cube.count(year=2019)
    (375, 261)
    """

    frame: pd.DataFrame
    sets: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        present = list(map(str, self.frame.columns))
        if COUNT not in present:
            raise TableError(f"A cube has a column '{COUNT}'", got=f"the columns {', '.join(present)}")
        if (self.frame[COUNT] < 0).any():
            raise TableError("Counts of a cube are not negative")
        names = tuple(name for name in present if name != COUNT)
        object.__setattr__(self, "sets", frozenset(self.sets))
        for name in self.sets:
            if name not in names:
                raise TableError(f"The cube has no dimension '{name}'", hint=did_you_mean(name, names))
        whole = self.frame[[*names, COUNT]]
        if names:
            whole = whole.groupby(list(names), sort=True, observed=True, dropna=False)[COUNT].sum().reset_index()
        object.__setattr__(self, "frame", whole[whole[COUNT] > 0].reset_index(drop=True))

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Names of the dimensions."""
        return tuple(str(name) for name in self.frame.columns if name != COUNT)

    @property
    def total(self) -> int:
        """Sum of all counts."""
        return int(self.frame[COUNT].sum())

    def levels(self, dimension: str) -> tuple[Hashable, ...]:
        """Levels of a dimension that occur, sorted."""
        self._require(dimension)
        return tuple(sorted(self.frame[dimension].unique()))

    def margin(self, *dimensions: str) -> Self:
        """Add up over all other dimensions."""
        for name in dimensions:
            self._require(name)
        frame = self.frame[[*dimensions, COUNT]] if dimensions else pd.DataFrame({COUNT: [self.total]})
        return type(self)(frame, self.sets & set(dimensions))

    def where(self, **levels: Any) -> Self:
        """Keep some levels of dimensions: one, or a collection of them."""
        frame = self.frame
        for name, wanted in levels.items():
            self._require(name)
            many = isinstance(wanted, Collection) and not isinstance(wanted, str)
            frame = frame[frame[name].isin(list(wanted) if many else [wanted])]
        return type(self)(frame, self.sets)

    def containing(self, dimension: str, *members: str) -> Self:
        """Keep the sets of a dimension that hold at least one of some members."""
        self._require_set(dimension)
        held = self.frame[dimension].map(lambda text: not set(members).isdisjoint(members_of(text)))
        return type(self)(self.frame[held.astype(bool)], self.sets)

    def members(self, dimension: str) -> Self:
        """Count every member of a set dimension: who is in two, counts in both; who is in none, in none."""
        self._require_set(dimension)
        frame = self.frame.assign(**{dimension: self.frame[dimension].map(members_of)}).explode(dimension)
        return type(self)(frame[frame[dimension].notna()], self.sets - {dimension})

    def recode(self, dimension: str, new: Mapping[Any, Any] | Callable[[Any], Any], name: str | None = None) -> Self:
        """Give the levels of a dimension other names; levels with the same name are added up.

        Parameters
        ----------
        dimension : str
            The dimension.
        new : mapping or callable
            The new level of every old one.
        name : str, optional
            Name of the new dimension, which is then added; by default it takes the place of the old one.
        """
        self._require(dimension)
        named = self.frame.assign(**{name or dimension: self.frame[dimension].map(new)})
        return type(self)(named, self.sets if name else self.sets - {dimension})

    def count(self, **levels: Any) -> int:
        """Sum of the counts at some levels."""
        return self.where(**levels).total

    def by(self, *dimensions: str) -> dict[Any, int]:
        """Return the counts of a margin by its level, or by the tuple of its levels."""
        frame = self.margin(*dimensions).frame
        keys = frame[dimensions[0]] if len(dimensions) == 1 else zip(*(frame[d] for d in dimensions), strict=True)
        return {key: int(count) for key, count in zip(keys, frame[COUNT], strict=True)}

    def to_frame(self) -> pd.DataFrame:
        """Return the counts as a data frame."""
        return self.frame.copy()

    def __repr__(self) -> str:
        return f"Cube of {self.total:,} over {', '.join(self.dimensions) or 'nothing'} ({len(self.frame):,} cells)"

    def _require(self, dimension: str) -> None:
        if dimension not in self.dimensions:
            raise TableError(f"The cube has no dimension '{dimension}'", hint=did_you_mean(dimension, self.dimensions))

    def _require_set(self, dimension: str) -> None:
        self._require(dimension)
        if dimension not in self.sets:
            raise TableError(f"Dimension '{dimension}' holds one level a row, no sets")
