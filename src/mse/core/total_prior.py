"""`TotalPrior`: what is believed of the total before the lists are looked at."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from mse.core.intervals import check_level
from mse.core.sentence import Sentence
from mse.errors import ModelError, did_you_mean

__all__ = ["TotalPrior"]

_VALUES = {
    "inverse": (),
    "uniform": ("upper",),
    "negative_binomial": ("shape", "rate"),
    "lognormal": ("median", "sigma"),
}


@dataclass(frozen=True)
class TotalPrior:
    """A prior of the total: the persons seen and unseen together.

    Make one with `inverse`, `uniform`, `negative_binomial`, `lognormal` or `from_interval`.

    Parameters
    ----------
    kind : {"inverse", "uniform", "negative_binomial", "lognormal"}
        Family of the prior.
    values : tuple of float
        Its values, in the order of the constructor of that name.

    Raises
    ------
    mse.errors.ModelError
        There is no such family, or its values are not positive numbers.

    Examples
    --------
    >>> prior = TotalPrior.from_interval(8_000, 20_000)
    >>> print(prior.sentence("en"))
    The total is believed to be about 12,600, and with 95% between 8,000 and 20,000.
    >>> TotalPrior.from_json(prior.to_json()) == prior
    True
    """

    kind: str
    values: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in _VALUES:
            raise ModelError(
                f"There is no prior of the total {self.kind!r}", hint=did_you_mean(str(self.kind), _VALUES)
            )
        names = _VALUES[self.kind]
        if len(self.values) != len(names) or not all(_is_positive(value) for value in self.values):
            wanted = " and ".join(names) or "no numbers"
            raise ModelError(f"The prior '{self.kind}' of the total takes {wanted}, above 0", got=repr(self.values))
        object.__setattr__(self, "values", tuple(float(value) for value in self.values))

    @classmethod
    def inverse(cls) -> Self:
        """A total is as likely as 1/N (Jeffreys 1939): every order of magnitude weighs the same. It has no sum."""
        return cls("inverse")

    @classmethod
    def uniform(cls, upper: float) -> Self:
        """All whole totals from 1 to `upper` are equally likely."""
        return cls("uniform", (upper,))

    @classmethod
    def negative_binomial(cls, shape: float, rate: float) -> Self:
        """The total is Poisson with a mean that is Gamma(shape, rate) (Madigan and York 1997).

        Their scale is 1/rate: a prior of mean 725 with shape 13.14 has rate 1/55.17.
        """
        return cls("negative_binomial", (shape, rate))

    @classmethod
    def lognormal(cls, median: float, sigma: float) -> Self:
        """The log of the total is normal with this median of the total and standard deviation of the log."""
        return cls("lognormal", (median, sigma))

    @classmethod
    def from_interval(cls, lower: float, upper: float, level: float = 0.95) -> Self:
        """Turn a published interval into a lognormal prior with these equal-tailed limits.

        Parameters
        ----------
        lower, upper : float
            Published limits of the total.
        level : float
            Level of the published interval.
        """
        from scipy.special import ndtri

        check_level(level)
        if not (_is_positive(lower) and _is_positive(upper) and lower < upper):
            raise ModelError("A published interval runs from a positive number upwards", got=f"{lower} to {upper}")
        sigma = math.log(upper / lower) / (2.0 * float(ndtri(0.5 + level / 2.0)))
        return cls.lognormal(math.sqrt(lower * upper), sigma)

    @property
    def proper(self) -> bool:
        """Whether its probabilities add up to 1."""
        return self.kind != "inverse"

    @property
    def upper(self) -> float | None:
        """Largest total that it allows; None where there is none."""
        return self.values[0] if self.kind == "uniform" else None

    def log_mass(self, total: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log of the probability of each total; −∞ where the prior rules it out.

        That of "inverse" is −log N, known up to a constant; the others are normalised. The lognormal mass is its
        density at whole numbers. Totals between whole numbers are allowed, for integration.
        """
        from scipy.special import gammaln

        n = np.asarray(total, dtype=np.float64)
        with np.errstate(divide="ignore", invalid="ignore"):
            if self.kind == "inverse":
                mass = -np.log(n)
            elif self.kind == "uniform":
                mass = np.where(n <= self.values[0], -math.log(math.floor(self.values[0])), -np.inf)
            elif self.kind == "negative_binomial":
                shape, rate = self.values
                mass = gammaln(n + shape) - gammaln(n + 1.0) - gammaln(shape)
                mass = mass + shape * math.log(rate / (1.0 + rate)) - n * math.log1p(rate)
            else:
                median, sigma = self.values
                z = np.log(n / median) / sigma
                mass = -0.5 * z * z - np.log(n) - math.log(sigma) - 0.5 * math.log(2.0 * math.pi)
        smallest = 0.0 if self.kind == "negative_binomial" else 1.0
        return np.where(n >= smallest, mass, -np.inf)

    def draw(self, rng: np.random.Generator, size: int) -> NDArray[np.int64]:
        """Draw totals.

        Raises
        ------
        mse.errors.ModelError
            The prior is 1/N, which has no order of magnitude to draw from.
        """
        if not self.proper:
            raise ModelError(
                "Nothing can be drawn from the prior 1/N of the total", hint="Give a proper prior, as uniform(upper)."
            )
        if self.kind == "uniform":
            return rng.integers(1, int(self.values[0]) + 1, size=size)
        if self.kind == "negative_binomial":
            return rng.poisson(rng.gamma(self.values[0], 1.0 / self.values[1], size=size))
        median, sigma = self.values
        return np.maximum(np.rint(rng.lognormal(math.log(median), sigma, size=size)), 1.0).astype(np.int64)

    @property
    def words(self) -> Sentence:
        """The prior in a sentence of every language."""
        from scipy.special import ndtri

        if self.kind == "negative_binomial":
            shape, rate = self.values
            spread = math.sqrt(shape * (1.0 + rate)) / rate
            return Sentence("prior_negative_binomial", {"mean": shape / rate, "spread": spread})
        if self.kind == "lognormal":
            median, sigma = self.values
            factor = math.exp(sigma * float(ndtri(0.975)))
            limits = {"lower": median / factor, "upper": median * factor}
            return Sentence("prior_lognormal", {"median": median, "level": 0.95, **limits})
        return (
            Sentence("prior_uniform", {"upper": self.values[0]})
            if self.kind == "uniform"
            else Sentence("prior_inverse")
        )

    def sentence(self, language: str = "en") -> str:
        """Say in a sentence what is believed."""
        return self.words.write(language)

    def __str__(self) -> str:
        return self.words.write("en")

    def to_json(self) -> dict[str, Any]:
        """Return the prior as plain values."""
        return {"kind": self.kind, **dict(zip(_VALUES[self.kind], self.values, strict=True))}

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote.

        Raises
        ------
        mse.errors.ModelError
            The family is not known, or its values are missing.
        """
        kind = str(plain.get("kind", ""))
        names = _VALUES.get(kind, ())
        if wrong := [key for key in plain if key not in ("kind", *names)]:
            raise ModelError(
                f"The prior '{kind}' of the total has no value '{wrong[0]}'", hint=did_you_mean(wrong[0], names)
            )
        return cls(kind, tuple(plain[name] for name in names if name in plain))


def _is_positive(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool) and 0.0 < float(value) < math.inf
