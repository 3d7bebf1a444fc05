"""Several estimators on one table: every one answers, or says why it does not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

import mse
from mse.inference.standard_set import standard_set
from mse.monitor import side_by_side_figure

TABLE = mse.datasets.load("spina_bifida_621")
QUICK_CLASSES = mse.LatentClass(classes=2, draws=30, tune=30, thin=1, temperatures=2)
"""Far too few draws: the chains cannot pass the gate."""


@dataclass(frozen=True)
class Broken:
    """An estimator of somebody else, with an error that names a person."""

    def fit(self, data: Any, *, seed: int | None = None) -> Any:
        raise RuntimeError("John Smith, born 1980")


@pytest.fixture(scope="module")
def found() -> mse.SideBySide:
    methods = {
        "pairs": mse.Search(),
        "independent lists": mse.LogLinear(order=1),
        "no estimate": mse.TrimmedDualSystem("S1", [(1, 1)]),
        "broken": Broken(),
        "classes": QUICK_CLASSES,
        "graphs": mse.DecomposableAverage(),
    }
    return mse.side_by_side(TABLE, methods, seed=1, level=0.9)


def test_every_number_is_that_of_the_method_by_itself(found: mse.SideBySide) -> None:
    frame = found.to_frame().set_index("label")
    for name, spec in (("pairs", mse.Search()), ("graphs", mse.DecomposableAverage())):
        alone = spec.fit(TABLE).estimate(level=0.9)
        assert tuple(frame.loc[name, ["total", "lower", "upper"]]) == (alone.total, alone.lower, alone.upper)
        assert frame.loc[name, "interval"] == alone.interval
        assert frame.loc[name, "assumption"] == found.fits[name].assumption
        assert frame.loc[name, "findings"] == ", ".join(finding.code for finding in alone.findings)
    assert frame["observed"].eq(621).all()
    assert frame["seconds"].gt(0).all()


def test_one_that_stops_has_a_row_and_the_others_go_on(found: mse.SideBySide) -> None:
    frame = found.to_frame().set_index("label")
    assert list(frame.index) == ["pairs", "independent lists", "no estimate", "broken", "classes", "graphs"]
    assert frame.loc[["no estimate", "broken"], "status"].tolist() == ["error", "error"]
    assert "two lists" in frame.loc["no estimate", "error"]
    assert isinstance(found.errors["no estimate"], mse.TableError)
    assert list(found.fits) == ["pairs", "independent lists", "classes", "graphs"]
    assert list(found.assumptions("nl")) == list(found.fits)


def test_the_text_of_a_foreign_error_stays_in_the_error(found: mse.SideBySide) -> None:
    figure = side_by_side_figure(found)
    assert "Smith" in str(found.errors["broken"])
    assert "RuntimeError" in repr(found)
    assert "Smith" not in repr(found) + found.to_frame().to_string() + figure.frame.to_string()


def test_chains_that_disagree_give_no_total_and_no_range(found: mse.SideBySide) -> None:
    row = found.to_frame().set_index("label").loc["classes"]
    assert row["status"] == "chains disagree"
    assert row[["total", "lower", "upper"]].isna().all()
    assert not row["single_estimate"]
    figure = side_by_side_figure(found)
    place = figure.frame["label"].tolist().index("classes")
    assert figure.frame.loc[place, ["lower", "upper", "total"]].isna().all()
    assert figure.words[place, "total"] == "posterior_chains_disagree"
    assert "latent classes" in figure.frame.loc[place, "method"]["en"]


def test_the_figure_says_what_each_assumes_and_how_far_they_differ(found: mse.SideBySide) -> None:
    figure = side_by_side_figure(found)
    frame = figure.frame.set_index("label")
    for name, fit in found.fits.items():
        assert frame.loc[name, "assumption"] == {"en": fit.explain("en"), "nl": fit.explain("nl")}
    totals = found.to_frame().query("single_estimate")["total"]
    assert f"{totals.min():.0f} to {totals.max():.0f}" in figure.title["en"]
    assert figure.reference == TABLE.reference
    assert figure.chart == "estimate"


def test_rival_models_are_shown_as_ranges() -> None:
    found = mse.side_by_side(mse.datasets.load("kosovo_1999"), {"all orders": mse.Search(max_order=None)})
    figure = side_by_side_figure(found)
    assert len(figure.frame) == len(found.fits["all orders"].modes()) > 1
    assert figure.frame["total"].isna().all()
    assert "None of 1" in figure.title["en"]


def test_methods_of_a_list_are_called_by_what_they_did() -> None:
    found = mse.side_by_side(TABLE, [mse.Search(), mse.LogLinear(order=1), mse.LogLinear(order=1), Broken()])
    assert list(found.to_frame()["label"]) == [
        "best of 8 models by BIC, terms of up to 2 lists",
        "[S1][S2][S3] (1)",
        "[S1][S2][S3] (2)",
        "Broken",
    ]
    assert len(found.fits) == 3


def test_workers_change_nothing() -> None:
    methods = [mse.LogLinear(order=1), mse.Search(), mse.LogLinear("[S1 S2][S3]")]
    one, two = (mse.side_by_side(TABLE, methods, workers=workers).to_frame() for workers in (1, 2))
    assert one.drop(columns="seconds").equals(two.drop(columns="seconds"))


def test_pictures_are_drawn(found: mse.SideBySide) -> None:
    for narrow in (False, True):
        texts = [text.get_text() for text in mse.plot(found, language="nl", narrow=narrow).get_axes()[0].texts]
        assert "ketens zijn het oneens: geen totaal" in texts


@pytest.mark.parametrize(
    ("estimators", "error", "text"),
    [
        ([], mse.ModelError, "at least one"),
        ([mse.Search], mse.ModelError, "specifications"),
        ("Search", mse.ModelError, "specifications"),
    ],
)
def test_what_is_no_estimator_is_refused(estimators: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        mse.side_by_side(TABLE, estimators)


def test_level_and_workers_are_checked_before_anything_is_fitted() -> None:
    with pytest.raises(mse.TableError, match="level"):
        mse.side_by_side(TABLE, [Broken()], level=95)
    with pytest.raises(mse.TableError, match="workers"):
        mse.side_by_side(TABLE, [Broken()], workers=0)


@pytest.mark.parametrize(
    ("lists", "names"),
    [
        (2, ["beside_independence"]),
        (3, ["beside_pairs", "beside_decomposable", "beside_average", "beside_classes"]),
        (5, ["beside_pairs", "beside_all_orders", "beside_decomposable", "beside_average", "beside_classes"]),
        (6, ["beside_pairs", "beside_decomposable", "beside_average", "beside_classes"]),
        (8, ["beside_steps", "beside_average", "beside_classes"]),
    ],
)
def test_the_standard_set_suits_the_lists(lists: int, names: list[str]) -> None:
    table = mse.datasets.load("new_orleans_2016") if lists == 8 else _of_lists(lists)
    assert len(table.lists) == lists
    assert [label.key for label in standard_set(table)] == names


def _of_lists(lists: int) -> mse.CaptureTable:
    dutch = mse.datasets.load("netherlands_2010_2015")
    return dutch.merge_lists({"rest": list(dutch.lists[lists - 1 :])}) if lists < 6 else dutch


def test_covariates_and_unknown_values_have_methods_that_take_them() -> None:
    table = mse.datasets.load("spina_bifida_621_ethnicity")
    assert "beside_hierarchical" in [label.key for label in standard_set(table)]
    partial = mse.PartialTable.from_table(table)
    assert [label.key for label in standard_set(partial)] == ["beside_steps", "beside_hierarchical"]
    with pytest.raises(mse.TableError, match="a PartialTable or a CountTable"):
        standard_set("table")
