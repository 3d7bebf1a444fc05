"""`Codebook`: the versioned code lists of a register, and the region of origin of every nationality."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from mse.records.shipped import chosen, shipped

__all__ = ["STATELESS", "Codebook", "codebook", "regions"]

STATELESS = "stateless"
"""Code of the nationality of persons who have none; it is known, and no country."""


@dataclass(frozen=True)
class Codebook:
    """Code lists of one edition of the monitor.

    Parameters
    ----------
    edition, version : str
        Which edition, and which version of its lists.
    codes : mapping of str to tuple of str
        Codes of every field, in the order of the list.
    since : mapping of str to int
        First year in which a field was recorded, where it is not the first of the series.
    new : mapping of str to tuple of str
        Codes that earlier editions did not have: the series of their field has a break here.
    groups : mapping of str to str
        Reporter group of reporters that are no group of their own.
    roles : mapping of str to str
        Role of reporters whose reports do not say it, where it is not "reporter".

    Examples
    --------
    >>> codebook().codes["types"]
    ('SU', 'AU', 'CU', 'ORG')
    """

    edition: str
    version: str
    codes: Mapping[str, tuple[str, ...]]
    since: Mapping[str, int]
    new: Mapping[str, tuple[str, ...]]
    groups: Mapping[str, str]
    roles: Mapping[str, str]

    def __hash__(self) -> int:
        return hash((self.edition, self.version))

    @property
    def reporter_groups(self) -> tuple[str, ...]:
        """Groups that report: those of figure 2.11."""
        return tuple(code for code in self.codes["reporter"] if code not in self.roles)


@functools.cache
def codebook(edition: str = "2015-2019") -> Codebook:
    """Return the code lists of an edition.

    Raises
    ------
    mse.errors.TableError
        There are none of that edition.
    """
    found = chosen(edition, shipped("mse.records.register", "codes"), "There are no code lists of edition")
    plain: dict[str, Any] = tomllib.loads(found.read_text(encoding="utf-8"))
    lists = {name: part for name, part in plain.items() if isinstance(part, dict) and "codes" in part}
    return Codebook(
        plain["edition"],
        plain["version"],
        {name: tuple(part["codes"]) for name, part in lists.items()},
        {name: int(part["since"]) for name, part in lists.items() if "since" in part},
        {name: tuple(part["new"]) for name, part in lists.items() if "new" in part},
        plain["groups"],
        plain["roles"],
    )


@functools.cache
def regions() -> Mapping[str, str]:
    """Region of origin by nationality, that of the stateless too.

    Examples
    --------
    >>> regions()["NG"], regions()["NL"], regions()["SR"]
    ('africa', 'netherlands', 'latin_america_caribbean')
    """
    text = (resources.files("mse.records.register") / "regions.toml").read_text(encoding="utf-8")
    found = tomllib.loads(text)["regions"]
    return {code: region for region, codes in found.items() for code in codes.split()} | {STATELESS: "other"}
