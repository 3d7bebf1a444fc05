"""`ReporterMapping`: which reporter belongs to which list, from a dict or a versioned file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from mse.core.shape import check_names
from mse.errors import TableError, did_you_mean, spelled
from mse.records.toml_file import read_toml

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ReporterMapping"]

_KEYS = {"version", "source", "ignore", "lists"}
_REPORTER, _LIST = ("reporter", "melder"), ("list", "lijst")


@dataclass(frozen=True)
class ReporterMapping:
    """Which reporters make up each list; reporters are told apart without regard to case and blanks.

    Parameters
    ----------
    lists : mapping of str to sequence of str
        Reporters of each list, in the order that the lists get in the table.
    version : str, optional
        Version of the mapping, printed with the table; by default a hash of its content.
    source : str
        Where it comes from: a file, a report.
    ignore : sequence of str
        Reporters that are known and belong to no list, such as an enriching source.

    Raises
    ------
    mse.errors.TableError
        A reporter is in two lists, a list has no reporters, or there are too few lists.

    Examples
    --------
    >>> mapping = ReporterMapping({"P": ["police"], "R": ["care north", "care south"]}, version="2026-1")
    >>> mapping.to_frame()["list"].tolist()
    ['P', 'R', 'R']
    """

    lists: Mapping[str, tuple[str, ...]]
    version: str = ""
    source: str = ""
    ignore: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name, reporters in dict(self.lists).items():
            if isinstance(reporters, str) or not reporters:
                raise TableError(
                    f"List '{name}' is made of one or more reporters",
                    got=repr(reporters),
                    hint=f"Write {{'{name}': ['reporter', …]}}.",
                )
        lists = {name: tuple(dict.fromkeys(map(str, reporters))) for name, reporters in self.lists.items()}
        check_names(tuple(lists))
        object.__setattr__(self, "lists", lists)
        object.__setattr__(self, "ignore", tuple(map(str, self.ignore)))
        home: dict[str, str] = {}
        for name, reporters in [*lists.items(), ("", self.ignore)]:
            for reporter in reporters:
                other = home.setdefault(folded(reporter), name)
                if other != name:
                    where = f"in lists '{other}' and '{name}'" if name else f"in list '{other}' and ignored"
                    raise TableError("A reporter belongs to one list", got=f"'{reporter}' {where}")
        if not self.version:
            content = json.dumps([lists, self.ignore]).encode()
            object.__setattr__(self, "version", "sha256:" + hashlib.sha256(content).hexdigest()[:12])

    def __hash__(self) -> int:
        return hash((tuple(self.lists.items()), self.version))

    @classmethod
    def of(cls, mapping: ReporterMapping | Mapping[str, Sequence[str]] | str | Path) -> Self:
        """Make a mapping of a dict, a TOML or CSV file, or a mapping."""
        if isinstance(mapping, cls):
            return mapping
        if isinstance(mapping, Mapping):
            return cls({str(name): reporters for name, reporters in mapping.items()})  # type: ignore[misc]
        if not isinstance(mapping, str | Path):
            raise TableError(
                "Lists are given as {'list': ['reporter', …]} or as the path of a TOML or CSV file",
                got=f"a {type(mapping).__name__}",
            )
        return cls.read(mapping)

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """Read a mapping from a file.

        Parameters
        ----------
        path : str or Path
            A TOML file with ``version``, ``source``, ``ignore`` and a table ``[lists]`` of reporters, or a
            table (.csv, .xlsx) with columns ``reporter`` and ``list`` and possibly one ``version``.

        Returns
        -------
        ReporterMapping
        """
        path = Path(path)
        if path.suffix.lower() != ".toml":
            return cls._of_rows(path)
        plain = read_toml(path)
        for key in plain:
            if key not in _KEYS:
                raise TableError(f"Mapping '{path.name}' has an unknown key '{key}'", hint=did_you_mean(key, _KEYS))
        lists = plain.get("lists")
        if not isinstance(lists, dict):
            raise TableError(
                f"Mapping '{path.name}' has no lists",
                hint="Write a table [lists] with P = ['police'] and so on.",
            )
        source, version = str(plain.get("source", path.name)), str(plain.get("version", ""))
        return cls(lists, version, source, tuple(plain.get("ignore", ())))

    @classmethod
    def _of_rows(cls, path: Path) -> Self:
        from mse.records.read import read_frame

        frame = read_frame(path)
        columns = {str(name).strip().casefold(): name for name in frame.columns}
        found = [next((columns[word] for word in words if word in columns), None) for words in (_REPORTER, _LIST)]
        if None in found:
            raise TableError(
                f"Mapping '{path.name}' has the columns 'reporter' and 'list'", got=spelled(map(str, columns))
            )
        if frame[found].isna().any(axis=None):
            raise TableError(f"Mapping '{path.name}' names a reporter and a list in every row", got="an empty cell")
        lists: dict[str, list[str]] = {}
        for reporter, name in zip(frame[found[0]], frame[found[1]], strict=True):
            lists.setdefault(str(name).strip(), []).append(str(reporter))
        versions: list[Any] = list(frame[columns["version"]].dropna().unique()) if "version" in columns else []
        if len(versions) > 1:
            raise TableError(f"Mapping '{path.name}' has one version", got=spelled(map(str, versions)))
        return cls(lists, "".join(map(str, versions)), path.name)  # type: ignore[arg-type]

    def list_of(self) -> dict[str, str]:
        """Return the list of every reporter, folded; the empty text stands for reporters that are ignored."""
        homes = {folded(reporter): name for name, reporters in self.lists.items() for reporter in reporters}
        return homes | {folded(reporter): "" for reporter in self.ignore}

    def to_frame(self) -> pd.DataFrame:
        """Return one row a reporter: reporter, list (missing for those ignored)."""
        import pandas as pd

        rows: list[tuple[str, str | None]] = [
            (reporter, name) for name, reporters in self.lists.items() for reporter in reporters
        ]
        rows += [(reporter, None) for reporter in self.ignore]
        return pd.DataFrame(rows, columns=["reporter", "list"])

    def to_dict(self) -> dict[str, Any]:
        """Return the mapping as plain values, for manifests."""
        return {
            "version": self.version,
            "source": self.source,
            "lists": {name: list(reporters) for name, reporters in self.lists.items()},
            "ignore": list(self.ignore),
        }


def folded(reporter: str) -> str:
    """Write a reporter without regard to case and blanks, to tell reporters apart."""
    return " ".join(reporter.split()).casefold()
