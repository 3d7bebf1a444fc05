"""`combined`: several searches of one table, of different scopes, read as one answer.

How many lists a term may hold is a choice that the data do not make, so the scope is one of the rivals: an answer that
holds within each scope but not over all of them is no single answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from mse.core.ensemble import SPREAD, EnsembleFit
from mse.core.estimate import Estimate, Range
from mse.core.finding import Finding, Severity, worst
from mse.core.reference import Reference
from mse.errors import ModelError

__all__ = ["CombinedSearch", "combined"]


@dataclass(frozen=True, eq=False)
class CombinedSearch:
    """Searches of one table, narrowest scope first.

    Made by `combined`, not by hand.
    """

    searches: tuple[EnsembleFit, ...]

    @property
    def reference(self) -> Reference | None:
        """What the table is about."""
        return self.searches[0].table.reference

    @property
    def n_observed(self) -> int:
        """Persons seen."""
        return self.searches[0].table.n_observed

    @property
    def rival_range(self) -> tuple[float, float] | None:
        """Smallest and largest total among the rivals of all scopes; None where no model has an estimate."""
        spans = [span for search in self.searches if (span := search.rival_range()) is not None]
        return (min(low for low, _ in spans), max(high for _, high in spans)) if spans else None

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Findings of every search and, where the scopes together span more than a factor 1.5, one more."""
        of_scopes = [finding for search in self.searches for finding in search.findings]
        largest = self.searches[-1].scope
        kept = [f for f in of_scopes if f.code != "scope" or f.values["order"] == largest]
        return worst([*self._disagreement(), *kept])

    @property
    def ranges(self) -> tuple[Range, ...]:
        """Ranges of the modes of every scope, from small to large; weights are within a scope.

        A range that lies inside that of another scope is left out.
        """
        found = dict.fromkeys(r for search in self.searches for r in search.ranges)
        kept = [r for r in found if not any(o.lower <= r.lower and r.upper <= o.upper for o in found if o != r)]
        return tuple(sorted(kept, key=lambda r: (r.lower, r.upper)))

    @property
    def best(self) -> EnsembleFit:
        """The search whose best model has the lowest criterion; the narrower scope where two are equal."""

        def value(search: EnsembleFit) -> float:
            if search.best is None:
                return float("inf")
            spec = search.spec
            return search.best.criteria.value(
                search.criterion, sample_size=spec.bic_n, count_infinite=spec.count_infinite
            )

        return min(self.searches, key=value)

    def estimate(self, *, level: float = 0.95, interval: str = "profile") -> Estimate:
        """The best model's estimate with the findings and ranges of all scopes."""
        single = self.best.estimate(level=level, interval=interval)
        own = [f for f in single.findings if f not in self.best.findings]
        return replace(single, findings=worst([*self.findings, *own]), ranges=self.ranges)

    def headline(self, language: str = "en") -> str:
        """Say the answer in one sentence."""
        return self.estimate().headline(language)

    def _disagreement(self) -> list[Finding]:
        span = self.rival_range
        if len(self.searches) < 2 or span is None or span[1] <= SPREAD * span[0]:
            return []
        criterion = self.searches[0].criterion
        severity = Severity.BLOCKING if criterion == "bic" else Severity.WARNING
        values = {
            "lower": span[0],
            "upper": span[1],
            "factor": span[1] / span[0],
            "orders": [search.scope for search in self.searches],
            "criterion": criterion.upper(),
        }
        return [Finding("scopes_disagree", severity, "all scopes", values)]

    def __repr__(self) -> str:
        lines = [self.headline(), *(f"  {search.label}: {search.estimate().headline()}" for search in self.searches)]
        lines += [f"  {finding.severity.value}: {finding}" for finding in self.findings]
        return "\n".join(lines)


def combined(searches: Sequence[EnsembleFit]) -> CombinedSearch:
    """Read searches of one table, of different scopes, as one answer.

    Parameters
    ----------
    searches : sequence of EnsembleFit
        At least one; all of one table and by one criterion.

    Returns
    -------
    CombinedSearch

    Raises
    ------
    mse.errors.ModelError
        There is no search, or they differ in table or criterion.

    Examples
    --------
    >>> import mse
    >>> table = mse.datasets.load("spina_bifida_621")
    >>> both = combined([mse.Search(max_order=order).fit(table) for order in (2, None)])
    >>> [f"{total:.0f}" for total in both.rival_range]
    ['703', '755']
    """
    if not searches:
        raise ModelError("Combining needs at least one search", got="none")
    if len({search.fingerprint for search in searches}) > 1:
        raise ModelError("Searches are combined when they are of one table", got="different tables")
    if len(criteria := {search.criterion for search in searches}) > 1:
        raise ModelError("Searches are combined when they rank by one criterion", got=", ".join(sorted(criteria)))
    if len({(search.spec.bic_n, search.spec.count_infinite) for search in searches}) > 1:
        raise ModelError("Searches are combined when they count in one way", got="different bic_n or count_infinite")
    return CombinedSearch(tuple(sorted(searches, key=lambda search: search.scope)))
