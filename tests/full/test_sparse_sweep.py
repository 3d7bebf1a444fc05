"""10⁶ random sparse tables and models: the fit claims an estimate where the programme finds one."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import pytest

from random_tables import tally

BLOCKS, PAIRS = 100, 10_000


@pytest.mark.full
def test_a_million_pairs() -> None:
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(partial(tally, number=PAIRS, programme=True), range(1000, 1000 + BLOCKS)))
    assert sum(result.tried for result in results) == 1_000_000
    assert sum(result.with_estimate for result in results) > 200_000
    assert not [difference for result in results for difference in result.differences]
