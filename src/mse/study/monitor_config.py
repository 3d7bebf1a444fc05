"""The section of a study file about a register: files, rules, figures, and what stands beside them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from mse.study.choices import Profile
from mse.study.section import Section

__all__ = ["MonitorSection", "RegisterSection"]


class MonitorSection(Section):
    """A register of victims and reports, and the figures that are made of it."""

    victims: str = Field(
        description="File with a row a victim, or a victim and year, from the folder of the study; without `reports`, "
        "with a row a report."
    )
    reports: str | None = Field(default=None, description="File with a row a report.")
    mapping: str | None = Field(
        default=None, description="File with the office's own columns and codes; without one, those of `mse`."
    )
    edition: str = Field(default="2015-2019", description="Edition of the code lists and of the figures.")
    rules_off: list[str] = Field(default=[], description="Deciding rules that are switched off, such as `R8`.")
    rules: dict[str, dict[str, Any]] = Field(
        default={}, description="Options of deciding rules: `{ R15 = { dual = 'first' } }`."
    )
    profile: Profile = Field(
        default="extended", description="`concise` shows the main figures, `extended` all of them."
    )
    figures: list[str] = Field(default=[], description="Figures by number, in place of those of the profile.")
    published: list[str] = Field(
        default=[], description="Sets of published estimates that the registered numbers stand beside."
    )
    allow: list[Literal["period", "population", "unit", "place", "definition"]] = Field(
        default=[],
        description="In what registered numbers and estimates may differ; each difference is then flagged.",
    )
    reporters: str | None = Field(
        default=None,
        description="What is known about the reporters, such as their legal ground: a TOML file, or "
        "`netherlands_2015_2019`.",
    )
    counts: str | None = Field(
        default=None,
        description="Registered numbers by year as they were published before, which the counted ones are set beside: "
        "a CSV or Excel file with columns series, year, count, source and, if known, edition, or `netherlands_counts`.",
    )
    series: str = Field(default="nr", description="Which series of `counts` is meant.")
    claims: str | None = Field(
        default=None, description="CSV file with the statements of a text as formulas over the figures."
    )


class RegisterSection(Section):
    """Lists of the register of `[monitor]`, for format `register`."""

    lists: dict[str, list[str]] = Field(
        min_length=2,
        description="Sources of each list: reporters, or organisations of one as `other_reporters:shelter`.",
    )
    line: str = Field(
        default="all_registered",
        description="Which registrations count: `all_registered`, `excl_emm_only` or `monitor_population`.",
    )
