"""Parts of a population add up to it, whatever they are cut by."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mse.core.margins import margins
from mse.errors import ModelError

COVARIATES = {"year": (2018, 2019, 2020), "form": ("SU", "AU"), "minor": (True, False)}


@given(st.lists(st.sampled_from(sorted(COVARIATES)), unique=True))
@settings(deadline=None)
def test_every_stratum_is_in_one_part(by: list[str]) -> None:
    parts = margins(COVARIATES, by)
    assert (np.sum([part.strata for part in parts], axis=0) == 1).all()
    assert len({part.name for part in parts}) == len(parts)


def test_parts_come_in_the_order_of_levels_and_follow_the_axes_of_a_table() -> None:
    counts = np.arange(12).reshape(3, 2, 2)
    parts = margins(COVARIATES, ["form", "year"])
    assert [part.name for part in parts][:2] == ["SU, 2018", "SU, 2019"]
    assert [int(counts.ravel()[part.strata].sum()) for part in parts] == counts.sum(axis=2).T.ravel().tolist()


@pytest.mark.parametrize(("by", "said"), [(["yaer"], "no covariate 'yaer'"), (["year"] * 2, "once"), ("year", "by=")])
def test_other_cuts_are_refused(by: list[str], said: str) -> None:
    with pytest.raises(ModelError, match=said):
        margins(COVARIATES, by)
