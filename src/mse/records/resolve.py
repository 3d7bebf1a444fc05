"""Gives a person one value of a covariate where the reports disagree, by the rule that the caller chose."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mse.core.values import MISSING, level_of, ordered_levels
from mse.errors import TableError, did_you_mean
from mse.records.coding import NO_DATE, coded, distinct

if TYPE_CHECKING:
    import narwhals as nw

__all__ = ["RULES", "Covariate", "Rule"]

Rule = str | tuple[str, Sequence[Hashable]] | Callable[[tuple[Hashable, ...]], Hashable]
RULES = ("fail", "first", "last", "missing")

_ALLOWED = "'fail', 'first', 'last', 'missing', ('hierarchy', [...]) or a function"
_LATE = 99_999_999


@dataclass(frozen=True)
class Covariate:
    """One covariate of the reports: its levels as numbers, and the rule for persons with two of them.

    The number of a level is its place in `levels`; a missing value has the number ``len(levels)`` in column
    ``lo`` and -1 in column ``hi``, so that the minimum and the maximum over a person's reports pass it by.
    """

    name: str
    levels: tuple[Hashable, ...]
    rule: Rule
    place: int

    @classmethod
    def of(cls, column: nw.Series[Any], rule: Rule, place: int) -> tuple[Covariate, nw.Series[Any]]:
        """Number the levels of a column of reports; return the covariate and the column of numbers."""
        level = {value: level_of(value) for value in distinct(column)}
        levels = ordered_levels(set(level.values()) - {MISSING})
        if isinstance(rule, tuple):
            levels = _by_hierarchy(column.name, levels, rule[1])
        position = {known: index for index, known in enumerate(levels)}
        meaning = {value: position.get(known, len(levels)) for value, known in level.items()}
        return cls(column.name, levels, rule, place), coded(column, meaning, default=len(levels))

    def columns(self, codes: nw.Series[Any], day: nw.Series[Any]) -> list[nw.Series[Any]]:
        """Columns of the reports that the rule needs."""
        lo, hi, key = (f"_{part}{self.place}" for part in ("lo", "hi", "key"))
        known = codes < len(self.levels)
        columns = [codes.alias(lo), codes.zip_with(known, codes * 0 - 1).alias(hi)]
        size = len(self.levels) + 1
        if self.rule == "first":
            when = day.zip_with(day != NO_DATE, day * 0 + _LATE)
            columns.append((when * size + codes).zip_with(known, codes * 0 + (_LATE + 1) * size).alias(key))
        elif self.rule == "last":
            columns.append((day * size + (len(self.levels) - 1 - codes)).zip_with(known, codes * 0 - 1).alias(key))
        return columns

    def summaries(self) -> list[nw.Expr]:
        """What is kept of a person's reports."""
        import narwhals as nw

        lo, hi, key = (f"_{part}{self.place}" for part in ("lo", "hi", "key"))
        kept = [nw.col(lo).min(), nw.col(hi).max()]
        if self.rule == "first":
            kept.append(nw.col(key).min())
        elif self.rule == "last":
            kept.append(nw.col(key).max())
        return kept

    def resolved(
        self, units: nw.DataFrame[Any], reports: nw.DataFrame[Any], keys: Sequence[str]
    ) -> tuple[NDArray[np.int64], tuple[Hashable, ...], int]:
        """Return every unit's number, the levels they stand for, and how many units had two values."""
        lo, hi = (np.asarray(units[f"_{part}{self.place}"].to_numpy(), dtype=np.int64) for part in ("lo", "hi"))
        differ = (lo != hi) & (hi >= 0)
        conflicts = int(differ.sum())
        levels, size = self.levels, len(self.levels) + 1
        result = lo
        if conflicts and self.rule == "fail":
            raise TableError(
                f"Covariate '{self.name}' has two values for one person",
                got=f"{conflicts:,} such persons",
                hint=f"Say which counts: resolve={{'{self.name}': …}} with {_ALLOWED}.",
            )
        if self.rule == "missing":
            result = np.where(differ, len(levels), lo)
        elif self.rule in {"first", "last"}:
            key = np.asarray(units[f"_key{self.place}"].to_numpy(), dtype=np.int64)
            code = key % size if self.rule == "first" else len(levels) - 1 - key % size
            result = np.where(hi >= 0, code, len(levels))
        elif callable(self.rule) and conflicts:
            result, levels = self._decided(units, reports, keys, differ)
        return result, levels, conflicts

    def _decide(self, values: tuple[Hashable, ...]) -> Hashable:
        assert callable(self.rule)
        try:
            return level_of(self.rule(values))
        except Exception as error:
            raise TableError(
                f"The function that resolves covariate '{self.name}' failed on the values of a person",
                got=type(error).__name__,
                hint="It takes a tuple of levels and returns one.",
            ) from None

    def _decided(
        self,
        units: nw.DataFrame[Any],
        reports: nw.DataFrame[Any],
        keys: Sequence[str],
        differ: NDArray[np.bool_],
    ) -> tuple[NDArray[np.int64], tuple[Hashable, ...]]:
        """Ask the caller's function once for every set of values that a person has."""
        import narwhals as nw

        lo = f"_lo{self.place}"
        numbered = units.select(*keys).with_row_index("_unit")
        open_units = numbered.filter(differ.tolist())
        pairs = reports.filter(nw.col(lo) < len(self.levels)).select(*keys, lo).unique()
        found = pairs.join(open_units, on=list(keys), how="inner").select("_unit", lo).to_dict(as_series=False)
        values: dict[int, list[int]] = {}
        for unit, code in zip(found["_unit"], found[lo], strict=True):
            values.setdefault(unit, []).append(code)
        levels = list(self.levels)
        answer: dict[tuple[int, ...], Hashable] = {}
        chosen: dict[int, Hashable] = {}
        for unit, codes in values.items():
            several = tuple(sorted(codes))
            if several not in answer:
                answer[several] = self._decide(tuple(levels[code] for code in several))
            chosen[unit] = answer[several]
        levels += [level for level in ordered_levels(answer.values()) if level not in {*levels, MISSING}]
        result = np.asarray(units[lo].to_numpy(), dtype=np.int64).copy()
        result[result == len(self.levels)] = len(levels)
        place = {level: index for index, level in enumerate([*levels, MISSING])}
        for unit, level in chosen.items():
            result[unit] = place[level]
        return result, tuple(levels)


def check_rules(resolve: Mapping[str, Rule] | None, covariates: Sequence[str], *, dated: bool) -> dict[str, Rule]:
    """Return the rule of every covariate, and refuse rules that are none."""
    rules: dict[str, Rule] = dict.fromkeys(covariates, "fail")
    for name, rule in (resolve or {}).items():
        if name not in rules:
            raise TableError(f"resolve= names '{name}', which is no covariate", hint=did_you_mean(name, covariates))
        known = callable(rule) or rule in RULES
        if isinstance(rule, tuple | list) and len(rule) == 2 and rule[0] == "hierarchy":
            rule, known = ("hierarchy", tuple(rule[1])), True
        if not known:
            raise TableError(f"resolve={{'{name}': …}} is {_ALLOWED}", got=repr(rule))
        if rule in ("first", "last") and not dated:
            raise TableError(f"resolve={{'{name}': '{rule}'}} needs to know when reports were made", hint="Give date=.")
        rules[name] = rule
    return rules


def _by_hierarchy(name: str, levels: Sequence[Hashable], order: Sequence[Hashable]) -> tuple[Hashable, ...]:
    ranked = tuple(dict.fromkeys(level_of(level) for level in order))
    if strange := len(set(levels) - set(ranked)):
        raise TableError(
            f"The hierarchy of covariate '{name}' names every level, the first that counts first",
            got=f"{strange} {'value' if strange == 1 else 'values'} that it does not name",
            hint="Name them at the end, or recode them.",
        )
    return ranked
