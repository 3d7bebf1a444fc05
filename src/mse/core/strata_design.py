"""`StrataDesign`: the columns of a model over lists and covariates, and which combinations nobody is in."""

from __future__ import annotations

import functools
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from mse.core.coding import Coding, Levels
from mse.core.terms import Generators, written
from mse.errors import ModelError, did_you_mean
from mse.kernels.lattice import faces

if TYPE_CHECKING:
    from mse.kernels.strata import Blocks

__all__ = ["StrataDesign"]


@dataclass(frozen=True, eq=False)
class StrataDesign:
    """Columns of a model, held by the lists they belong to; made with `of`.

    A term of lists S and covariates C has, in a stratum, the products of the coding rows of C at its levels, and
    stands there in every cell that holds all of S. Strata are the cross of all levels, in the order of the table.

    Parameters
    ----------
    generators : Generators
    levels : tuple of tuple
        Levels of each covariate.
    codings : tuple of Coding
        Coding of each covariate.
    blocks : kernels.strata.Blocks
    labels : tuple of str
        Name of each column: ``[P form=AU]``, ``[P year^1]``.
    term_of : array of int
        Term of each column, as a mask over all names.

    Examples
    --------
    >>> model = Generators.parse("[A year][B]", ("A", "B"), ("year",))
    >>> design = StrataDesign.of(("A", "B"), {"year": (2018, 2019)}, model, {})
    >>> design.labels
    ('(intercept)', '[year=2019]', '[A]', '[A year=2019]', '[B]')
    """

    generators: Generators
    levels: tuple[tuple[Hashable, ...], ...]
    codings: tuple[Coding, ...]
    blocks: Blocks
    labels: tuple[str, ...]
    term_of: NDArray[np.int64]

    @classmethod
    def of(
        cls,
        lists: Sequence[str],
        covariates: Mapping[str, Sequence[Hashable]],
        generators: Generators,
        coding: Mapping[str, Coding] | None = None,
    ) -> Self:
        """Make the columns of a model.

        Parameters
        ----------
        lists : sequence of str
        covariates : mapping of str to sequence
            Levels of each covariate, in the order of the table's axes.
        generators : Generators
            A model over these lists and covariates.
        coding : mapping of str to Coding, optional
            Coding of covariates that are not coded by level.

        Raises
        ------
        mse.errors.ModelError
            The model has other names than the table, there is no such covariate, or its levels cannot be coded so.
        """
        from mse.kernels.strata import Blocks

        if generators.lists != tuple(lists) or generators.covariates not in ((), tuple(covariates)):
            raise ModelError("A model and its table have the same lists and covariates", got=generators.notation())
        levels = tuple(tuple(found) for found in covariates.values())
        codings = _codings(covariates, coding or {})
        rows = [_rows(name, *pair) for name, pair in zip(covariates, zip(codings, levels, strict=True), strict=True)]
        k = len(lists)
        every = (1 << k) - 1
        terms = sorted(map(int, generators.masks), key=lambda mask: (_rank(mask & every), _rank(mask)))
        parts = {covs: _products(covs, rows) for covs in {mask >> k for mask in terms}}
        columns = [parts[mask >> k][0] for mask in terms]
        sizes = [part.shape[1] for part in columns]
        term_of = np.repeat(np.array(terms, dtype=np.int64), sizes)
        lists_of = term_of & every
        starts = np.flatnonzero(np.diff(lists_of, prepend=-1, append=-1)).astype(np.int64)
        blocks = Blocks(lists_of[starts[:-1]], starts, np.ascontiguousarray(np.concatenate(columns, axis=1)))
        labels = [
            _label(generators.names(mask & every), suffixed) for mask in terms for suffixed in parts[mask >> k][1]
        ]
        return cls(generators, levels, codings, blocks, tuple(labels), term_of)

    # ------------------------------------------------------------------ combinations nobody is in

    def empty_cells(self, counts: NDArray[np.float64], keep: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Cells whose fitted counts are 0, since nobody is in a combination that a term fits exactly.

        Parameters
        ----------
        counts : array of float, shape (n_strata, 2^K)
        keep : array of bool, same shape
            Cells in the likelihood.

        Returns
        -------
        array of bool, same shape
            Every cell of each empty combination, the unseen one too where the combination is of covariates alone.
        """
        gone = np.zeros(counts.shape, dtype=np.bool_)
        cells = np.arange(counts.shape[1])
        for mask, empty in self._empty(counts, keep).items():
            lists = mask & (counts.shape[1] - 1)
            for axis in self._inside(mask):
                empty = empty.take(self._groups[axis], axis)
            gone[:, cells & lists == lists] |= np.broadcast_to(empty, self._shape).reshape(-1, 1)
        return gone

    def empty_margins(self, counts: NDArray[np.float64], keep: NDArray[np.bool_]) -> tuple[str, ...]:
        """Combinations nobody is in, but those inside a larger one: ``[P form=AU]``, ``[P year=2016|2017]``.

        Parameters
        ----------
        counts, keep
            As for `empty_cells`.
        """
        found = self._empty(counts, keep)
        named = []
        for mask, empty in found.items():
            smallest = empty.copy()
            for face in faces(mask):
                if face in found:
                    smallest &= ~found[face]
            names = self.generators.names(mask & (counts.shape[1] - 1))
            inside = self._inside(mask)
            for place in np.argwhere(smallest):
                at = [
                    f"{written(self.generators.covariates[axis])}={self._named(axis, place[axis])}" for axis in inside
                ]
                named.append(_label(names, at))
        return tuple(named)

    def margin_of(self, counts: NDArray[np.float64], mask: int) -> NDArray[np.float64]:
        """Persons on all lists of a term, for each combination of levels of its covariates.

        Levels that share a coefficient count together: all of a covariate that is coded as a line, and those between
        two steps.

        Parameters
        ----------
        counts : array of float, shape (n_strata, 2^K)
        mask : int
            A term, as a mask over all names.

        Returns
        -------
        array of float
            One entry for a term of lists alone.
        """
        lists = mask & (counts.shape[1] - 1)
        on_all = np.arange(counts.shape[1]) & lists == lists
        return self._margin(counts[:, on_all].sum(axis=1), mask).ravel()

    def _empty(self, counts: NDArray[np.float64], keep: NDArray[np.bool_]) -> dict[int, NDArray[np.bool_]]:
        """Empty combinations of each term that has any: an axis of groups for its covariates, 1 for the others."""
        from mse.kernels.strata import superset_sums

        persons, cells = superset_sums(np.where(keep, counts, 0.0)), superset_sums(keep.astype(np.float64))
        found = {}
        for mask in map(int, self.generators.masks):
            if all(self.codings[axis].in_groups for axis in self._inside(mask)):
                lists = mask & (counts.shape[1] - 1)
                empty = self._margin(persons[:, lists], mask) == 0.0
                if empty.any():
                    empty &= self._margin(cells[:, lists], mask) > 0.0
                if empty.any():
                    found[mask] = empty
        return found

    def _margin(self, values: NDArray[np.float64], mask: int) -> NDArray[np.float64]:
        values, inside = values.reshape(self._shape), self._inside(mask)
        for axis, groups in enumerate(self._groups):
            if axis not in inside or not groups.any():
                values = values.sum(axis=axis, keepdims=True)
            elif (groups != np.arange(len(groups))).any():
                members = np.arange(groups.max() + 1)[:, None] == groups
                values = np.moveaxis(np.tensordot(members, values, axes=(1, axis)), 0, axis)
        return values

    @cached_property
    def _groups(self) -> tuple[NDArray[np.intp], ...]:
        """Group of each level of each covariate; one group where it is coded as a line."""
        pairs = zip(self.codings, self.levels, strict=True)
        return tuple(np.array(coding.groups(levels) or (0,) * len(levels), dtype=np.intp) for coding, levels in pairs)

    def _named(self, axis: int, group: int) -> str:
        return "|".join(
            str(level) for level, at in zip(self.levels[axis], self._groups[axis], strict=True) if at == group
        )

    @property
    def _shape(self) -> tuple[int, ...]:
        return tuple(map(len, self.levels))

    def _inside(self, mask: int) -> list[int]:
        """Axes of the covariates of a term."""
        return list(_axes(mask >> len(self.generators.lists), len(self.levels)))


def _rank(mask: int) -> tuple[int, int]:
    """Small terms first, then names in their order."""
    return mask.bit_count(), -mask


def _axes(covs: int, n_covariates: int) -> Iterator[int]:
    return (axis for axis in range(n_covariates) if covs >> (n_covariates - 1 - axis) & 1)


def _codings(covariates: Mapping[str, Sequence[Hashable]], coding: Mapping[str, Coding]) -> tuple[Coding, ...]:
    for name, given in coding.items():
        if name not in covariates:
            raise ModelError(f"The table carries no covariate '{name}'", hint=did_you_mean(str(name), covariates))
        if not isinstance(given, Coding):
            raise ModelError(
                f"The coding of covariate '{name}' is Levels(), Poly(2), Spline(3), Step(2018) or the like",
                got=repr(given),
            )
    return tuple(coding.get(name, Levels()) for name in covariates)


Rows = tuple[NDArray[np.float64], tuple[str, ...]]


def _rows(name: str, coding: Coding, levels: tuple[Hashable, ...]) -> Rows:
    """Coding rows of one covariate, and the names of the columns."""
    try:
        rows, suffixes = _matrix(coding, levels, tuple(map(str, levels)))
    except ModelError as error:
        raise ModelError(
            f"Covariate '{name}' cannot be coded so: {error.what}", got=error.got, hint=error.hint
        ) from None
    return rows, tuple(written(name) + suffix for suffix in suffixes)


@functools.lru_cache(maxsize=256)
def _matrix(coding: Coding, levels: tuple[Hashable, ...], texts: tuple[str, ...]) -> Rows:
    """Coding rows, kept: a search asks for them thousands of times. The texts tell 2018 from 2018.0."""
    rows, suffixes = coding.matrix(levels)
    rows.setflags(write=False)
    return rows, suffixes


def _products(covs: int, rows: Sequence[Rows]) -> tuple[NDArray[np.float64], list[list[str]]]:
    """Columns over strata of a set of covariates: products of their coding rows, the last one's changing fastest."""
    shape = tuple(len(part) for part, _ in rows)
    columns = np.ones((*shape, 1))
    names: list[list[str]] = []
    inside = list(_axes(covs, len(rows)))
    for axis in inside:
        part = rows[axis][0]
        along = part.reshape(*(len(part) if other == axis else 1 for other in range(len(rows))), 1, part.shape[1])
        columns = (columns[..., None] * along).reshape(*shape, columns.shape[-1] * part.shape[1])
    names = [list(chosen) for chosen in product(*(rows[axis][1] for axis in inside))]
    return columns.reshape(int(np.prod(shape)), columns.shape[-1]), names


def _label(lists: Sequence[str], covariates: Sequence[str]) -> str:
    names = [*map(written, lists), *covariates]
    return "[" + " ".join(names) + "]" if names else "(intercept)"
