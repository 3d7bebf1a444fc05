"""`CountModel`: what models share whose mean may hang on covariates: their coding, and how a table is fitted."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mse.core.coding_items import coding_items
from mse.models.counted import Floats, Numbers, Predictor, by_strata, require_counts
from mse.models.counted_fit import CountFit

if TYPE_CHECKING:
    from mse.core.coding import Coding

__all__ = ["CountModel"]


class CountModel(ABC):
    """A model of how often persons were seen; the specifications derive from it, and hold `model` and `coding`."""

    model: str
    coding: Mapping[str, Coding] | tuple[tuple[str, Coding], ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "coding", coding_items(self.coding))

    def fit(self, data: Any, *, seed: int | None = None) -> CountFit:
        """Fit the model to a table.

        Parameters
        ----------
        data : CountTable
        seed : int, optional
            Not used: nothing is drawn.

        Returns
        -------
        CountFit

        Raises
        ------
        mse.errors.TableError
            The data are of another kind.
        mse.errors.ModelError
            The model names what is no covariate of the table.
        """
        table = require_counts(data)
        predictor = Predictor.of(table, self.model, dict(self.coding))
        return CountFit(self, table, self._numbers(by_strata(table), predictor))

    @abstractmethod
    def _numbers(self, counts: Floats, predictor: Predictor) -> Numbers:
        """Fit persons by number of times and stratum."""
