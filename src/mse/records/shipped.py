"""Files that ship with the room: which there are, one of them by its name, and what those of publications are about."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from mse.core.reference import Reference
from mse.errors import TableError, did_you_mean

__all__ = ["chosen", "public_reference", "shipped"]


def shipped(package: str, folder: str, ending: str = ".toml") -> dict[str, Traversable]:
    """Return what is in a folder of a package, by name without its ending, in alphabetical order.

    Examples
    --------
    >>> "kosovo_1999" in shipped("mse.records", "data")
    True
    """
    paths = resources.files(package).joinpath(folder).iterdir()
    found = {path.name.removesuffix(ending): path for path in paths if path.name.endswith(ending)}
    return dict(sorted(found.items()))


def chosen[T](name: str, known: Mapping[str, T], what: str) -> T:
    """Return one of them.

    Raises
    ------
    mse.errors.TableError
        It is not among them; the message begins with `what`.
    """
    if name not in known:
        raise TableError(f"{what} '{name}'", hint=did_you_mean(str(name), known))
    return known[name]


def public_reference(plain: Mapping[str, Any]) -> Reference:
    """Say what a publication is about: its table "reference", with its citation as the source."""
    fields = dict(plain["reference"])
    period = fields.pop("period", None)
    return Reference(None if period is None else tuple(period), **fields, source=plain["citation"], public=True)
