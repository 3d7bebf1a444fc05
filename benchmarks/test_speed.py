"""Times, measured and not asserted; what the work returns is asserted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from benchmarks import cases


@pytest.fixture(autouse=True)
def one_thread_of_linear_algebra() -> Any:
    """Keep BLAS to one thread, for statsmodels and the kernels alike."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        yield


def test_pair_models_of_six_lists(benchmark: Any) -> None:
    result = benchmark.pedantic(cases.sweep_all, (cases.SIX, 2), rounds=5, warmup_rounds=1)
    assert len(result.outcome) == 32_768


@pytest.mark.parametrize("reduced", [False, True], ids=["full design", "reduced design"])
def test_statsmodels_glm(benchmark: Any, reduced: bool) -> None:
    totals = benchmark.pedantic(cases.glm_fits, (reduced,), rounds=3, warmup_rounds=1)
    assert len(totals) == cases.GLM_MODELS


def test_glm_and_kernel_agree() -> None:
    inter, models = cases.scope(cases.SIX, 2)
    chosen = models[np.linspace(0, len(models) - 1, cases.GLM_MODELS).astype(int)]
    found = cases.sweep(cases.counts(cases.SIX), inter, chosen)
    totals = 8_234 + found.dark_figure
    proved = found.outcome == 0
    assert proved.sum() > cases.GLM_MODELS / 2
    np.testing.assert_allclose(np.array(cases.glm_fits(True))[proved], totals[proved], rtol=1e-5)


def test_all_models_of_five_lists(benchmark: Any) -> None:
    result = benchmark.pedantic(cases.sweep_all, (cases.FIVE, None), rounds=20, warmup_rounds=1)
    assert len(result.outcome) == 6_893


def test_all_models_of_six_lists(benchmark: Any) -> None:
    """The work is done in a process of its own, compiled before the clock starts."""
    done = benchmark.pedantic(
        cases.in_a_fresh_process,
        (
            "assert cases.search_all_orders() == 7_785_061",
            "from benchmarks import cases; cases.sweep_all(cases.FIVE, 2)",
        ),
        rounds=1,
    )
    assert done.seconds > 0.0
    benchmark.extra_info.update(done._asdict())


def test_bootstrap_over_pair_models(benchmark: Any) -> None:
    assert benchmark.pedantic(cases.bootstrap_pairs, rounds=1) == cases.REPLICATES


def test_import(benchmark: Any) -> None:
    """The time beyond importing numpy is in `beyond_numpy`; the benchmark's own time starts an interpreter."""
    times = []
    benchmark.pedantic(lambda: times.append(cases.in_a_fresh_process("import mse").seconds), rounds=15)
    assert len(times) == 15
    benchmark.extra_info["beyond_numpy"] = float(np.median(times))
