"""Write the reference pages from the library itself: ``python docs/make_reference.py``.

`api.md` comes from the docstrings, `findings.md` from the catalogue of sentences, `datasets.md` from the published
tables, `literature.md` from the publications. A test holds the pages to what this script writes.
"""

from __future__ import annotations

import ast
import enum
import inspect
import re
import tomllib
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import mse
from mse.messages import LANGUAGES, catalogue
from mse.study.literature import literature

FOLDER = Path(__file__).parent / "reference"

WRITTEN = "<!-- Written by docs/make_reference.py; change what it reads, not this page. -->"

UNDERLINE = re.compile(r"^(?P<heading>[A-Z][\w ]+)\n-{3,}\n", flags=re.MULTILINE)
ENTRY = re.compile(r"^(?=\S)", flags=re.MULTILINE)

GROUPS = {
    "Data": [
        "CaptureTable",
        "PartialTable",
        "CountTable",
        "ExpectedTable",
        "CaseCounts",
        "tabulate",
        "datasets",
        "Reference",
    ],
    "Registers": ["read_registry", "Registry", "Rules", "Cube"],
    "The monitor and simulated registers": ["monitor", "simulate"],
    "Models": [
        "LogLinear",
        "Search",
        "ModelAverage",
        "LatentClass",
        "Hierarchical",
        "DecomposableAverage",
        "LincolnPetersen",
        "Chapman",
        "Heterogeneity",
        "SampleCoverage",
        "Generators",
        "Term",
        "covariate_roles",
    ],
    "One list, counted repeatedly": [
        "TruncatedPoisson",
        "TruncatedGeometric",
        "TruncatedNegativeBinomial",
        "OneInflated",
        "Zelterman",
        "ChaoCounts",
        "ModifiedChao",
    ],
    "Priors": ["TotalPrior"],
    "How covariates enter": ["Levels", "Poly", "Spline", "Step", "Break", "Scores"],
    "What is not known, or wrong, of the records": [
        "complete",
        "missing_odds",
        "correct_linkage",
        "linkage_draws",
        "correction_draws",
        "combine_linkage",
        "linked_tables",
        "correct_duplicates",
        "correct_over_coverage",
        "correct_referrals",
        "TrimmedDualSystem",
    ],
    "Answers": [
        "PointFit",
        "StratifiedFit",
        "CountFit",
        "EnsembleFit",
        "PosteriorFit",
        "FitStatus",
        "Estimate",
        "Contrast",
        "bootstrap",
        "side_by_side",
        "SideBySide",
        "lower_bound_test",
        "LowerBoundTest",
        "Draws",
        "Finding",
    ],
    "Whether lists can carry an estimate": ["assess", "feasibility"],
    "What an estimate rests on": ["sensitivity", "FixedDependence"],
    "What is shown and written": ["plot", "Figure", "release", "run"],
    "Errors": ["MseError", "TableError", "ModelError", "ReferenceError", "RegistryError", "ReleaseError", "StudyError"],
}
"""Public names in the order of the page."""

FINDINGS = ("Finding", "_finding", "judged")
"""Callables whose first argument is the code of a finding."""


def pages() -> dict[Path, str]:
    """Every page with its text."""
    texts = {"api": api(), "findings": findings(), "datasets": datasets(), "literature": publications()}
    return {FOLDER / f"{name}.md": text for name, text in texts.items()}


# ---------------------------------------------------------------------- docstrings


def api() -> str:
    """Write the page of the public names."""
    parts = ["# Python reference", WRITTEN, "All names are attributes of `mse`. Examples run as tests.", _contents()]
    for group, names in GROUPS.items():
        parts.append(f"## {group}")
        for name in names:
            parts += _entry(name, getattr(mse, name))
    return _page(parts)


def _contents() -> str:
    lines = [f"- {group}: " + ", ".join(_link(name) for name in names) for group, names in GROUPS.items()]
    return "\n".join(lines)


def _link(name: str) -> str:
    return f"[`{name}`](#mse{name.lower()})"


def _entry(name: str, thing: Any) -> Iterator[str]:
    yield f"### `mse.{name}`"
    if inspect.ismodule(thing):
        yield _described(thing)
        for inner in thing.__all__:
            member = getattr(thing, inner)
            if inspect.isfunction(member):
                yield f"#### `mse.{name}.{inner}{_plain(inspect.signature(member))}`"
                yield _described(member)
            elif inspect.isclass(member):
                yield f"#### `mse.{name}.{inner}`"
                yield f"```text\n{_signature(f'mse.{name}.{inner}', member)}\n```"
                yield _described(member)
                yield from _members(inner, member)
        return
    if not (inspect.isclass(thing) and (issubclass(thing, Exception) or issubclass(thing, enum.Enum))):
        yield f"```text\n{_signature(name, thing)}\n```"
    yield _described(thing)
    if inspect.isclass(thing):
        yield from _members(name, thing)


def _signature(name: str, thing: Any) -> str:
    signature = inspect.signature(thing)
    parameters = [str(p).replace("'", "") for p in signature.parameters.values() if not p.name.startswith("_")]
    keywords = [p for p in signature.parameters.values() if p.kind is inspect.Parameter.KEYWORD_ONLY]
    if keywords:
        parameters.insert(len(parameters) - len(keywords), "*")
    line = f"{name}({', '.join(parameters)})"
    return line if len(line) < 100 else f"{name}(\n    " + ",\n    ".join(parameters) + ",\n)"


def _members(name: str, thing: type) -> Iterator[str]:
    if issubclass(thing, enum.Enum):
        yield "\n".join(f'- `{member.name}`: "{member.value}"' for member in thing)
        return
    known = {member: value for member, value in _own(thing).items() if not member.startswith("_")}
    properties = {member: value for member, value in known.items() if _is_property(value)}
    if properties:
        yield "| attribute | what it is |\n| --- | --- |\n" + "\n".join(
            f"| `{member}` | {_first_sentence(value)} |" for member, value in properties.items()
        )
    for member, value in known.items():
        function = getattr(value, "__func__", value)
        if inspect.isfunction(function):
            yield f"#### `{name}.{member}{_plain(inspect.signature(function))}`"
            yield _described(function)


def _plain(signature: inspect.Signature) -> inspect.Signature:
    """A signature without types, as it is called."""
    shown = (p.replace(annotation=inspect.Parameter.empty) for p in signature.parameters.values())
    return inspect.Signature([p for p in shown if p.name not in ("self", "cls")])


def _own(thing: type) -> dict[str, Any]:
    """Members of a class and of the library's classes above it."""
    found: dict[str, Any] = {}
    for level in reversed(thing.__mro__):
        if level.__module__.startswith("mse"):
            found |= vars(level)
    return found


def _is_property(value: Any) -> bool:
    return isinstance(value, property) or type(value).__name__ == "cached_property"


def _first_sentence(value: Any) -> str:
    text = (inspect.getdoc(value) or "").split("\n\n")[0]
    return " ".join(text.split()).replace("|", "\\|")


def _described(thing: Any) -> str:
    """A NumPy docstring as Markdown."""
    pieces = UNDERLINE.split(inspect.getdoc(thing) or "")
    parts = [pieces[0].strip()]
    for heading, body in zip(pieces[1::2], pieces[2::2], strict=True):
        parts.append(f"**{heading}**")
        parts.append(f"```pycon\n{body.strip()}\n```" if heading == "Examples" else _entries(body))
    return "\n\n".join(part for part in parts if part)


def _entries(body: str) -> str:
    lines = []
    for entry in filter(str.strip, ENTRY.split(body)):
        head, _, text = entry.strip().partition("\n")
        explained = " ".join(text.split())
        lines.append(f"- `{head}`" + (f": {explained}" if explained else ""))
    return "\n".join(lines)


# ---------------------------------------------------------------------- catalogue, tables, publications


def findings() -> str:
    """Write the page of the findings."""
    parts = [
        "# Findings",
        WRITTEN,
        "A finding has a code, a severity and a sentence. *Blocking* means that there is no single estimate: headline, "
        "report and files give ranges, and the command line ends with exit code 3. Values stand in braces.",
    ]
    for code in _finding_codes():
        parts.append(f"## `{code}`")
        rows = [f"- {language}: {_shown(catalogue()[code][language])}" for language in LANGUAGES]
        remedy = catalogue().get(f"{code}.remedy")
        if remedy:
            rows += [f"- {language}, what to do: {_shown(remedy[language])}" for language in LANGUAGES]
        parts.append("\n".join(rows))
    return _page(parts)


def _shown(text: str) -> str:
    return re.sub(r"\{(\w+)(?::\w+)?\}", r"`{\1}`", text)


def _finding_codes() -> list[str]:
    """Keys of the catalogue that the library makes findings of."""
    texts, patterns = set(), []
    for path in sorted((Path(__file__).parents[1] / "src").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and node.args):
                continue
            if getattr(node.func, "id", getattr(node.func, "attr", "")) not in FINDINGS:
                continue
            for part in ast.walk(node.args[0]):
                if isinstance(part, ast.JoinedStr):
                    pieces = [re.escape(str(p.value)) if isinstance(p, ast.Constant) else r"\w+" for p in part.values]
                    patterns.append(re.compile("".join(pieces)))
                elif isinstance(part, ast.Constant):
                    texts.add(part.value)
    file = resources.files("mse.messages").joinpath("findings.toml")
    texts |= set(tomllib.loads(file.read_text(encoding="utf-8")))
    made = {code for code in catalogue() if code in texts or any(pattern.fullmatch(code) for pattern in patterns)}
    return sorted(code for code in made if "." not in code)


def datasets() -> str:
    """Write the page of the published tables."""
    parts = [
        "# Published tables",
        WRITTEN,
        "`mse.datasets.load(name)` gives the table, `mse.datasets.about(name)` what is known about it. All counts come "
        "from the publications named here.",
    ]
    for name in mse.datasets.names():
        about = mse.datasets.about(name)
        table = mse.datasets.load(name)
        reference = about.reference
        rows = [
            f"- {about.n:,} persons on {len(about.lists)} lists"
            + (f", by {', '.join(table.covariates)}" if table.covariates else ""),
            f"- About: {reference.population}; {reference.place}; {reference.period_label}; unit: {reference.unit}",
            f"- Source: {about.citation}",
            *(f"- Note: {note}" for note in about.notes),
        ]
        lists = "| list | what it is |\n| --- | --- |\n" + "\n".join(f"| `{c}` | {t} |" for c, t in about.lists.items())
        parts += [f"## `{name}`", f"{about.title}.".replace("..", "."), "\n".join(rows), lists]
    return _page(parts)


def publications() -> str:
    """Write the page of the publications that methods and pages refer to."""
    cited = tomllib.loads((Path(__file__).parent / "literature.toml").read_text(encoding="utf-8"))
    parts = [
        "# Literature",
        WRITTEN,
        "## Publications of methods",
        "Keys are those that `references` of an estimator returns; a report lists the publications of the methods that "
        "it used. Those of the published tables stand with the [tables](datasets.md).",
        _rows(literature()),
        "## Cited on these pages",
        _rows({key: text for key, text in cited.items() if key not in literature()}),
    ]
    return _page(parts)


def _rows(known: Mapping[str, str]) -> str:
    rows = (f"| `{key}` | {text} |" for key, text in sorted(known.items()))
    return "| key | publication |\n| --- | --- |\n" + "\n".join(rows)


def _page(parts: list[str]) -> str:
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(FOLDER.parent))
