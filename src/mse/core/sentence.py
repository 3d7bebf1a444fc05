"""`Sentence`: a sentence of the catalogue that is written later, when it is known how counts may be
written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mse.messages import LANGUAGES, Guard, sentence

__all__ = ["Sentence", "Text"]

Text = Mapping[str, str]
"""A text in every language: language to text."""


@dataclass(frozen=True)
class Sentence(Mapping[str, str]):
    """A sentence in every language, with its values still in it.

    It is a mapping of language to text, so it serves wherever a text is asked for. Headings and captions
    that state counts of persons are given this way: the release policy then writes those counts as it
    writes all others.

    Parameters
    ----------
    key : str
        Key of the catalogue.
    fields : mapping
        Values of the sentence's placeholders. A value may itself be a text in every language.

    Examples
    --------
    >>> Sentence("describe_title", {"n": 76, "lists": 2})["nl"]
    '76 personen op 2 lijsten'
    """

    key: str
    fields: Mapping[str, Any] = field(default_factory=dict)

    def write(self, language: str, *, guard: Guard | None = None) -> str:
        """Write the sentence in a language.

        Parameters
        ----------
        language : {"en", "nl"}
            Language of the text.
        guard : callable, optional
            Writes counts of persons; `release` passes one that coarsens small counts.
        """
        return sentence(self.key, language, guard=guard, **self.fields)

    def __getitem__(self, language: str) -> str:
        if language not in LANGUAGES:
            raise KeyError(language)
        return self.write(language)

    def __str__(self) -> str:
        return self["en"]

    def __iter__(self) -> Iterator[str]:
        return iter(LANGUAGES)

    def __len__(self) -> int:
        return len(LANGUAGES)

    def __hash__(self) -> int:
        return hash(self.key)
