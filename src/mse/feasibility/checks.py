"""Checks that need counts only: lists, overlaps, coverage. Each measures one number and gives it a light."""

from __future__ import annotations

from collections.abc import Callable
from statistics import fmean

from mse.feasibility.evidence import Evidence
from mse.feasibility.rules import Check, judged, unknown

__all__ = ["ENOUGH", "FROM_COUNTS", "groups_of_lists"]

ENOUGH = 10
"""Persons on both lists that a pair needs, observed or expected, before it is no longer called thin."""


def list_count(evidence: Evidence) -> Check:
    """Two lists leave dependence untested; three leave nothing to test their pairs against."""
    return judged("feasible_list_count", len(evidence.sizes), lists=len(evidence.sizes))


def smallest_list(evidence: Evidence) -> Check:
    """Lists that hold few persons."""
    name = min(evidence.sizes, key=lambda one: evidence.sizes[one])
    return judged("feasible_smallest_list", evidence.sizes[name], name=name, n=evidence.sizes[name])


def connected(evidence: Evidence) -> Check:
    """Groups of lists that share nobody: each says nothing of the persons of the others."""
    groups = groups_of_lists(evidence)
    if len(groups) == 1:
        return judged("feasible_connected", 1)
    named = [" ".join(group) for group in groups]
    return judged("feasible_connected_apart", len(groups), rule="connected", groups=len(groups), names=named)


def multi_share(evidence: Evidence) -> Check:
    """Share of the persons seen who are on two lists or more."""
    if evidence.captures is None or evidence.n_observed is None:
        return unknown("multi_share", "margins")
    multiple = sum(evidence.captures[1:])
    share = multiple / evidence.n_observed
    return judged("feasible_multi_share", share, n=multiple, persons=evidence.n_observed, share=share)


def expected_overlap(evidence: Evidence) -> Check:
    """Share of the pairs that would have few persons on both lists even if lists were independent."""
    expected = evidence.expected_overlaps()
    if not expected:
        return judged(
            "feasible_expected_overlap", 1.0, pairs=len(evidence.overlaps), of=len(evidence.overlaps), few=ENOUGH
        )
    thin = [pair for pair, both in expected.items() if both < ENOUGH]
    return judged("feasible_expected_overlap", len(thin) / len(expected), pairs=len(thin), of=len(expected), few=ENOUGH)


def thin_overlap(evidence: Evidence) -> Check:
    """Share of the pairs that have few persons on both lists."""
    thin = [pair for pair, both in evidence.overlaps.items() if both < ENOUGH]
    share = len(thin) / len(evidence.overlaps)
    return judged("feasible_thin_overlap", share, pairs=len(thin), of=len(evidence.overlaps), few=ENOUGH)


def empty_pairs(evidence: Evidence) -> Check:
    """Pairs of lists that share nobody."""
    empty = [f"{i} {j}" for (i, j), both in evidence.overlaps.items() if both == 0]
    if not empty:
        return judged("feasible_empty_pairs_none", 0, rule="empty_pairs")
    return judged("feasible_empty_pairs", len(empty), pairs=len(empty), of=len(evidence.overlaps), names=empty)


def triples(evidence: Evidence) -> Check:
    """Persons on three lists or more: what dependence between pairs is tested against."""
    if len(evidence.sizes) < 3:
        return unknown("triples", "lists")
    if evidence.captures is None:
        return unknown("triples", "margins")
    n = sum(evidence.captures[2:])
    return judged("feasible_triples", n, n=n)


def sample_coverage(evidence: Evidence) -> Check:
    """Sample coverage (Chao and Tsay 1998): 1 less the mean share of each list's persons who are on no other."""
    if evidence.only is None:
        return unknown("sample_coverage", "margins")
    shares = [evidence.only[name] / n for name, n in evidence.sizes.items() if n]
    coverage = 1.0 - fmean(shares)
    return judged("feasible_sample_coverage", coverage, coverage=coverage)


def groups_of_lists(evidence: Evidence) -> list[tuple[str, ...]]:
    """Lists that hang together by shared persons, group by group.

    Examples
    --------
    >>> from mse.feasibility.evidence import read_evidence
    >>> groups_of_lists(read_evidence({"A": 40, "B": 30, "A B": 20, "C": 9}))
    [('A', 'B'), ('C',)]
    """
    groups = [{name} for name in evidence.sizes]
    for (i, j), both in evidence.overlaps.items():
        if both:
            joined = [group for group in groups if i in group or j in group]
            groups = [group for group in groups if group not in joined] + [set().union(*joined)]
    order = list(evidence.sizes)
    named = [tuple(sorted(group, key=order.index)) for group in groups]
    return sorted(named, key=lambda group: order.index(group[0]))


FROM_COUNTS: tuple[Callable[[Evidence], Check], ...] = (
    list_count, smallest_list, connected, multi_share, expected_overlap, thin_overlap, empty_pairs, triples,
    sample_coverage,
)  # fmt: skip
