"""What all sections of a study file have in common."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from mse.messages import LANGUAGES
from mse.study.choices import Language

__all__ = ["By", "ReadingSection", "Section", "Text", "divisions_of", "in_languages"]

Text = str | Annotated[dict[Language, str], Field(min_length=1)]

By = list[str | Annotated[list[str], Field(min_length=1)]]


def divisions_of(by: By | None) -> tuple[tuple[str, ...], ...]:
    """The divisions that a key `by` asks for, each by its covariates."""
    return tuple((names,) if isinstance(names, str) else tuple(names) for names in by or [])


def in_languages(text: Text) -> dict[str, str]:
    """Write a text that was given once, or in some languages, in every language."""
    if isinstance(text, str):
        return dict.fromkeys(LANGUAGES, text)
    given = {str(language): words for language, words in text.items()}
    return {language: given.get(language, next(iter(given.values()), "")) for language in LANGUAGES}


class Section(BaseModel):
    """A part of a study file: unknown keys are problems, values are taken as they are."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ReadingSection(Section):
    """How a file is read, where `mse` should not find out by itself."""

    separator: str | None = Field(
        default=None, min_length=1, max_length=1, description="Between the columns of a text file."
    )
    decimal: Literal[",", "."] | None = Field(default=None, description="Decimal sign of a text file.")
    encoding: str | None = Field(default=None, description="Encoding of a text file.")
    sheet: str | None = Field(default=None, description="Sheet of a workbook.")
    missing: list[str] = Field(default=[""], description="Texts that mean an empty cell.")
