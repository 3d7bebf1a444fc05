"""Published tables, with citation, lists spelled out and what is not documented about them.

Every table is one TOML file in `data/`: the counts by combination of lists, or how it derives from another
file (lists merged, a count replaced, a covariate added up).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mse.core.finding import Finding, Severity
from mse.core.reference import Reference
from mse.core.table import CaptureTable
from mse.errors import TableError
from mse.records.shipped import chosen, public_reference, shipped

__all__ = ["Dataset", "about", "load", "names"]


@dataclass(frozen=True)
class Dataset:
    """What is known about a published table.

    Parameters
    ----------
    name : str
        Name for `load`.
    title : str
        What it is, with the version where the literature has several.
    citation : str
        Where it was published.
    lists : mapping of str to str
        Code of each list and what it stands for, in the order of the table.
    n : int
        Number of persons.
    reference : Reference
        What the counts are about.
    notes : tuple of str
        What a user should know, such as what the publication does not say.
    """

    name: str
    title: str
    citation: str
    lists: Mapping[str, str]
    n: int
    reference: Reference
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        lines = [f"{self.name}: {self.title} ({self.n:,} persons)", f"  {self.citation}"]
        lines += [f"  {code}: {meaning}" for code, meaning in self.lists.items()]
        return "\n".join([*lines, *(f"  Note: {note}" for note in self.notes)])


def names() -> tuple[str, ...]:
    """Names of the published tables, in alphabetical order.

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> "kosovo_1999" in names()
    True
    """
    return tuple(shipped("mse.records", "data"))


def load(name: str) -> CaptureTable:
    """Return a published table.

    Parameters
    ----------
    name : str
        One of `names`.

    Returns
    -------
    CaptureTable
        The table, with its reference.

    Raises
    ------
    mse.errors.TableError
        There is no such dataset.

    Examples
    --------
    >>> load("netherlands_2010_2015")
    CaptureTable of 8,234 persons on 6 lists (I, K, O, P, R, Z)
    """
    table = _build(name)
    expected = _read(name)["n"]
    if table.n_observed != expected:
        raise TableError(f"Dataset '{name}' is damaged: it has {expected:,} persons", got=f"{table.n_observed:,}")
    return table


def about(name: str, language: str = "en") -> Dataset:
    """Say what a published table is: citation, lists spelled out, and what is not documented.

    Parameters
    ----------
    name : str
        One of `names`.
    language : {"en", "nl"}
        Language of the names of the lists, where both are known.

    Returns
    -------
    Dataset

    Raises
    ------
    mse.errors.TableError
        There is no such dataset.

    Examples
    --------
    >>> about("netherlands_2010_2015_five", "nl").lists["P"]
    'Politie'
    """
    plain = _read(name)
    notes = tuple(plain.get("notes", ()))
    if base := plain.get("from"):
        below = about(base, language)
        lists = dict(below.lists)
        for new, members in plain.get("merge", {}).items():
            joined = "; ".join(lists[member] for member in members)
            lists = {new if code == members[0] else code: text for code, text in lists.items()}
            lists = {code: joined if code == new else text for code, text in lists.items()}
            lists = {code: text for code, text in lists.items() if code not in members[1:]}
        notes = (*notes, *below.notes)
        return Dataset(name, plain["title"], below.citation, lists, plain["n"], below.reference, notes)
    lists = {code: text if isinstance(text, str) else text[language] for code, text in plain["lists"].items()}
    return Dataset(name, plain["title"], plain["citation"], lists, plain["n"], public_reference(plain), notes)


def _read(name: str) -> dict[str, Any]:
    found = chosen(name, shipped("mse.records", "data"), "There is no dataset")
    return tomllib.loads(found.read_text(encoding="utf-8"))


def _build(name: str) -> CaptureTable:
    plain = _read(name)
    if "from" not in plain:
        return _from_file(plain)
    table = _build(plain["from"])
    if plain.get("collapse"):
        table = table.collapse()
    if "replace" in plain:
        counts = table.counts.copy()
        for history, count in plain["replace"].items():
            counts[_cell(history, table.lists)] = count
        table = table.with_counts(counts)
    return table.merge_lists(plain["merge"]) if "merge" in plain else table


def _cell(history: str, lists: tuple[str, ...]) -> tuple[int, ...]:
    on = set(history.split("+"))
    return tuple(int(name in on) for name in lists)


def _from_file(plain: Mapping[str, Any]) -> CaptureTable:
    lists = tuple(plain["lists"])
    strata = plain.get("strata", [{"counts": plain.get("counts", {})}])
    covariates = {
        name: tuple(dict.fromkeys(stratum[name] for stratum in strata)) for name in strata[0] if name != "counts"
    }
    counts = np.zeros((2,) * len(lists) + tuple(map(len, covariates.values())), dtype=np.int64)
    for stratum in strata:
        where = tuple(levels.index(stratum[name]) for name, levels in covariates.items())
        for history, count in stratum["counts"].items():
            counts[_cell(history, lists) + where] = count
    findings: tuple[Finding, ...] = ()
    if name := plain.get("upper_bound"):
        findings = (Finding("upper_bound", Severity.WARNING, name, {"name": name}),)
    return CaptureTable(lists, counts, covariates, public_reference(plain), findings)
