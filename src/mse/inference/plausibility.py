"""What the overlaps of a table say about any estimate from it: how much the lists cover, and a lower bound.

The checks need the counts only. They tell where an estimate rests on the model more than on the data; they do not tell
whether it is right, for what no list can see leaves no trace in the table.
"""

from __future__ import annotations

from statistics import fmean

from mse.core.estimate import Estimate
from mse.core.finding import Finding, Severity
from mse.core.table import CaptureTable

__all__ = ["LEAST_COVERAGE", "LEAST_SHARE", "checks", "lower_bound", "sample_coverage", "share_on_two_lists"]

LEAST_COVERAGE = 0.55
"""Sample coverage below which estimates are not stable (Chao, Tsay, Lin, Shau and Chao 2001)."""

LEAST_SHARE = 0.10
"""Share of persons on two lists or more below which the table is called thin: a choice. Every shipped table of
trafficking is below it (0.05 to 0.09), and no shipped table with a sample coverage above `LEAST_COVERAGE` is below
0.40."""


def checks(table: CaptureTable, estimate: Estimate | None = None) -> tuple[Finding, ...]:
    """Judge whether a table can carry an estimate, and whether an estimate is possible for it.

    The bound is an estimate too: where lists are independent both aim at the same total, and the bound is the larger in
    nearly one table of two. So an estimate is told to lie below it only where its upper limit does.

    Parameters
    ----------
    table : CaptureTable
        The table; covariates are added up.
    estimate : Estimate, optional
        An estimate of its total; without an upper limit it is not set against the bound.

    Returns
    -------
    tuple of Finding
        Warnings: low_sample_coverage, few_on_two_lists, below_lower_bound.

    Examples
    --------
    >>> import mse
    >>> [finding.code for finding in checks(mse.datasets.load("netherlands_2010_2015"))]
    ['low_sample_coverage', 'few_on_two_lists']
    """
    subject = ", ".join(table.lists)
    found = []
    coverage, share = sample_coverage(table), share_on_two_lists(table)
    if coverage < LEAST_COVERAGE:
        values = {"coverage": coverage, "least": LEAST_COVERAGE}
        found.append(Finding("low_sample_coverage", Severity.WARNING, subject, values))
    if share < LEAST_SHARE:
        found.append(Finding("few_on_two_lists", Severity.WARNING, subject, {"share": share, "least": LEAST_SHARE}))
    bound = lower_bound(table)
    total, upper = (estimate.total, estimate.upper) if estimate is not None else (None, None)
    if total is not None and upper is not None and upper < bound:
        values = {"total": total, "bound": bound}
        found.append(Finding("below_lower_bound", Severity.WARNING, subject, values))
    return tuple(found)


def sample_coverage(table: CaptureTable) -> float:
    """Estimate the sample coverage: 1 less the mean share of each list's persons who are on no other.

    Under independence it is the chance that a person of a list is on another one too (Chao and Tsay 1998). Lists that
    nobody is on are left out.

    Examples
    --------
    >>> import mse
    >>> round(sample_coverage(mse.datasets.load("hepatitis_a_taiwan")), 4)
    0.5127
    """
    return 1.0 - fmean(size.share_only for size in table.describe().sizes if size.share_only is not None)


def share_on_two_lists(table: CaptureTable) -> float:
    """Share of the persons seen who are on two lists or more.

    Examples
    --------
    >>> share_on_two_lists(CaptureTable(["A", "B"], [[0, 30], [40, 30]]))
    0.3
    """
    described = table.describe()
    return sum(described.captures[1:]) / described.n_observed


def lower_bound(table: CaptureTable) -> float:
    """Chao's lower bound of the total where lists differ in size (Chao 1987; bias-corrected form).

    n + (f₁² − Σ z_l²) / (2 (f₂ + 1)), with f₁ and f₂ persons on exactly one and two lists and z_l persons on list l
    only. It is a bound where lists depend positively or persons differ in their chance of being seen.

    Examples
    --------
    >>> import mse
    >>> round(lower_bound(mse.datasets.load("netherlands_2010_2015")))
    54174
    """
    described = table.describe()
    once, twice = described.captures[:2]
    pairs = once**2 - sum(size.only**2 for size in described.sizes)
    return described.n_observed + pairs / (2.0 * (twice + 1.0))
