"""Scopes read together: silent where they agree, blocking where they do not."""

from __future__ import annotations

import pytest

import mse
from mse.inference.combine import CombinedSearch, combined


def both(name: str, criterion: str = "bic") -> CombinedSearch:
    table = mse.datasets.load(name)
    return combined([mse.Search(criterion=criterion, max_order=order).fit(table) for order in (None, 2)])


@pytest.mark.parametrize(
    ("name", "factor"),
    [("rome_hiv", 1.29), ("diabetes_casale_monferrato", 1.14), ("spina_bifida_621", 1.07), ("spina_bifida_626", 1.07)],
)
def test_one_answer_where_scopes_agree(name: str, factor: float) -> None:
    found = both(name)
    lower, upper = found.rival_range
    assert upper / lower == pytest.approx(factor, abs=0.005)
    assert not found.estimate().blocked
    assert not found.headline().startswith("No single estimate")
    assert [search.scope for search in found.searches] == [2, len(found.searches[0].table.lists)]


def test_no_single_answer_where_they_do_not() -> None:
    found = both("kosovo_1999")
    pairs, whole = found.searches
    assert not pairs.estimate().blocked
    assert found.estimate().blocked
    assert found.findings[0].code == "scopes_disagree"
    spans = [pairs.rival_range(), whole.rival_range()]
    assert found.rival_range == (min(s[0] for s in spans), max(s[1] for s in spans))
    every = [r for search in found.searches for r in search.ranges]
    for shown in every:
        inside = [r for r in found.ranges if r.lower <= shown.lower and shown.upper <= r.upper]
        assert inside
        assert (shown in found.ranges) == (inside == [shown])
    assert found.headline("nl").startswith("Geen eenduidige schatting")


def test_under_aic_it_is_a_warning() -> None:
    severities = {finding.code: finding.severity.value for finding in both("kosovo_1999", "aic").findings}
    assert severities["scopes_disagree"] == "warning"


def test_the_best_search_has_the_lowest_criterion() -> None:
    found = both("kosovo_1999")
    assert found.best.best.bic == min(search.best.bic for search in found.searches)
    assert found.estimate().total == found.best.total


def test_searches_that_do_not_belong_together() -> None:
    spina, hiv = mse.datasets.load("spina_bifida_621"), mse.datasets.load("rome_hiv")
    with pytest.raises(mse.ModelError, match="one table"):
        combined([mse.Search().fit(spina), mse.Search().fit(hiv)])
    with pytest.raises(mse.ModelError, match="one criterion"):
        combined([mse.Search().fit(spina), mse.Search(criterion="aic").fit(spina)])
    with pytest.raises(mse.ModelError, match="count in one way"):
        combined([mse.Search().fit(spina), mse.Search(count_infinite=False).fit(spina)])
    with pytest.raises(mse.ModelError, match="at least one"):
        combined([])
