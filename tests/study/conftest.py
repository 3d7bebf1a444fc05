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


REPORTS = """\
[study]
title = "Reports of a made-up register"

[data]
file = "reports.csv"
format = "reports"
covariates = ["form"]

[data.reports]
person = "key"
reporter = "melder"
mapping = "mapping.toml"
date = "date"
outside_period = "drop"
resolve = { form = "first" }

[reference]
period = [2021, 2022]
unit = "person"
population = "persons in a made-up register"
place = "Nowhere"

[estimate]
scopes = [2]
"""

MAPPING = """\
version = "2022-1"

[lists]
P = ["police"]
C = ["care north", "care south"]
S = ["shelter"]
"""


@pytest.fixture
def reports_study(tmp_path: Path) -> Path:
    """A study of reports, several rows a person; its keys are texts that occur nowhere else."""
    import numpy as np

    rng = np.random.default_rng(7)
    path = tmp_path / "reports" / "study.toml"
    path.parent.mkdir()
    path.write_text(REPORTS, encoding="utf-8")
    (path.parent / "mapping.toml").write_text(MAPPING, encoding="utf-8")
    rows = ["key;melder;date;form"]
    for person in range(1500):
        for reporter, chance in (("Police", 0.5), ("care north", 0.2), ("care south", 0.15), ("shelter", 0.2)):
            if rng.random() < chance:
                year, month = 2020 + rng.integers(0, 3), rng.integers(1, 13)
                rows.append(f"secret-{person:04d};{reporter};{year}-{month:02d}-11;{rng.choice(['labour', 'other'])}")
    (path.parent / "reports.csv").write_text("\n".join(rows), encoding="utf-8")
    return path
