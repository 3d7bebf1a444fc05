"""Files that ship with the room: which there are, and one of them by its name."""

from __future__ import annotations

from importlib import resources
from importlib.resources.abc import Traversable

from mse.errors import TableError, did_you_mean

__all__ = ["chosen", "shipped"]


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


def chosen(name: str, known: dict[str, Traversable], what: str) -> Traversable:
    """Return one of them.

    Raises
    ------
    mse.errors.TableError
        It is not among them; the message begins with `what`.
    """
    if name not in known:
        raise TableError(f"{what} '{name}'", hint=did_you_mean(str(name), known))
    return known[name]
