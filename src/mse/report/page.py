"""`Page`: what a report says and in which order; the figures it names are in the `Release`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from mse.core.reference import Reference
from mse.core.sentence import Text
from mse.errors import ReleaseError, spelled
from mse.messages import LANGUAGES
from mse.monitor.disclosure.release import Release

__all__ = ["Page", "Section", "languages_from"]


def languages_from(first: str) -> tuple[str, ...]:
    """All languages, the one that a reader opens with first.

    Examples
    --------
    >>> languages_from("nl")
    ('nl', 'en')
    """
    return tuple(sorted(LANGUAGES, key=lambda code: code != first))


@dataclass(frozen=True)
class Section:
    """One part of a page: a takeaway as its heading, paragraphs, figures.

    Parameters
    ----------
    key : str
        Anchor, letters and hyphens.
    heading : Text
        The takeaway in one line.
    paragraphs : sequence of Text
        What is said before the figures. Where a paragraph states a count of persons or an estimate, a
        `Sentence`, so that the release policy writes the number.
    figures : sequence of str
        Names of figures of the release, in order.
    context : bool
        Whether it is a context box: numbers about something else, beside the answer and never divided by it.
    code : str
        Text that is set as it is, such as versions and seeds.
    """

    key: str
    heading: Text
    paragraphs: tuple[Text, ...] = ()
    figures: tuple[str, ...] = ()
    context: bool = False
    code: str = ""


@dataclass(frozen=True)
class Page:
    """What a report says.

    Parameters
    ----------
    title, subtitle : Text
        What it is, and of whom.
    headline : Text
        The answer in one sentence (`mse.monitor.estimation.headline_text`).
    reference : Reference or None
        What the answer is about; it is printed on the first screen.
    sections : sequence of Section
        The rest of the page.
    lead : str
        Name of the figure whose picture stands on the first screen; empty for none.
    references : sequence of str
        Literature.
    made : date, optional
        Day on which it was made.
    population, place : Text, optional
        Those of the reference in both languages; a reference has one.

    Raises
    ------
    mse.errors.ReleaseError
        Two sections have the same key, or a text lacks a language.
    """

    title: Text
    subtitle: Text
    headline: Text
    reference: Reference | None
    sections: tuple[Section, ...]
    lead: str = ""
    references: tuple[str, ...] = field(default=())
    made: date | None = None
    population: Text | None = None
    place: Text | None = None

    def __post_init__(self) -> None:
        keys = [section.key for section in self.sections]
        if twice := sorted({key for key in keys if keys.count(key) > 1}):
            raise ReleaseError("Every section of a page has its own key", got=f"{spelled(twice)} more than once")
        texts = [self.title, self.subtitle, self.headline]
        texts += [text for text in (self.population, self.place) if text is not None]
        for section in self.sections:
            texts += [section.heading, *section.paragraphs]
        if any(set(text) != set(LANGUAGES) for text in texts):
            raise ReleaseError(f"Every text of a page is given in {spelled(LANGUAGES)}")

    @property
    def figures(self) -> tuple[str, ...]:
        """Names of the figures in the order of the page, each once; that of the first screen first."""
        named = [self.lead] if self.lead else []
        for section in self.sections:
            named += section.figures
        return tuple(dict.fromkeys(named))

    def numbered(self, release: Release) -> dict[str, int]:
        """Number the figures, in the order of the page.

        Raises
        ------
        mse.errors.ReleaseError
            A figure is not in the release.
        """
        return {release[name].name: number for number, name in enumerate(self.figures, start=1)}
