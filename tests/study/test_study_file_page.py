"""The reference page of the study file says what the models say."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from reference_tables import SECTIONS, table

from mse.study.check import check_study
from mse.study.config import Study

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "study-file.md"


@pytest.mark.parametrize("section", SECTIONS)
def test_every_key_is_on_the_page(section: str) -> None:
    assert table(SECTIONS[section]) in PAGE.read_text(encoding="utf-8")


def test_every_section_is_on_the_page() -> None:
    headings = re.findall(r"^## `\[+(\w+)\]+`", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert headings == list(Study.model_fields)


def test_the_example_is_a_study(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    path = tmp_path / "study.toml"
    path.write_text(example, encoding="utf-8")
    assert check_study(path).study.study.title == tomllib.loads(example)["study"]["title"]
