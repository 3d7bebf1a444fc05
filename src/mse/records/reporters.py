"""What is known about the lists of a register, read from a TOML file: shipped for the Dutch reporters of 2015-2019."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from mse.core.list_metadata import LegalRule, ListMetadata
from mse.errors import TableError, did_you_mean
from mse.messages import LANGUAGES
from mse.messages.labels import label
from mse.records.shipped import chosen, shipped
from mse.records.toml_file import read_toml

__all__ = ["read_reporters", "reporters"]

_DIMENSION = "reporter"

_Fields = Mapping[str, tuple[str, Callable[[Any], bool]]]
"""What each field holds, in words, and whether a value is that."""


def reporters(name: str = "netherlands_2015_2019") -> Mapping[str, ListMetadata]:
    """Return what is known about the reporters of a register.

    Parameters
    ----------
    name : str
        Name of a shipped set.

    Returns
    -------
    mapping of str to ListMetadata
        By code of the reporter.

    Raises
    ------
    mse.errors.TableError
        There is no such set.

    Examples
    --------
    >>> found = reporters()
    >>> found["fairwork"].needs_consent(2018), found["police"].needs_consent(2018), found["om"].derived_from
    (True, False, ('police',))
    """
    found = chosen(name, shipped("mse.records", "reporters"), "There is no set of reporters")
    return _lists(tomllib.loads(found.read_text(encoding="utf-8")))


def read_reporters(path: str | Path) -> Mapping[str, ListMetadata]:
    """Read what is known about lists from a file of your own.

    Parameters
    ----------
    path : path-like
        A TOML file with a table for every list: label (en, nl), role, rules (legal_basis, consent, since, until,
        note), threshold, derived_from, exposure (year to capacity), exposure_unit, group. All are optional.

    Returns
    -------
    mapping of str to ListMetadata

    Raises
    ------
    mse.errors.TableError
        There is no such file, it is no TOML, or a field is not known or holds something else.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "lists.toml"
    >>> _ = path.write_text("[care_coordinators]\\nexposure = { 2018 = 30, 2019 = 36 }", encoding="utf-8")
    >>> read_reporters(path)["care_coordinators"].exposure
    {2018: 30, 2019: 36}
    """
    return _lists(read_toml(Path(path), "file of lists"))


def _lists(plain: Mapping[str, Any]) -> dict[str, ListMetadata]:
    return {code: _metadata(code, entry) for code, entry in plain.items()}


def _metadata(code: str, entry: Any) -> ListMetadata:
    fields = _checked(f"List '{code}'", entry, _FIELDS)
    fields["label"] = fields.get("label") or label(_DIMENSION, code)
    fields["rules"] = tuple(
        LegalRule(**{"legal_basis": None, "consent": False, **_checked(f"A rule of list '{code}'", rule, _RULE)})
        for rule in fields.get("rules", ())
    )
    fields["derived_from"] = tuple(fields.get("derived_from", ()))
    fields["exposure"] = {int(year): capacity for year, capacity in fields.get("exposure", {}).items()}
    return ListMetadata(code, **fields)


def _checked(what: str, entry: Any, known: _Fields) -> dict[str, Any]:
    """The fields of a table, when all of them are known and hold what they should."""
    if not isinstance(entry, Mapping):
        raise TableError(f"{what} is described by a table", got=type(entry).__name__)
    for name, value in entry.items():
        if name not in known:
            raise TableError(f"{what} has no field '{name}'", hint=did_you_mean(name, known))
        kind, fits = known[name]
        if not fits(value):
            raise TableError(f"{what}: '{name}' is {kind}", got=type(value).__name__)
    return dict(entry)


def _is_text(value: Any) -> bool:
    return isinstance(value, Mapping) and all(isinstance(value.get(language), str) for language in LANGUAGES)


def _is_capacities(value: Any) -> bool:
    return isinstance(value, Mapping) and all(
        year.isascii() and year.isdecimal() and type(capacity) in (int, float) for year, capacity in value.items()
    )


_TEXT = (f"a text in {' and '.join(LANGUAGES)}", _is_text)
_WORD = ("a text", lambda value: isinstance(value, str))
_YES_NO = ("true or false", lambda value: isinstance(value, bool))
_DAY = ("a day, such as 2018-05-25", lambda value: type(value) is date)
_FIELDS: _Fields = {
    "label": _TEXT, "role": _WORD, "rules": ("a list of tables", lambda value: isinstance(value, list)),
    "threshold": _TEXT,
    "derived_from": ("a list of lists", lambda value: isinstance(value, list) and all(map(_WORD[1], value))),
    "exposure": ("a table of years and their capacity", _is_capacities), "exposure_unit": _TEXT, "group": _WORD,
}  # fmt: skip
_RULE: _Fields = {
    "legal_basis": _YES_NO, "consent": _YES_NO, "since": _DAY, "until": _DAY, "note": _TEXT,
}  # fmt: skip
