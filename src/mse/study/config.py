"""The study file as a model: every key, its type and what it means.

`mse.study.check` reads a file into these classes and says everything that is wrong with it. The page
`docs/reference/study-file.md` holds the same descriptions.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import Field

from mse.core.reference import Reference
from mse.study.choices import BootstrapInterval, BootstrapKind, Interval, Language, PolicyName, SearchMethod
from mse.study.monitor_config import MonitorSection, RegisterSection
from mse.study.posterior_config import PosteriorSection
from mse.study.section import By, ReadingSection, Section, Text, divisions_of, in_languages

__all__ = [
    "BootstrapSection",
    "ContextRow",
    "DataSection",
    "EstimateSection",
    "MonitorSection",
    "Order",
    "PosteriorSection",
    "ReadingSection",
    "ReferenceSection",
    "RegisterSection",
    "ReleaseSection",
    "ReportSection",
    "ReportsSection",
    "Study",
    "StudySection",
    "in_languages",
]

Order = Annotated[int, Field(ge=2, le=12)] | Literal["all"]
Criterion = Literal["bic", "aic", "aicc", "p-value"]
Unit = Literal["person", "person-year", "report", "unknown"]
Hierarchy = Annotated[dict[Literal["hierarchy"], list[str]], Field(min_length=1)]
Rule = Literal["fail", "first", "last", "missing"] | Hierarchy


class StudySection(Section):
    """What the study is called and who asks."""

    title: Text = Field(description="Title of the report, one text or `{ en = …, nl = … }`.")
    subtitle: Text | None = Field(default=None, description="A line under the title.")
    population: Text | None = Field(
        default=None, description="The population of the reference, where languages differ."
    )
    place: Text | None = Field(default=None, description="The place of the reference, where languages differ.")
    language: Language = Field(
        default="en", description="Language that the report opens in and that the terminal speaks: `en` or `nl`."
    )


class ReportsSection(Section):
    """How reports, one row each, become persons on lists (`mse.tabulate`)."""

    person: str = Field(description="Column of the person's key.")
    reporter: str = Field(description="Column of the reporter.")
    mapping: str | dict[str, list[str]] = Field(
        description="Reporters of each list: a TOML or CSV file beside the study, or `{ P = ['police'], … }`."
    )
    date: str | None = Field(default=None, description="Column of the date of the report.")
    year_rule: Literal["first_report", "each_report", "exploitation"] = Field(
        default="first_report",
        description="Which year a person belongs to: `first_report`, `each_report` or `exploitation`.",
    )
    exploitation_date: str | None = Field(default=None, description="Column of the date of exploitation.")
    resolve: dict[str, Rule] = Field(
        default={},
        description="By covariate, what counts where reports disagree: `fail`, `first`, `last`, `missing` or "
        "`{ hierarchy = [levels, the one that counts first] }`.",
    )
    missing: Literal["partial", "level", "drop", "fail"] | None = Field(
        default=None,
        description="Persons with a missing value: `partial` counts them on the margin that is known, `level` takes "
        "`missing` for a level of its own, `drop` and `fail` leave them out or refuse them. By default `partial` where "
        "`[estimate]` has covariates or `operating` is given, else `level`.",
    )
    unknown_reporters: Literal["fail", "drop"] = Field(
        default="fail",
        description="Reporters that the mapping does not know: refuse them, or leave them out and count them.",
    )
    outside_period: Literal["fail", "drop"] = Field(
        default="fail", description="Reports outside the period: refuse them, or leave them out and count them."
    )
    operating: str | None = Field(
        default=None,
        description="File that says where lists operated, for lists that did so in part: columns `list`, those of "
        "covariates, `from` and `until`, as `mse.tabulate(operating=…)` takes.",
    )
    case: str | None = Field(
        default=None, description="Column of the key of the case, for a bootstrap of `kind = 'case'`."
    )


class DataSection(Section):
    """Which table is estimated from: a published one, or a file."""

    dataset: str | None = Field(default=None, description="Name of a published table (`mse.datasets.names()`).")
    file: str | None = Field(
        default=None, description="CSV, Excel, Parquet, SPSS or Stata file, from the folder of the study file."
    )
    format: Literal["counts", "histories", "reports", "register"] = Field(
        default="counts",
        description="What a row of the file is: `counts` (a combination of lists and its number of persons), "
        "`histories` (a person) or `reports` (a report); `register` takes the register of `[monitor]` and no file.",
    )
    lists: list[str] = Field(
        default=[],
        description="Lists, in the order of the table. For a file of counts or histories the columns; by default "
        "all columns that are nothing else.",
    )
    count: str = Field(default="count", description="Column of the number of persons, for format `counts`.")
    covariates: list[str] = Field(
        default=[],
        description="Columns of covariates; the persons are added up over those that `[estimate]` does not name.",
    )
    merge: dict[str, list[str]] = Field(default={}, description="Lists to take together: `{ IO = ['I', 'O'] }`.")
    drop: list[str] = Field(default=[], description="Lists to leave out.")
    meanings: dict[str, Text] = Field(default={}, description="What each list stands for, in words.")
    notes: list[Text] = Field(default=[], description="What a reader should know of the data, a paragraph each.")
    reading: ReadingSection = Field(default_factory=ReadingSection, description="How a file is read.")
    reports: ReportsSection | None = Field(default=None, description="For format `reports`: columns and rules.")
    from_register: RegisterSection | None = Field(default=None, description="For format `register`: its lists.")

    def filled(self, estimate: EstimateSection) -> Self:
        """Fill in what is done with missing values, which hangs on whether models hold covariates."""
        reports = self.reports
        if reports is None or reports.missing is not None:
            return self
        missing = "partial" if estimate.covariates or reports.operating is not None else "level"
        return self.model_copy(update={"reports": reports.model_copy(update={"missing": missing})})


class ReferenceSection(Section):
    """What the numbers of a file are about; a dataset brings its own."""

    period: list[int] | None = Field(default=None, min_length=2, max_length=2, description="First and last year.")
    unit: Unit = Field(description="What is counted: `person`, `person-year`, `report` or `unknown`.")
    population: str = Field(description="The population in words: which persons, which exclusions.")
    place: str = Field(description="Where.")
    snapshot: date | None = Field(default=None, description="Date of the extract.")
    source: str = Field("", description="Publication or register.")
    public: bool = Field(default=False, description="Whether the counts themselves are published.")

    def to_reference(self) -> Reference:
        """Return the reference that tables and figures carry."""
        period = None if self.period is None else (self.period[0], self.period[1])
        return Reference(period, self.unit, self.population, self.place, self.snapshot, self.source, self.public)


class EstimateSection(Section):
    """How the total is estimated."""

    criterion: Criterion | list[Criterion] = Field(
        default="bic",
        description="What is minimised: `bic`, `aic`, `aicc` or `p-value`; several in sequence for a stepwise search.",
    )
    method: SearchMethod | None = Field(
        default=None,
        description="`exhaustive` fits every model of a scope, `stepwise` goes step by step. By default `exhaustive`, "
        "with covariates `stepwise`.",
    )
    scopes: list[Order] | None = Field(
        default=None,
        min_length=1,
        description="Scopes that are searched, each the largest number of lists (and covariates) in a term or `all`. "
        'By default `[2, "all"]`, as far as a scope holds at most 10,000,000 models; with covariates `[2]`.',
    )
    starts: list[str] | None = Field(
        default=None, description="Where a stepwise search starts: `independence`, `all`, or models in brackets."
    )
    forced: str | None = Field(
        default=None, description="Terms that every model holds, as a model: `[P K][R]`, `[P K][P year]`."
    )
    forbidden: str | None = Field(
        default=None, description="Terms that no model holds, alone or within a larger one, as a model: `[P K]`."
    )
    covariates: list[str] | None = Field(
        default=None,
        description="Covariates of the table that models hold; the persons are added up over all others. By default "
        "none.",
    )
    coding: dict[str, str | dict[str, Any]] | None = Field(
        default=None,
        description="How covariates enter: `{ year = 'poly 2' }`; `levels`, `poly 2`, `spline 3`, `step 2018-01-01`, "
        "`break 2017`, `scores low=1 high=3`, or `{ kind = 'step', at = ['B'] }`. By default a level each.",
    )
    by: By | None = Field(
        default=None,
        description="Divisions of the population that are reported: `['year', ['year', 'form']]` is by year, and by "
        "year and form. By default each covariate by itself.",
    )
    bic_n: Literal["persons", "cells"] = Field(default="persons", description="Sample size of BIC and AICc.")
    count_infinite: bool = Field(default=True, description="Whether terms of empty overlaps count as parameters.")
    level: float = Field(default=0.95, gt=0.0, lt=1.0, description="Level of all intervals.")
    interval: Interval = Field(
        default="profile", description="Interval of a model that is held fixed: `profile`, `lognormal` or `wald`."
    )

    def filled(self) -> Self:
        """Fill in the defaults that hang on whether models hold covariates."""
        held = self.covariates or []
        found: dict[str, Any] = {"method": self.method or ("stepwise" if held else "exhaustive")}
        if held and self.by is None:
            found["by"] = list(held)
        return self.model_copy(update=found)

    @property
    def divisions(self) -> tuple[tuple[str, ...], ...]:
        """The divisions that are reported, each by its covariates."""
        return divisions_of(self.by)


class BootstrapSection(Section):
    """How often the whole procedure is repeated on drawn tables; leave the section out for no bootstrap."""

    replicates: int = Field(default=1000, ge=1, description="Number of drawn tables.")
    kind: BootstrapKind = Field(
        default="nonparametric",
        description="`nonparametric` draws persons from the observed proportions, `case` whole cases, `parametric` "
        "draws from the fitted model.",
    )
    interval: BootstrapInterval = Field(default="percentile", description="Kind of interval.")
    scope: Order | None = Field(
        default=None,
        description="Scope in which every replicate chooses its model; by default the first of `estimate.scopes`.",
    )
    fixed_n: bool = Field(default=False, description="Whether the number of persons seen is the same in every draw.")
    seed: int = Field(default=1, ge=0, description="Seed of the draws.")
    workers: int = Field(default=1, ge=1, description="Processes at work; the numbers do not depend on it.")
    simultaneous: bool | None = Field(
        default=None,
        description="Whether the limits of parts hold for all parts of a division at once; by default not.",
    )


class ReleaseSection(Section):
    """What may be written."""

    policy: PolicyName | None = Field(
        default=None,
        description="`public_source` writes published counts as they are, `threshold` withholds small counts and "
        "rounds all others, `protected` judges the figures of a register together. By default `public_source` where "
        "the reference is public, else `threshold`.",
    )
    minimum: int | None = Field(default=None, ge=2, description="For `protected`: the smallest count; by default 10.")
    rounding: int | None = Field(
        default=None, ge=2, le=10, description="For `protected`: counts become multiples of this and still add up."
    )
    previous: str | None = Field(
        default=None,
        description="For `protected`: `published.json` of the previous release, so that no difference gives a small "
        "count away.",
    )
    argus: bool = Field(
        default=False,
        description="For `protected`: whether tau-ARGUS helps to choose what is withheld. It has ten seconds, so what "
        "it chooses may depend on the machine, and the study may then not come out the same again.",
    )


class ReportSection(Section):
    """What the report shows."""

    per_year: bool = Field(default=True, description="Whether the estimate is also divided by the years of its period.")


class ContextRow(Section):
    """A published figure that stands beside the estimate; it is never divided by it or added to it."""

    label: Text = Field(description="What the figure is.")
    kind: Literal["estimate", "registered"] = Field(description="`estimate` or `registered`.")
    value: float | None = Field(
        default=None, ge=0.0, description="The figure; leave it out where only a range is published."
    )
    lower: float | None = Field(default=None, ge=0.0, description="Lower end of a range.")
    upper: float | None = Field(default=None, ge=0.0, description="Upper end of a range.")
    unknown: bool = Field(
        default=False, description="Say `true` where no figure is known, so that the gap is a row and not a silence."
    )
    period: list[int] = Field(min_length=2, max_length=2, description="First and last year.")
    unit: Unit = Field(description="What is counted: `person`, `person-year`, `report` or `unknown`.")
    population: str = Field(description="The population in words.")
    place: str = Field(description="Where.")
    snapshot: date | None = Field(default=None, description="Date of the extract.")
    source: str = Field(min_length=1, description="Where it was read.")

    def to_reference(self) -> Reference:
        """Return the figure's own reference."""
        period = (self.period[0], self.period[1])
        return Reference(period, self.unit, self.population, self.place, self.snapshot, self.source, True)


class Study(Section):
    """A whole study file."""

    study: StudySection = Field(description="What the study is called.")
    data: DataSection | None = Field(default=None, description="Which table is estimated from.")
    monitor: MonitorSection | None = Field(default=None, description="Which register figures are made of.")
    reference: ReferenceSection | None = Field(default=None, description="What the numbers of a file are about.")
    estimate: EstimateSection = Field(default_factory=EstimateSection, description="How it is estimated.")
    bootstrap: BootstrapSection | None = Field(default=None, description="How often the procedure is repeated.")
    posterior: list[PosteriorSection] = Field(default=[], description="Bayesian estimates beside it.")
    release: ReleaseSection = Field(default_factory=ReleaseSection, description="What may be written.")
    report: ReportSection = Field(default_factory=ReportSection, description="What the report shows.")
    context: list[ContextRow] = Field(default=[], description="Published figures beside the estimate.")

    def filled(self) -> Self:
        """Fill in the defaults of keys that hang on other keys."""
        data = None if self.data is None else self.data.filled(self.estimate)
        estimate = self.estimate.filled()
        posterior = [section.filled(estimate) for section in self.posterior]
        return self.model_copy(update={"estimate": estimate, "data": data, "posterior": posterior})

    def to_choices(self) -> dict[str, Any]:
        """Return every choice, defaults included, as plain values; the number of workers is none."""
        return self.model_dump(mode="json", exclude_none=True, exclude={"bootstrap": {"workers"}})
