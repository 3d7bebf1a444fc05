"""How the levels of a covariate become columns of a design: one per level, a smooth line, or a step at a date.

Polynomials and splines are formulaic's. Whatever the coding, the columns and a constant are linearly independent
over the levels, so that the coefficients can be told apart.
"""

from __future__ import annotations

import abc
import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from mse.core.level_numbers import Pairs, check_size, number_of, numbers_of, place_of, position_of
from mse.core.values import MISSING
from mse.errors import ModelError, did_you_mean, spelled

__all__ = ["Break", "Coding", "Levels", "Poly", "Scores", "Spline", "Step"]

_RANK = 1e-9
"""Columns depend on each other where a singular value is below this share of the largest one, each column scaled to
length 1: rounding leaves 1e-15, a line that breaks at 28 of 30 years 6e-4, polynomials and splines more."""


@dataclass(frozen=True)
class Coding(abc.ABC):
    """Base of all codings. Frozen and hashable; `to_json` and `from_json` write and read it."""

    kind: ClassVar[str]
    in_groups: ClassVar[bool] = False
    """Whether groups of levels have a coefficient each, as `groups` tells; a line has none of its own."""

    def matrix(self, levels: Sequence[Hashable]) -> tuple[NDArray[np.float64], tuple[str, ...]]:
        """Columns of the levels.

        Parameters
        ----------
        levels : sequence
            Levels of a covariate, in the order of the table's axis.

        Returns
        -------
        array of float, shape (number of levels, q), and tuple of str
            The columns, and what is put behind the covariate's name to name each: ``=AU``, ``^1``, ``>=2018``.

        Raises
        ------
        mse.errors.ModelError
            The levels are no numbers where numbers are needed, or too few, or a break lies outside them.

        Examples
        --------
        >>> Step("2018-01-01").matrix((2016, 2017, 2018, 2019))[0].ravel().tolist()
        [0.0, 0.0, 1.0, 1.0]
        """
        columns, names = self._columns(tuple(levels))
        with_constant = np.column_stack([np.ones(len(levels)), columns])
        lengths = np.linalg.norm(with_constant, axis=0)
        if not lengths.all() or np.linalg.matrix_rank(with_constant / lengths, tol=_RANK) < with_constant.shape[1]:
            raise ModelError(
                f"{columns.shape[1]} columns and a constant cannot be told apart over {len(levels)} levels",
                got=str(self),
                hint="Take fewer columns, or levels that stand for different numbers.",
            )
        return columns, names

    @abc.abstractmethod
    def _columns(self, levels: tuple[Hashable, ...]) -> tuple[NDArray[np.float64], tuple[str, ...]]: ...

    def groups(self, levels: Sequence[Hashable]) -> tuple[int, ...] | None:
        """Group of each level, where every group of levels has a coefficient of its own; None where a line does not.

        Examples
        --------
        >>> Levels().groups((2016, 2017, 2018)), Step(2018).groups((2016, 2017, 2018)), Poly(1).groups((2016, 2017))
        ((0, 1, 2), (0, 0, 1), None)
        """
        return None

    def to_json(self) -> dict[str, Any]:
        """Write as plain values.

        Examples
        --------
        >>> Poly(2).to_json()
        {'kind': 'poly', 'degree': 2}
        """
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        kept = {name: value for name, value in values.items() if value not in ((), None)}
        return {"kind": self.kind, **{name: _plain(value) for name, value in kept.items()}}

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> Coding:
        """Read what `to_json` wrote.

        Raises
        ------
        mse.errors.ModelError
            There is no such coding, or an option of it is missing or unknown.

        Examples
        --------
        >>> Coding.from_json({"kind": "step", "at": ["2018-01-01"]})
        Step(at=('2018-01-01',))
        """
        if not isinstance(value, Mapping) or "kind" not in value:
            raise ModelError("A coding has a kind", got=repr(value), hint="Write {'kind': 'poly', 'degree': 2}.")
        kinds = {kind.kind: kind for kind in (Levels, Poly, Spline, Step, Break, Scores)}
        kind = str(value["kind"])
        if kind not in kinds:
            raise ModelError(f"There is no coding '{kind}'", hint=did_you_mean(kind, kinds))
        options = {name: option for name, option in value.items() if name != "kind"}
        try:
            return kinds[kind](**options)
        except TypeError:
            known = [field.name for field in fields(kinds[kind])]
            raise ModelError(
                f"The options of coding '{kind}' do not fit",
                got=spelled(options) or "none",
                hint=did_you_mean("", known),
            ) from None


@dataclass(frozen=True)
class Levels(Coding):
    """A column for every level but the first, which the others are set against (treatment contrasts).

    Examples
    --------
    >>> Levels().matrix(("SU", "AU", "CU"))[1]
    ('=AU', '=CU')
    """

    kind = "levels"
    in_groups = True

    def _columns(self, levels: tuple[Hashable, ...]) -> tuple[NDArray[np.float64], tuple[str, ...]]:
        return np.eye(len(levels))[:, 1:], tuple(f"={level}" for level in levels[1:])

    def groups(self, levels: Sequence[Hashable]) -> tuple[int, ...]:
        return tuple(range(len(levels)))


@dataclass(frozen=True)
class Poly(Coding):
    """Orthogonal polynomials in the numbers that the levels are, equally spaced or not.

    Parameters
    ----------
    degree : int
    scores : mapping of level to number, optional
        Numbers of levels that are none.

    Examples
    --------
    >>> Poly(1).matrix((2014, 2015, 2018))[0].round(2).ravel().tolist()
    [-0.57, -0.23, 0.79]
    """

    kind = "poly"
    degree: int
    scores: Pairs = ()

    def __post_init__(self) -> None:
        _check_whole("The degree of a polynomial", self.degree, 1)
        object.__setattr__(self, "scores", _pairs(self.scores))

    def _columns(self, levels: tuple[Hashable, ...]) -> tuple[NDArray[np.float64], tuple[str, ...]]:
        from formulaic.transforms.poly import poly

        x = numbers_of(levels, self.scores)
        check_size(f"A polynomial of degree {self.degree}", self.degree, x)
        return np.asarray(poly(x, self.degree)), tuple(f"^{power}" for power in range(1, self.degree + 1))


@dataclass(frozen=True)
class Spline(Coding):
    """A natural cubic spline in the numbers that the levels are, with knots at quantiles of the levels.

    Parameters
    ----------
    df : int
        Number of columns, 2 or more; the columns sum to 0 over the levels.
    scores : mapping of level to number, optional
        Numbers of levels that are none.

    Examples
    --------
    >>> Spline(2).matrix((2014, 2015, 2016, 2018))[1]
    ('~1', '~2')
    """

    kind = "spline"
    df: int
    scores: Pairs = ()

    def __post_init__(self) -> None:
        _check_whole("The number of columns of a spline", self.df, 2)
        object.__setattr__(self, "scores", _pairs(self.scores))

    def _columns(self, levels: tuple[Hashable, ...]) -> tuple[NDArray[np.float64], tuple[str, ...]]:
        from formulaic.transforms.cubic_spline import natural_cubic_spline

        x = numbers_of(levels, self.scores)
        check_size(f"A spline of {self.df} columns", self.df, x)
        basis = natural_cubic_spline(x, df=self.df, constraints="center")
        return np.column_stack(list(basis.values())), tuple(f"~{place}" for place in range(1, self.df + 1))


@dataclass(frozen=True)
class Step(Coding):
    """0 before and 1 from a level, number or date on; several steps are several columns.

    A level that is a year counts as after when it begins on that date or later.

    Parameters
    ----------
    at : level, number, ISO date, or several of them
        Where levels are no numbers, the levels that the steps begin with, in the order of the table.

    Examples
    --------
    >>> Step(["2018-01-01", 2019]).matrix((2016, 2018, 2019))[0].tolist()
    [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]]
    """

    kind = "step"
    in_groups = True
    at: tuple[Hashable, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "at", _several(self.at))

    def _columns(self, levels: tuple[Hashable, ...]) -> tuple[NDArray[np.float64], tuple[str, ...]]:
        if MISSING not in levels and all(number_of(level) is None for level in levels):
            x, places = np.arange(float(len(levels))), [position_of(place, levels) for place in self.at]
        else:
            x, places = numbers_of(levels), [place_of(place) for place in self.at]
        for place, written in zip(places, self.at, strict=True):
            if not x.min() < place <= x.max():
                raise ModelError("A step has levels before it and after it", got=str(written))
        return np.column_stack([x >= place for place in places]).astype(float), tuple(f">={at}" for at in self.at)

    def groups(self, levels: Sequence[Hashable]) -> tuple[int, ...]:
        return tuple(map(int, self.matrix(levels)[0].sum(axis=1)))


@dataclass(frozen=True)
class Break(Coding):
    """A straight line that changes its slope at a number or date, once or several times.

    Parameters
    ----------
    at : number, ISO date, or several of them

    Examples
    --------
    >>> Break(2016).matrix((2014, 2015, 2016, 2018))[0].tolist()
    [[0.0, 0.0], [1.0, 0.0], [2.0, 0.0], [4.0, 2.0]]
    """

    kind = "break"
    at: tuple[Hashable, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "at", _several(self.at))

    def _columns(self, levels: tuple[Hashable, ...]) -> tuple[NDArray[np.float64], tuple[str, ...]]:
        x, places = numbers_of(levels), [place_of(place) for place in self.at]
        for place, written in zip(places, self.at, strict=True):
            if not x.min() < place < x.max():
                raise ModelError("A slope changes between the first and the last level", got=str(written))
        columns = [x - x.min(), *(np.maximum(x - place, 0.0) for place in places)]
        return np.column_stack(columns), ("^1", *(f"^1>{at}" for at in self.at))


@dataclass(frozen=True)
class Scores(Coding):
    """A straight line in scores that are given for the levels.

    Parameters
    ----------
    scores : mapping of level to number

    Examples
    --------
    >>> Scores({"child": 0, "minor": 1, "adult": 3}).matrix(("child", "minor", "adult"))[0].ravel().tolist()
    [0.0, 1.0, 3.0]
    """

    kind = "scores"
    scores: Pairs

    def __post_init__(self) -> None:
        object.__setattr__(self, "scores", _pairs(self.scores))

    def _columns(self, levels: tuple[Hashable, ...]) -> tuple[NDArray[np.float64], tuple[str, ...]]:
        known = {str(level) for level, _ in self.scores}
        if without := [str(level) for level in levels if str(level) not in known]:
            raise ModelError("Every level has a score", got=f"none for {spelled(without)}")
        return numbers_of(levels, self.scores)[:, None], ("^1",)


# ---------------------------------------------------------------------- options


def _check_whole(what: str, value: Any, least: int) -> None:
    if isinstance(value, bool) or not isinstance(value, Integral) or int(value) < least:
        raise ModelError(f"{what} is a whole number of {least} or more", got=repr(value))


def _simple(value: Any) -> Hashable:
    """A level as JSON can hold it: text, a number, or what is written for it."""
    if isinstance(value, bool | str):
        return value
    if isinstance(value, Real):
        number = float(value)
        return int(number) if number.is_integer() else number
    return str(value)


def _several(at: Any) -> tuple[Hashable, ...]:
    values = at if isinstance(at, Iterable) and not isinstance(at, str) else (at,)
    found = tuple(map(_simple, values))
    if not found:
        raise ModelError("A step or break stands somewhere", got="no place")
    return found


def _pairs(scores: Any) -> Pairs:
    pairs = scores.items() if isinstance(scores, Mapping) else scores
    try:
        found = tuple((_simple(level), float(score)) for level, score in pairs)
    except (TypeError, ValueError):
        raise ModelError("Scores are a number for each level", got=repr(scores), hint="Write {'low': 1}.") from None
    if not all(math.isfinite(score) for _, score in found):
        raise ModelError("Scores are finite numbers", got=repr(scores))
    return found


def _plain(value: Any) -> Any:
    return [_plain(item) for item in value] if isinstance(value, tuple) else value
