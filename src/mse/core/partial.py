"""`PartialTable`: counts that are known on margins only."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from mse.core.cases import CaseCounts
from mse.core.finding import Finding, Severity
from mse.core.partial_check import Layers, check_cells, layer_of, never_known, read_layers
from mse.core.reach import Blind, off_strata, possible_cells, read_blind, read_exclusive, read_operating
from mse.core.reference import Reference
from mse.core.shape import check_names, table_findings, table_shape
from mse.core.table import CaptureTable
from mse.core.values import MISSING
from mse.errors import TableError, did_you_mean, spelled

if TYPE_CHECKING:
    import pandas as pd

    from mse.core.describe import Description

__all__ = ["PartialTable"]

_EVERYWHERE: Any = None
"""Stands for an array in which every list operates in all strata, until the strata are known."""

MANY_UNKNOWN = 0.2
"""Above this share of persons without a covariate, that is a warning and no longer a note (dutch-practice, 5)."""


@dataclass(frozen=True, eq=False)
class PartialTable:
    """Counts of persons of whom something is not known: a covariate, or a list that did not operate.

    Make one with `from_counts`, `from_table` or `mse.tabulate`; the constructor takes finished arrays.

    Parameters
    ----------
    lists : sequence of str
        Names of the 2 to 12 lists.
    covariates : mapping of str to sequence
        Levels of each covariate. "missing" is no level here.
    layers : mapping of tuple of str to array of int
        Persons by what is missing: key ``()`` holds those of whom all covariates are known, key ``("form",)`` those
        without a form. Shape (2,)·K + number of levels of each covariate that is known.
    operating : array of bool, shape (K, n_strata), or mapping, optional
        Whether each list operates in each stratum (C order of the levels); or, for lists that operate in part, the
        levels where they do: ``{"K": {"year": [2018, 2019]}}``. Where a list is off its recorded indicator is 0, and
        the person's own is unknown. By default all lists operate everywhere.
    exclusive : sequence of pairs of str
        Pairs of lists that no person can be on together.
    blind : mapping, optional
        Groups that a list cannot hold, by list: ``{"A": {"form": ["AU"]}}``. Of several covariates a group has all;
        a sequence holds several groups. Other than a list that is off, a blind list is known not to hold them.
    reference : Reference, optional
        What the counts are about.
    findings : sequence of Finding, optional
        What was found while the counts came in.
    reconciliation : object, optional
        How rows became persons (`mse.tabulate`).
    cases : CaseCounts, optional
        Which persons belong together; its cells count through all layers, one after the other.

    Raises
    ------
    mse.errors.TableError
        Names or shapes are not those of a table, persons are on no list, on a list where it is off, or in a cell that
        cannot exist; nobody is in the table at all.

    Examples
    --------
    >>> layers = {(): [[[0, 0], [20, 9]], [[30, 12], [5, 2]]], ("form",): [[0, 4], [6, 1]]}
    >>> PartialTable(["A", "B"], {"form": ["SU", "AU"]}, layers)
    PartialTable of 89 persons on 2 lists (A, B) by form
      11 lack form
    """

    lists: tuple[str, ...]
    covariates: Mapping[str, tuple[Hashable, ...]]
    layers: Mapping[tuple[str, ...], NDArray[np.int64]]
    operating: NDArray[np.bool_] = _EVERYWHERE
    exclusive: tuple[tuple[str, str], ...] = ()
    blind: Blind = field(default_factory=dict)
    reference: Reference | None = None
    findings: tuple[Finding, ...] = ()
    reconciliation: Any = None
    cases: CaseCounts | None = None

    def __post_init__(self) -> None:
        lists = tuple(self.lists)
        covariates = {name: tuple(levels) for name, levels in dict(self.covariates).items()}
        check_names(lists, tuple(covariates))
        for name, levels in covariates.items():
            if not levels or len(set(levels)) < len(levels) or MISSING in levels:
                raise TableError(
                    f"Every level of covariate '{name}' stands once, and not knowing it is none",
                    got="no known value at all" if set(levels) <= {MISSING} else spelled(map(str, levels)),
                )
        table_shape(lists, covariates)
        operating = read_operating(self.operating, lists, covariates)
        operating.setflags(write=False)
        read = {
            "lists": lists,
            "covariates": covariates,
            "layers": read_layers(self.layers, lists, covariates),
            "operating": operating,
            "exclusive": read_exclusive(self.exclusive, lists),
            "blind": read_blind(self.blind, lists, covariates),
        }
        for name, value in read.items():
            object.__setattr__(self, name, value)
        check_cells(self)
        object.__setattr__(self, "findings", tuple(dict.fromkeys((*self.findings, *self._found()))))

    @classmethod
    def from_table(
        cls, table: CaptureTable, *, operating: Any = None, exclusive: Sequence[Any] = (), blind: Any = None
    ) -> Self:
        """Take a table whose covariates have a level "missing", or in which some lists did not operate.

        Parameters
        ----------
        table : CaptureTable
        operating, exclusive, blind
            As in `PartialTable`.

        Returns
        -------
        PartialTable

        Examples
        --------
        >>> table = CaptureTable(["A", "B"], [[[0, 0], [20, 4]], [[30, 6], [5, 1]]], {"form": ["SU", "missing"]})
        >>> PartialTable.from_table(table).n_lacking("form")
        11
        """
        known = {name: tuple(v for v in levels if v != MISSING) for name, levels in table.covariates.items()}
        patterns: list[tuple[str, ...]] = [()]
        for name, levels in table.covariates.items():
            if MISSING in levels:
                patterns += [(*pattern, name) for pattern in patterns]
        layers = {missing: layer_of(table.counts, table.covariates, missing) for missing in patterns}
        reaches = {"operating": operating, "exclusive": tuple(exclusive), "blind": blind or {}}
        about = {"reference": table.reference, "reconciliation": table.reconciliation}
        partial = cls(table.lists, known, layers, **reaches, **about)
        if table.cases is None:
            return partial
        cell = np.arange(table.counts.size).reshape(table.counts.shape)
        cells = np.concatenate([layer_of(cell, table.covariates, missing).ravel() for missing in partial.layers])
        place = np.full(table.counts.size, -1, dtype=np.int64)
        place[cells] = np.arange(len(cells))
        return replace(partial, cases=table.cases.moved(place))

    @classmethod
    def from_counts(
        cls,
        frame: Any,
        *,
        lists: Sequence[str],
        covariates: Sequence[str],
        count: str = "count",
        operating: Any = None,
        exclusive: Sequence[Any] = (),
        blind: Any = None,
        **reading: Any,
    ) -> Self:
        """Read capture histories with their counts; an empty cell of a covariate means that it is not known.

        Parameters
        ----------
        frame, lists, covariates, count
            As in `CaptureTable.from_counts`.
        operating, exclusive, blind
            As in `PartialTable`.
        **reading
            Further options of `CaptureTable.from_counts`: coding, levels, reference.

        Returns
        -------
        PartialTable

        Examples
        --------
        >>> import pandas as pd
        >>> frame = pd.DataFrame(
        ...     {"A": [1, 0, 1], "B": [0, 1, 1], "form": ["SU", "AU", None], "count": [40, 30, 6]}
        ... )
        >>> PartialTable.from_counts(frame, lists=["A", "B"], covariates=["form"]).n_lacking("form")
        6
        """
        table = CaptureTable.from_counts(frame, lists=lists, covariates=covariates, count=count, **reading)
        return cls.from_table(table, operating=operating, exclusive=exclusive, blind=blind)

    @property
    def n_observed(self) -> int:
        """Number of persons seen on at least one list."""
        return sum(int(layer.sum()) for layer in self.layers.values())

    @property
    def recorded(self) -> NDArray[np.int64]:
        """Counts of all layers, one after the other; `with_counts` takes such."""
        return np.concatenate([layer.ravel() for layer in self.layers.values()])

    def n_lacking(self, covariate: str) -> int:
        """Number of persons of whom a covariate is not known."""
        self._levels(covariate)
        return sum(int(layer.sum()) for missing, layer in self.layers.items() if covariate in missing)

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing: all covariates known, all lists on; a `CaptureTable` then holds as much."""
        return bool(self.operating.all()) and not any(layer.any() for missing, layer in self.layers.items() if missing)

    @property
    def possible(self) -> NDArray[np.bool_]:
        """Cells that can exist, shape (n_strata, 2^K): row = stratum, column = mask of lists."""
        return possible_cells(self.lists, self.covariates, self.exclusive, self.blind)

    @property
    def fingerprint(self) -> str:
        """Hash of lists, strata, counts and what lists can see."""
        parts = ("partial", self.lists, list(self.covariates.items()), self.exclusive, sorted(self.blind.items()))
        digest = hashlib.sha256(repr(parts).encode())
        digest.update(np.ascontiguousarray(self.operating).tobytes())
        for missing, layer in self.layers.items():
            digest.update(repr(missing).encode())
            digest.update(np.ascontiguousarray(layer).tobytes())
        return digest.hexdigest()

    def histories(self) -> CaptureTable:
        """Recorded histories of all persons, added up over the covariates; a list that is off holds nobody."""
        k = len(self.lists)
        counts = np.sum([layer.reshape((2,) * k + (-1,)).sum(axis=-1) for layer in self.layers.values()], axis=0)
        return CaptureTable(self.lists, counts, reference=self.reference)

    def describe(self) -> Description:
        """Summarise lists, overlaps and capture frequencies of the recorded histories."""
        return self.histories().describe()

    def complete_cases(self) -> CaptureTable:
        """Leave out all persons of whom a covariate is not known; a finding says how many.

        Raises
        ------
        mse.errors.TableError
            A list is off somewhere, cells cannot exist, or nobody is left.
        """
        if not (self.operating.all() and self.possible.all()):
            raise TableError("A table of complete cases has lists that can see everybody", got="lists that cannot")
        whole = self.layers[()]
        lost = self.n_observed - int(whole.sum())
        values = {"lost": lost, "persons": self.n_observed, "share": lost / self.n_observed}
        found = (Finding("complete_cases", Severity.WARNING, "table", values),) if lost else ()
        return CaptureTable(self.lists, whole, self.covariates, self.reference, found, self.reconciliation)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per recorded combination: a 0/1 column per list, the covariates (None: unknown), `count`."""
        import pandas as pd

        k = len(self.lists)
        frames = []
        for missing, layer in self.layers.items():
            cells = np.argwhere(layer > 0)
            columns: dict[str, Any] = {name: cells[:, axis] for axis, name in enumerate(self.lists)}
            axes = iter(range(k, layer.ndim))
            for name, levels in self.covariates.items():
                known = None if name in missing else cells[:, next(axes)]
                values = [None] * len(cells) if known is None else [levels[index] for index in known]
                columns[name] = pd.Series(values, dtype=object)
            columns["count"] = layer[tuple(cells.T)]
            frames.append(pd.DataFrame(columns))
        frame = pd.concat([part for part in frames if len(part)])
        return frame.sort_values("count", ascending=False, kind="stable").reset_index(drop=True)

    def with_counts(self, counts: Layers | NDArray[np.int64]) -> Self:
        """Return a table over the same lists and strata with other counts: layers, or all of them one after another."""
        if not isinstance(counts, Mapping):
            parts = np.split(counts, np.cumsum([layer.size for layer in self.layers.values()])[:-1])
            layers = zip(self.layers.items(), parts, strict=True)
            counts = {missing: part.reshape(layer.shape) for (missing, layer), part in layers}
        return replace(self, layers=counts, findings=(), reconciliation=None, cases=None)

    def resample(self, kind: str, rng: np.random.Generator, **options: Any) -> Self:
        """Draw a table like this one; see `mse.core.partial_resample`."""
        from mse.core.partial_resample import partial_sampler

        return self.with_counts(partial_sampler(self, kind, **options).draw(rng))

    def drop_list(self, name: str) -> Self:
        """Leave a list out; persons seen only there are no longer observed, and leave their cases."""
        from mse.core.partial_change import without_list

        return replace(self, **without_list(self, name))

    def merge_lists(self, groups: Mapping[str, Sequence[str]]) -> Self:
        """Merge lists into one, as `CaptureTable.merge_lists` does; they operate in the same strata. Cases stay."""
        from mse.core.partial_change import with_merged_lists

        return replace(self, **with_merged_lists(self, groups))

    def collapse(self, keep: Sequence[str] = ()) -> Self:
        """Add the table up over its covariates but those to keep; what lists can see may not hang on the others.

        Cases stay.
        """
        from mse.core.partial_change import collapsed_partial

        return replace(self, **collapsed_partial(self, keep))

    def select(self, **levels: Hashable | Iterable[Hashable]) -> Self:
        """Keep some levels of covariates that are known of everybody, as `CaptureTable.select` does.

        Cases keep their persons who have those levels.
        """
        from mse.core.partial_change import selected_partial

        return replace(self, **selected_partial(self, levels))

    def __repr__(self) -> str:
        by = f" by {', '.join(self.covariates)}" if self.covariates else ""
        lines = [
            f"PartialTable of {self.n_observed:,} persons on {len(self.lists)} lists ({', '.join(self.lists)}){by}"
        ]
        for missing, layer in self.layers.items():
            if missing and layer.any():
                lines.append(f"  {int(layer.sum()):,} lack {' and '.join(missing)}")
        for name, on in zip(self.lists, self.operating, strict=True):
            if not on.all():
                lines.append(f"  {name} is off in {'; '.join(off_strata(on, self.covariates))}")
        lines += [f"  {first} and {second} exclude each other" for first, second in self.exclusive]
        for name, groups in self.blind.items():
            for group in groups:
                of = ", ".join(f"{covariate} {' or '.join(map(str, levels))}" for covariate, levels in group)
                lines.append(f"  {name} cannot see {of}")
        return "\n".join(lines)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, PartialTable)
            and self.fingerprint == other.fingerprint
            and self.reference == other.reference
        )

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    def _levels(self, name: str) -> tuple[Hashable, ...]:
        if name not in self.covariates:
            raise TableError(f"There is no covariate '{name}' in the table", hint=did_you_mean(name, self.covariates))
        return self.covariates[name]

    def _found(self) -> list[Finding]:
        found = table_findings(self.lists, self.histories().counts)
        for name in self.covariates:
            if share := self.n_lacking(name) / self.n_observed:
                severity = Severity.WARNING if share > MANY_UNKNOWN else Severity.NOTE
                found.append(Finding("covariate_unknown", severity, name, {"share": share, "covariate": name}))
                found += [
                    Finding("covariate_never_known", Severity.WARNING, name, {"covariate": name, "where": where})
                    for where in never_known(self, name)
                ]
        for name, on in zip(self.lists, self.operating, strict=True):
            if not on.all():
                values = {"name": name, "strata": off_strata(on, self.covariates)}
                found.append(Finding("list_off", Severity.NOTE, name, values))
        return found
