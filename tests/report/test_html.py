"""The page: whole, self-contained, in both languages, with the data it shows and no count it may not show."""

from __future__ import annotations

import base64
import io
import re
from html.parser import HTMLParser
from urllib.parse import unquote

import pandas as pd
import pytest

from mse.errors import ReleaseError
from mse.messages import LANGUAGES
from mse.report.csv import figure_csv
from mse.report.html import render_html
from mse.report.page import Page, Section
from report_pages import SECRET, Made

VOID = {"meta", "input", "img", "source", "br", "link", "hr", "wbr"}


class Reader(HTMLParser):
    """Collects elements, checks that they nest, and keeps the text of each language apart."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, str]] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = {"en": "", "nl": ""}
        self.feed(html)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.tags.append((tag, found))
        if tag not in VOID:
            outer = self.open[-1][1] if self.open else ""
            self.open.append((tag, found.get("lang", outer)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1][0] != "style":
            for language in LANGUAGES if len(self.open) < 4 else [self.open[-1][1]]:
                self.text[language] += data + "\n"

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]


def content(url: str) -> str:
    return base64.b64decode(url.split("base64,", 1)[1]).decode()


@pytest.mark.parametrize("name", ["dutch", "rome", "private"])
def test_the_page_nests_and_every_anchor_exists_once(name: str, request: pytest.FixtureRequest) -> None:
    reader = Reader(request.getfixturevalue(name).html)
    ids = [attributes["id"] for _, attributes in reader.tags if "id" in attributes]
    assert len(ids) == len(set(ids)), [value for value in ids if ids.count(value) > 1]
    for link in reader.all("a"):
        if link["href"].startswith("#"):
            assert link["href"][1:] in ids


def test_the_page_loads_nothing_and_runs_nothing(dutch: Made) -> None:
    reader = Reader(dutch.html)
    assert not reader.all("script")
    assert not reader.all("link")
    assert not reader.all("iframe")
    for _, attributes in reader.tags:
        assert not [name for name in attributes if name.startswith("on")]
        for name in ("src", "href", "srcset"):
            assert attributes.get(name, "#").startswith(("#", "data:")), attributes
    assert "@import" not in dutch.html
    assert "url(" not in dutch.html
    pictures = [content(image["src"]) for image in reader.all("img")]
    for picture in pictures:
        resources = re.findall(r'(?:xlink:href|href)="([^"]*)"', picture)
        assert all(found.startswith("#") for found in resources)


def test_both_languages_are_there_and_neither_leaks_into_the_other(dutch: Made) -> None:
    text = Reader(dutch.html).text
    assert "No single estimate: between 36,000 and 55,100, or between 68,200 and 131,000" in text["en"]
    assert "Geen eenduidige schatting: tussen 36.000 en 55.100, of tussen 68.200 en 131.000" in text["nl"]
    assert "36,000" not in text["nl"]
    assert "36.000" not in text["en"]
    assert "vermoedelijk" not in text["en"]


def test_numbers_of_the_dutch_half_are_dutch(dutch: Made) -> None:
    text = Reader(dutch.html).text
    assert "8.234" in text["nl"]
    assert "96,4\N{NO-BREAK SPACE}%" in text["nl"]
    assert "1,97" in text["nl"]
    assert "8,234" in text["en"]
    assert "96.4%" in text["en"]
    assert "1.97" in text["en"]


def test_the_language_asked_for_opens_first_and_nothing_else_changes(rome: Made) -> None:
    in_dutch = render_html(rome.release, rome.page, language="nl")
    for language, html in (("en", rome.html), ("nl", in_dutch)):
        checked = [box["id"] for box in Reader(html).all("input") if "checked" in box]
        assert checked == [f"show-{language}"]
        assert f'<html lang="{language}">' in html
    pictures = [[image["src"] for image in Reader(html).all("img")] for html in (rome.html, in_dutch)]
    assert pictures[0] == pictures[1]


def test_every_figure_has_number_caption_unit_source_and_its_data(dutch: Made) -> None:
    reader = Reader(dutch.html)
    numbers = dutch.page.numbered(dutch.release)
    for name, number in numbers.items():
        kind = "Figure" if dutch.release[name].figure.chart else "Table"
        assert f"{kind} {number}" in reader.text["en"]
        assert "".join(dutch.release[name].figure.title["nl"].split()) in "".join(reader.text["nl"].split())
    links = {link["download"]: content(link["href"]) for link in reader.all("a") if "download" in link}
    assert set(links) == {f"{name}-{language}.csv" for name in numbers for language in LANGUAGES}
    assert reader.text["en"].count("Unit") >= len(numbers)


def test_the_csv_in_the_page_equals_the_frame(dutch: Made) -> None:
    links = {link["download"]: link["href"] for link in Reader(dutch.html).all("a") if "download" in link}
    for name in dutch.page.figures:
        shown = dutch.release[name]
        read = pd.read_csv(io.StringIO(content(unquote(links[f"{name}-en.csv"]))), dtype=object, keep_default_na=False)
        assert list(read.columns) == list(shown.figure.columns)
        assert len(read) == len(shown.figure.frame)
        for column, about in shown.figure.columns.items():
            if about.kind in {"text", "model", "yesno"}:
                continue
            held = shown.figure.frame[column]
            for printed, value in zip(read[column], held, strict=True):
                assert pd.isna(value) or float(printed) == pytest.approx(float(value))
                if pd.isna(value):
                    assert re.fullmatch(r"[^\d]+", printed)


def test_pictures_come_in_two_languages_and_two_widths_and_say_what_to_see(dutch: Made) -> None:
    reader = Reader(dutch.html)
    images = reader.all("img")
    drawn = [name for name in dutch.page.figures if dutch.release[name].figure.chart]
    assert len(images) == 2 * (len(drawn) + 1)
    assert all(len(image["alt"]) > 40 for image in images)
    assert all("max-width" in source["media"] for source in reader.all("source"))
    wide = content(images[0]["src"])
    assert 'width="570pt"' in wide


def test_under_a_blocking_finding_no_single_total_is_in_the_table_of_estimates(dutch: Made) -> None:
    csv = figure_csv(dutch.release["estimates"])
    assert csv.count("no single estimate") == 2
    assert str(round(dutch.search.total or 0)) not in csv


def test_findings_come_blocking_first_with_what_to_do(dutch: Made) -> None:
    text = Reader(dutch.html).text["en"]
    blocking, caution = text.index("a factor of 3.64 (terms"), text.index("The interval holds the model")
    assert blocking < caution
    assert "Report the ranges, not one number" in text


def test_nothing_a_policy_withholds_is_anywhere_in_the_page(private: Made) -> None:
    reader = Reader(private.html)
    data = [content(link["href"]) for link in reader.all("a") if "download" in link]
    pictures = [content(image["src"]) for image in reader.all("img")]
    pictures += [content(source["srcset"]) for source in reader.all("source")]
    drawn = [note for picture in pictures for note in re.findall(r"<!--(.*?)-->", picture, flags=re.DOTALL)]
    everything = "\n".join([*reader.text.values(), *data, *drawn])
    exact = [persons for persons in SECRET.values() if persons > 9 and persons % 5]
    exact += [sum(SECRET.values())]
    for persons in exact:
        for written in (str(persons), f"{persons:,}", f"{persons:,}".replace(",", ".")):
            assert not re.search(rf"(?<![\d.,]){re.escape(written)}(?![\d.,]*\d)", everything), written
    for note in drawn:
        if found := re.fullmatch(r"\s*(?:registered |geregistreerd )?([\d.,]+)\s*", note):
            number = int(re.sub(r"[.,]", "", found.group(1)))
            assert number == 0 or number % 5 == 0 or number in range(0, 40), note
    assert "share nobody" not in everything
    assert "niemand" not in everything


def test_persons_in_the_data_of_a_private_page_are_rounded_or_words(private: Made) -> None:
    links = {link["download"]: link["href"] for link in Reader(private.html).all("a") if "download" in link}
    words = 0
    for name in private.page.figures:
        read = pd.read_csv(io.StringIO(content(links[f"{name}-en.csv"])), dtype=object, keep_default_na=False)
        for column, about in private.release[name].figure.columns.items():
            if about.kind == "persons":
                for printed in read[column]:
                    if printed.isdigit():
                        assert int(printed) >= 10
                        assert int(printed) % 5 == 0
                    else:
                        words += 1
    assert words > 0


def test_words_and_models_in_tables_have_a_class_of_their_own(dutch: Made) -> None:
    cells = [attributes["class"] for attributes in Reader(dutch.html).all("td")]
    words = sum(cell.startswith("word ") for cell in cells)
    chapman = dutch.release["pairs"].to_frame()["chapman"].isna().sum()
    assert words >= 2 * (chapman + 2)
    assert any(cell.startswith("model ") for cell in cells)


def test_text_of_users_is_escaped(dutch: Made) -> None:
    assert "Persons &lt;seen&gt; &amp; unseen" in dutch.html
    assert "numpy &lt;2.5&gt;" in dutch.html


def test_pages_refuse_missing_figures_repeated_sections_and_one_language(rome: Made) -> None:
    both = {"en": "x", "nl": "x"}
    lost = Page(both, both, both, None, (Section("a", both, figures=("estimtes",)),))
    with pytest.raises(ReleaseError, match="Did you mean 'estimates'"):
        render_html(rome.release, lost)
    with pytest.raises(ReleaseError, match="'a' more than once"):
        Page(both, both, both, None, (Section("a", both), Section("a", both)))
    with pytest.raises(ReleaseError, match="'en' and 'nl'"):
        Page({"en": "x"}, both, both, None, ())
