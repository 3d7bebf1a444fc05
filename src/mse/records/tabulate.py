"""`tabulate`: from reports, one row each, to persons on lists, with nothing dropped in silence."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mse.core.parse import open_frame
from mse.core.partial import PartialTable
from mse.core.reference import Reference
from mse.core.shape import table_shape
from mse.core.table import CaptureTable
from mse.core.values import MISSING, level_of, ordered_levels
from mse.errors import TableError, spelled
from mse.records.cases import case_counts, numbered
from mse.records.coding import NO_DATE, coded, days, distinct, empty_cells
from mse.records.mapping import ReporterMapping, folded
from mse.records.operating import read_operating_table
from mse.records.plan import YEAR, Plan
from mse.records.reconciliation import MissingValues, Reconciliation
from mse.records.resolve import Covariate, Rule

if TYPE_CHECKING:
    import narwhals as nw

__all__ = ["tabulate"]

_IGNORED = -1
_NAMED_AT_MOST = 10
_LATE = 9999


def tabulate(
    reports: Any,
    *,
    person: str,
    reporter: str,
    lists: ReporterMapping | Mapping[str, Sequence[str]] | str | Path,
    covariates: Sequence[str] = (),
    date: str | None = None,
    period: tuple[int, int] | None = None,
    unit: str = "person",
    year_rule: str = "first_report",
    exploitation_date: str | None = None,
    resolve: Mapping[str, Rule] | None = None,
    levels: Mapping[str, Sequence[Hashable]] | None = None,
    missing: str = "partial",
    unknown_reporters: str = "fail",
    outside_period: str = "fail",
    operating: Any = None,
    case: str | None = None,
    reference: Reference | None = None,
) -> CaptureTable | PartialTable:
    """Count persons by the lists that reported them.

    Parameters
    ----------
    reports : data frame
        Pandas, polars or pyarrow; one row a report, in any order.
    person : str
        Column of the person's key; it tells persons apart and appears nowhere else.
    reporter : str
        Column of the reporter.
    lists : mapping, ReporterMapping or path
        Reporters of each list, ``{"P": ["police"]}``, or a TOML or CSV file with them.
    covariates : sequence of str
        Columns of the covariates. Where there is a date, "year" is the year that `year_rule` gives.
    date : str, optional
        Column of the date of the report.
    period : (int, int), optional
        First and last year that count.
    unit : {"person", "person-year"}
        Count a person once, or once for every year.
    year_rule : {"first_report", "each_report", "exploitation"}
        Which year a person belongs to: that of the first report, that of exploitation (for unit "person" the
        first known), or, for unit "person-year", every year with a report ("each_report") or exploitation.
    exploitation_date : str, optional
        Column of the date of exploitation, for `year_rule` "exploitation".
    resolve : mapping, optional
        What to do, by covariate, where a person's reports disagree: "fail" (the default), "first", "last",
        ("hierarchy", [levels, the one that counts first]), "missing", or a function of the different values.
        A known value goes before a missing one. Of two values of one day the first in order counts.
    levels : mapping, optional
        Levels of a covariate that may occur, in order.
    missing : {"partial", "level", "drop", "fail"}
        Where a value of a person is missing: count the person on the margin that is known, in a `PartialTable`; take
        missing for a level of its own; leave such persons out; or refuse them.
    unknown_reporters : {"fail", "drop"}
        Refuse reporters that the mapping does not know, or leave their reports out.
    outside_period : {"fail", "drop"}
        Refuse reports outside the period, or leave them out.
    operating : data frame or mapping, optional
        Where lists operated, for lists that did so in part. A frame has a row for each part: column ``list``,
        columns of covariates (empty: all levels), and ``from`` and ``until`` (dates or years, both included; empty:
        no limit) for a table by year. Or a mapping: ``{"K": {"year": [2018, 2019]}}``. Lists that it does not name
        operated everywhere.
    case : str, optional
        Column of the key of the case. The table then carries which persons belong together, as counts and without
        keys; `bootstrap(kind="case")` draws whole cases. Cases that share a person are one.
    reference : Reference, optional
        What the table is about.

    Returns
    -------
    CaptureTable or PartialTable
        The table; its `reconciliation` says how reports became persons. It is partial where something is known on
        margins only: values are missing and ``missing="partial"``, or a list did not operate somewhere.

    Raises
    ------
    mse.errors.TableError
        A column is not there, a reporter is unknown or in two lists, a date is none or outside the period, a
        person has two values of a covariate, a list has persons where it did not operate, or parts in which it did
        overlap.

    Examples
    --------
    >>> import pandas as pd
    >>> reports = pd.DataFrame(
    ...     {"victim": [1, 1, 1, 2, 3], "reporter": ["police", "care", "police", "care", "police"]}
    ... )
    >>> lists = {"P": ["police"], "C": ["care"]}
    >>> table = tabulate(reports, person="victim", reporter="reporter", lists=lists)
    >>> table.counts.tolist()
    [[0, 1], [1, 1]]
    >>> table.reconciliation.duplicates
    1
    """
    plan = Plan(
        person, reporter, ReporterMapping.of(lists), tuple(covariates), date, period, unit, year_rule,
        exploitation_date, resolve or {}, levels or {}, missing, unknown_reporters, outside_period,
        operating, case, reference,
    )  # fmt: skip
    frame = open_frame(reports, plan.columns)
    rows, described, unknown = _numbered(frame, plan)
    used, reconciled = _used(rows, unknown, plan)
    units = _units(used, described, plan)
    return _table(units, used, described, reconciled, plan)


def _numbered(frame: nw.DataFrame[Any], plan: Plan) -> tuple[nw.DataFrame[Any], tuple[Covariate, ...], tuple[str, ...]]:
    """Write every column as whole numbers; return them, the covariates and the reporters nobody knows."""
    keys = frame[plan.person]
    if lost := empty_cells(keys):
        raise TableError(
            f"Every report has a person in column '{plan.person}'",
            got=f"{lost:,} of {len(keys):,} reports without one",
            hint="Leave them out: whose reports they are cannot be told.",
        )
    codes, unknown = _reporters(frame[plan.reporter], plan)
    reported = codes * 0 if plan.date is None else days(frame[plan.date])
    dated = reported if plan.exploitation_date is None else days(frame[plan.exploitation_date])
    rows = frame.select(keys.alias("_person")).with_columns(
        codes.alias("_list"),
        reported.alias("_day"),
        (reported // 10_000).alias("_reported"),
        (dated // 10_000).alias("_year"),
    )
    if plan.case is not None:
        rows = rows.with_columns(numbered(frame[plan.case]))
    described = []
    for place, name in enumerate(plan.own):
        covariate, numbers = Covariate.of(frame[name], plan.resolve[name], place)
        described.append(covariate)
        rows = rows.with_columns(*covariate.columns(numbers, reported))
    return rows, tuple(described), unknown


def _reporters(column: nw.Series[Any], plan: Plan) -> tuple[nw.Series[Any], tuple[str, ...]]:
    """Number of the list of every report; reporters without one are numbered from -2 downwards."""
    home, place = plan.mapping.list_of(), {name: index for index, name in enumerate(plan.lists)}
    meaning: dict[Any, int] = {}
    unknown: dict[str, tuple[int, str]] = {"": (_IGNORED - 1, "(empty)")}
    for value in distinct(column):
        name = folded(str(level_of(value)))
        if name in home:
            meaning[value] = place.get(home[name], _IGNORED)
        else:
            meaning[value] = unknown.setdefault(name, (_IGNORED - 1 - len(unknown), str(value).strip()))[0]
    if meaning and max(meaning.values()) < _IGNORED:
        raise TableError(
            f"No reporter of the mapping is in column '{plan.reporter}'",
            got=f"{len(unknown) - 1} other values",
            hint="Name the column of the reporters: reporter=.",
        )
    return coded(column, meaning, default=_IGNORED - 1), tuple(spelling for _, spelling in unknown.values())


def _used(rows: nw.DataFrame[Any], unknown: tuple[str, ...], plan: Plan) -> tuple[nw.DataFrame[Any], Reconciliation]:
    """Keep the reports that count; say how many others there were, or refuse them."""
    import narwhals as nw

    inside = rows
    if plan.period is not None:
        first, last = plan.period
        year = nw.col("_year")
        inside = rows.filter((year == 0) | ((year >= first) & (year <= last)))
    outside = len(rows) - len(inside)
    if outside and plan.outside_period == "fail":
        raise TableError(
            f"Column '{plan.exploitation_date or plan.date}' holds dates of {first} to {last}",
            got=f"{outside:,} of {len(rows):,} reports outside that period",
            hint="Leave them out and count them: outside_period='drop'.",
        )
    strange = _by_reporter(inside, unknown)
    if strange and plan.unknown_reporters == "fail":
        named = list(strange)[:_NAMED_AT_MOST]
        more = len(strange) - len(named)
        raise TableError(
            "Every reporter belongs to a list",
            got=spelled(named) + (f" and {more} more" if more else "") + ", which the mapping does not know",
            hint="Add them to the mapping, to ignore= of the mapping, or say unknown_reporters='drop'.",
        )
    used = inside.filter(nw.col("_list") >= 0)
    if used.is_empty():
        raise TableError("A table needs at least one report", got="none in the period and of a known reporter")
    persons_in, persons_inside, persons = (frame["_person"].n_unique() for frame in (rows, inside, used))
    years = used.filter(nw.col("_reported") > 0).select("_person", "_reported").unique()
    several = years.group_by("_person").agg(nw.len().alias("_years")).filter(nw.col("_years") > 1)
    return used, Reconciliation(
        reports=len(rows),
        outside_period=outside,
        unknown=strange,
        ignored=int((inside["_list"] == _IGNORED).sum()),
        without_date=int((used["_day"] == NO_DATE).sum()) if plan.date is not None else 0,
        used=len(used),
        duplicates=0,
        memberships=len(used),
        persons_in=persons_in,
        persons_outside_period=persons_in - persons_inside,
        persons_on_no_list=persons_inside - persons,
        persons_left_out=0,
        persons_in_two_years=len(several),
        persons=persons,
        units=persons,
        unit=plan.unit,
        resolved={},
        missing=(),
        mapping=plan.mapping,
    )


def _by_reporter(rows: nw.DataFrame[Any], unknown: tuple[str, ...]) -> dict[str, int]:
    """Number of reports of every reporter that the mapping does not know, in the order of their names."""
    import narwhals as nw

    strange = rows.filter(nw.col("_list") < _IGNORED).group_by("_list").agg(nw.len().alias("n"))
    found = strange.to_dict(as_series=False)
    named = {unknown[_IGNORED - 1 - code]: n for code, n in zip(found["_list"], found["n"], strict=True)}
    return dict(sorted(named.items()))


def _units(used: nw.DataFrame[Any], described: Sequence[Covariate], plan: Plan) -> nw.DataFrame[Any]:
    """One row a person, or a person-year: on which lists, the year, and what the covariates need."""
    import narwhals as nw

    on = [(nw.col("_list") == place).cast(nw.Int8).alias(f"_on{place}") for place in range(len(plan.lists))]
    known = nw.when(nw.col("_year") == 0).then(nw.lit(_LATE)).otherwise(nw.col("_year")).alias("_from")
    summaries = [expression for covariate in described for expression in covariate.summaries()]
    kept = [nw.col(f"_on{place}").max() for place in range(len(plan.lists))]
    return used.with_columns(*on, known).group_by(*plan.keys).agg(*kept, nw.col("_from").min(), *summaries)


def _codes(
    units: nw.DataFrame[Any], used: nw.DataFrame[Any], described: Sequence[Covariate], plan: Plan
) -> tuple[dict[str, NDArray[np.int64]], dict[str, tuple[Hashable, ...]], dict[str, int]]:
    """Numbers of the levels of every unit, what they stand for, and how many units had two values, by covariate."""
    codes: dict[str, NDArray[np.int64]] = {}
    known: dict[str, tuple[Hashable, ...]] = {}
    resolved: dict[str, int] = {}
    for covariate in described:
        name = covariate.name
        codes[name], known[name], resolved[name] = covariate.resolved(units, used, plan.keys)
    if YEAR in plan.covariates and YEAR not in plan.own:
        years, places = np.unique(units["_from"].to_numpy(), return_inverse=True)
        codes[YEAR], known[YEAR] = places, tuple(int(year) for year in years if year != _LATE)
    return codes, known, resolved


def _table(
    units: nw.DataFrame[Any],
    used: nw.DataFrame[Any],
    described: Sequence[Covariate],
    reconciled: Reconciliation,
    plan: Plan,
) -> CaptureTable | PartialTable:
    """Count the units by history and stratum."""
    on = np.column_stack([units[f"_on{place}"].to_numpy() for place in range(len(plan.lists))]).astype(bool)
    codes, known, resolved = _codes(units, used, described, plan)
    lost = {name: codes[name] == len(known[name]) for name in plan.covariates}
    missing = tuple(
        MissingValues(name, list_name, int((lost[name] & on[:, place]).sum()), int(on[:, place].sum()))
        for name in plan.covariates
        if lost[name].any()
        for place, list_name in enumerate(plan.lists)
    )
    keep = ~np.any([np.zeros(len(on), dtype=bool), *lost.values()], axis=0)
    if missing and plan.missing == "fail":
        raise TableError(
            "Every person has a value of every covariate",
            got=f"{int((~keep).sum()):,} {plan.unit}s without {spelled(n for n in lost if lost[n].any())}",
            hint="Keep them, with what is known of them: missing='partial'.",
        )
    if plan.missing in ("partial", "level"):
        keep[:] = True
    levels = {name: _levels(name, codes[name][keep], known[name], plan) for name in plan.covariates}
    counts = np.zeros(table_shape(plan.lists, levels), dtype=np.int64)
    index = [on[keep, place].astype(np.intp) for place in range(len(plan.lists))]
    for name, order in levels.items():
        position = {level: place for place, level in enumerate(order)}
        places = np.array([position.get(level, -1) for level in (*known[name], MISSING)], dtype=np.intp)
        index.append(places[codes[name][keep]])
    np.add.at(counts, tuple(index), 1)
    persons = units["_person"].filter(keep.tolist()).n_unique()
    memberships = int(on.sum())
    told = replace(
        reconciled,
        duplicates=reconciled.used - memberships,
        memberships=memberships,
        persons_left_out=reconciled.persons - persons,
        persons=persons,
        units=int(keep.sum()),
        resolved={name: n for name, n in resolved.items() if n},
        missing=missing,
    )
    cases = None
    if plan.case is not None:
        cells = np.ravel_multi_index(index, counts.shape).astype(np.int64)
        cases = case_counts(units, used, plan.keys, keep, cells)
    table = CaptureTable(plan.lists, counts, levels, plan.reference, reconciliation=told, cases=cases)
    return _partial_where_it_is(table, plan)


def _partial_where_it_is(table: CaptureTable, plan: Plan) -> CaptureTable | PartialTable:
    """Take a table for partial where lists were off, and where values are missing and that is asked for."""
    known = {name: tuple(v for v in levels if v != MISSING) for name, levels in table.covariates.items()}
    if plan.missing == "level":
        return table
    if unknown := [name for name, levels in known.items() if not levels]:
        raise TableError(
            f"Somebody has a value of {spelled(unknown)}, or it is no covariate",
            got="missing values only",
            hint="Leave it out, or say missing='level'.",
        )
    operating = read_operating_table(plan.operating, table.lists, known)
    if operating.all() and known == dict(table.covariates):
        return table
    return PartialTable.from_table(table, operating=operating)


def _levels(name: str, codes: NDArray[np.int64], known: tuple[Hashable, ...], plan: Plan) -> tuple[Hashable, ...]:
    """Levels that a covariate gets in the table: as declared, else those that occur."""
    occurring = {(*known, MISSING)[code] for code in np.unique(codes).tolist()}
    if name not in plan.levels:
        return ordered_levels(occurring)
    declared = tuple(dict.fromkeys(level_of(level) for level in plan.levels[name]))
    if strange := len(occurring - {*declared, MISSING}):
        raise TableError(
            f"Covariate '{name}' has the levels {spelled(map(str, declared))}",
            got=f"{strange} other {'value' if strange == 1 else 'values'}",
            hint="Declare them too, or recode them.",
        )
    return declared if MISSING not in occurring else tuple(dict.fromkeys((*declared, MISSING)))
