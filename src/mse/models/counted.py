"""What all models of how often persons were seen share: their data, their predictor, and the fit of one family."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mse.core.coding import Coding
from mse.core.counts import CountTable
from mse.core.finding import Finding, Severity
from mse.core.fit import FitStatus
from mse.core.strata_design import StrataDesign
from mse.core.table import CaptureTable
from mse.core.terms import Generators
from mse.errors import ModelError, TableError
from mse.kernels.truncated import Family
from mse.kernels.truncated_newton import TruncatedFit, exists, fit_truncated, identified

__all__ = ["Numbers", "Predictor", "by_strata", "fit_family", "numbers_of", "require_counts", "without_estimate"]

Floats = NDArray[np.float64]

_REASONS = {
    FitStatus.NOT_IDENTIFIED: Finding("counts_not_identified", Severity.BLOCKING, "table"),
    FitStatus.NO_MLE: Finding("counts_no_estimate", Severity.BLOCKING, "table"),
    FitStatus.NOT_CONVERGED: Finding("counts_not_converged", Severity.BLOCKING, "table"),
}


class Predictor(NamedTuple):
    """Columns of the linear predictor of every stratum, and their names."""

    columns: Floats
    labels: tuple[str, ...]

    @classmethod
    def of(cls, table: CountTable, model: str, coding: Mapping[str, Coding]) -> Predictor:
        """Read the terms of a model; without terms the predictor is the same for all.

        Raises
        ------
        mse.errors.ModelError
            The model names what is no covariate of the table, or a coding does not suit.
        """
        covariates = tuple(table.covariates)
        terms = Generators.parse(model, (), covariates) if model.strip() else Generators((), (0,), covariates)
        if unnamed := [name for name in coding if name in covariates and not _names(terms, name)]:
            raise ModelError(f"coding= names '{unnamed[0]}', which is in no term of the model", got=repr(model))
        design = StrataDesign.of((), table.covariates, terms, dict(coding))
        return cls(design.blocks.columns, design.labels)


class Numbers(NamedTuple):
    """What a model says of a table of frequencies.

    Attributes
    ----------
    status : FitStatus
    unseen : array of float, shape (strata,), or None
        None where there is no estimate.
    fitted : array of float, shape (times, strata), or None
        Expected numbers of persons seen once, twice, …; what is beyond the last is counted there.
    coefficients : array of float
    covariance : array of float
    labels : tuple of str
    log_likelihood : float or None
        Of the persons that the model counts; None where nothing is fitted.
    sampling : array of float, shape (strata,), or None
        Variance of the total from sampling, by stratum; None where the variance is known of the whole only.
    gradient : array of float, shape (strata, coefficients), or None
        How the number unseen moves with the coefficients.
    variance : float or None
        Variance of the whole total.
    findings : tuple of Finding
    """

    status: FitStatus
    unseen: Floats | None
    fitted: Floats | None
    coefficients: Floats
    covariance: Floats
    labels: tuple[str, ...]
    log_likelihood: float | None
    sampling: Floats | None = None
    gradient: Floats | None = None
    variance: float | None = None
    findings: tuple[Finding, ...] = ()


def require_counts(data: Any) -> CountTable:
    """Refuse anything but a table of how often persons were seen.

    Raises
    ------
    mse.errors.TableError
        The data are of another kind.
    """
    if not isinstance(data, CountTable):
        raise TableError(
            "A model of how often persons were seen needs a CountTable",
            got=type(data).__name__,
            hint="Count the lists that persons are on: table.frequencies()."
            if isinstance(data, CaptureTable)
            else "Make one with mse.CountTable.from_counts or from_persons.",
        )
    return data


def by_strata(table: CountTable) -> Floats:
    """Persons by number of times from 1 on and by stratum."""
    return table.frequencies.reshape(len(table.frequencies), -1).astype(np.float64)


def fit_family(counts: Floats, family: Family, predictor: Predictor) -> TruncatedFit | FitStatus:
    """Fit a family without a further parameter; a status where no estimate exists."""
    counts = counts[: family.upto] if family.upto else counts
    persons = counts.sum(axis=0)
    seen = persons > 0.0
    if not seen.any():
        return FitStatus.NO_MLE
    if not identified(predictor.columns, seen):
        return FitStatus.NOT_IDENTIFIED
    low = counts[0, seen] == persons[seen]
    high = (counts[-1, seen] == persons[seen]) & (family.upto > 1)
    if not exists(predictor.columns[seen], low, high):
        return FitStatus.NO_MLE
    fit = fit_truncated(family, counts, predictor.columns)
    return fit if fit.converged else FitStatus.NOT_CONVERGED


def numbers_of(
    counts: Floats,
    family: Family,
    fit: TruncatedFit,
    predictor: Predictor,
    *,
    labels: tuple[str, ...] = (),
    findings: tuple[Finding, ...] = (),
) -> Numbers:
    """Read the number unseen off a fitted family: Σ h over the persons that count, with its variance.

    The variance is that of sampling plus that of the coefficients (van der Heijden and others 2003).
    """
    weights = (counts if family.rest else counts[: family.upto]).sum(axis=0)
    unseen = family.unseen(fit.eta, fit.psi)
    used = weights > 0.0
    rows = np.concatenate([predictor.columns, np.ones((len(weights), int(family.extra)))], axis=1)
    along = unseen.first[[0] * predictor.columns.shape[1] + [1] * int(family.extra)].T
    scale = np.where(used, weights, 0.0)[:, None]
    return Numbers(
        FitStatus.OK,
        np.where(used, weights * np.where(used, unseen.ratio, 0.0), 0.0),
        counts if family.upto else _fitted(counts, family, fit),
        np.append(fit.beta, [fit.psi] * family.extra),
        fit.covariance,
        (*predictor.labels, *labels),
        fit.log_likelihood,
        np.where(used, weights * np.where(used, unseen.variance, 0.0), 0.0),
        np.where(used[:, None], scale * np.where(used[:, None], along, 0.0) * rows, 0.0),
        findings=findings,
    )


def without_estimate(status: FitStatus, predictor: Predictor, finding: Finding | None) -> Numbers:
    """Numbers where no estimate exists, with a blocking finding that says why."""
    p = len(predictor.labels)
    said = finding or _REASONS[status]
    nothing = np.full(p, np.nan)
    return Numbers(status, None, None, nothing, np.full((p, p), np.nan), predictor.labels, None, findings=(said,))


def _fitted(counts: Floats, family: Family, fit: TruncatedFit) -> Floats:
    persons = counts.sum(axis=0)
    used = persons > 0.0
    y = np.arange(1.0, len(counts) + 1.0)[:, None]
    fitted = np.zeros_like(counts)
    fitted[:, used] = persons[used] * np.exp(family.terms(y, fit.eta[used], fit.psi).log_p)
    fitted[-1] += np.maximum(persons - fitted.sum(axis=0), 0.0)
    return fitted


def _names(terms: Generators, name: str) -> bool:
    return any(name in term for term in terms.generators)
