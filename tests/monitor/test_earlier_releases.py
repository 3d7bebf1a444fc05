"""What an earlier release printed: kept, read back, and used so that the next one gives nothing of it away."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from attacker import Attacker, exact
from test_tidy_cells import tidy, values

import mse
from mse.core.figure import Figure
from mse.monitor.disclosure.earlier import Published, key_of
from mse.monitor.disclosure.protected import Protected


def one(value: float, name: str = "one") -> Figure:
    return tidy(name, [("2019", "a", "victims", value)], cells={0: ("a", 2019)})


def by_year(name: str, counts: dict[str, float]) -> Figure:
    """One group over several windows, each its own row."""
    rows = [(window, "a", "victims", count) for window, count in counts.items()]
    return tidy(name, rows, cells={row: ("person-year", window, "a") for row, window in enumerate(counts)})


@pytest.mark.parametrize(
    ("now", "shown"), [(120.0, 120.0), (123.0, None), (129.0, None), (130.0, 130.0), (110.0, 110.0)]
)
def test_a_count_that_differs_by_few_persons_from_what_was_printed_is_withheld(now: float, shown: float | None) -> None:
    before = mse.release([one(120.0)], Protected())
    release = mse.release([one(now)], Protected(previous=before))
    assert values(release, "one") == [shown]
    rule = "changed" if shown is None else "none"
    assert release.audit.to_frame()["rule"].tolist() == [rule]


def test_what_was_withheld_stays_withheld() -> None:
    before = mse.release([one(8.0)], Protected())
    release = mse.release([one(40.0)], Protected(previous=before))
    assert values(release, "one") == [None]
    assert release.audit.to_frame()["rule"].tolist() == ["before"]


def test_a_small_count_that_was_printed_earlier_is_reported_as_given_away() -> None:
    before = mse.release([one(8.0)], Protected(minimum=5))
    release = mse.release([one(8.0)], Protected(previous=before))
    assert values(release, "one") == [None]
    assert release.audit.exposed == 1
    whats = [text["en"] for text in release.form.figure.frame["what"]]  # type: ignore[union-attr]
    assert "Given away earlier" in whats


@pytest.mark.parametrize(("total", "shown"), [(203.0, None), (230.0, 230.0)])
def test_a_longer_window_does_not_give_few_persons_of_the_last_year_away(total: float, shown: float | None) -> None:
    """2015-2019 was printed; no figure has 2020 by itself."""
    before = mse.release([by_year("table", {"2015-2019": 200.0})], Protected())
    now = [by_year("table", {"2015-2020": total})]
    assert values(mse.release(now, Protected(previous=before)), "table") == [shown]
    assert values(mse.release(now, Protected()), "table") == [total]


def test_what_adds_up_with_figures_of_the_earlier_release_is_reckoned_with() -> None:
    """Then men, women and all were printed, now women and the young among them; unknown is small in both."""
    rows = [("2019", code, "victims", count) for code, count in (("m", 60.0), ("f", 100.0), ("u", 4.0), ("t", 164.0))]
    then = tidy("sex", rows, cells={row: ("sex", code) for row, code in enumerate("mfut")}, sums=((3, (0, 1, 2)),))
    before = mse.release([then], Protected())
    assert values(before) == [None, 100.0, None, 164.0]
    parts = [("2019", "young", "victims", 25.0), ("2019", "old", "victims", 35.0), ("2019", "m", "victims", 60.0)]
    now = tidy("men", parts, cells={0: "young", 1: "old", 2: ("sex", "m")}, sums=((2, (0, 1)),))
    release = mse.release([now], Protected(previous=before))
    attacker = Attacker()
    attacker.read([then], before, exact)
    attacker.read([now], release, exact)
    assert all(high - low >= 9 for low, high in attacker.worked_out().values())
    assert values(mse.release([now], Protected()), "men") == [25.0, 35.0, 60.0]


def test_what_was_printed_is_kept_in_a_file_and_holds_nothing_else(tmp_path: Path) -> None:
    rows = [("2019", "a", "victims", 120.0), ("2019", "b", "victims", 7.0)]
    figure = tidy("two", rows, cells={0: ("a", frozenset({"x"})), 1: ("b", 1)})
    published = mse.release([figure], Protected()).published
    published.write(tmp_path / "published.json")
    plain = json.loads((tmp_path / "published.json").read_text("utf-8"))
    assert plain == {"base": 1, "counts": {key_of(("a", frozenset({"x"}))): 120.0, key_of(("b", 1)): None}, "sums": []}
    read = Published.read(tmp_path / "published.json")
    assert (read.counts, read.base, read.sums) == (published.counts, published.base, published.sums)
    release = mse.release([figure], Protected(previous=read))
    assert values(release, "two") == [120.0, None]


def test_a_file_that_is_no_earlier_release_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text('{"counts": 3}', encoding="utf-8")
    for name in ("other.json", "none.json"):
        with pytest.raises(mse.ReleaseError, match=name):
            Published.read(tmp_path / name)


def test_after_a_rounded_release_a_count_within_the_rounding_is_the_same() -> None:
    before = Published({key_of(("a", 2019)): 120.0}, base=5)
    assert before.state(("a", 2019), 123.0) == "same"
    assert before.state(("a", 2019), 127.0) == "changed"
    assert before.state(("a", 2019), 140.0) == "revised"
    assert before.state(("b", 2019), 140.0) == "new"
