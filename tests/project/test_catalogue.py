"""The catalogue of sentences: both languages say the same things, every sentence is used, every use has a sentence."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from mse.messages import LANGUAGES, catalogue

SOURCE = Path(__file__).parents[2] / "src" / "mse"
KINDS = {"", "count", "persons", "estimate", "percent", "level", "ratio", "mean", "names", "figures"}
SAYS = {"sentence", "Sentence", "Finding", "_say", "_finding"}
"""Callables whose first argument, where it is a literal, is a key of the catalogue."""

IN_TEMPLATES = re.compile(r"""\bsay\(\s*["'](\w+)["']""")


def placeholders(text: str) -> set[tuple[str, str]]:
    """Names and kinds of the values that a text puts in."""
    return {(name, kind or "") for _, name, kind, _ in string.Formatter().parse(text) if name is not None}


def trees() -> Iterator[tuple[Path, ast.Module]]:
    """The syntax tree of every module of the library."""
    for path in sorted(SOURCE.rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def templates() -> str:
    """The text of all templates."""
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(SOURCE.rglob("*.j2")))


def literal_keys() -> set[str]:
    """Keys that are asked for by a literal."""
    found = set(IN_TEMPLATES.findall(templates()))
    for _, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name in SAYS and re.fullmatch(r"[a-z][a-z0-9_.]+", str(node.args[0].value)):
                    found.add(str(node.args[0].value))
    return found


def possible_keys() -> re.Pattern[str]:
    """A pattern of every text that the library can make from its literals and f-strings."""
    texts, patterns = set(IN_TEMPLATES.findall(templates())), set()
    for _, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = [re.escape(p.value) if isinstance(p, ast.Constant) else r"[\w-]+" for p in node.values]
                if re.match(r"[a-z]+_", parts[0]):
                    patterns.add("".join(parts))
    return re.compile("|".join([*map(re.escape, sorted(texts)), *sorted(patterns)]))


@pytest.mark.parametrize("key", sorted(catalogue()))
def test_both_languages_say_the_same(key: str) -> None:
    entry = catalogue()[key]
    assert set(entry) == set(LANGUAGES)
    assert all(text.strip() for text in entry.values())
    assert placeholders(entry["en"]) == placeholders(entry["nl"])
    assert {kind for _, kind in placeholders(entry["en"])} <= KINDS


def test_every_sentence_that_is_asked_for_exists() -> None:
    asked = literal_keys()
    assert len(asked) > 50
    assert asked - set(catalogue()) == set()


def test_every_sentence_is_used() -> None:
    possible = possible_keys()
    unused = {key for key in catalogue() if not possible.fullmatch(key.split(".")[0])}
    assert unused == set()


def test_every_remedy_and_coarse_version_belongs_to_a_sentence() -> None:
    endings = {key.rpartition(".") for key in catalogue() if "." in key}
    assert {before for before, _, _ in endings} <= set(catalogue())
    assert {after for _, _, after in endings} <= {"remedy", "coarse"}
