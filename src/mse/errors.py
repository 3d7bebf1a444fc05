"""The errors that `mse` raises, as one tree.

MseError
├── TableError          data that cannot become, or do not fit, a table of overlapping lists
├── ModelError          a model, search or option that cannot be
├── ReferenceError      two numbers that are not about the same thing
├── StudyError          a study file with problems (all of them at once)
├── RegistryError       a register of people with problems (all of them at once, as counts)
└── ReleaseError        something that may not be written under the policy asked for

Every message says what is wrong, what was got and what to do. It names lists, covariates and levels, never a
person: no record, key or free text of a record is put into a message.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = [
    "ModelError",
    "MseError",
    "Problem",
    "ReferenceError",
    "RegistryError",
    "ReleaseError",
    "StudyError",
    "TableError",
    "did_you_mean",
    "reason",
    "spelled",
]


class MseError(Exception):
    """Base of all errors of `mse`.

    Parameters
    ----------
    what : str
        What is wrong, as a sentence without a full stop.
    got : str, optional
        What was found instead.
    hint : str, optional
        What to do about it.
    """

    def __init__(self, what: str, *, got: str | None = None, hint: str | None = None) -> None:
        self.what, self.got, self.hint = what, got, hint
        parts = [what.rstrip(".") + "."]
        if got is not None:
            parts.append(f"Got: {got.rstrip('.')}.")
        if hint is not None:
            parts.append(hint if hint.endswith(("?", ".", "!")) else hint + ".")
        super().__init__(" ".join(parts))

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.what, self.got, self.hint))


def _rebuild(kind: type[MseError], what: str, got: str | None, hint: str | None) -> MseError:
    """Rebuild an error in another process, since keyword-only arguments do not pickle by themselves."""
    return kind(what, got=got, hint=hint)


class TableError(MseError, ValueError):
    """Data cannot become a table of overlapping lists, or the table is not the one a method needs."""


class ModelError(MseError, ValueError):
    """A model, search or option cannot be, or does not fit the table it is used on."""


class ReferenceError(MseError, ValueError):
    """Two numbers are not about the same period, unit, population or place."""


class ReleaseError(MseError, ValueError):
    """Something may not be written under the release policy that was asked for."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem of a study file or a register: where it stands, what is wrong, what to do."""

    key: str
    what: str
    line: int | None = None
    hint: str | None = None

    def __str__(self) -> str:
        where = self.key if self.line is None else f"{self.key} (line {self.line})"
        return f"{where}: {self.what}" + (f" {self.hint}" if self.hint else "")


class _ListedError(MseError, ValueError):
    """An error that lists all problems at once."""

    def __init__(
        self,
        what: str,
        *,
        got: str | None = None,
        hint: str | None = None,
        problems: Sequence[Problem] = (),
    ) -> None:
        super().__init__(what, got=got, hint=hint)
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return "\n".join([super().__str__(), *(f"  - {problem}" for problem in self.problems)])

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild_listed, (type(self), self.what, self.got, self.hint, self.problems))


def _rebuild_listed(
    kind: type[_ListedError], what: str, got: str | None, hint: str | None, problems: tuple[Problem, ...]
) -> _ListedError:
    return kind(what, got=got, hint=hint, problems=problems)


class StudyError(_ListedError):
    """A study file has problems; all of them are listed at once."""


class RegistryError(_ListedError):
    """A register of people has problems; all of them are listed at once, with counts and without records."""


def reason(error: Exception) -> str:
    """What may be told of an error that is an answer.

    Errors of `mse` say what is wrong; what they got may hold counts and stays in the error. Of others only the kind is
    told, since their text may hold anything.
    """
    return error.what if isinstance(error, MseError) else type(error).__name__


def spelled(names: Iterable[str]) -> str:
    """Write names as a sentence does: ``'a', 'b' and 'c'``."""
    quoted = [f"'{name}'" for name in names]
    if len(quoted) < 2:
        return "".join(quoted)
    return ", ".join(quoted[:-1]) + " and " + quoted[-1]


def did_you_mean(name: str, options: Iterable[str]) -> str:
    """Hint with the options and, where one is close, a suggestion."""
    options = list(options)
    folded = {option.casefold(): option for option in options}
    close = difflib.get_close_matches(name.casefold().strip(), list(folded), n=1, cutoff=0.6)
    offer = f"There are: {', '.join(options)}." if options else "There are none."
    return f"{offer} Did you mean '{folded[close[0]]}'?" if close else offer
