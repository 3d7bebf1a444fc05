"""`ErrorRate`: a share that is assumed or was found in a check, with its standard error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any, Self

import numpy as np

from mse.core.sentence import Sentence
from mse.errors import ModelError

__all__ = ["ErrorRate"]


@dataclass(frozen=True)
class ErrorRate:
    """A share between 0 and 1 with its standard error; uncertain shares follow a Beta distribution.

    Wherever a rate is asked for, a number stands for one that is known, and a pair for its mean and standard error.

    Parameters
    ----------
    mean : float
        The share: 0 or more, less than 1.
    error : float
        Its standard error; 0 where the share is taken as known.

    Raises
    ------
    mse.errors.ModelError
        The share is not in [0, 1), or the standard error is larger than a share with this mean can have.

    Examples
    --------
    >>> ErrorRate.counted(4, 200)
    ErrorRate(mean=0.0224, error=0.0104)
    """

    mean: float
    error: float = 0.0

    def __post_init__(self) -> None:
        if not 0.0 <= self.mean < 1.0:
            raise ModelError("A rate is a share: 0 or more, and less than 1", got=repr(self.mean))
        if not self.error >= 0.0 or (self.error and self.error**2 >= self.mean * (1.0 - self.mean)):
            raise ModelError(
                "The standard error of a rate is 0 or more, and less than √(mean · (1 − mean))",
                got=f"{self.error!r} with mean {self.mean!r}",
                hint="For a check that found no error, write ErrorRate.counted(0, checked).",
            )

    @classmethod
    def of(cls, given: Any) -> Self:
        """Read a rate: a number, a pair of mean and standard error, an array of draws, or a rate.

        Raises
        ------
        mse.errors.ModelError
            It is none of these.
        """
        if isinstance(given, cls):
            return given
        if isinstance(given, Real) and not isinstance(given, bool):
            return cls(float(given))
        if isinstance(given, np.ndarray):
            return cls.from_draws(given)
        if isinstance(given, tuple) and len(given) == 2 and all(isinstance(part, Real) for part in given):
            return cls(float(given[0]), float(given[1]))
        raise ModelError(
            "A rate is a number, or a pair of mean and standard error",
            got=type(given).__name__,
            hint="Write 0.05, (0.05, 0.01) or ErrorRate.counted(wrong, checked).",
        )

    @classmethod
    def counted(cls, wrong: int, checked: int) -> Self:
        """A rate from a check by hand: `wrong` of `checked` were in error (Jeffreys' Beta distribution).

        Raises
        ------
        mse.errors.ModelError
            More were wrong than were checked, or nothing was checked.
        """
        if not 0 <= wrong <= checked or checked < 1:
            raise ModelError("A check counts how many of those checked were wrong", got=f"{wrong} of {checked}")
        a, b = wrong + 0.5, checked - wrong + 0.5
        return cls(a / (a + b), float(np.sqrt(a * b / (a + b + 1.0)) / (a + b)))

    @classmethod
    def from_draws(cls, draws: Sequence[float] | np.ndarray[Any, Any]) -> Self:
        """A rate with the mean and standard deviation of draws of it, of a posterior for example.

        Raises
        ------
        mse.errors.ModelError
            There are fewer than two draws, or one is no share.
        """
        values = np.asarray(draws, dtype=float).ravel()
        if len(values) < 2 or not ((values >= 0.0) & (values < 1.0)).all():
            raise ModelError("Draws of a rate are two shares or more, each in [0, 1)", got=f"{len(values)} numbers")
        return cls(float(values.mean()), float(values.std(ddof=1)))

    def draw(self, rng: np.random.Generator) -> float:
        """Draw a value; a known share is always itself."""
        if self.error == 0.0:
            return self.mean
        size = self.mean * (1.0 - self.mean) / self.error**2 - 1.0
        drawn = float(rng.beta(self.mean * size, (1.0 - self.mean) * size))
        return min(drawn, float(np.nextafter(1.0, 0.0)))

    @classmethod
    def drawn(cls, given: Any, rng: np.random.Generator) -> Self:
        """Read a rate and draw it once: a rate that is known."""
        return cls(cls.of(given).draw(rng))

    def text(self) -> Sentence:
        """Write the rate in words of every language: "5.0%", or "5.0% with standard error 1.0%"."""
        if self.error == 0.0:
            return Sentence("rate_known", {"mean": self.mean})
        return Sentence("rate_uncertain", {"mean": self.mean, "error": self.error})

    def __repr__(self) -> str:
        return f"ErrorRate(mean={self.mean:.3g}, error={self.error:.3g})"
