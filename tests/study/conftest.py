"""Studies on small data, for the tests of running them."""

from __future__ import annotations

from pathlib import Path

import pytest

COUNTS = "A;B;C;count\n1;0;0;1.157\n0;1;0;431\n0;0;1;613\n1;1;0;43\n1;0;1;37\n0;1;1;28\n1;1;1;4\n"
"""Counts of a made-up register; few persons are on all three lists, and no count is a multiple of 5."""

PUBLIC = """\
[study]
title = "HIV in Rome"

[data]
dataset = "rome_hiv"

[bootstrap]
replicates = 20
"""

PRIVATE = """\
[study]
title = { en = "A made-up register", nl = "Een verzonnen register" }
language = "nl"

[data]
file = "counts.csv"

[reference]
period = [2020, 2021]
unit = "person"
population = "persons in a made-up register"
place = "Nowhere"

[bootstrap]
replicates = 20
"""


@pytest.fixture
def public_study(tmp_path: Path) -> Path:
    """A study of a published table."""
    path = tmp_path / "public" / "study.toml"
    path.parent.mkdir()
    path.write_text(PUBLIC, encoding="utf-8")
    return path


@pytest.fixture
def private_study(tmp_path: Path) -> Path:
    """A study of counts that are not published."""
    path = tmp_path / "private" / "study.toml"
    path.parent.mkdir()
    path.write_text(PRIVATE, encoding="utf-8")
    (path.parent / "counts.csv").write_text(COUNTS, encoding="cp1252")
    return path


@pytest.fixture
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the pictures out of the page: they take most of the time, and `tests/report` is about them."""
    monkeypatch.setattr("mse.report.html.to_svg", lambda *_, **__: "<svg xmlns='http://www.w3.org/2000/svg'/>")
