"""Posteriors that tests of figures and pictures share: exact, drawn, and with chains that disagree."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

import mse
from mse.core.chains import Chains, gate
from mse.core.posterior_fit import PosteriorFit
from mse.core.sentence import Sentence

SMALL = mse.CaptureTable(["A", "B", "C"], [[[0, 41], [37, 7]], [[83, 9], [12, 3]]])
"""A table that is not public, with small counts; 192 persons."""

TOTAL = 500.0


@dataclass(frozen=True)
class Stand:
    """A specification that does nothing."""


def sampled(apart: float = 1.0, draws: int = 500) -> PosteriorFit:
    """Four chains of independent log-normal totals around 500; the first one around `apart` times that."""
    total = TOTAL * np.exp(np.random.default_rng(1).normal(0.0, 0.1, size=(4, draws)))
    total[0] *= apart
    seen = SMALL.n_observed
    chains = Chains({"total": total, "dark_figure": total - seen, "effect": np.log(total)})
    status, findings = gate(chains)
    flat = total.ravel()
    words = Sentence("prior_inverse")
    return PosteriorFit(
        Stand(),
        SMALL,
        mse.Draws(np.full(flat.size, float(seen)), flat - seen),
        words,
        words,
        status=status,
        own_findings=findings,
        chains=chains,
    )
