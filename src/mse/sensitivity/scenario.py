"""`Scenario` and `Outcome`: one thing that could have been otherwise, and what the estimate would have been."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mse.core.estimate import Range
from mse.core.estimator import Estimator
from mse.core.fit import Fit, FitStatus
from mse.core.sentence import Sentence, Text
from mse.errors import TableError

__all__ = ["STOPPED", "Outcome", "Refused", "Scenario"]

STOPPED = "error"
"""Status of a scenario whose estimator stopped."""


@dataclass(frozen=True, eq=False)
class Scenario:
    """An estimator and a table that differ in one way from those at hand.

    Parameters
    ----------
    label : Text
        What is otherwise, in every language; in English it tells scenarios apart.
    estimator : Estimator
        The specification.
    table : object
        The data it is fitted to.
    at : float, optional
        Where the scenario stands on the axis of a curve: an odds ratio, a share.

    Examples
    --------
    >>> import mse
    >>> label = {"en": "independent lists", "nl": "onafhankelijke lijsten"}
    >>> Scenario(label, mse.LogLinear(order=1), mse.datasets.load("rome_hiv")).name
    'independent lists'
    """

    label: Text
    estimator: Estimator
    table: Any
    at: float | None = None

    @property
    def name(self) -> str:
        """The label in English."""
        return self.label["en"]


@dataclass(frozen=True)
class Refused:
    """In place of an estimator where a scenario's data cannot be made: fitting it says why.

    Parameters
    ----------
    what : str
        What is wrong.
    """

    what: str

    def fit(self, data: Any, *, seed: int | None = None) -> Fit:
        """Stop.

        Raises
        ------
        mse.errors.TableError
            Always.
        """
        raise TableError(self.what)

    @property
    def references(self) -> tuple[str, ...]:
        """None."""
        return ()


@dataclass(frozen=True, eq=False)
class Outcome:
    """What one scenario gave.

    Parameters
    ----------
    label : Text
        What is otherwise.
    observed : float or None
        Persons seen; None where the estimator stopped.
    total, lower, upper : float or None
        Estimate and limits; None where there is none.
    single : bool
        Whether the total is the answer: False where a blocking finding stands against it, or there is none.
    status : str
        Status of the fit, or "error".
    model : str
        Model behind the total.
    findings : tuple of str
        Codes of what was found.
    ranges : tuple of Range
        What stands in place of a single total.
    why : str
        Why the estimator stopped.
    at : float, optional
        Where the scenario stands on the axis of a curve.
    """

    label: Text
    observed: float | None
    total: float | None
    lower: float | None
    upper: float | None
    single: bool
    status: str
    model: str = ""
    findings: tuple[str, ...] = ()
    ranges: tuple[Range, ...] = ()
    why: str = ""
    at: float | None = None

    @property
    def name(self) -> str:
        """The label in English."""
        return self.label["en"]

    @property
    def reason(self) -> Text | None:
        """Why there is no total, in every language; None where there is one."""
        if self.total is not None:
            return None
        if self.status == STOPPED:
            return Sentence("beside_not_fitted", {"why": self.why})
        return Sentence(f"sensitivity_{FitStatus(self.status).name.lower()}")
