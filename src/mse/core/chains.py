"""`Chains`: draws of Markov chains by name, and the gate that they pass before a total is given."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mse.core.finding import Finding, Severity
from mse.core.fit import FitStatus
from mse.errors import TableError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FEWEST_DRAWS", "LARGEST_R_HAT", "Chains", "gate"]

LARGEST_R_HAT = 1.01
"""Chains with a larger R-hat have not forgotten where they started (Vehtari and others 2021)."""

FEWEST_DRAWS = 400
"""Fewer effective draws do not carry R-hat and limits (Vehtari and others 2021)."""

_TAILS = (0.05, 0.95)


@dataclass(frozen=True, eq=False)
class Chains:
    """Draws of several Markov chains.

    Parameters
    ----------
    values : mapping of str to array, shape (chain, draw, …)
        Draws by name; "total" among them.
    dims : mapping of str to sequence of str
        Names of the axes after chain and draw: "list", "term", "stratum", "cell".
    coords : mapping of str to sequence
        Labels along these axes.
    sample_stats : mapping of str to array, shape (chain, draw)
        What the sampler says of each draw: "diverging", "energy", "step_size".
    groups : mapping of str to mapping of str to array
        Further groups of an ArviZ container: "prior", "prior_predictive", "posterior_predictive", "log_likelihood".

    Raises
    ------
    mse.errors.TableError
        Arrays have different numbers of chains or draws, or there is no "total".
    """

    values: Mapping[str, NDArray[Any]]
    dims: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    coords: Mapping[str, Sequence[Hashable]] = field(default_factory=dict)
    sample_stats: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    groups: Mapping[str, Mapping[str, NDArray[Any]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if "total" not in self.values:
            raise TableError("Chains hold draws of the total", got=f"draws of {', '.join(self.values) or 'nothing'}")
        shapes = {array.shape[:2] for array in (*self.values.values(), *self.sample_stats.values())}
        if len(shapes) != 1 or len(next(iter(shapes))) != 2:
            raise TableError("All arrays of chains have the axes chain and draw first", got=f"shapes {sorted(shapes)}")

    def diagnostics(self) -> pd.DataFrame:
        """One row a number that was drawn: name, r_hat, ess_bulk, ess_tail (rank-normalised, by ArviZ).

        A number that is the same in all draws has none of them.
        """
        import arviz as az
        import pandas as pd

        rows = []
        for label, drawn in self.series().items():
            if np.ptp(drawn) == 0.0:
                rows.append((label, np.nan, np.nan, np.nan))
                continue
            tail = az.ess(drawn, method="tail", prob=_TAILS)
            rows.append((label, float(az.rhat(drawn)), float(az.ess(drawn, method="bulk")), float(tail)))
        return pd.DataFrame(rows, columns=["name", "r_hat", "ess_bulk", "ess_tail"])

    def series(self) -> dict[str, NDArray[np.float64]]:
        """Draws of every single number, shape (chain, draw), by its name: "total", "mean[police]"."""
        found = {}
        for name, array in self.values.items():
            flat = np.asarray(array, dtype=np.float64).reshape(*array.shape[:2], -1)
            for place, label in enumerate(self._labels(name, array.shape[2:])):
                found[label] = flat[:, :, place]
        return found

    def _labels(self, name: str, shape: tuple[int, ...]) -> list[str]:
        if not shape:
            return [name]
        axes = self.dims.get(name, ())
        written = []
        for index in np.ndindex(shape):
            known = [
                str(self.coords[axis][i]) if axis in self.coords else str(i)
                for axis, i in zip(axes or ("",) * len(shape), index, strict=True)
            ]
            written.append(f"{name}[{', '.join(known)}]")
        return written

    def only(self, names: Sequence[str]) -> Chains:
        """Return the chains of some of the names; the total is always among them."""
        kept = {name: array for name, array in self.values.items() if name in (*names, "total")}
        return Chains(kept, self.dims, self.coords, self.sample_stats)


def gate(
    chains: Chains, names: Sequence[str] | None = None, watched: Sequence[str] = ()
) -> tuple[FitStatus, tuple[Finding, ...]]:
    """Judge whether chains may give a total.

    Parameters
    ----------
    chains : Chains
    names : sequence of str, optional
        What is judged, beside the total; everything where not given. Numbers that change their meaning between draws,
        as those of classes that swap labels, are left out here.
    watched : sequence of str
        Numbers that the total does not hang on by themselves: where the total is settled and they mix slowly
        a note says so.

    Returns
    -------
    status : FitStatus
        NOT_MIXED where an R-hat is above 1.01 or there are fewer than 400 effective draws; no total is given then.
    findings : tuple of Finding
        Blocking ones, of the worst number of each kind, divergent transitions among them; and the note.
    """
    judged = chains if names is None else chains.only(names)
    frame = judged.diagnostics().set_index("name")
    found, status = [], FitStatus.OK
    if frame["r_hat"].max() > LARGEST_R_HAT:
        status, worst = FitStatus.NOT_MIXED, frame["r_hat"].idxmax()
        values = {"name": worst, "r_hat": f"{frame['r_hat'].max():.3f}", "largest": LARGEST_R_HAT}
        found.append(Finding("chains_disagree", Severity.BLOCKING, str(worst), values))
    fewest = frame[["ess_bulk", "ess_tail"]].min(axis=1)
    if fewest.min() < FEWEST_DRAWS:
        status, worst = FitStatus.NOT_MIXED, fewest.idxmin()
        values = {"name": worst, "draws": float(fewest.min()), "fewest": FEWEST_DRAWS}
        found.append(Finding("few_effective_draws", Severity.BLOCKING, str(worst), values))
    if diverging := int(np.sum(chains.sample_stats.get("diverging", 0))):
        draws = int(np.prod(chains.values["total"].shape))
        found.append(Finding("divergences", Severity.BLOCKING, "total", {"diverging": diverging, "draws": draws}))
    if watched and status is FitStatus.OK:
        slow = chains.only(watched).diagnostics().set_index("name").drop("total")["r_hat"]
        if slow.max() > LARGEST_R_HAT:
            values = {"name": slow.idxmax(), "r_hat": f"{slow.max():.3f}", "largest": LARGEST_R_HAT}
            found.append(Finding("slow_parameters", Severity.NOTE, str(slow.idxmax()), values))
    return status, tuple(found)
