"""How fast Laplace evidence is: ``python -m uv run python -m benchmarks.laplace``.

All 6,893 models of the Dutch table of five lists, by one approximation each and then by a curve over the number unseen;
beside it SciPy's optimiser on dense designs, over an even sample of the same models in the same run.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import minimize

import mse
from benchmarks.child import show
from benchmarks.decomposable import timed
from mse.kernels.laplace import curves
from mse.kernels.laplace_draws import design_matrix

TABLE = "netherlands_2010_2015_five"
SAMPLE, TIMES = 60, 3


def plain_scipy(data: Any, models: list[np.ndarray[Any, np.dtype[np.int64]]]) -> list[float]:
    """Log evidence over the observed cells under the unit information prior, by Newton's method on dense designs."""
    y, seen = data.counts[0], data.keep[0]
    constant = -sum(float(np.log(np.arange(1, count + 1)).sum()) for count in y[seen].astype(int))
    found = []
    for columns in models:
        matrix = design_matrix(data, columns)[seen]
        precision = data.gram[np.ix_(columns, columns)]
        scores = matrix.T @ y[seen]

        def height(theta: Any, matrix: Any = matrix, precision: Any = precision, scores: Any = scores) -> Any:
            return np.exp(matrix @ theta).sum() - scores @ theta + 0.5 * theta @ precision @ theta

        def slope(theta: Any, matrix: Any = matrix, precision: Any = precision, scores: Any = scores) -> Any:
            return matrix.T @ np.exp(matrix @ theta) - scores + precision @ theta

        def bend(theta: Any, matrix: Any = matrix, precision: Any = precision) -> Any:
            return matrix.T @ (np.exp(matrix @ theta)[:, None] * matrix) + precision

        start = np.linalg.lstsq(matrix, np.log(y[seen] + 0.5), rcond=None)[0]
        best = minimize(height, start, jac=slope, hess=bend, method="trust-exact", options={"gtol": 1e-6})
        half_det = 0.5 * np.linalg.slogdet(bend(best.x))[1]
        found.append(constant - best.fun + 0.5 * np.log(2.0 * np.pi) - half_det)
    return found


def measure() -> dict[str, float]:
    """Seconds of every piece of work."""
    spec, table = mse.ModelAverage(), mse.datasets.load(TABLE)
    space, _ = spec.prepared(table)
    bits = list(map(int, space.all_models if space.all_models is not None else ()))
    models, prior = space.models(bits), spec.coefficient_prior
    spec.fit(mse.datasets.load("spina_bifida_621"))
    found: dict[str, float] = {"models": len(bits)}
    found["simple"], found["simple cpu"], simple = timed(
        lambda: curves(space.data, prior, models, grid=False).simple, TIMES
    )
    found["curves"], found["curves cpu"], _ = timed(lambda: curves(space.data, prior, models), 1)
    found["fit"], found["fit cpu"], _ = timed(lambda: spec.fit(table), 1)
    places = np.linspace(0, len(bits) - 1, SAMPLE).astype(int)
    sample = [space.columns(bits[place]) for place in places]
    found["scipy"], found["scipy cpu"], plain = timed(lambda: plain_scipy(space.data, sample), 1)
    found["difference"] = float(np.abs(np.array(plain) - simple[places]).max())
    return found


def rows(taken: dict[str, float]) -> list[tuple[str, str, str]]:
    """Rows of the page of results."""

    def seconds(name: str) -> str:
        return f"{taken[name]:.2f} s (processor {taken[f'{name} cpu']:.2f} s)"

    each, plain = taken["simple cpu"] / taken["models"], taken["scipy cpu"] / SAMPLE
    return [
        (f"Laplace evidence of all {taken['models']:,.0f} five-list models", seconds("simple"), "under 1 s"),
        ("their curves over the number unseen, every one", seconds("curves"), "under 5 s"),
        ("`ModelAverage` of the Dutch table of five lists, whole fit", seconds("fit"), "under 5 s"),
        (f"SciPy on dense designs, {SAMPLE} of the models", f"{plain * 1e3:.1f} ms a model", ""),
        ("**ratio of processor time**", f"**{plain / each:.0f}**", ""),
        ("largest difference of a log evidence", f"{taken['difference']:.0e}", "under 1e-5"),
    ]


if __name__ == "__main__":
    show(measure(), rows)
