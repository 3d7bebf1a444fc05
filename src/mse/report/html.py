"""`render_html`: a release as one page that needs nothing else: no network, no script, both languages."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any

from mse.core.finding import Severity
from mse.core.sentence import Sentence, Text
from mse.messages import LANGUAGES
from mse.monitor.disclosure.release import Release, ReleasedFigure
from mse.report.captions import caption_of
from mse.report.cells import shown_rows, unbroken
from mse.report.csv import figure_csv
from mse.report.page import Page, languages_from
from mse.report.plots import to_svg
from mse.report.tables import table_html
from mse.report.unseen import unseen

__all__ = ["render_html"]


def render_html(release: Release, page: Page, *, language: str = "en") -> str:
    """Write a release as a web page.

    Parameters
    ----------
    release : Release
        Figures and findings that may be written.
    page : Page
        What is said, and in which order.
    language : {"en", "nl"}
        Language that the page opens in; the other is one click away.

    Returns
    -------
    str
        A whole HTML document. Pictures and data are inside it; it loads nothing and runs nothing.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("mse.report", "templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    writer = _Writer(release, page)
    return environment.get_template("page.html.j2").render(
        style=environment.get_template("page.css").render(),
        languages=languages_from(language),
        say=lambda key, **fields: writer.both(Sentence(key, fields)),
        title=writer.both(page.title),
        subtitle=writer.both(page.subtitle),
        headline=writer.both(page.headline),
        about=writer.about(),
        lead=writer.figure(release[page.lead]) if page.lead else None,
        lead_again=any(page.lead in section.figures for section in page.sections),
        serious=[*writer.findings(Severity.BLOCKING), *writer.findings(Severity.WARNING)[:_MOST_WARNINGS]],
        further=writer.findings(Severity.WARNING)[_MOST_WARNINGS:],
        notes=writer.findings(Severity.NOTE),
        sections=[writer.section(section) for section in page.sections],
        references=list(dict.fromkeys((*page.references, *release.citations))),
        audit={code: release.audit.text(code) for code in LANGUAGES},
        made=None if page.made is None else page.made.isoformat(),
    )


_NUMBER = re.compile(r"(?:tab)?(\d+\.\d+[a-z]?)")
"""Names of figures that are their numbers in the monitor."""

_MOST_WARNINGS = 5
"""Warnings of the first screen; the others are one click away."""


class _Writer:
    """Turns a release and a page into the plain values that the template prints."""

    def __init__(self, release: Release, page: Page) -> None:
        self.release, self.page = release, page
        self.numbers = page.numbered(release)

    def both(self, text: Text) -> dict[str, str]:
        """A text in both languages, as the policy writes it."""
        return {code: unbroken(self.release.say(text, code)) for code in LANGUAGES}

    def about(self) -> list[tuple[dict[str, str], dict[str, str]]]:
        """What the answer is about: label and value."""
        reference = self.page.reference
        if reference is None:
            return []
        unknown = Sentence("page_not_documented")
        snapshot = unknown if reference.snapshot is None else _same(reference.snapshot.isoformat())
        rows: list[tuple[str, Text]] = [
            ("population", self.page.population or _same(reference.population)),
            ("place", self.page.place or _same(reference.place)),
            ("period", unknown if reference.period is None else _same(reference.period_label)),
            ("unit", Sentence(f"unit_{reference.unit}")),
            ("snapshot", snapshot),
        ]
        return [(self.both(Sentence(f"page_{key}")), self.both(text)) for key, text in rows]

    def findings(self, *severities: Severity) -> list[dict[str, Any]]:
        """Findings of some severities in words."""
        return [
            {
                "severity": finding.severity.value,
                "label": self.both(Sentence(f"severity_{finding.severity.value}")),
                "text": self.both(finding.text),
                "remedy": self.both(finding.remedy) if finding.remedy else None,
            }
            for finding in self.release.findings
            if finding.severity in severities
        ]

    def section(self, section: Any) -> dict[str, Any]:
        """One section with its figures."""
        return {
            "key": section.key,
            "heading": self.both(section.heading),
            "paragraphs": [self.both(paragraph) for paragraph in section.paragraphs],
            "figures": [self.figure(self.release[name]) for name in section.figures],
            "context": section.context,
            "code": section.code,
        }

    def figure(self, shown: ReleasedFigure) -> dict[str, Any]:
        """One figure: picture, table, data, caption."""
        figure = shown.figure
        rows = len(figure.frame)
        is_cut = figure.layout is None and figure.most is not None and rows > figure.most
        cut = Sentence("page_first_rows", {"shown": len(shown_rows(shown)), "rows": rows})
        return {
            "name": shown.name,
            "number": self.numbers[shown.name],
            "title": figure.title,
            "caption": {code: caption_of(shown, code) for code in LANGUAGES},
            "facts": self._facts(shown),
            "picture": self.picture(shown) if figure.chart else None,
            "tables": {code: table_html(shown, code, identifier=f"{shown.name}-{code}") for code in LANGUAGES},
            "data": {code: _data("text/csv;charset=utf-8", figure_csv(shown, code)) for code in LANGUAGES},
            "cut": self.both(cut) if is_cut else None,
        }

    def _facts(self, shown: ReleasedFigure) -> list[tuple[dict[str, str], dict[str, str]]]:
        """Unit, base, period and source of a figure."""
        figure = shown.figure
        facts: list[tuple[str, Text]] = [("unit", Sentence(f"unit_{figure.unit}"))]
        if figure.layout is not None and (number := _NUMBER.fullmatch(shown.name)):
            facts.insert(0, ("edition", _same(number[1])))
        if figure.base:
            facts.append(("base", figure.base))
        if figure.reference is not None and figure.unit != "mixed":
            facts.append(("period", _same(figure.reference.period_label)))
        if figure.source:
            facts.append(("source", _same(_short(figure.source))))
        return [(self.both(Sentence(f"page_{key}")), self.both(text)) for key, text in facts]

    def picture(self, shown: ReleasedFigure) -> dict[str, Any]:
        """A picture in both languages and both widths, with what one should see; or why there is nothing to see."""
        if (instead := unseen(shown)) is not None:
            return {"unseen": self.both(instead)}
        return {
            "unseen": None,
            "name": shown.name,
            "number": self.numbers[shown.name],
            "title": shown.figure.title,
            "alt": {code: f"{shown.figure.title[code]}. {shown.figure.alt[code]}" for code in LANGUAGES},
            "wide": {code: _data("image/svg+xml", to_svg(shown, code)) for code in LANGUAGES},
            "narrow": {code: _data("image/svg+xml", to_svg(shown, code, narrow=True)) for code in LANGUAGES},
        }


def _same(text: str) -> Mapping[str, str]:
    return dict.fromkeys(LANGUAGES, text)


def _short(source: str) -> str:
    """A source as a caption cites it: up to the year; the references have the rest."""
    end = source.find(").")
    return source if end < 0 else source[: end + 1]


def _data(kind: str, content: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(content.encode()).decode()}"
