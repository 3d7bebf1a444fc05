"""Checks of covariates and years: what is missing, and whether a single year can carry an estimate."""

from __future__ import annotations

from mse.core.partial import PartialTable
from mse.feasibility.evidence import Evidence
from mse.feasibility.rules import Check, judged, unknown

__all__ = ["missingness", "year_power"]


def missingness(evidence: Evidence) -> Check:
    """Largest share of persons of whom a covariate is not known."""
    data = evidence.data
    if evidence.table is None:
        return unknown("missingness", "margins")
    if not data.covariates:
        return unknown("missingness", "covariates")
    shares = dict.fromkeys(data.covariates, 0.0)
    if isinstance(data, PartialTable):
        shares = {name: data.n_lacking(name) / data.n_observed for name in data.covariates}
    name = max(shares, key=lambda one: shares[one])
    return judged("feasible_missingness", shares[name], name=name, share=shares[name])


def year_power(evidence: Evidence, year: str) -> Check:
    """Fewest persons on two lists or more in a year.

    With m persons on both of two lists the estimate's coefficient of variation is about 1/√m (Seber 1982): 25 give
    20 %, 4 give 50 %.
    """
    if evidence.table is None:
        return unknown("year_power", "margins")
    if year not in evidence.data.covariates:
        return unknown("year_power", "covariates")
    frame = evidence.data.to_frame()
    frame = frame.assign(multiple=frame["count"].where(frame[list(evidence.lists)].sum(axis=1) >= 2, 0))
    multiple = {level: int(n) for level, n in frame.groupby(year)["multiple"].sum().items()}
    level = min(multiple, key=lambda one: multiple[one])
    return judged("feasible_year_power", multiple[level], year=str(level), n=multiple[level])
