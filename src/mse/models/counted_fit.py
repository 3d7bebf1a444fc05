"""`CountFit`: what a model says of how often persons were seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mse.core.counts import CountTable
from mse.core.estimate import Estimate, Part
from mse.core.finding import Finding, Severity
from mse.core.fit import FitStatus
from mse.core.intervals import check_interval, check_level, lognormal_limits, wald_limits
from mse.core.margins import Margin, margins
from mse.core.sentence import Sentence
from mse.errors import ModelError
from mse.messages import sentence
from mse.models.counted import Numbers, by_strata

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CountFit"]

_CORRECTED = "_corrected"


@dataclass(frozen=True, eq=False)
class CountFit:
    """A model of how often persons were seen, fitted to one table.

    Every stratum has its own number unseen. Made by `TruncatedPoisson.fit` and its like, not by hand.

    Examples
    --------
    >>> import mse
    >>> fit = mse.TruncatedPoisson().fit(mse.CountTable([43, 16, 8, 6, 0, 2, 1]))
    >>> round(fit.total, 1), round(fit.standard_error, 1)
    (100.4, 7.7)
    """

    spec: Any
    table: CountTable
    numbers: Numbers

    @property
    def status(self) -> FitStatus:
        """Whether there is an estimate, and if not, why."""
        return self.numbers.status

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What a reader must know."""
        found = [*self.table.findings, *self.numbers.findings]
        if self.table.occasions is not None and self.status is FitStatus.OK:
            values = {"occasions": self.table.occasions}
            found.append(Finding("counts_of_occasions", Severity.NOTE, "table", values))
        return tuple(found)

    @property
    def fingerprint(self) -> str:
        """Fingerprint of the table."""
        return self.table.fingerprint

    @property
    def unseen(self) -> NDArray[np.float64] | None:
        """Estimated number never seen, by stratum; None where there is no estimate."""
        return self.numbers.unseen

    @property
    def dark_figure(self) -> float | None:
        """Estimated number of persons never seen; None where there is no estimate."""
        return None if self.unseen is None else float(self.unseen.sum())

    @property
    def total(self) -> float | None:
        """Persons seen plus the dark figure; None where there is no estimate."""
        return None if self.dark_figure is None else self.table.n_observed + self.dark_figure

    @property
    def standard_error(self) -> float | None:
        """Standard error of the total: sampling and, where something was fitted, its coefficients."""
        if self.unseen is None:
            return None
        if self.numbers.variance is not None:
            return float(np.sqrt(self.numbers.variance))
        return self.standard_error_of(np.ones(len(self.unseen), dtype=np.bool_))

    def standard_error_of(self, strata: NDArray[np.bool_]) -> float | None:
        """Standard error of the total of some strata; None where there is none."""
        if self.numbers.sampling is None or self.numbers.gradient is None:
            return None
        gradient = self.numbers.gradient[strata].sum(axis=0)
        variance = self.numbers.sampling[strata].sum() + gradient @ self.numbers.covariance @ gradient
        return float(np.sqrt(variance))

    @property
    def model(self) -> str:
        """The model in words, with its terms where chances differ by covariates."""
        return sentence(f"method_{self.spec.kind}", "en") + (f" ~ {self._terms}" if self._terms else "")

    @property
    def _terms(self) -> str:
        return str(getattr(self.spec, "model", "")).strip()

    @property
    def means(self) -> NDArray[np.float64] | None:
        """Fitted numbers of persons by number of times seen, from 0 on, laid out as the table's `counts`.

        Persons who would be seen more often than anybody was stand with the last. A method that fits no distribution
        has the numbers counted. None where there is no estimate.
        """
        if self.unseen is None or self.numbers.fitted is None:
            return None
        return np.concatenate([self.unseen[None], self.numbers.fitted]).reshape(self.table.counts.shape)

    @property
    def assumption(self) -> str:
        """The identifying assumption in a sentence."""
        return self.explain("en")

    def explain(self, language: str = "en") -> str:
        """The identifying assumption in a sentence, in English or Dutch."""
        said = sentence(f"assumption_{self.spec.kind.removesuffix(_CORRECTED)}", language)
        return said + (" " + sentence("assumption_counts_terms", language, terms=self._terms) if self._terms else "")

    # ------------------------------------------------------------------ how well it fits

    @property
    def log_likelihood(self) -> float | None:
        """Log-likelihood of how often persons were seen, given that they were; None where nothing is fitted.

        Compare it, and `aic` and `bic`, between models that count the same persons: Chao's and Zelterman's is that of
        persons seen once or twice.
        """
        return self.numbers.log_likelihood

    @property
    def aic(self) -> float | None:
        """Akaike's criterion; None where there is no likelihood."""
        return None if self.log_likelihood is None else 2.0 * len(self.numbers.labels) - 2.0 * self.log_likelihood

    @property
    def bic(self) -> float | None:
        """Bayesian criterion with the persons seen as its size; None where there is no likelihood."""
        if self.log_likelihood is None:
            return None
        return float(len(self.numbers.labels) * np.log(self.table.n_observed) - 2.0 * self.log_likelihood)

    @property
    def coefficients(self) -> pd.DataFrame:
        """One row per coefficient: parameter, estimate, standard_error."""
        import pandas as pd

        with np.errstate(invalid="ignore"):
            errors = np.sqrt(np.diag(self.numbers.covariance))
        columns = {"parameter": self.numbers.labels, "estimate": self.numbers.coefficients, "standard_error": errors}
        return pd.DataFrame(columns)

    def fitted(self) -> pd.DataFrame:
        """One row per number of times seen, from 0 on: observed (missing for 0) and fitted numbers of persons."""
        import pandas as pd

        observed = by_strata(self.table).sum(axis=1)
        means = self.means
        fitted = np.full(len(observed) + 1, np.nan) if means is None else means.reshape(len(means), -1).sum(axis=1)
        times = np.arange(len(observed) + 1)
        return pd.DataFrame({"times": times, "observed": [np.nan, *observed], "fitted": fitted})

    # ------------------------------------------------------------------ reading it

    def estimate(self, by: Sequence[str] = (), *, level: float = 0.95, interval: str = "lognormal") -> Estimate:
        """Return the estimate with an interval.

        Parameters
        ----------
        by : sequence of str
            Covariates to split by: every combination of their levels is a part. Parts add up to the total, their
            limits do not.
        level : float
            Level of the interval, between 0 and 1.
        interval : {"lognormal", "wald", "profile"}
            Lognormal (Chao 1987), Wald, or the profile likelihood (Cormack 1992) where a distribution is fitted that is
            the same for all persons.

        Returns
        -------
        Estimate

        Raises
        ------
        mse.errors.TableError
            The level is not between 0 and 1.
        mse.errors.ModelError
            The interval is of no known kind or cannot be had, there is no such covariate, or the method has no limits
            of parts.

        Examples
        --------
        >>> import mse
        >>> table = mse.CountTable([[30, 13], [9, 7], [6, 2]], {"sex": ("f", "m")})
        >>> [(part.name, round(part.total)) for part in mse.Zelterman("sex").fit(table).estimate(by=["sex"]).parts]
        [('total', 133), ('f', 100), ('m', 33)]
        """
        check_level(level)
        check_interval(interval)
        cut = margins(self.table.covariates, by) if by else ()
        if interval == "profile" and (cut or self._terms or not hasattr(self.spec, "limits")):
            raise ModelError(
                "A profile is that of one distribution, the same for all persons",
                got=f"{self.model}{' by ' + ', '.join(by) if by else ''}",
                hint='Write interval="lognormal".',
            )
        if cut and self.unseen is not None and self.numbers.sampling is None:
            raise ModelError(
                "This method has limits of the whole only", got=self.model, hint="Take mse.bootstrap(…, by=[…])."
            )
        parts = [self._part("total", None, level, interval)]
        parts += [self._part(margin.name, margin, level, interval) for margin in cut]
        return Estimate(tuple(parts), level, interval, self._method, self.table.reference, self.findings)

    @property
    def _method(self) -> Sentence:
        named = Sentence(f"method_{self.spec.kind}")
        return Sentence("method_counts_terms", {"method": named, "terms": self._terms}) if self._terms else named

    def _part(self, name: str, margin: Margin | None, level: float, interval: str) -> Part:
        seen = by_strata(self.table).sum(axis=0)
        strata = np.ones(len(seen), dtype=np.bool_) if margin is None else margin.strata
        levels = {} if margin is None else margin.levels
        n = round(float(seen[strata].sum()))
        if self.unseen is None:
            return Part(name, n, None, None, None, levels)
        dark = float(self.unseen[strata].sum())
        if interval == "profile":
            return Part(name, n, dark, *self._profile(dark, level), levels)
        error = self.standard_error if margin is None else self.standard_error_of(strata)
        assert error is not None
        limits = lognormal_limits if interval == "lognormal" else wald_limits
        return Part(name, n, dark, *limits(n, dark, error, level), levels)

    def _profile(self, dark: float, level: float) -> tuple[float | None, float | None]:
        from scipy.special import chdtri

        found = self.spec.limits(self.table, dark, float(chdtri(1, 1.0 - level)) / 2.0)
        n = self.table.n_observed
        if found is None:
            return None, None
        return n + found.lower, None if found.upper is None else n + found.upper
