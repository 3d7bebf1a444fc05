"""Zero-truncated distributions of how often a person is seen: log probabilities with their derivatives.

A family says, for a linear predictor η of every stratum and one more parameter ψ where it has one,

- the log probability of being seen y = 1, 2, … times, given that it is at least once, with first and second
  derivatives in (η, ψ);
- the expected number unseen for every person seen, h, its derivatives, and the variance that sampling gives it.

With π the chance to be seen at all, h = (1 − π)/π and the variance is (1 − π)/π² for every person seen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, gammaln

__all__ = ["Family", "Terms", "Unseen", "geometric", "negative_binomial", "once_or_twice", "one_inflated", "poisson"]

Floats = NDArray[np.float64]

_STEP = 1e-6
"""Step of the central differences that give second derivatives of the negative binomial: an error of about 1e-10."""


class Terms(NamedTuple):
    """Log probabilities of y times in each stratum, with derivatives in η and ψ.

    Attributes
    ----------
    log_p : array of float, shape (times, strata)
    first : array of float, shape (parameters, times, strata)
    second : array of float, shape (parameters, parameters, times, strata)
    """

    log_p: Floats
    first: Floats
    second: Floats


class Unseen(NamedTuple):
    """Expected number unseen for every person that counts, by stratum.

    Attributes
    ----------
    ratio : array of float, shape (strata,)
    first : array of float, shape (parameters, strata)
    variance : array of float, shape (strata,)
        What sampling adds to the variance of the total, for every person that counts.
    """

    ratio: Floats
    first: Floats
    variance: Floats


class Family(NamedTuple):
    """A distribution, as functions of (y as a column, η of every stratum, ψ).

    Attributes
    ----------
    terms, unseen : callable
    extra : bool
        Whether there is a parameter ψ.
    upto : int
        Only persons seen at most so often are in the likelihood; 0 for all.
    rest : bool
        Whether those seen more often have as many unseen beside them as the others.
    """

    terms: Callable[[Floats, Floats, float], Terms]
    unseen: Callable[[Floats, float], Unseen]
    extra: bool = False
    upto: int = 0
    rest: bool = True


def _poisson(y: Floats, eta: Floats, psi: float) -> Terms:
    rate = np.exp(eta)
    odds = 1.0 / np.expm1(rate)
    mean = rate * (1.0 + odds)
    slope = mean - rate**2 * odds * (1.0 + odds)
    log_p = y * eta - rate - np.log(-np.expm1(-rate)) - gammaln(y + 1.0)
    return Terms(log_p, (y - mean)[None], np.broadcast_to(-slope, log_p.shape)[None, None])


def _poisson_unseen(eta: Floats, psi: float) -> Unseen:
    rate = np.exp(eta)
    ratio = 1.0 / np.expm1(rate)
    return Unseen(ratio, (-rate * ratio * (1.0 + ratio))[None], ratio * (1.0 + ratio))


def _geometric(y: Floats, eta: Floats, psi: float) -> Terms:
    again = expit(eta)
    log_p = (y - 1.0) * eta - y * np.logaddexp(0.0, eta)
    return Terms(log_p, (y - 1.0 - y * again)[None], (-y * again * (1.0 - again))[None, None])


def _geometric_unseen(eta: Floats, psi: float) -> Unseen:
    ratio = np.exp(-eta)
    return Unseen(ratio, -ratio[None], ratio * (1.0 + ratio))


def _once_or_twice(y: Floats, eta: Floats, psi: float) -> Terms:
    share = expit(eta)
    log_p = (y - 1.0) * eta - np.logaddexp(0.0, eta)
    second = np.broadcast_to(-share * (1.0 - share), log_p.shape)
    return Terms(log_p, (y - 1.0 - share)[None], second[None, None])


def _zelterman_unseen(eta: Floats, psi: float) -> Unseen:
    return _poisson_unseen(eta + np.log(2.0), psi)


def _chao_unseen(eta: Floats, psi: float) -> Unseen:
    rate = 2.0 * np.exp(eta)
    ratio = 1.0 / (rate + rate**2 / 2.0)
    chance = (rate + rate**2 / 2.0) * np.exp(-rate)
    return Unseen(ratio, (-(rate + rate**2) * ratio**2)[None], (1.0 - chance) * (1.0 + ratio) ** 2)


def _negative_binomial_first(y: Floats, eta: Floats, psi: float) -> tuple[Floats, Floats]:
    """Log probabilities and their first derivatives; mean e^η, dispersion α = e^ψ, r = 1/α, u = αe^η."""
    r = np.exp(-psi)
    u = np.exp(eta + psi)
    log_u = np.log1p(u)
    share = u / (1.0 + u)
    c = r * log_u
    steps = np.arange(int(y.max()))
    below = steps < y.reshape(-1, 1)
    rising = np.sum(np.where(below, np.log(r + steps), 0.0), axis=-1, keepdims=True)
    slope = np.sum(np.where(below, r / (r + steps), 0.0), axis=-1, keepdims=True)
    log_p = rising - gammaln(y + 1.0) + y * (eta + psi) - y * log_u - np.log(np.expm1(c))
    inverse = -1.0 / np.expm1(-c)
    in_eta = y - y * share - inverse * r * share
    in_psi = y - y * share - slope - inverse * (r * share - c)
    return log_p, np.stack([in_eta, in_psi])


def _negative_binomial(y: Floats, eta: Floats, psi: float) -> Terms:
    log_p, first = _negative_binomial_first(y, eta, psi)
    along_eta = _negative_binomial_first(y, eta + _STEP, psi)[1] - _negative_binomial_first(y, eta - _STEP, psi)[1]
    along_psi = _negative_binomial_first(y, eta, psi + _STEP)[1] - _negative_binomial_first(y, eta, psi - _STEP)[1]
    second = np.stack([along_eta, along_psi]) / (2.0 * _STEP)
    return Terms(log_p, first, second)


def _negative_binomial_unseen(eta: Floats, psi: float) -> Unseen:
    r, u = np.exp(-psi), np.exp(eta + psi)
    c, share = r * np.log1p(u), u / (1.0 + u)
    ratio = 1.0 / np.expm1(c)
    first = -ratio * (1.0 + ratio) * np.stack([r * share, r * share - c])
    return Unseen(ratio, first, ratio * (1.0 + ratio))


def one_inflated(base: Family) -> Family:
    """A family with more persons seen once: with chance ω = 1/(1 + e^−ψ) one is, whatever η, and else as the base says.

    The unseen are those of the base (Godwin and Böhning 2017).
    """

    def terms(y: Floats, eta: Floats, psi: float) -> Terms:
        plain = base.terms(y, eta, psi)
        omega = expit(psi)
        slope = omega * (1.0 - omega)
        q, a, b = np.exp(plain.log_p), plain.first[0], plain.second[0, 0]
        once = omega + (1.0 - omega) * q
        in_eta, in_psi = (1.0 - omega) * q * a / once, slope * (1.0 - q) / once
        second_eta = (1.0 - omega) * q * (b + a**2) / once - in_eta**2
        second_psi = slope * (1.0 - 2.0 * omega) * (1.0 - q) / once - in_psi**2
        mixed = -slope * q * a / once - in_eta * in_psi
        one = np.broadcast_to(y == 1.0, q.shape)
        first = np.stack([np.where(one, in_eta, a), np.where(one, in_psi, -omega)])
        crossed = np.where(one, mixed, 0.0)
        second = np.stack(
            [
                np.stack([np.where(one, second_eta, b), crossed]),
                np.stack([crossed, np.where(one, second_psi, -slope)]),
            ]
        )
        return Terms(np.where(one, np.log(once), plain.log_p + np.log1p(-omega)), first, second)

    def unseen(eta: Floats, psi: float) -> Unseen:
        plain = base.unseen(eta, psi)
        return Unseen(plain.ratio, np.concatenate([plain.first, np.zeros_like(plain.first)]), plain.variance)

    return Family(terms, unseen, extra=True)


poisson = Family(_poisson, _poisson_unseen)
"""Poisson with mean e^η."""

geometric = Family(_geometric, _geometric_unseen)
"""Geometric with mean e^η: a Poisson whose mean is exponentially distributed."""

negative_binomial = Family(_negative_binomial, _negative_binomial_unseen, extra=True)
"""Negative binomial with mean e^η and dispersion e^ψ: a Poisson whose mean is gamma distributed."""


def once_or_twice(estimator: str) -> Family:
    """Persons seen once or twice: the log odds of twice are η = log(λ/2) for a Poisson with mean λ.

    Parameters
    ----------
    estimator : {"chao", "zelterman"}
        How the number unseen follows: 1/(λ + λ²/2) for every person seen once or twice, or 1/(e^λ − 1) for every
        person seen.
    """
    unseen = {"chao": _chao_unseen, "zelterman": _zelterman_unseen}[estimator]
    return Family(_once_or_twice, unseen, upto=2, rest=estimator == "zelterman")
