"""The reference pages are those that `docs/make_reference.py` writes, and hold every name and finding."""

from __future__ import annotations

import ast
import importlib.util
from types import ModuleType

import pytest
from pages import ROOT

import mse


def script() -> ModuleType:
    """The script that writes the pages."""
    spec = importlib.util.spec_from_file_location("make_reference", ROOT / "docs" / "make_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["api", "findings", "datasets", "literature"])
def test_page_is_up_to_date(name: str) -> None:
    made = {path.stem: text for path, text in script().pages().items()}
    page = ROOT / "docs" / "reference" / f"{name}.md"
    assert page.read_text(encoding="utf-8") == made[name], "run: python docs/make_reference.py"


def test_every_public_name_has_a_group() -> None:
    grouped = [name for names in script().GROUPS.values() for name in names]
    assert sorted(grouped) == sorted(mse.__all__)


def test_every_finding_is_on_the_page() -> None:
    page = (ROOT / "docs" / "reference" / "findings.md").read_text(encoding="utf-8")
    codes = set()
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in {
                "Finding",
                "_finding",
            }:
                codes |= {str(arg.value) for arg in node.args[:1] if isinstance(arg, ast.Constant)}
    assert len(codes) > 10
    assert {code for code in codes if f"## `{code}`" not in page} == set()


def test_every_publication_of_a_method_is_on_the_page() -> None:
    page = (ROOT / "docs" / "reference" / "literature.md").read_text(encoding="utf-8")
    methods = [mse.LogLinear(order=1), *(mse.Search(criterion=name) for name in ("aic", "aicc", "bic"))]
    methods += [mse.Search(method="stepwise", criterion="p-value"), mse.DecomposableAverage()]
    keys = {key for method in methods for key in method.references}
    assert len(keys) > 4
    assert {key for key in keys if f"| `{key}` |" not in page} == set()
