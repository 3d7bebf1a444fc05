"""The capture model of register B: how often each set of sources reports a victim, by year and recorded form.

The expected number with set of sources w is log μ = α[year, form] + Σ β_g[year] + Σ γ_g[form] + Σ θ_gh, with the police
by year and form, θ over the pairs of lists in w, and the rest from the printed margins: figures 2.7, 2.11 and 2.13. By
construction nothing depends on more than pairs (c = 0), so that exp(α) are those whom nobody reports.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mse.lazy import lazy
from mse.records.datasets import load
from mse.simulate.dependence import Pairs, log_odds_of_pairs, pair_log_odds
from mse.simulate.ipf import Margin, ipf, margin
from mse.simulate.settled import FORMS, SEXUAL, YEARS, Settled
from mse.simulate.sources import LISTS, SOURCES, marechaussee_alone, on_lists, reporting

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy("pandas")

__all__ = ["SHELTERS", "Capture", "capture_model", "on_no_list"]

DEPENDENCE = "netherlands_2010_2015"
"""Table whose pairs give θ; the same lists, five years earlier."""

SHELTERS = 0.4
"""Share of the victims of "other reporters" whom a residential shelter reported: an assumption. In 2010-2015 list O
held 536 persons and list Z 848, so 0.39 of the two together."""

_FITS = 50
_SETTLED = 1e-6
_PLACE = {source.name: place for place, source in enumerate(SOURCES)}


@dataclass(frozen=True, eq=False)
class Capture:
    """Expected numbers of victims by year, recorded form and set of sources.

    Parameters
    ----------
    theta : mapping
        Log odds ratio of every pair of lists.
    expected : array of shape (years, forms, sets of sources)
        Those reported; among sexual exploitation with the Royal Marechaussee alone too. The empty set has 0.
    unseen : array of shape (years, forms)
        Those whom nobody reports, when nothing depends on more than the pairs.
    """

    theta: Pairs
    expected: NDArray[np.float64]
    unseen: NDArray[np.float64]


def on_no_list(figures: Settled) -> dict[int, float]:
    """Victims of unknown form by year who are registered and on no list.

    Figure 2.11 has fewer reports of unknown form than figure 2.7 has victims (A07). As many are taken out as leave
    the others with the reports per victim of the known forms; by year they follow the victims whom the police did
    not report.
    """
    reports, victims = figures.by_form("2.11", "total"), {form: figures.count("2.7", form, form=form) for form in FORMS}
    known = [form for form in FORMS if form != "UNK"]
    each = sum(reports[form] for form in known) / sum(victims[form] for form in known)
    unheard = victims["UNK"] - reports["UNK"] / each
    police = figures.by_year("2.13", "UNK", form="UNK")
    others = {year: n - police[year] for year, n in figures.by_year("2.7", "UNK", form="UNK").items()}
    return {year: unheard * n / sum(others.values()) for year, n in others.items()}


@functools.cache
def capture_model() -> Capture:
    """Fit the capture model to the printed margins; it is the same for every seed.

    Returns
    -------
    Capture
    """
    theta = pair_log_odds(load(DEPENDENCE))
    sets = reporting()
    weight = np.exp(log_odds_of_pairs(on_lists(sets), list(LISTS), theta))
    figures = Settled.of()
    cells = _cells(figures)
    x = weight[cells["set"].to_numpy()]
    both = 0.0 * x
    for _ in range(_FITS):
        before = x
        x = ipf(x, _margins(cells, figures, both)).x
        both = np.where(_among(cells, "shelter") & _among(cells, "other"), x, 0.0)
        if np.abs(x - before).max() < _SETTLED:
            break
    expected = np.zeros((len(YEARS), len(FORMS), len(sets)))
    places = [cells["year"].map(YEARS.index), cells["form"].map(FORMS.index), cells["set"]]
    expected[tuple(part.to_numpy() for part in places)] = x
    return _completed(theta, expected, weight)


def _cells(figures: Settled) -> pd.DataFrame:
    """Years, forms and sets of sources that line 3 of the monitor can hold, with which sources each set holds."""
    sets = reporting()
    cells = pd.DataFrame(product(YEARS, FORMS, range(1, len(sets))), columns=["year", "form", "set"])
    for name, place in _PLACE.items():
        cells[name] = sets[cells["set"].to_numpy(), place]
    alone: pd.Series[bool] = marechaussee_alone(sets)[cells["set"].to_numpy()] & cells["form"].isin(SEXUAL)
    silent = pd.Series(False, index=cells.index)
    for source in SOURCES:
        reports = figures.by_form("2.11", source.reporter)
        silent |= cells[source.name] & (cells["form"].map(reports) == 0)
    return cells[~alone & ~silent].reset_index(drop=True)


def _among(cells: pd.DataFrame, source: str) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = cells[source].to_numpy()
    return found


def _margins(cells: pd.DataFrame, figures: Settled, both: NDArray[np.float64]) -> list[Margin]:
    """Printed margins; `both` are those reported by a shelter and another of the "other reporters", who count once."""
    victims = figures.by_year_and_form("2.7")
    for year, unheard in on_no_list(figures).items():
        victims[year, "UNK"] -= unheard
    parts = [margin(cells, figures.by_year_and_form("2.13"), "year", "form", police=True)]
    for source in SOURCES[1:]:
        by_year, by_form = figures.by_year("2.11", source.reporter), figures.by_form("2.11", source.reporter)
        for name, printed in (("year", by_year), ("form", by_form)):
            twice = pd.Series(both).groupby(cells[name]).sum() * (source.name == "other")
            share = {"shelter": SHELTERS, "other": 1.0 - SHELTERS}.get(source.name, 1.0)
            totals = {level: share * n + twice.get(level, 0.0) for level, n in printed.items() if n}
            parts.append(margin(cells, totals, name, **{source.name: True}))
    return [*parts, margin(cells, victims, "year", "form")]


def _completed(theta: Pairs, expected: NDArray[np.float64], weight: NDArray[np.float64]) -> Capture:
    """Add whom line 3 leaves out: those whom nobody reports, and sexual exploitation that only KMar reports.

    With pairs alone the factors of a table follow from any few of its cells: exp(α) = μ_g · μ_h · e^θ / μ_gh.
    """
    sets = reporting()

    def at(*names: str) -> int:
        wanted = np.isin(np.arange(len(SOURCES)), [_PLACE[name] for name in names])
        return int(np.flatnonzero((sets == wanted).all(axis=1))[0])

    police, care, two = at("police"), at("care_coordinators"), at("police", "care_coordinators")
    unseen = expected[..., police] * expected[..., care] * weight[two] / expected[..., two]
    alone, with_police = at("kmar"), at("kmar", "police")
    sexual = [FORMS.index(form) for form in SEXUAL]
    ratio = expected[:, sexual, with_police] / (expected[:, sexual, police] * weight[with_police])
    expected[:, sexual, alone] = unseen[:, sexual] * ratio
    expected.setflags(write=False)
    return Capture(theta, expected, unseen)
