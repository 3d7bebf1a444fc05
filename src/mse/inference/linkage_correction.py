r"""`correct_linkage`: a table as it would be without linkage error.

Linking puts records into clusters, and a table counts clusters as if each were a person. Two things go wrong.

*Missed links.* A person on the lists h has one record on each. Links that are missed break them into several
clusters: a person on {A, B, C} whose record on A is linked to none of the others counts once on A alone and
once on {B, C}. With q_ij the share of the links of lists i and j that is missed, one person of history h leaves

    S[b, h] = C(b) · Π_{i in b, j in h∖b} q_ij

clusters of history b in expectation: b hangs together (C(b)) and nothing ties it to the rest. For {A, B, C} and
one rate q

    {A,B,C}: (1−q)³ + 3q(1−q)²    each pair: q²(1−q)    each single list: q²

so a single missed link among three is repaired by the other two. Given by list instead, u_i is the share of the
records on i that can be linked to nothing; then the rest of a person always hangs together.

*False links.* Of the records on i whose person is not on j, a share β_ij is linked to a record there, of someone else.
Two clusters that share no list become one. The partner is drawn from the clusters that hold j. To first order:
a cluster is in one false link at most.

Together E y_obs = M(q, β) · y_true (Zult, de Wolf, Bakker and van der Heijden 2021). Without false links M = S is
triangular. With two lists and false links from A to B only, m = α·x_AB + β·x_A and n_A, n_B stay as they are, so

    x_AB = (m − β n_A) / (α − β),   N̂ = (α − β) n_A n_B / (m − β n_A),   α = 1 − q

which is Ding and Fienberg's (1994) estimator.

Inverting M can give negative counts. Then the Poisson likelihood of the clusters is maximised over true counts of 0 or
more. Where inversion gives none, the two are equal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from mse.core.expected import Counted, ExpectedTable
from mse.core.finding import Finding, Severity
from mse.core.sentence import Sentence
from mse.errors import TableError
from mse.inference.linkage_rates import LinkageRates, Rates

if TYPE_CHECKING:
    from mse.kernels.linkage_inverse import Corrected

__all__ = ["Linkage", "correct_linkage"]


@dataclass(frozen=True)
class Linkage:
    """A correction for linkage error, to give to `mse.inference.correction_draws`.

    Parameters
    ----------
    missed, false
        As in `correct_linkage`.
    """

    missed: Any = None
    false: Any = None

    def rates(self, table: Counted) -> LinkageRates:
        """The rates, on the lists of a table."""
        return LinkageRates.read(table.lists, self.missed, self.false)

    def drawn(self, table: Counted, rng: np.random.Generator) -> Linkage:
        """The same correction with every rate drawn once."""
        rates = self.rates(table).drawn(rng)
        return Linkage(_as_given(rates.missed), _as_given(rates.false))

    def correct(self, table: Counted) -> ExpectedTable:
        """Correct a table; see `correct_linkage`."""
        return correct_linkage(table, missed=self.missed, false=self.false)


def correct_linkage(table: Counted, *, missed: Any = None, false: Any = None) -> ExpectedTable:
    """Correct a table for links that were missed and links that were false.

    Parameters
    ----------
    table : CaptureTable or ExpectedTable
        The table as linked, of any number of lists; strata are corrected one by one, as if links are made within
        strata only.
    missed : rate, or mapping of rates, optional
        Share of the true links that is missed: one rate for every pair of lists, a mapping by pair
        (``{("A", "B"): 0.05}``, other pairs 0), or by list (``{"A": 0.05}``): the share of that list's records that
        can be linked to nothing. A rate is a number, a pair (mean, standard error), an array of draws, or an
        `ErrorRate`; only its mean counts here.
    false : rate, or mapping of rates, optional
        Of the records on a list whose person is not on another, the share that is linked there all the same:
        one rate for every pair in both directions, or a mapping by ordered pair: ``{("A", "B"): 0.01}`` is from A to B.

    Returns
    -------
    ExpectedTable
        Corrected counts, none of them negative. A finding says where exact inversion would have given one.

    Raises
    ------
    mse.errors.TableError
        The data are no table of lists.
    mse.errors.ModelError
        A rate is none, or its list is not in the table.

    Examples
    --------
    >>> import mse
    >>> table = mse.CaptureTable(["A", "B"], [[0, 30], [40, 60]])
    >>> corrected = correct_linkage(table, missed=0.1, false={("A", "B"): 0.02})
    >>> corrected.counts.round(1).tolist()
    [[0.0, 24.1], [34.1, 65.9]]
    >>> round(0.88 * 100 * 90 / (60 - 0.02 * 100), 1), round(float(100 * 90 / corrected.counts[1, 1]), 1)
    (136.6, 136.6)
    """
    from mse.kernels.linkage_inverse import correct

    if not isinstance(table, Counted):
        raise TableError(
            "A correction for linkage error needs a table of lists",
            got=type(table).__name__,
            hint="Complete an incomplete table first.",
        )
    rates = LinkageRates.read(table.lists, missed, false)
    cells = 2 ** len(table.lists)
    counts = table.counts.reshape(cells, -1).astype(np.float64)
    result = correct(counts, rates.split(), rates.false_links())
    origin = Sentence("origin_linkage", {"missed": rates.missed_text(), "false": rates.false_text()})
    return ExpectedTable(
        table.lists,
        result.counts.reshape(table.counts.shape),
        table.covariates,
        table.reference,
        source=table,
        origin=origin,
        findings=(*table.findings, *_findings(result)),
    )


def _as_given(rates: Rates) -> Any:
    """Rates as `correct_linkage` takes them: one for every pair, or a mapping."""
    return rates[0][1] if rates and rates[0][0] is None else dict(rates)


def _findings(result: Corrected) -> list[Finding]:
    """Where the correction was cut off at 0, and where it did not settle."""
    found = []
    if result.bounded.any():
        values = {"strata": int(result.bounded.sum()), "of": len(result.bounded)}
        found.append(Finding("linkage_bounded", Severity.WARNING, "linkage", values))
    if not result.converged.all():
        found.append(
            Finding("linkage_unsettled", Severity.WARNING, "linkage", {"strata": int((~result.converged).sum())})
        )
    return found
