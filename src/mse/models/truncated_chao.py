"""`ChaoCounts` and `ModifiedChao`: lower bounds from the persons seen once, twice or three times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from mse.core.finding import Finding, Severity
from mse.core.fit import FitStatus
from mse.errors import ModelError
from mse.kernels.truncated import once_or_twice
from mse.models.counted import Floats, Numbers, Predictor, by_strata, require_counts
from mse.models.counted_fit import CountFit
from mse.models.counted_model import CountModel
from mse.models.counted_regression import regression

if TYPE_CHECKING:
    from mse.core.coding import Coding

__all__ = ["ChaoCounts", "ModifiedChao"]


@dataclass(frozen=True)
class ChaoCounts(CountModel):
    """Chao's lower bound: N̂ = n + f₁²/(2 f₂), from the persons seen once and twice.

    How often a person is seen is Poisson, and the means of persons may differ in any way: then at least so many are
    expected to be unseen (Chao 1987). Where all means are equal it is an estimate. With covariates whether somebody was
    seen twice or once is a logistic regression, log odds log(λ/2), and N̂ = n + Σ 1/(λ̂ + λ̂²/2) over the persons seen
    once or twice: a bound within every group (Böhning and others 2013).

    Parameters
    ----------
    model : str
        Covariates that the mean depends on, log-linearly, as a Wilkinson formula, ``"sex + age"``. Nothing: one mean.
    bias_corrected : bool
        Whether f₁(f₁ − 1)/(2(f₂ + 1)) takes the place of f₁²/(2 f₂) (Chao 1989). It exists even where nobody was seen
        twice.
    coding : mapping of str to Coding, optional
        How covariates enter, by name: `mse.Levels` (the default), `mse.Poly`, `mse.Spline` and the like.

    Raises
    ------
    mse.errors.ModelError
        The correction goes with covariates.

    Examples
    --------
    >>> import mse
    >>> cottontails = mse.CountTable([43, 16, 8, 6, 0, 2, 1], occasions=18)
    >>> round(mse.ChaoCounts().fit(cottontails).total, 1)
    133.8
    >>> round(mse.ChaoCounts(bias_corrected=True).fit(cottontails).total, 1)
    129.1
    """

    model: str = ""
    bias_corrected: bool = False
    coding: Mapping[str, Coding] | tuple[tuple[str, Coding], ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.bias_corrected and self.model.strip():
            raise ModelError(
                "Chao's bound with covariates has no correction for bias",
                got=f"model={self.model!r}",
                hint="Leave one of them out.",
            )

    @property
    def kind(self) -> str:
        """Key of the method in the catalogue."""
        return "counts_chao_corrected" if self.bias_corrected else "counts_chao"

    def _numbers(self, counts: Floats, predictor: Predictor) -> Numbers:
        if not self.bias_corrected:
            found = regression(counts, predictor, once_or_twice("chao"), ones=False)
            return found if found.unseen is None else found._replace(findings=(*found.findings, _bound()))
        once, twice = _first(counts, 2)
        f1, f2 = float(once.sum()), float(twice.sum())
        dark = f1 * (f1 - 1.0) / (2.0 * (f2 + 1.0))
        slopes = np.array([(2.0 * f1 - 1.0) / (2.0 * (f2 + 1.0)), -dark / (f2 + 1.0)])
        return _closed(counts, dark, np.array([f1, f2]), slopes, once + twice)

    @property
    def references(self) -> tuple[str, ...]:
        """Publications of the method."""
        return ("chao_1987", "chao_1989", "bohning_2013")


@dataclass(frozen=True)
class ModifiedChao:
    """Chao's lower bound without the persons seen once: N̂ = n + 2 f₂³/(9 f₃²).

    Persons seen once are too many where people leave once they were seen. Their number is then taken from those seen
    two and three times, f₁ = 2 f₂²/(3 f₃), as it would be for a Poisson (Böhning, Kaskasamkul and van der Heijden 2019;
    compare Chiu and Chao 2016).

    Parameters
    ----------
    bias_corrected : bool
        Whether 2 f₂(f₂ − 1)(f₂ − 2)/(9 (f₃ + 1)(f₃ + 2)) takes the place of 2 f₂³/(9 f₃²).

    Examples
    --------
    >>> import mse
    >>> fit = mse.ModifiedChao().fit(mse.CountTable([1645, 183, 37, 13, 1, 1]))
    >>> round(fit.total, 1), round(fit.standard_error)
    (2874.8, 396)
    """

    bias_corrected: bool = False

    @property
    def kind(self) -> str:
        """Key of the method in the catalogue."""
        return "counts_modified_chao_corrected" if self.bias_corrected else "counts_modified_chao"

    def fit(self, data: Any, *, seed: int | None = None) -> CountFit:
        """Compute the bound for a table.

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
        """
        table = require_counts(data)
        counts = by_strata(table)
        _, twice, thrice = _first(counts, 3)
        f2, f3 = float(twice.sum()), float(thrice.sum())
        if self.bias_corrected:
            below = (f3 + 1.0) * (f3 + 2.0)
            dark = 2.0 * f2 * (f2 - 1.0) * (f2 - 2.0) / (9.0 * below)
            slopes = np.array([2.0 * (3.0 * f2**2 - 6.0 * f2 + 2.0) / (9.0 * below), -dark * (2.0 * f3 + 3.0) / below])
        elif f3 == 0.0:
            nothing = np.empty(0)
            missing = (Finding("counts_nobody_thrice", Severity.BLOCKING, "table"),)
            empty = Numbers(FitStatus.NO_MLE, None, None, nothing, np.empty((0, 0)), (), None, findings=missing)
            return CountFit(self, table, empty)
        else:
            dark = 2.0 * f2**3 / (9.0 * f3**2)
            slopes = np.array([2.0 * f2**2 / (3.0 * f3**2), -2.0 * dark / f3])
        return CountFit(self, table, _closed(counts, dark, np.array([f2, f3]), slopes, twice + thrice))

    @property
    def references(self) -> tuple[str, ...]:
        """Publications of the method."""
        return ("bohning_2019", "chiu_chao_2016")


def _first(counts: Floats, upto: int) -> Floats:
    """Persons seen once, twice, …, up to so often, by stratum."""
    counts = counts[:upto]
    return np.concatenate([counts, np.zeros((upto - len(counts), counts.shape[1]))])


def _closed(counts: Floats, dark: float, counted: Floats, slopes: Floats, persons: Floats) -> Numbers:
    """A bound in closed form.

    Frequencies being Poisson and their sum, with the unseen, N, the variance of N̂ is f̂₀ + Σ f (∂f̂₀/∂f)². The unseen are
    spread over the strata as the persons that they were computed from.
    """
    share = persons / persons.sum() if persons.any() else np.full(len(persons), 1.0 / len(persons))
    nothing = np.empty(0)
    return Numbers(
        FitStatus.OK,
        dark * share,
        counts,
        nothing,
        np.empty((0, 0)),
        (),
        None,
        variance=dark + float(counted @ slopes**2),
        findings=(_bound(),),
    )


def _bound() -> Finding:
    return Finding("counts_lower_bound", Severity.NOTE, "table")
