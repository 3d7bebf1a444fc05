"""The figures of the monitor, one entry each. A new figure is a new entry.

Figures are those of the *Slachtoffermonitor mensenhandel 2015-2019* (Nationaal Rapporteur Mensenhandel en Seksueel
Geweld tegen Kinderen 2020, The Hague); rules have the numbers of `docs/reference/rules.md`.
"""

from __future__ import annotations

from collections.abc import Mapping

from mse.core.sentence import Sentence
from mse.errors import TableError, did_you_mean
from mse.monitor.counting.condition import has, is_in, not_in
from mse.monitor.counting.imputed_rows import ImputedIndicator
from mse.monitor.counting.indicator import Category, Indicator, Mean, Percentage, levels
from mse.records.register.rules_population import LINES

__all__ = ["INDICATORS", "PROFILES", "chosen"]

_ANY = tuple(Category(f"any_{code}", (has("types", code),)) for code in ("SU", "AU", "CU", "ORG"))
_ANY_SEXUAL = Category("any_SU", (), ("exploitation_any", "any_SU"))
_NATIONALITY_UNKNOWN = Category(
    "SU_nationality_unknown", (has("types", "SU"), is_in("region", "unknown")), ("form", "SU_nationality_unknown"), "SU"
)
_NATIONALITY_KNOWN = Category(
    "SU_nationality_known", (has("types", "SU"), not_in("region", "unknown")), ("form", "SU_nationality_known"), "SU"
)
_FORM_OF_TYPES = tuple(Category(f"form_{code}", (is_in("form", code),), ("form", code)) for code in ("AU", "CU", "UNK"))
"""Forms beside the combinations that they are made of (R14, R16, R17); with them figure 2.3 gives no more away than
figure 2.7 does."""

_SECTORS = ("brothel_club_private", "window", "home", "escort_hotel", "street", "other_sectors")
_UNITS = (
    "oost_brabant", "noord_nederland", "rotterdam", "oost_nederland", "amsterdam", "den_haag", "midden_nederland",
    "zeeland_west_brabant", "noord_holland", "limburg", "national",
)  # fmt: skip
_REPORTERS = ("police", "iszw_do", "kmar", "care_coordinators", "fairwork", "other_reporters")
_REGIONS = ("netherlands", "europe_other", "africa", "asia", "latin_america_caribbean", "other", "unknown")
_AGES = ("minor", "18-22", "23-29", "30-39", "40+", "unknown")
_COMBINATIONS = (
    "SU", "SU+CU", "SU+AU", "SU+AU+CU", "SU+ORG", "AU", "CU", "AU+CU", "ORG", "CU+ORG", "unknown",
)  # fmt: skip
_POLICE = has("reporters", "police")
_OTHER_FORMS = ("CU", "BL-SU", "AU", "UNK")
"""Forms of police reports beside cross-border ones, in the order of the report."""


def _police_form(code: str) -> Category:
    return Category(code, (is_in("form", code),), ("form", code), code)


def _line(code: str) -> Category:
    return Category(code, (is_in("population", *LINES[code]),))


_ENTRIES = (
    Indicator(
        "2.1", "population", ("population_line",), tuple(map(_line, LINES)),
        derived=(
            Category("emm_only_by_difference", (is_in("population", "emm_only"),)),
            Category("kmar_only_su_by_difference", (is_in("population", "kmar_only_su"),)),
        ),
        total=None, by_form=False, line="all_registered", chart="lines", headline="trend", shown=tuple(LINES),
        rules=("R1", "R3", "R6", "R7", "R8", "R9", "R36"), who=Sentence("monitor_unit_victims"),
        about=Sentence("monitor_about_lines"),
    ),
    Indicator(
        "2.2", "emm", ("emm_source",), levels("emm", emm_only="only", emm_and_reporter="also"),
        base=(is_in("emm", "only", "also"),), by_form=False, line="all_registered", chart="lines", headline="trend",
        rules=("R1", "R7"), who=Sentence("monitor_who_emm"),
        about=Sentence("monitor_about_emm"),
    ),
    Indicator(
        "2.3", "combination", ("exploitation_combination", "exploitation_any"), levels("combination", *_COMBINATIONS),
        derived=(*_ANY, _NATIONALITY_KNOWN, _NATIONALITY_UNKNOWN, *_FORM_OF_TYPES), by_form=False, open=True,
        shown=(*_COMBINATIONS, "total", *(category.code for category in _ANY)), rules=("R13",),
        about=Sentence("monitor_about_types"),
    ),
    Indicator(
        "2.4a", "sector_sexual", ("sector_sexual", "visibility"), levels("sector_sexual", *_SECTORS),
        derived=(
            *levels("visibility", "visible", "less_visible"),
            Category("unknown", (is_in("sector_sexual", "unknown"),)),
            _ANY_SEXUAL,
        ),
        base=(has("types", "SU"),), total=(not_in("sector_sexual", "unknown"),), form="SU", by_form=False,
        rules=("R13", "R19", "R20", "R21"), about=Sentence("monitor_about_sexual_sectors"),
        who=Sentence("monitor_who_sector_known"),
    ),
    ImputedIndicator(
        "2.4b", "visibility", ("visibility",), base=(has("types", "SU"),), form="SU", by_form=False,
        measure="victims_known_or_imputed", strata=("region", "adult", "stratum_reporter"),
        percentages=(Percentage("total", "any_SU"),), rules=("R13", "R21", "R22", "R23", "R24", "R31", "R33", "R43"),
        about=Sentence("monitor_about_visibility"), who=Sentence("monitor_who_sector_imputed"),
    ),
    Indicator(
        "2.5", "sector_labour", ("sector_labour",), levels("sector_labour", "unknown"),
        derived=(Category("sector_known", (not_in("sector_labour", "unknown"),)),), base=(has("types", "AU"),),
        open=True, form="AU", by_form=False, yearly=("total", "sector_known"),
        percentages=(Percentage("sector_known", "total"),), rules=("R13", "R25", "R26", "R43"),
        about=Sentence("monitor_about_labour_sectors"), who=Sentence("monitor_who_labour"),
    ),
    Indicator(
        "2.6", "kind_criminal", ("sector_criminal",), levels("kind_criminal", "drug_offences", "unknown"),
        derived=(Category("not_drug_offences", (not_in("kind_criminal", "drug_offences"),)),),
        base=(has("types", "CU"),), open=True, form="CU", by_form=False, since="kinds_criminal", rules=("R13", "R27"),
        about=Sentence("monitor_about_kinds"), who=Sentence("monitor_who_criminal"),
    ),
    Indicator(
        "2.7", "form", ("form",),
        tuple(Category(code, (is_in("form", code),), None, code) for code in ("BL-SU", "GO-SU", "AU", "CU", "UNK")),
        derived=(_NATIONALITY_KNOWN, _NATIONALITY_UNKNOWN), by_form=False, open=True,
        rules=("R14", "R15", "R16", "R17"), about=Sentence("monitor_about_form"),
    ),
    Indicator(
        "2.8", "sex", ("sex",), levels("sex", "female", "male", "unknown"), rules=("R28",),
        about=Sentence("monitor_about_sex"),
    ),
    Indicator(
        "2.9", "region", ("region_of_origin",), levels("region", *_REGIONS), rules=("R15", "R31"),
        about=Sentence("monitor_about_region"),
    ),
    Indicator(
        "2.10", "age_band", ("age_band",), levels("age_band", *_AGES),
        derived=(
            Category("under_23", (is_in("age_band", "minor", "18-22"),)),
            Category("age_known", (not_in("age_band", "unknown"),)),
        ),
        means=(Mean("mean_age", "age", "years", "age_known"),), rules=("R32", "R33"),
        about=Sentence("monitor_about_age"), named="monitor_named_age",
    ),
    Indicator(
        "tab2.1", "nationality", ("nationality",), open=True, top=5, chart=None, rules=("R15", "R29"),
        without={"R29": {"top": None}},
        about=Sentence("monitor_about_nationality"),
    ),
    Indicator(
        "2.11", "reporters", ("reporter", "reporter_group"), levels("reporters", *_REPORTERS),
        derived=(
            Category("law_enforcement", (is_in("reporters", "police", "kmar", "iszw_do"),)),
            Category("without_legal_basis", (is_in("reporters", "care_coordinators", "fairwork", "other_reporters"),)),
        ),
        mentions=True, open=True, measure="reports", rules=("R34", "R35", "R36", "R38", "R42"),
        about=Sentence("monitor_about_reporter"),
    ),
    Indicator(
        "2.12", "units", ("police_unit",), levels("units", *_UNITS), mentions=True, open=True, measure="police_reports",
        rules=("R40",), about=Sentence("monitor_about_police_unit"),
    ),
    Indicator(
        "2.13", "form", ("police_form", "form"),
        (
            Category("GO-SU_african", (is_in("form", "GO-SU"), is_in("region", "africa")), None, "GO-SU"),
            Category("GO-SU_non_african", (is_in("form", "GO-SU"), not_in("region", "africa")), None, "GO-SU"),
            *map(_police_form, _OTHER_FORMS),
        ),
        derived=(_police_form("GO-SU"),), base=(_POLICE,), measure="reports", by_form=False, open=True, chart="lines",
        headline="trend", rules=("R34", "R35", "R41"), who=Sentence("monitor_who_police"),
        about=Sentence("monitor_about_police_form"),
        without={"R41": {"categories": tuple(map(_police_form, ("GO-SU", *_OTHER_FORMS))), "derived": ()}},
    ),
)  # fmt: skip

INDICATORS: Mapping[str, Mapping[str, Indicator]] = {"2015-2019": {entry.id: entry for entry in _ENTRIES}}
"""Entries of every edition by figure."""

PROFILES: Mapping[str, tuple[str, ...]] = {
    "extended": tuple(INDICATORS["2015-2019"]),
    "concise": ("2.1", "2.3", "2.7", "2.8", "2.9", "2.10", "2.11"),
}
"""Figures of the extended and of the concise edition, which alternate."""


def chosen(edition: str, only: tuple[str, ...] | str | None) -> tuple[Indicator, ...]:
    """Indicators of an edition.

    Parameters
    ----------
    edition : str
        One of `INDICATORS`.
    only : tuple of str or str, optional
        Figures that are wanted, or the name of a profile; by default all.

    Raises
    ------
    mse.errors.TableError
        There is no such edition, profile or figure.
    """
    if edition not in INDICATORS:
        raise TableError(f"There are no figures of edition '{edition}'", hint=did_you_mean(edition, INDICATORS))
    entries = INDICATORS[edition]
    if isinstance(only, str):
        if only not in PROFILES:
            raise TableError(f"There is no profile '{only}'", hint=did_you_mean(only, PROFILES))
        only = PROFILES[only]
    for name in only or ():
        if name not in entries:
            raise TableError(f"Edition {edition} has no figure '{name}'", hint=did_you_mean(str(name), entries))
    return tuple(entries[name] for name in (only or entries))
