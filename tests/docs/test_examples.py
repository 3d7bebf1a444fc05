"""The Python code on the pages runs, and shows what the pages say that it shows."""

from __future__ import annotations

import doctest
from pathlib import Path
from typing import Any

import pytest
from pages import NAMES, ROOT, Block, blocks

WITH_CODE = [name for name in NAMES if any(block.language == "python" for block in blocks(ROOT / name))]

FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def run(block: Block, page: str, names: dict[str, Any]) -> str:
    """Run a block, as a session where it has prompts and else as a script; what a session shows that it should not."""
    if ">>>" not in block.text:
        exec(compile("\n" * block.line + block.text, page, "exec"), names)
        return ""
    session = doctest.DocTestParser().get_doctest(block.text, names, page, page, block.line)
    said: list[str] = []
    runner = doctest.DocTestRunner(optionflags=FLAGS, verbose=False)
    runner.run(session, out=said.append, clear_globs=False)
    names |= session.globs
    return "".join(said)


@pytest.mark.parametrize("page", WITH_CODE)
def test_code_runs(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPLBACKEND", "Agg")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": "page"}
    for block in blocks(ROOT / page):
        if block.language == "python":
            assert run(block, page, names) == ""


def test_a_wrong_output_is_seen() -> None:
    assert "Expected" in run(Block("python", ">>> 1 + 1\n3\n", 1), "nowhere", {})


def test_the_readme_and_the_tutorial_have_code() -> None:
    assert {"README.md", "docs/tutorial/first-estimate.md"} <= set(WITH_CODE)
