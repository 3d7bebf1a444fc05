"""Register A: invented people whose figures are exactly those that the monitor of 2015-2019 prints.

Only the margins are real. What the report does not print is invented: every record, every crosstab beyond the printed
ones and the statements of the text. No total is behind it, so an estimate from it cannot be right or wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mse.core.reference import Reference
from mse.lazy import lazy
from mse.simulate.ages import assign_ages
from mse.simulate.circumstances import add_circumstances
from mse.simulate.core import core_margins, core_table
from mse.simulate.deal import MARK, expand, stream
from mse.simulate.exploitation import assign_kinds, assign_types
from mse.simulate.labour import assign_cases, assign_labour_sectors
from mse.simulate.nationalities import assign_nationalities
from mse.simulate.outside import outsiders
from mse.simulate.police_units import assign_units
from mse.simulate.report_rows import report_rows
from mse.simulate.reporters import FEWEST_UNREPORTED, assign_reporters, reporter_sets
from mse.simulate.rounding import round_to
from mse.simulate.settled import PERIOD
from mse.simulate.sexual_sectors import assign_sexual_sectors

if TYPE_CHECKING:
    import pandas as pd

    from mse.records.register.registry import Registry
else:
    pd = lazy("pandas")

__all__ = ["published_frames", "published_register"]

_VICTIM_COLUMNS = (
    "victim", "year", "types", "sectors_sexual", "sectors_labour", "kinds_criminal", "sex", "age", "age_exploitation",
    "nationalities", "case", "procedure", "place", "status", "recruitment", "technology",
)  # fmt: skip


def published_register(seed: int = 1, *, unreported: int = FEWEST_UNREPORTED, emm_only: str = "figure_2_2") -> Registry:
    """Make register A: synthetic records that reproduce every printed figure of the monitor of 2015-2019.

    Parameters
    ----------
    seed : int
        Another seed gives other persons with the same figures.
    unreported : int
        Victims of unknown form without a report from the six groups, at least 4 (finding A07). Their only trace is an
        echo of the prosecution service, which is not counted as a report.
    emm_only : {"figure_2_2", "difference"}
        The report gives the victims known only through EMM twice, and differently (finding A01): in figure 2.2, or as
        line 1 less line 2 of figure 2.1. Only the first agrees with all values that the report leaves undisputed.

    Returns
    -------
    Registry
        Marked as synthetic. There is no true total behind it.

    Raises
    ------
    mse.errors.ModelError
        The printed figures do not allow so many victims without a report, or `emm_only` is none of the two.

    Examples
    --------
    >>> import mse.simulate
    >>> register = mse.simulate.published_register()
    >>> register.cube("form").by("form")
    {'AU': 1018, 'BL-SU': 1178, 'CU': 321, 'GO-SU': 1893, 'UNK': 650}
    """
    from mse.records.register.registry import Registry

    victims, reports = published_frames(seed, unreported=unreported, emm_only=emm_only)
    reference = Reference(
        PERIOD,
        "person-year",
        "presumed victims of human trafficking, invented",
        "Netherlands",
        source="synthetic register A (mse.simulate.published_register), with the margins of Nationaal Rapporteur "
        "(2020), Slachtoffermonitor mensenhandel 2015-2019",
        public=True,
    )
    return Registry.from_frames(victims, reports, period=PERIOD, reference=reference, synthetic=True)


def published_frames(
    seed: int = 1, *, unreported: int = FEWEST_UNREPORTED, emm_only: str = "figure_2_2"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make the two frames of register A: victims and reports; the parameters are those of `published_register`.

    Returns
    -------
    victims, reports : pandas.DataFrame
        Text, "" for unknown; ages are whole numbers or missing.
    """
    outside = outsiders(emm_only, stream(seed, "outside")).assign(police=False, units="", region="")
    inside = _population(seed, unreported)
    people = pd.concat([inside, outside], ignore_index=True)
    for column in ("sectors_sexual", "sectors_labour", "kinds_criminal", "case"):
        people[column] = people[column].fillna("")
    people = add_circumstances(people, stream(seed, "circumstances"))
    people = people.iloc[stream(seed, "order").permutation(len(people))].reset_index(drop=True)
    people["victim"] = [f"A{number:06d}" for number in range(1, len(people) + 1)]
    people["line_2"] = people["reporters"] != "emm"
    reports = report_rows(people, stream(seed, "reports"))
    people = people.rename(columns={"nationality": "nationalities"})
    people["sex"] = people["sex"].replace("unknown", "")
    for column in ("age", "age_exploitation"):
        people[column] = people[column].astype("Int64").where(people[column] >= 0)
    return people[list(_VICTIM_COLUMNS)].assign(**MARK), reports.assign(**MARK)


def _population(seed: int, unreported: int) -> pd.DataFrame:
    """Invent the population of the monitor, stage after stage (M1 to M5, then types, sectors and kinds)."""
    sets = reporter_sets(unreported, stream(seed, "reporter sets"))
    cells = core_table()
    cells["count"] = round_to(cells.pop("x").to_numpy(), core_margins(cells), stream(seed, "core"))
    people = expand(cells)
    people["nationality"] = assign_nationalities(people, stream(seed, "nationalities"))
    people["reporters"] = assign_reporters(people, sets, stream(seed, "reporters"))
    people["units"] = assign_units(people, stream(seed, "police units"))
    people["types"] = assign_types(people, stream(seed, "types"))
    people["age"] = assign_ages(people, stream(seed, "ages"))
    people["sectors_sexual"] = assign_sexual_sectors(people, stream(seed, "sexual sectors"))
    people["sectors_labour"] = assign_labour_sectors(people, stream(seed, "labour sectors"))
    people["kinds_criminal"] = assign_kinds(people, stream(seed, "kinds"))
    people["case"] = assign_cases(people, stream(seed, "cases"))
    return people
