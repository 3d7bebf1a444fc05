"""From sets of reporters to rows of reports: dates, repeats, organisations, enrichment by EMM, echoes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from mse.lazy import lazy
from mse.simulate.deal import dates, pick
from mse.simulate.exploitation import has
from mse.simulate.settled import Settled

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy("pandas")

__all__ = ["ECHOES", "report_rows"]

ECHOES = {2019: 94}
"""Victims of the police on whom a letter of the prosecution service came as well; never counted (R36)."""

REFUGEE_COUNCIL = {2019: 96}
"""Victims of other reporters that the Dutch Council for Refugees reported: 97 per cent of 99 (section 2.6)."""

ORGANISATIONS = ("vluchtelingenwerk", "shelter", "legal_services", "immigration_service", "private_person")
"""Organisations within other reporters; but for the first, invented."""

REPEATED = 0.05
"""Share of police victims whom the same unit reports again in the year; a repeat counts once (R35)."""


def report_rows(people: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Write the reports about every person.

    Parameters
    ----------
    people : pandas.DataFrame
        Columns victim, year, reporters (a set), units, line_2 (whether known to more than EMM).
    rng : numpy.random.Generator

    Returns
    -------
    pandas.DataFrame
        Columns victim, date, reporter, role, organisation, police_unit; in the order of victims and dates.
    """
    organisations = _organisations(people, rng)
    rows: list[tuple[str, int, str, str, str, str]] = []
    again = rng.random(len(people)) < REPEATED
    for person, organisation, repeat in zip(people.itertuples(), organisations, again, strict=True):
        for reporter in filter(None, str(person.reporters).split("|")):
            own: Any = (person.victim, person.year, reporter, "enrichment" if reporter == "emm" else "reporter")
            if reporter == "police":
                units = str(person.units).split("|")
                rows += [(*own, "", unit) for unit in (*units, *units[: int(repeat)])]
            elif reporter == "other_reporters":
                rows += [(*own, name, "") for name in organisation.split("|")]
            else:
                rows.append((*own, "", ""))
    rows += _enrichments(people, rng) + _echoes(people, rng)
    reports = pd.DataFrame(rows, columns=["victim", "year", "reporter", "role", "organisation", "police_unit"])
    reports["date"] = dates(reports["year"].to_numpy(), rng)
    columns = ["victim", "date", "reporter", "role", "organisation", "police_unit"]
    return reports.sort_values(["victim", "date"], kind="stable")[columns].reset_index(drop=True)


def _organisations(people: pd.DataFrame, rng: np.random.Generator) -> list[str]:
    """Organisation within the other reporters, for a few persons two."""
    first = rng.choice(ORGANISATIONS, size=len(people))
    second = np.where(rng.random(len(people)) < REPEATED, rng.choice(ORGANISATIONS, size=len(people)), first)
    other = has(people["reporters"], "other_reporters")
    for year, count in REFUGEE_COUNCIL.items():
        now = other & (people["year"] == year).to_numpy()
        first[now] = rng.choice(ORGANISATIONS[1:], size=int(now.sum()))
        first[pick(now, count, rng)] = ORGANISATIONS[0]
        second[now] = first[now]
    return [a if a == b else f"{a}|{b}" for a, b in zip(first, second, strict=True)]


def _enrichments(people: pd.DataFrame, rng: np.random.Generator) -> list[tuple[str, int, str, str, str, str]]:
    """EMM on victims that a reporter knows as well (figure 2.2)."""
    rows = []
    for year, count in Settled.of().by_year("2.2", "emm_and_reporter").items():
        known = people["line_2"].to_numpy() & (people["reporters"] != "").to_numpy()
        for person in pick(known & (people["year"] == year).to_numpy(), int(count), rng):
            rows.append((str(people["victim"].iloc[person]), year, "emm", "enrichment", "", ""))
    return rows


def _echoes(people: pd.DataFrame, rng: np.random.Generator) -> list[tuple[str, int, str, str, str, str]]:
    """Letters of the prosecution service, on victims of the police and on victims without any other report."""
    echoed = (people["reporters"] == "").to_numpy(copy=True)
    for year, count in ECHOES.items():
        now = (people["year"] == year).to_numpy() & has(people["reporters"], "police")
        echoed[pick(now, count, rng)] = True
    part = people[echoed]
    return [(str(v), int(y), "om", "echo", "", "") for v, y in zip(part["victim"], part["year"], strict=True)]
