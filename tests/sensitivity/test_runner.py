"""Scenarios of any kind: each answers or says why not, in any number of workers, and goes on from a checkpoint."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from joblib import parallel_config

import mse
from mse.sensitivity import Scenario, Sensitivity, run_scenarios

TABLE = mse.datasets.load("spina_bifida_621")
TITLE = {"en": "Methods", "nl": "Methoden"}


@dataclass(frozen=True)
class Broken:
    """An estimator of somebody else, with an error that names a person."""

    def fit(self, data: Any, *, seed: int | None = None) -> Any:
        raise RuntimeError("John Smith, born 1980")


@dataclass(frozen=True)
class Counting:
    """An estimator that leaves a mark in a folder each time it is fitted."""

    folder: str
    stop: bool = False

    def fit(self, data: Any, *, seed: int | None = None) -> Any:
        if self.stop and (Path(self.folder) / "stop").exists():
            raise KeyboardInterrupt
        Path(self.folder, f"{len(list(Path(self.folder).glob('*.fit')))}.fit").touch()
        return mse.LogLinear(order=1).fit(data)


def scenario(name: str, estimator: Any) -> Scenario:
    return Scenario({"en": name, "nl": f"{name} (nl)"}, estimator, TABLE)


def run(**options: Any) -> Sensitivity:
    others = [
        scenario("pairs", mse.LogLinear(order=2)),
        scenario("broken", Broken()),
        scenario("wrong list", mse.LogLinear("[X Y]")),
        scenario("all lists", mse.LogLinear("[S1 S2 S3]")),
    ]
    return run_scenarios(TITLE, scenario("independent", mse.LogLinear(order=1)), others, **options)


def test_every_row_is_what_its_estimator_says() -> None:
    frame = run(level=0.9).to_frame().set_index("scenario")
    for name, order in (("independent", 1), ("pairs", 2)):
        alone = mse.LogLinear(order=order).fit(TABLE).estimate(level=0.9)
        assert tuple(frame.loc[name, ["total", "lower", "upper"]]) == (alone.total, alone.lower, alone.upper)
        assert frame.loc[name, "observed"] == 621
    change = frame.loc["pairs", "total"] / frame.loc["independent", "total"] - 1
    assert frame.loc["pairs", "change"] == pytest.approx(change, rel=1e-12)
    assert frame.loc["independent", "change"] == 0
    assert frame.loc["pairs", "label_nl"] == "pairs (nl)"


def test_errors_become_rows_with_a_reason_and_without_what_they_hold() -> None:
    found = run()
    frame = found.to_frame().set_index("scenario")
    assert frame.loc[["broken", "wrong list", "all lists"], "total"].isna().all()
    assert frame.loc["broken", "reason"] == "not fitted: RuntimeError"
    assert "There is no list 'X'" in frame.loc["wrong list", "reason"]
    assert frame.loc["all lists", "reason"].startswith("no estimate: more terms")
    assert "Smith" not in repr(found)
    assert found.range == (frame["total"].min(), frame["total"].max())


def test_workers_change_nothing() -> None:
    with parallel_config(backend="threading"):
        assert run(workers=2).to_frame().equals(run().to_frame())


def test_what_was_stopped_goes_on_from_its_checkpoint(tmp_path: Path) -> None:
    folder, path = tmp_path / "marks", tmp_path / "outcomes.json"
    folder.mkdir()
    base, second, last = (
        scenario(name, Counting(str(folder), stop)) for name, stop in (("a", False), ("b", False), ("c", True))
    )
    (folder / "stop").touch()
    with pytest.raises(KeyboardInterrupt):
        run_scenarios(TITLE, base, [second, last], checkpoint=path)
    assert len(list(folder.glob("*.fit"))) == 2
    (folder / "stop").unlink()
    found = run_scenarios(TITLE, base, [second, last], checkpoint=path)
    assert len(list(folder.glob("*.fit"))) == 3
    assert found.to_frame().equals(run_scenarios(TITLE, base, [second, last]).to_frame())
    with pytest.raises(mse.ModelError, match="other scenarios"):
        run_scenarios(TITLE, base, [second], checkpoint=path)
    path.write_text("no outcomes")
    with pytest.raises(mse.ModelError, match="no checkpoint of scenarios"):
        run_scenarios(TITLE, base, [second], checkpoint=path)


def test_ranges_and_reasons_come_back_from_a_checkpoint(tmp_path: Path) -> None:
    path = tmp_path / "outcomes.json"
    korea = mse.datasets.load("korea")
    base = Scenario({"en": "search", "nl": "zoeken"}, mse.Search(max_order=None), korea)
    others = [Scenario({"en": "broken", "nl": "stuk"}, Broken(), korea)]
    first = run_scenarios(TITLE, base, others, checkpoint=path)
    again = run_scenarios(TITLE, base, others, checkpoint=path)
    assert first.base.ranges
    assert again.base.ranges == first.base.ranges
    assert repr(again) == repr(first)


def test_refusals() -> None:
    one = scenario("one", mse.LogLinear(order=1))
    with pytest.raises(mse.ModelError, match="a label of its own"):
        run_scenarios(TITLE, one, [one])
    with pytest.raises(mse.TableError, match="workers"):
        run(workers=0)
    with pytest.raises(mse.TableError, match="level"):
        run(level=95)
    with pytest.raises(mse.ModelError, match="takes a specification"):
        mse.sensitivity.leave_one_list_out(mse.Search, TABLE)
