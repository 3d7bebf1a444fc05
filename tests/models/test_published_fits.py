"""Fits of published tables: every printed figure to half a unit of its last digit."""

from __future__ import annotations

import numpy as np
import pytest

import mse
from published import NAMES, brackets, fit, rows, table

PRINTED = rows("published_fits.csv")


def agrees(value: float | None, printed: str) -> bool:
    """Whether a value rounds to a printed figure; an empty one was not printed."""
    if not printed:
        return True
    decimals = len(printed.partition(".")[2])
    return value is not None and abs(value - float(printed)) <= 0.5 * 10.0**-decimals + 1e-9


@pytest.mark.parametrize("row", PRINTED, ids=[f"{r['data']}-{r['model']}-{r['total']}" for r in PRINTED])
def test_printed_figures_of_a_model(row: dict[str, str]) -> None:
    found = fit(row["data"], row["model"])
    values = {name: getattr(found, name) for name in ("total", "standard_error", "deviance", "df", "aic", "bic")}
    for interval in ("profile", "lognormal"):
        estimate = found.estimate(interval=interval)
        values |= {f"{interval}_lower": estimate.lower, f"{interval}_upper": estimate.upper}
    wrong = {name: (value, row[name]) for name, value in values.items() if not agrees(value, row[name])}
    assert not wrong


# Methods note B1: n₁n₂/m on each pair of lists, persons on neither of the two left out.
PAIRS = {
    "HAV": {"AB": 336.1, "AC": 378.0, "BC": 334.2},
    "Diabetes": {"AB": 2352.5, "AC": 2185.3, "AD": 2264.5, "BC": 2060.3, "BD": 806.1, "CD": 1558.4},
}


@pytest.mark.parametrize(("data", "pair"), [(data, pair) for data, pairs in PAIRS.items() for pair in pairs])
def test_two_lists_give_the_estimate_of_lincoln_and_petersen(data: str, pair: str) -> None:
    two = table(data)
    for name in set(two.lists) - set(pair):
        two = two.drop_list(name)
    sizes = two.counts.sum(axis=1)[1], two.counts.sum(axis=0)[1]
    total = mse.LogLinear(order=1).fit(two).total
    assert total == pytest.approx(sizes[0] * sizes[1] / two.counts[1, 1], rel=1e-9)
    assert abs(total - PAIRS[data][pair]) <= 0.05


# No-highest-order interaction (all terms but the top one): total and standard error of log f₀, Σ 1/y.
ALL_BUT_TOP = {
    "Kosovo": (16941.88, 0.473),
    "Diabetes": (5366.87, 0.840),
    "HAV": (1312.76, 0.496),
    "spina_621": (754.75, 0.625),
    "lesbian": (8518.61, 0.570),
}


@pytest.mark.parametrize("data", ALL_BUT_TOP)
def test_all_terms_but_the_top_one(data: str) -> None:
    counts = table(data).counts
    found = mse.LogLinear(order=counts.ndim - 1).fit(table(data))
    total, spread = ALL_BUT_TOP[data]
    assert abs(found.total - total) <= 0.005
    assert abs(np.sqrt((1.0 / counts[counts > 0]).sum()) - spread) <= 0.0005
    expected = np.sqrt(found.dark_figure + found.dark_figure**2 * (1.0 / counts[counts > 0]).sum())
    assert found.standard_error == pytest.approx(expected, rel=1e-8)


def test_all_terms_but_the_top_one_with_empty_cells_has_no_estimate() -> None:
    assert mse.LogLinear(order=3).fit(table("HIV")).total is None


# Methods note B3. Verdicts of Chan, Silverman and Vincent (2021): 0 estimate, 1 none, 2 not identified.
ARTIFICIAL = {
    "[1,2,3]": "ok",
    "[12,3]": "no estimate",
    "[13,2]": "ok",
    "[13,23]": "ok",
    "[12,13]": "no estimate",
    "[12,13,23]": "not identified",
}


@pytest.mark.parametrize("model", ARTIFICIAL)
def test_the_artificial_table_of_three_lists(model: str) -> None:
    found = fit("Artificial_3", model)
    assert found.status == ARTIFICIAL[model]
    assert (found.total is None) == (ARTIFICIAL[model] != "ok")


def test_korea_admits_six_of_its_eight_models() -> None:
    from mse.kernels.lattice import enumerate_models, interactions, model_masks

    inter = interactions(3, 2)
    statuses = {}
    for bits in enumerate_models(3, 2):
        masks = model_masks(int(bits), inter, 3)
        model = mse.LogLinear("".join("[" + " ".join(_names(m, 3)) + "]" for m in map(int, masks) if m))
        found = model.fit(table("Korea"))
        statuses[found.generators.notation()] = found.status
    assert sorted(name for name, status in statuses.items() if status != "ok") == [
        "[A B][A C]",
        "[A B][A C][B C]",
    ]
    assert len(statuses) == 8


def test_every_pair_model_of_new_orleans_has_an_estimate() -> None:
    """18 of 28 pairs are empty; existence for a model is inherited when overlapping pairs leave it."""
    data = table("NewOrl_186")
    everything = mse.LogLinear(order=2).fit(data)
    assert (everything.n_infinite, everything.status) == (18, "ok")
    rng = np.random.default_rng(28)
    pairs = list(everything.generators.top)
    for _ in range(100):
        chosen = [_names(m, 8) for m in pairs if rng.random() < 0.6]
        model = "".join("[" + " ".join(names) + "]" for names in [*chosen, *NAMES[:8]])
        assert mse.LogLinear(model).fit(data).total is not None


def _names(mask: int, k: int) -> list[str]:
    return [NAMES[j] for j in range(k) if mask >> (k - 1 - j) & 1]


def test_one_person_moves_new_orleans_by_seventy() -> None:
    totals = [fit(f"NewOrl_{n}", "[45,1,2,3,6,7,8]").total for n in (185, 186)]
    assert round(totals[0] - totals[1]) == 73


def test_brackets_are_written_over() -> None:
    assert brackets("[12,3]") == "[A B][C]"
