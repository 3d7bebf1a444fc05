"""Reads a study file section by section, so that one mistake does not hide another."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from mse.errors import MseError, Problem, StudyError, did_you_mean
from mse.study.config import Study
from mse.study.lines import Place, key_path

__all__ = ["Draft", "read_draft", "read_toml"]

LISTED = {"context": "figure", "posterior": "Bayesian estimate"}
"""Sections that a study file may have several of, and what each is."""

_LONGEST_SHOWN = 60
_PREFIX = "Input should be "


@dataclass
class Draft:
    """What could be read of a study file, and what was wrong with it.

    Parameters
    ----------
    sections : mapping of str to object
        The sections that hold, without the keys that do not; a section that cannot be used is missing.
    problems : list of (place, what, hint)
        What was wrong so far.
    """

    sections: Mapping[str, Any]
    problems: list[tuple[Place, str, str | None]] = field(default_factory=list)

    def add(self, place: Place, what: str, hint: str | None = None) -> None:
        """Note a problem, unless one of this key or of a key within it is noted already."""
        if not any(other[: len(place)] == place for other, _, _ in self.problems):
            self.problems.append((place, what, hint))

    def works(self, place: Place, attempt: Callable[..., Any], *arguments: Any, **options: Any) -> bool:
        """Whether something can be done; if not, what it says is a problem of the key."""
        try:
            attempt(*arguments, **options)
        except MseError as problem:
            self.add(place, str(problem))
            return False
        return True

    def listed(self, lines: Mapping[Place, int]) -> tuple[Problem, ...]:
        """Return the problems with their lines, in the order of the file."""
        problems = [Problem(key_path(place), what, _line(place, lines), hint) for place, what, hint in self.problems]
        return tuple(sorted(problems, key=lambda problem: problem.line or 0))


def read_toml(path: Path) -> tuple[str, dict[str, Any]]:
    """Return the text of a study file and what it says.

    Raises
    ------
    mse.errors.StudyError
        There is no such file, or it is no TOML.
    """
    if not path.is_file():
        raise StudyError(f"There is no study file '{path}'", hint="Make one with `mse init NAME`.")
    try:
        text = path.read_text(encoding="utf-8-sig")
        return text, tomllib.loads(text)
    except UnicodeDecodeError:
        raise StudyError(f"Study file '{path.name}' is not written in UTF-8") from None
    except tomllib.TOMLDecodeError as problem:
        raise StudyError(f"Study file '{path.name}' is no TOML", got=str(problem)) from None


def read_draft(plain: Mapping[str, Any]) -> Draft:
    """Read every section by itself and note what is wrong with types, names and bounds."""
    draft = Draft({})
    sections: dict[str, Any] = {}
    for name, value in plain.items():
        if name not in Study.model_fields:
            draft.add((name,), "is no section of a study file.", did_you_mean(name, Study.model_fields))
        elif name in LISTED and not isinstance(value, list):
            draft.add((name,), f"is a section for each {LISTED[name]}.", f"Write [[{name}]], with two brackets.")
        elif name in LISTED:
            rows = [_section(draft, (name, place), _model_of(name), row) for place, row in enumerate(value)]
            sections[name] = rows
        else:
            sections[name] = _section(draft, (name,), _model_of(name), value)
    for name, described in Study.model_fields.items():
        if name not in plain and described.is_required():
            draft.add((name,), "is missing.", f"A study file has a section [{name}].")
    draft.sections = {name: section for name, section in sections.items() if section is not None}
    return draft


def _model_of(section: str) -> type[BaseModel]:
    annotation = Study.model_fields[section].annotation
    models = [kind for kind in (annotation, *get_args(annotation)) if isinstance(kind, type)]
    return next(kind for kind in models if issubclass(kind, BaseModel))


def _section(draft: Draft, where: Place, model: type[BaseModel], value: Any) -> BaseModel | None:
    """Read one section; where keys are wrong, note them and read it without them."""
    if not isinstance(value, dict):
        draft.add(where, "is a section with keys of its own.", f"Write [{key_path(where)}].")
        return None
    try:
        return model.model_validate(value)
    except ValidationError as error:
        wrong = _grouped(error.errors(include_url=False), value)
    for place, details in wrong.items():
        what, hint = _words(details, _keys_beside(model, place))
        draft.add((*where, *place), what, hint)
    kept = {key: item for key, item in value.items() if not any(place[:1] == (key,) for place in wrong)}
    try:
        return model.model_validate(kept)
    except ValidationError:
        return None


def _grouped(errors: Sequence[ErrorDetails], value: Any) -> dict[Place, list[ErrorDetails]]:
    """Bring together what the alternatives of one key say; names of alternatives leave the place."""
    groups: dict[Place, list[ErrorDetails]] = {}
    for error in errors:
        place: list[str | int] = []
        here = value
        for position, step in enumerate(error["loc"]):
            last_missing = error["type"] == "missing" and position == len(error["loc"]) - 1
            if step in (here if isinstance(here, dict) else range(len(here)) if isinstance(here, list) else ()):
                here = here[step]
            elif not last_missing:
                continue
            place.append(step)
        groups.setdefault(tuple(place), []).append(error)
    return groups


def _words(details: Sequence[ErrorDetails], keys: Sequence[str]) -> tuple[str, str | None]:
    """Say what is wrong with one key, and what to do."""
    kinds = {error["type"] for error in details}
    got = details[0]["input"]
    if "missing" in kinds:
        return "is missing.", None
    if "extra_forbidden" in kinds:
        return "is no key of this section.", did_you_mean(str(details[0]["loc"][-1]), keys)
    said = dict.fromkeys(error["msg"].removeprefix(_PREFIX) for error in details)
    options = [word.strip("' ") for error in details for word in _options(error)]
    shown = repr(got) if len(repr(got)) <= _LONGEST_SHOWN else type(got).__name__
    what = f"should be {', or '.join(said)}. Got: {shown}."
    return what, did_you_mean(got, options) if isinstance(got, str) and options else None


def _options(error: ErrorDetails) -> list[str]:
    expected = str(error.get("ctx", {}).get("expected", ""))
    return expected.replace(" or ", ", ").split(", ") if expected else []


def _keys_beside(model: type[BaseModel], place: Place) -> list[str]:
    """Names of the keys of the section that a place is in."""
    for step in place[:-1]:
        field = model.model_fields.get(str(step))
        if field is None:
            break
        kinds = [kind for kind in (field.annotation, *get_args(field.annotation)) if isinstance(kind, type)]
        model = next((kind for kind in kinds if issubclass(kind, BaseModel)), model)
    return list(model.model_fields)


def _line(place: Place, lines: Mapping[Place, int]) -> int | None:
    """Line of a key, or of the section that lacks it."""
    while place:
        if place in lines:
            return lines[place]
        place = place[:-1]
    return None
