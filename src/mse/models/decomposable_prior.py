"""What the priors of a decomposable average say, and what they do to its answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from mse.core.table import CaptureTable
from mse.core.total_prior import TotalPrior
from mse.models.decomposable import notation

if TYPE_CHECKING:
    import pandas as pd

    from mse.models.decomposable import DecomposableAverage

__all__ = ["influence", "predictive"]

_LEVEL = 0.95
_WIDER = 10.0
"""The uniform prior that is tried ends at this many times the upper limit."""


def influence(spec: DecomposableAverage, table: CaptureTable) -> pd.DataFrame:
    """Refit under the usual prior counts and priors of the total; see `DecomposableAverage.prior_influence`."""
    import pandas as pd

    usual = 2.0 ** -len(table.lists)
    own = spec.fit(table)
    upper = float(own.quantile(0.5 + _LEVEL / 2.0))
    wide = TotalPrior.uniform(np.ceil(_WIDER * upper))
    delta = usual if spec.delta is None else spec.delta
    asked = replace(spec, delta=delta, prior=spec.total_prior)
    others = [replace(asked, delta=value) for value in (usual, 0.5, 1.0)]
    others += [replace(asked, prior=prior) for prior in (TotalPrior.inverse(), wide)]
    rows = []
    for one in dict.fromkeys((asked, *others)):
        fit = own if one == asked else one.fit(table)
        median, lower, upper = map(float, fit.quantile(np.array([0.5, 0.5 - _LEVEL / 2.0, 0.5 + _LEVEL / 2.0])))
        share = np.nan if fit.weights is None else float(fit.weights.probability[0])
        rows.append((one.delta, one.total_prior, median, lower, upper, fit.model, share))
    return pd.DataFrame(rows, columns=["delta", "prior", "median", "lower", "upper", "model", "probability"])


def predictive(spec: DecomposableAverage, table: CaptureTable, draws: int, seed: int) -> pd.DataFrame:
    """Draw graphs and cell probabilities from the prior; see `DecomposableAverage.prior_predictive`.

    In a perfect order each list is Bernoulli given its earlier neighbours, with a probability that is Beta(a, a) for
    every combination of them, a = δ 2^(K − 1 − neighbours). Nobody on any list sees the combination "on none" only.
    """
    import pandas as pd

    from mse.kernels.chordal import earlier_neighbours

    k = len(table.lists)
    delta = 2.0**-k if spec.delta is None else spec.delta
    graphs = spec.graphs(table)
    rng = np.random.default_rng(seed)
    chosen = rng.integers(len(graphs.edges), size=draws)
    unseen = np.ones(draws)
    for row, graph in enumerate(chosen):
        for earlier in earlier_neighbours(int(graphs.edges[graph]), k):
            shape = delta * 2.0 ** (k - 1 - int(earlier).bit_count())
            unseen[row] *= rng.beta(shape, shape)
    frame = pd.DataFrame({"model": [notation(table, graphs, graph) for graph in chosen], "share_seen": 1.0 - unseen})
    if not spec.total_prior.proper:
        return frame
    total = spec.total_prior.draw(rng, draws)
    observed = rng.binomial(total, 1.0 - unseen)
    return frame.assign(total=total, observed=observed, dark_figure=total - observed)
