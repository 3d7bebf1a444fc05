"""What a study finds: which interval is that of the answer, and what is said of it."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import mse
from mse.study.check import check_study
from mse.study.procedure import Results, carry_out

COUNTS = (393, 150, 94, 397, 266, 102, 66, 248, 173, 62, 39, 117, 73, 67, 36)
"""Persons on each combination of four lists; the best model has a term of three lists."""

STUDY = """\
[study]
title = "Three lists that go together"
[data]
file = "counts.csv"
[reference]
period = [2020, 2021]
unit = "person"
population = "persons in a made-up register"
place = "Nowhere"
[bootstrap]
replicates = 20
scope = SCOPE
"""


def results(folder: Path, scope: str) -> Results:
    patterns = [pattern for pattern in product("01", repeat=4) if "1" in pattern]
    rows = [",".join([*pattern, str(count)]) for pattern, count in zip(patterns, COUNTS, strict=True)]
    (folder / "counts.csv").write_text("\n".join(["A,B,C,D,count", *rows]), encoding="utf-8")
    path = folder / "study.toml"
    path.write_text(STUDY.replace("SCOPE", scope), encoding="utf-8")
    return carry_out(check_study(path))


def codes(found: Results) -> set[str]:
    return {finding.code for finding in found.findings}


def test_an_interval_that_holds_the_model_fixed_says_so_beside_a_bootstrap_of_another_search(tmp_path: Path) -> None:
    found = results(tmp_path, "2")
    pairs, orders = found.searches
    assert not found.answer.blocked
    assert pairs.total != orders.total
    assert (found.answer.total, found.answer.interval) == (orders.total, "profile")
    assert found.reselected is not None
    assert "ignores_model_choice" in codes(found)


def test_the_interval_of_a_bootstrap_that_chose_anew_does_not(tmp_path: Path) -> None:
    found = results(tmp_path, '"all"')
    again = mse.bootstrap(found.searches[1].spec, found.table, replicates=20)
    assert (found.answer.lower, found.answer.upper) == (again.lower, again.upper)
    assert "ignores_model_choice" not in codes(found)
