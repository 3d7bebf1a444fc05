"""`Estimator`: the one thing that bootstrap, sensitivity, simulation and studies know of a model."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

from mse.core.fit import Fit

__all__ = ["Estimator"]


@runtime_checkable
class Estimator(Protocol):
    """A frozen description of a method, with one call that computes.

    An estimator is comparable, hashable and goes in and out of JSON (`mse.models.registry`). Since the whole
    method is in one `fit`, model choice repeats wherever the method is repeated.
    """

    def fit(self, data: Any, *, seed: int | None = None) -> Fit:
        """Fit to data; `seed` matters only to methods that draw."""
        ...

    @property
    def references(self) -> tuple[str, ...]:
        """Publications of the method."""
        ...
