"""`Term` and `Generators`: which lists depend on each other in a hierarchical log-linear model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from mse.errors import ModelError, did_you_mean, spelled
from mse.kernels.graphs import is_chordal, maximal_cliques
from mse.kernels.lattice import closure, interactions, maximal

__all__ = ["Generators", "Term", "written"]


class Term(frozenset[str]):
    """A set of names, equal whatever the order: ``Term({"P", "R"}) == Term({"R", "P"})``.

    Examples
    --------
    >>> str(Term({"R", "P"}))
    '[P R]'
    """

    def __str__(self) -> str:
        return "[" + " ".join(written(name) for name in sorted(self)) + "]"

    def __repr__(self) -> str:
        return f"Term({{{', '.join(map(repr, sorted(self)))}}})"


def written(name: str) -> str:
    """Write a name as a model does: in back-ticks where it is no identifier."""
    return name if name.isidentifier() else f"`{name}`"


@dataclass(frozen=True)
class Generators:
    """The maximal terms of a hierarchical model over some lists; all main effects are in.

    Parameters
    ----------
    lists : tuple of str
        The lists, in the order of the table's axes.
    top : tuple of int
        Maximal terms as bit masks, list j at bit K − 1 − j.

    Examples
    --------
    >>> model = Generators.parse("P*K + R", ("K", "P", "R"))
    >>> model.notation()
    '[K P][R]'
    >>> [str(term) for term in model.terms]
    ['[]', '[K]', '[P]', '[R]', '[K P]']
    >>> model.is_decomposable
    True
    """

    lists: tuple[str, ...]
    top: tuple[int, ...]

    def __post_init__(self) -> None:
        mains = [1 << bit for bit in range(len(self.lists))]
        object.__setattr__(self, "lists", tuple(self.lists))
        object.__setattr__(self, "top", maximal([*mains, *self.top]))

    # ------------------------------------------------------------------ making one

    @classmethod
    def parse(cls, text: str, lists: Sequence[str]) -> Self:
        """Read brackets, ``[P K][R]``, or a Wilkinson formula, ``P*K + R``.

        Names that are no identifiers stand in back-ticks. The closure under subsets is taken.

        Raises
        ------
        mse.errors.ModelError
            The text cannot be read, or names a list that is not in the table or stands twice in a term.
        """
        terms = _bracket_terms(text) if text.lstrip().startswith("[") else _formula_terms(text)
        return cls.from_terms(terms, lists)

    @classmethod
    def from_terms(cls, terms: Iterable[Iterable[str]], lists: Sequence[str]) -> Self:
        """Build from sets of names."""
        position = {name: len(lists) - 1 - axis for axis, name in enumerate(lists)}
        masks = []
        for term in terms:
            mask = 0
            for name in term:
                if name not in position:
                    raise ModelError(f"There is no list '{name}' in the table", hint=did_you_mean(name, lists))
                if mask >> position[name] & 1:
                    raise ModelError(f"List '{name}' stands twice in one term", got=spelled(term))
                mask |= 1 << position[name]
            masks.append(mask)
        return cls(tuple(lists), tuple(masks))

    @classmethod
    def of_order(cls, order: int, lists: Sequence[str]) -> Self:
        """All terms of up to `order` lists: 1 is independence, 2 all pairs.

        Raises
        ------
        mse.errors.ModelError
            The order is below 1, or so high that the model is saturated and says nothing of the unseen.
        """
        if not 1 <= order < max(len(lists), 2):
            raise ModelError(
                f"The order of a model on {len(lists)} lists is 1 to {max(len(lists) - 1, 1)}",
                got=str(order),
                hint="The term of all lists together cannot be estimated, since nobody is seen on no list.",
            )
        return cls(tuple(lists), tuple(int(mask) for mask in interactions(len(lists), order)))

    # ------------------------------------------------------------------ reading it

    @cached_property
    def masks(self) -> NDArray[np.int64]:
        """All terms as bit masks: the intercept, the main effects, then interactions by size."""
        closed = sorted(closure(self.top), key=lambda mask: (mask.bit_count(), mask))
        return np.array(closed, dtype=np.int64)

    @property
    def terms(self) -> tuple[Term, ...]:
        """All terms of the model: its closure under subsets, the intercept first."""
        return tuple(self.term(int(mask)) for mask in sorted(self.masks, key=self._place))

    @property
    def generators(self) -> tuple[Term, ...]:
        """The maximal terms."""
        return tuple(self.term(mask) for mask in sorted(self.top, key=self._place))

    @property
    def order(self) -> int:
        """Number of lists in the largest term."""
        return max(mask.bit_count() for mask in self.top)

    @property
    def is_saturated(self) -> bool:
        """Whether the term of all lists is in, so that nothing is assumed and nothing can be said."""
        return self.order == len(self.lists)

    @property
    def is_graphical(self) -> bool:
        """Whether the generators are the cliques of the interaction graph."""
        return set(maximal_cliques(self._neighbours())) == set(self.top)

    @property
    def is_decomposable(self) -> bool:
        """Whether the model is graphical with a chordal graph, so that its estimate has a closed form."""
        return self.is_graphical and is_chordal(self._neighbours())

    def graph(self) -> dict[str, tuple[str, ...]]:
        """Interaction graph: for each list those it depends on directly."""
        k = len(self.lists)
        return {
            name: tuple(other for j, other in enumerate(self.lists) if adjacent >> (k - 1 - j) & 1)
            for name, adjacent in zip(self.lists, reversed(self._neighbours()), strict=True)
        }

    def neighbours(self, max_order: int | None = None) -> tuple[Self, ...]:
        """Models with one term more or one less, up to terms of `max_order` lists.

        A term can come in when all its faces are there, and leave when it is maximal.
        """
        k = len(self.lists)
        limit = min(k - 1 if max_order is None else max_order, k)
        held = set(map(int, self.masks))
        grown = [
            type(self)(self.lists, (*self.top, int(mask)))
            for mask in interactions(k, limit)
            if int(mask) not in held and closure([int(mask)]) - {int(mask)} <= held
        ]
        shrunk = [type(self)(self.lists, tuple(held - {mask})) for mask in self.top if mask.bit_count() > 1]
        return (*grown, *shrunk)

    def includes(self, other: Generators) -> bool:
        """Whether every term of another model is a term of this one."""
        return set(map(int, other.masks)) <= set(map(int, self.masks))

    def mask(self, term: Iterable[str]) -> int:
        """Bit mask of a set of names."""
        k = len(self.lists)
        return sum(1 << (k - 1 - self.lists.index(name)) for name in set(term))

    def term(self, mask: int) -> Term:
        """Names of a bit mask."""
        return Term(self.names(mask))

    def names(self, mask: int) -> tuple[str, ...]:
        """Names of a bit mask, in the order of the lists."""
        k = len(self.lists)
        return tuple(name for j, name in enumerate(self.lists) if mask >> (k - 1 - j) & 1)

    def label(self, mask: int) -> str:
        """One term in brackets, in the order of the lists."""
        return "[" + " ".join(written(name) for name in self.names(mask)) + "]"

    def notation(self) -> str:
        """The generators in brackets, largest first: ``[O P Z][K R]``."""
        return "".join(self.label(mask) for mask in sorted(self.top, key=self._rank))

    def __str__(self) -> str:
        return self.notation()

    def __iter__(self) -> Iterator[Term]:
        return iter(self.generators)

    def _place(self, mask: int) -> tuple[int, int]:
        return (int(mask).bit_count(), -int(mask))

    def _rank(self, mask: int) -> tuple[int, int]:
        return (-mask.bit_count(), -mask)

    def _neighbours(self) -> list[int]:
        adjacent = [0] * len(self.lists)
        for mask in self.top:
            for bit in range(len(self.lists)):
                if mask >> bit & 1:
                    adjacent[bit] |= mask & ~(1 << bit)
        return adjacent


_NAME = re.compile(r"`([^`]+)`|([^\s`\[\]]+)")


def _bracket_terms(text: str) -> list[list[str]]:
    groups = re.findall(r"\[([^\[\]]*)\]", text)
    rest = re.sub(r"\[[^\[\]]*\]", "", text).strip()
    if rest:
        raise ModelError("A model in brackets looks like [P K][R]", got=repr(text))
    return [[quoted or plain for quoted, plain in _NAME.findall(group)] for group in groups]


def _formula_terms(text: str) -> list[list[str]]:
    from formulaic.errors import FormulaicError
    from formulaic.parser import DefaultFormulaParser

    if "-" in re.sub("`[^`]*`", "", text):
        raise ModelError(
            "A formula adds terms with + and *; none is taken away", got=repr(text), hint="Write the terms that are in."
        )
    try:
        parsed = DefaultFormulaParser(include_intercept=False).get_terms(text)
        return [[factor.expr.strip("`") for factor in term.factors] for term in parsed if str(term) not in "01"]
    except (FormulaicError, AttributeError, TypeError, ValueError) as error:
        raise ModelError(
            "A model is written [P K][R] or P*K + R", got=repr(text), hint="Put other names in back-ticks."
        ) from error
