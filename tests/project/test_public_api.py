"""Every public name exists, is documented and stands on the reference page."""

from __future__ import annotations

import enum
import inspect
from pathlib import Path
from typing import Any

import pytest

import mse

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "api.md"


@pytest.mark.parametrize("name", mse.__all__)
def test_public_names_are_documented(name: str) -> None:
    thing: Any = getattr(mse, name)
    text = inspect.getdoc(thing)
    assert text
    assert text.splitlines()[0].endswith((".", ":")) or inspect.ismodule(thing)
    assert f"mse.{name}" in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", mse.__all__)
def test_public_members_are_documented(name: str) -> None:
    thing: Any = getattr(mse, name)
    if not inspect.isclass(thing) or issubclass(thing, enum.Enum):
        return
    silent = [
        member
        for member, value in vars(thing).items()
        if not member.startswith("_") and _is_code(value) and not inspect.getdoc(value)
    ]
    assert silent == []


def test_public_names_are_those_that_dir_shows() -> None:
    assert set(mse.__all__) <= set(dir(mse))
    assert sorted(mse.__all__) == list(mse.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nhat"):
        _ = mse.nhat


def _is_code(value: Any) -> bool:
    inner = getattr(value, "func", getattr(value, "__func__", value))
    return inspect.isfunction(inner) or isinstance(value, property)
