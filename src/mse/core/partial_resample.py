"""Draw a partial table like one at hand, its gaps included."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mse.core.partial_rows import recorded_masks, stratum_places
from mse.errors import ModelError, did_you_mean
from mse.kernels.resample import draw_nonparametric, draw_parametric

if TYPE_CHECKING:
    from mse.core.partial import PartialTable

__all__ = ["resample_partial"]

KINDS = ("nonparametric", "parametric")

Layers = dict[tuple[str, ...], NDArray[np.int64]]


def resample_partial(
    table: PartialTable,
    kind: str,
    rng: np.random.Generator,
    *,
    total: float,
    means: NDArray[np.float64] | None = None,
    fixed_n: bool = False,
) -> Layers:
    """Draw the layers of a partial table.

    Parameters
    ----------
    table : PartialTable
    kind : {"nonparametric", "parametric"}
        "nonparametric" draws the number seen, n* ~ Binomial(N̂, n/N̂), and spreads it over all recorded combinations
        in the observed proportions, so what is missing varies too. "parametric" draws complete persons over the
        fitted cells, the unseen included, records them on the lists that operate, and hides their covariates: what a
        person lacks is drawn in the proportions observed among persons with the same recorded history and the same
        levels of those covariates that nobody lacks; where there are none, in those of these covariates alone, and
        else in those of the whole table. That is missing at random.
    rng : numpy.random.Generator
    total : float
        Estimated total.
    means : array of float, optional
        Fitted counts in the shape of the complete table; needed for "parametric".
    fixed_n : bool
        Keep the number of persons seen as it is ("nonparametric" only).

    Returns
    -------
    dict
        Layers, as `PartialTable` takes them.

    Raises
    ------
    mse.errors.ModelError
        The kind is not known, or the fitted counts are missing.
    """
    if kind not in KINDS:
        raise ModelError(f"A partial table has no bootstrap of kind {kind!r}", hint=did_you_mean(str(kind), KINDS))
    if kind == "nonparametric":
        counts = np.concatenate([layer.ravel() for layer in table.layers.values()])
        drawn = draw_nonparametric(counts[:, None], np.array([total]), np.zeros(1, np.int64), rng, fixed_n=fixed_n)
        return _cut(table, drawn[:, 0])
    if means is None:
        raise ModelError("A parametric draw needs the fitted counts", hint="Give means=…")
    fitted = means.reshape(1 << len(table.lists), -1)
    persons = draw_parametric(fitted, np.zeros(fitted.shape[1], np.int64), rng)
    recorded = recorded_masks(table.operating).T
    strata = np.arange(persons.shape[1])
    seen = np.zeros_like(persons)
    np.add.at(seen, (recorded, strata[None, :]), persons)
    seen[0] = 0
    lacking = rng.multinomial(seen, _shares(table))
    return {missing: _margin(table, lacking[..., place], missing) for place, missing in enumerate(table.layers)}


def _cut(table: PartialTable, counts: NDArray[np.int64]) -> Layers:
    """Cut a vector of recorded combinations into the layers it is made of."""
    borders = np.cumsum([layer.size for layer in table.layers.values()])[:-1]
    parts = np.split(counts, borders)
    return {
        missing: part.reshape(layer.shape) for (missing, layer), part in zip(table.layers.items(), parts, strict=True)
    }


def _margin(table: PartialTable, counts: NDArray[np.int64], missing: tuple[str, ...]) -> NDArray[np.int64]:
    """Add complete persons up over the covariates they lack."""
    k = len(table.lists)
    cube = counts.reshape((2,) * k + tuple(len(levels) for levels in table.covariates.values()))
    return cube.sum(axis=tuple(k + axis for axis, name in enumerate(table.covariates) if name in missing))


def _shares(table: PartialTable) -> NDArray[np.float64]:
    """Probability of each layer by recorded history and stratum, shape (2^K, n_strata, number of layers)."""
    lacked = tuple(name for name in table.covariates if table.n_lacking(name))
    places = stratum_places(table.covariates, lacked)
    by_cell = np.stack([_always_known(table, missing, lacked) for missing in table.layers], axis=-1).astype(float)
    by_stratum = by_cell.sum(axis=0, keepdims=True)
    shares = by_stratum.sum(axis=(0, 1)) / by_stratum.sum()
    for counts in (by_stratum, by_cell):
        size = counts.sum(axis=-1, keepdims=True)
        shares = np.where(size > 0.0, counts / np.where(size > 0.0, size, 1.0), shares)
    by_place: NDArray[np.float64] = shares[:, places]
    return by_place


def _always_known(table: PartialTable, missing: tuple[str, ...], lacked: tuple[str, ...]) -> NDArray[np.int64]:
    """Persons of a layer by history and by the covariates that nobody lacks, shape (2^K, strata of these)."""
    k = len(table.lists)
    known = [name for name in table.covariates if name not in missing]
    gone = tuple(k + axis for axis, name in enumerate(known) if name in lacked)
    counts: NDArray[np.int64] = table.layers[missing].sum(axis=gone).reshape(1 << k, -1)
    return counts
