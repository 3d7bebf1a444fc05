"""`ModelWeights`: how probable each model is after the lists were looked at, and each term."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mse.errors import TableError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ModelWeights"]


@dataclass(frozen=True, eq=False)
class ModelWeights:
    """Posterior probabilities of models and of their terms.

    Parameters
    ----------
    models : sequence of str
        Models in brackets, most probable first; the improbable ones may be left out.
    probability : array of float, shape (models,)
        Probability of each, among all models and not only those here.
    terms : sequence of str
        Terms, or edges of a graph, in brackets.
    inclusion : array of float, shape (terms,)
        Probability of the models that hold the term, over all models.
    median, lower, upper : array of float, shape (models,), optional
        Median and equal-tailed limits of the total under each model.
    level : float
        Level of these limits.

    Raises
    ------
    mse.errors.TableError
        Arrays and names are not equally long.
    """

    models: tuple[str, ...]
    probability: NDArray[np.float64]
    terms: tuple[str, ...]
    inclusion: NDArray[np.float64]
    median: NDArray[np.float64] | None = None
    lower: NDArray[np.float64] | None = None
    upper: NDArray[np.float64] | None = None
    level: float = 0.95

    def __post_init__(self) -> None:
        given = [self.probability, *(a for a in (self.median, self.lower, self.upper) if a is not None)]
        if any(len(array) != len(self.models) for array in given) or len(self.inclusion) != len(self.terms):
            raise TableError("Every model has one probability, and so has every term")

    def to_frame(self) -> pd.DataFrame:
        """One row a model: model, probability and, where known, median, lower, upper and level."""
        import pandas as pd

        frame = pd.DataFrame({"model": list(self.models), "probability": self.probability})
        limits = {"median": self.median, "lower": self.lower, "upper": self.upper}
        known = {name: array for name, array in limits.items() if array is not None}
        return frame.assign(**known, level=self.level) if known else frame

    def inclusion_frame(self) -> pd.DataFrame:
        """One row a term: term, probability."""
        import pandas as pd

        return pd.DataFrame({"term": list(self.terms), "probability": self.inclusion})
