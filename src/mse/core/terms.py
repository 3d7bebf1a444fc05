"""`Term` and `Generators`: which lists and covariates depend on each other in a hierarchical log-linear model."""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from mse.errors import ModelError, did_you_mean, spelled
from mse.kernels.graphs import is_chordal, maximal_cliques
from mse.kernels.lattice import closure, faces, interactions, maximal

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
    """The maximal terms of a hierarchical model over some lists, and over covariates where there are any.

    Main effects of all lists are in, that of a covariate as soon as a term names it.

    Parameters
    ----------
    lists : tuple of str
        The lists, in the order of the table's axes.
    top : tuple of int
        Maximal terms as bit masks, list j of K at bit K − 1 − j, covariate i of C at bit K + C − 1 − i.
    covariates : tuple of str
        The covariates, in the order of the table's axes.

    Examples
    --------
    >>> model = Generators.parse("P*K + R", ("K", "P", "R"))
    >>> model.notation()
    '[K P][R]'
    >>> [str(term) for term in model.terms]
    ['[]', '[K]', '[P]', '[R]', '[K P]']
    >>> model.is_decomposable
    True
    >>> str(Generators.parse("P*K + R:year", ("K", "P", "R"), ["form", "year"]))
    '[K P][R year]'
    """

    lists: tuple[str, ...]
    top: tuple[int, ...]
    covariates: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        mains = [1 << bit for bit in range(len(self.lists))]
        object.__setattr__(self, "lists", tuple(self.lists))
        object.__setattr__(self, "covariates", tuple(self.covariates))
        object.__setattr__(self, "top", maximal([*mains, *self.top]))

    # ------------------------------------------------------------------ making one

    @classmethod
    def parse(cls, text: str, lists: Sequence[str], covariates: Sequence[str] = ()) -> Self:
        """Read brackets, ``[P K][R year]``, or a Wilkinson formula, ``P*K + R:year``.

        Names that are no identifiers stand in back-ticks. The closure under subsets is taken.

        Raises
        ------
        mse.errors.ModelError
            The text cannot be read, or names what is no list or covariate of the table, or one twice in a term.
        """
        terms = _bracket_terms(text) if text.lstrip().startswith("[") else _formula_terms(text)
        return cls.from_terms(terms, lists, covariates)

    @classmethod
    def from_terms(cls, terms: Iterable[Iterable[str]], lists: Sequence[str], covariates: Sequence[str] = ()) -> Self:
        """Build from sets of names."""
        position = {name: bit for bit, name in enumerate(reversed((*covariates, *lists)))}
        masks = []
        for term in terms:
            mask = 0
            for name in term:
                if name not in position:
                    what = "list or covariate" if covariates else "list"
                    options = (*lists, *covariates)
                    raise ModelError(f"There is no {what} '{name}' in the table", hint=did_you_mean(name, options))
                if mask >> position[name] & 1:
                    what = "Covariate" if name in covariates else "List"
                    raise ModelError(f"{what} '{name}' stands twice in one term", got=spelled(term))
                mask |= 1 << position[name]
            masks.append(mask)
        return cls(tuple(lists), tuple(masks), tuple(covariates))

    @classmethod
    def of_order(cls, order: int, lists: Sequence[str], covariates: Sequence[str] = ()) -> Self:
        """All terms of up to `order` names: 1 is independence, 2 all pairs.

        With covariates, terms that hold all lists stay out: order 2 on two lists is ``[A year][B year]``.

        Raises
        ------
        mse.errors.ModelError
            The order is below 1, or so high that the model is saturated and says nothing of the unseen.
        """
        n_names = len(lists) + len(covariates)
        if not 1 <= order < max(n_names, 2):
            on = f"{len(lists)} lists" + (f" with {spelled(covariates)}" if covariates else "")
            raise ModelError(
                f"The order of a model on {on} is 1 to {max(n_names - 1, 1)}",
                got=str(order),
                hint="The term of all lists together cannot be estimated, since nobody is seen on no list.",
            )
        every = (1 << len(lists)) - 1
        mains = [1 << bit for bit in range(n_names)]
        pairs = [int(mask) for mask in interactions(n_names, order) if int(mask) & every != every]
        return cls(tuple(lists), (*mains, *pairs), tuple(covariates))

    # ------------------------------------------------------------------ reading it

    @property
    def names_all(self) -> tuple[str, ...]:
        """Covariates and lists from the highest bit down: name i of n is at bit n − 1 − i."""
        return (*self.covariates, *self.lists)

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
        """Number of names in the largest term."""
        return max(mask.bit_count() for mask in self.top)

    @property
    def is_saturated(self) -> bool:
        """Whether a term holds all lists, so that nothing is assumed and nothing can be said."""
        return any(self._holds_all_lists(mask) for mask in self.top)

    @property
    def is_graphical(self) -> bool:
        """Whether the generators are the cliques of the interaction graph."""
        unnamed = {1 << bit for bit in range(len(self.names_all)) if not self._named >> bit & 1}
        return set(maximal_cliques(self._neighbours())) - unnamed == set(self.top)

    @property
    def is_decomposable(self) -> bool:
        """Whether the model is graphical with a chordal graph, so that its estimate has a closed form."""
        return self.is_graphical and is_chordal(self._neighbours())

    def graph(self) -> dict[str, tuple[str, ...]]:
        """Interaction graph: for each list, and each covariate the model names, those it depends on directly."""
        adjacent = dict(zip(self.names_all, reversed(self._neighbours()), strict=True))
        return {name: self.names(adjacent[name]) for name in self.names(self._named)}

    def neighbours(self, max_order: int | None = None) -> tuple[Self, ...]:
        """Models with one interaction more or one less, up to terms of `max_order` names.

        A term can come in when all its faces are there and it does not hold all lists, and leave when it is maximal.
        Main effects stay, and covariates that the model does not name stay out.
        """
        limit = self.order + 1 if max_order is None else min(max_order, self.order + 1)
        held = set(map(int, self.masks))
        grown = [
            type(self)(self.lists, (*self.top, mask), self.covariates)
            for mask in map(int, interactions(len(self.names_all), limit))
            if mask not in held and not self._holds_all_lists(mask) and held.issuperset(faces(mask))
        ]
        shrunk = [
            type(self)(self.lists, tuple(held - {mask}), self.covariates) for mask in self.top if mask.bit_count() > 1
        ]
        return (*grown, *shrunk)

    def includes(self, other: Generators) -> bool:
        """Whether every term of another model is a term of this one."""
        return set(map(int, other.masks)) <= set(map(int, self.masks))

    def mask(self, term: Iterable[str]) -> int:
        """Bit mask of a set of names."""
        last = len(self.names_all) - 1
        return sum(1 << (last - self.names_all.index(name)) for name in set(term))

    def term(self, mask: int) -> Term:
        """Names of a bit mask."""
        return Term(self.names(mask))

    def names(self, mask: int) -> tuple[str, ...]:
        """Names of a bit mask: lists in their order, then covariates in theirs."""
        names, turned = (*self.lists, *self.covariates), self._lists_first(mask)
        return tuple(name for j, name in enumerate(names) if turned >> (len(names) - 1 - j) & 1)

    def label(self, mask: int) -> str:
        """One term in brackets: lists in their order, then covariates in theirs."""
        return "[" + " ".join(written(name) for name in self.names(mask)) + "]"

    def notation(self) -> str:
        """The generators in brackets, largest first: ``[O P Z][K R][R year]``."""
        return "".join(self.label(mask) for mask in sorted(self.top, key=self._rank))

    def __str__(self) -> str:
        return self.notation()

    def __iter__(self) -> Iterator[Term]:
        return iter(self.generators)

    def _place(self, mask: int) -> tuple[int, int]:
        return (int(mask).bit_count(), -self._lists_first(int(mask)))

    def _rank(self, mask: int) -> tuple[int, int]:
        return (-mask.bit_count(), -self._lists_first(mask))

    def _lists_first(self, mask: int) -> int:
        """Mask with the bits of the lists above those of the covariates, to sort by."""
        k = len(self.lists)
        return (mask & (1 << k) - 1) << len(self.covariates) | mask >> k

    def _holds_all_lists(self, mask: int) -> bool:
        every = (1 << len(self.lists)) - 1
        return mask & every == every

    @property
    def _named(self) -> int:
        """Mask of all names that stand in a term."""
        return functools.reduce(operator.or_, self.top, 0)

    def _neighbours(self) -> list[int]:
        adjacent = [0] * len(self.names_all)
        for mask in self.top:
            for bit in range(len(adjacent)):
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
