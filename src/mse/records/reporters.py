"""What is known about the lists of a register, read from a TOML file: shipped for the Dutch reporters of 2015-2019."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mse.core.list_metadata import LegalRule, ListMetadata
from mse.errors import TableError, did_you_mean
from mse.messages.labels import label
from mse.records.shipped import chosen, shipped

__all__ = ["read_reporters", "reporters"]

_DIMENSION = "reporter"
_FIELDS = ("label", "role", "rules", "threshold", "derived_from", "exposure", "exposure_unit", "group")
_RULE = ("legal_basis", "consent", "since", "until", "note")


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
    return _from_text(found.read_text(encoding="utf-8"))


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
        The file is no TOML, or has a field that is not known.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "lists.toml"
    >>> _ = path.write_text("[care_coordinators]\\nexposure = { 2018 = 30, 2019 = 36 }", encoding="utf-8")
    >>> read_reporters(path)["care_coordinators"].exposure
    {2018: 30, 2019: 36}
    """
    return _from_text(Path(path).read_text(encoding="utf-8"))


def _from_text(text: str) -> dict[str, ListMetadata]:
    try:
        plain = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise TableError("The file of lists is no TOML", got=str(problem)) from None
    return {code: _metadata(code, entry) for code, entry in plain.items()}


def _metadata(code: str, entry: Any) -> ListMetadata:
    if not isinstance(entry, Mapping):
        raise TableError(f"List '{code}' is described by a table", got=type(entry).__name__)
    fields = _known(code, entry, _FIELDS)
    fields["label"] = fields.get("label") or label(_DIMENSION, code)
    fields["rules"] = tuple(
        LegalRule(**{"legal_basis": None, "consent": False, **_known(code, rule, _RULE)})
        for rule in fields.get("rules", ())
    )
    fields["derived_from"] = tuple(fields.get("derived_from", ()))
    fields["exposure"] = {int(year): capacity for year, capacity in fields.get("exposure", {}).items()}
    return ListMetadata(code, **fields)


def _known(code: str, entry: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    for name in entry:
        if name not in names:
            raise TableError(f"List '{code}' has no field '{name}'", hint=did_you_mean(name, names))
    return dict(entry)
