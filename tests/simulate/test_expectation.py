"""Over seeds, register B is the published register, and its draws are independent of each other."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from mse.simulate.hidden import TRUTHS
from mse.simulate.known_truth import KnownTruth
from mse.simulate.settled import FORMS, REGIONS, SEXES, YEARS, Settled
from mse.simulate.sources import LISTS, SOURCES

SEEDS = range(60)

STANDARD_ERRORS = 4.5
"""A mean over draws may be so many Monte Carlo standard errors off; of 200 means one is with chance .001. A number of
persons drawn from a multinomial has at most its mean as variance."""

FITTED = 0.3
"""Persons that the fitted core table is itself off its margins."""

LEAST_EXPECTED = 5.0
"""Persons expected in a cell whose squared deviation is looked at; in smaller ones a few persons carry the mean."""

SPREAD_TOLERANCE = 0.25
"""How far the mean square of deviations may be from 1. A multinomial spreads a little less than a Poisson (.957 over
these seeds), and by chance the mean of 60 x 119 squares moves by .02."""

FIGURES = Settled.of()
REGISTERED = [1, 3, 4]
"""Outcomes that line 3 counts: by letter, by others than the police, by the police."""


@cache
def draws(truth: str) -> tuple[KnownTruth, ...]:
    return tuple(KnownTruth.draw(seed, truth=truth) for seed in SEEDS)


def registered(truth: str, column: str) -> dict[tuple[object, object], float]:
    """Mean number of victims of line 3 over the draws, by a recorded column and by year or form."""
    found: dict[tuple[object, object], float] = {}
    for ones in zip(*(known.drawn for known in draws(truth)), strict=True):
        group = ones[0].group
        means = np.mean([one.numbers[:, REGISTERED].sum(axis=1) for one in ones], axis=0)
        for level, part in zip(group.strata[column], means, strict=True):
            for at in (group.year, group.recorded_form):
                found[level, at] = found.get((level, at), 0.0) + float(part)
    return found


def reports(known: KnownTruth, group: str, by: str) -> dict[object, float]:
    """Victims of line 3 whom a reporter group reported, by year or form."""
    members = [place for place, source in enumerate(SOURCES) if source.reporter == group]
    found: dict[object, float] = {}
    for one in known.drawn:
        alone = one.reported[:, 1] & (one.reported.sum(axis=1) == 1)
        kept = ~alone | (one.group.recorded_form not in ("BL-SU", "GO-SU"))
        at = one.group.year if by == "year" else one.group.recorded_form
        found[at] = found.get(at, 0.0) + float((one.reported[:, members].any(axis=1) & kept).sum())
    return found


def close(means: np.ndarray, printed: np.ndarray) -> bool:
    error = STANDARD_ERRORS * np.sqrt(np.maximum(printed, 1.0) / len(SEEDS)) + FITTED
    return bool((np.abs(means - printed) <= error).all())


@pytest.mark.parametrize("truth", TRUTHS)
@pytest.mark.parametrize(
    ("figure", "column", "levels"),
    [("2.8", "recorded_sex", SEXES), ("2.9", "recorded_region", REGIONS), ("2.10", "age_band", ("minor", "unknown"))],
)
def test_persons_are_as_published(truth: str, figure: str, column: str, levels: tuple[str, ...]) -> None:
    means = registered(truth, column)
    for level in levels:
        printed = {**FIGURES.by_year(figure, level), **FIGURES.by_form(figure, level)}
        found = np.array([means.get((level, at), 0.0) for at in printed])
        assert close(found, np.array(list(printed.values()))), level


@pytest.mark.parametrize("truth", TRUTHS)
def test_victims_by_year_and_form_are_as_published(truth: str) -> None:
    for y, year in enumerate(YEARS):
        for f, form in enumerate(FORMS):
            groups = [known.drawn[y * len(FORMS) + f] for known in draws(truth)]
            assert {(one.group.year, one.group.recorded_form) for one in groups} == {(year, form)}
            mean = np.mean([one.numbers[:, REGISTERED].sum() for one in groups])
            printed = FIGURES.count("2.7", form, year=str(year), form=form)
            assert close(np.array([mean]), np.array([printed])), (year, form)


@pytest.mark.parametrize("group", sorted({source.reporter for source in SOURCES}))
def test_reports_are_as_published(group: str) -> None:
    for by, printed in (("year", FIGURES.by_year("2.11", group)), ("form", FIGURES.by_form("2.11", group))):
        counted = [reports(known, group, by) for known in draws("modelled")]
        means = np.array([np.mean([one.get(at, 0.0) for one in counted]) for at in printed])
        assert close(means, np.array(list(printed.values()))), by


def test_strata_are_as_expected() -> None:
    """The mean population of every year, form, minor and region is the expected one."""
    keys = ("year", "form", "minor", "region")
    frames = [known.by(*keys) for known in draws("published")]
    means = np.mean([frame["total"] for frame in frames], axis=0)
    assert close(means, frames[0]["expected_total"].to_numpy())


def test_seeds_are_independent() -> None:
    """Deviations from the expected number on lists do not go together in one seed and the next."""
    deviations = []
    for known in draws("modelled"):
        frame = known.frame[known.frame["expected_on_lists"] > LEAST_EXPECTED]
        deviations.append((frame["on_lists"] - frame["expected_on_lists"]) / np.sqrt(frame["expected_on_lists"]))
    cells = np.array(deviations)
    together = (cells[:-1] * cells[1:]).mean()
    assert abs(together) < STANDARD_ERRORS / np.sqrt(cells[1:].size)
    assert (cells**2).mean() == pytest.approx(1.0, abs=SPREAD_TOLERANCE)


def test_equal_seeds_are_equal() -> None:
    one, other = (KnownTruth.draw(7).table("year", "form") for _ in range(2))
    assert (one.counts == other.counts).all()
    assert one.lists == tuple(LISTS)
