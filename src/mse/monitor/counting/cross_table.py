"""`crosstab`: a free table of any two characteristics of the same population as the figures (requirement 48)."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mse.core.cube import Cube
from mse.core.figure import Column, Figure, Layout
from mse.core.sentence import Sentence
from mse.errors import ModelError, TableError, did_you_mean
from mse.messages import LANGUAGES
from mse.monitor.counting.build_figures import tidy_columns
from mse.monitor.counting.condition import Condition, has, is_in
from mse.monitor.counting.dimension_labels import LABELLED_BY, dimension_label, level_label, levels_labels, ordered
from mse.monitor.counting.indicator import ALL, TOTAL
from mse.monitor.counting.mentions import NAMELESS, mentioned
from mse.monitor.counting.source import LINE, CubeSource, source_of, window_of
from mse.monitor.counting.tally import Slice, cell_of, years_of
from mse.monitor.counting.tidy_rows import TidyRows
from mse.records.register.columns import UNKNOWN
from mse.records.register.registry import Registry
from mse.records.register.rules import Rules

if TYPE_CHECKING:
    from mse.monitor.counting.stored_cubes import Cubes

__all__ = ["MEASURES", "crosstab"]

MEASURES: Mapping[str, str | None] = {
    "victims": None, "victims_distinct": None, "reports": "reporters", "police_reports": "units",
}  # fmt: skip
"""What a table may count, with the sets whose members are counted."""

Where = Mapping[str, str | int | Collection[str | int]]


def crosstab(
    source: Registry | Cubes | CubeSource,
    rows: str,
    columns: str = "year",
    *,
    where: Where | None = None,
    line: str = LINE,
    measure: str = "victims",
    percent: str | None = None,
    window: tuple[int, int] | None = None,
    rules: Rules | None = None,
    unit: str | None = None,
    edition: str = "2015-2019",
) -> Figure:
    """Count by two characteristics.

    Parameters
    ----------
    source : Registry or Cubes
        A register, or cubes that have the dimensions: ``mse.monitor.cubes(registry, also=[("sex", "region")])``.
    rows, columns : str
        Dimensions: "year", "form", "region", "sex", "age_band", "nationality", "reporters", "procedure", …
    where : mapping of str to level or levels, optional
        Who is counted: for some dimensions the levels that count; of sets, members of which they hold one.
    measure : {"victims", "victims_distinct", "reports", "police_reports"}
        Victims, where each set of a set dimension is a row of its own; distinct victims, where each member is a row
        that counts the victims that have it, so that rows overlap; or reports by group or by police unit.
    percent : {"all", "known"}, optional
        Add shares of each column: of all in it, or of those of whom the row is known.
    line, window, rules, unit, edition
        Which registrations count, and as for `mse.monitor.figures`.

    Returns
    -------
    Figure
        Tidy, with a total of each row and column. The total of distinct victims is no sum of its rows.

    Raises
    ------
    mse.errors.TableError
        A dimension is not there, or rows and columns are the same.
    mse.errors.ModelError
        There is no such measure or percentage.

    Examples
    --------
    >>> import pandas as pd
    >>> victims = pd.DataFrame({"victim": ["a", "b"], "types": ["SU", "CU"], "sex": ["female", "male"]})
    >>> reports = pd.DataFrame({"victim": ["a", "b"], "date": [2018, 2019], "reporter": ["police", "fairwork"]})
    >>> registry = Registry.from_frames(victims, reports, period=(2018, 2019))
    >>> frame = crosstab(registry, "sex", where={"reporters": "police"}).to_frame()
    >>> frame[frame["year"] == "total"][["category_code", "value"]].values.tolist()
    [['female', 1.0], ['total', 1.0]]
    """
    if rows == columns:
        raise TableError("Rows and columns are two different dimensions", got=f"'{rows}' twice")
    if "year" in (where or {}):
        raise TableError("Which years count is no condition on who counts", hint="Give window=(first, last).")
    if measure not in MEASURES:
        raise ModelError(f"There is no measure '{measure}'", hint=did_you_mean(measure, MEASURES))
    if percent not in (None, "all", "known"):
        raise ModelError("Shares are of 'all' in a column or of those 'known'", got=repr(percent))
    counted = source_of(source, rules, unit, edition, window)
    years = window_of(counted, window)
    table = _Table(counted, rows, columns, dict(where or {}), line, measure, years)
    return table.figure(percent)


@dataclass(frozen=True, eq=False)
class _Table:
    source: CubeSource
    rows: str
    columns: str
    where: Where
    line: str
    measure: str
    window: tuple[int, int]

    def cube(self) -> tuple[Cube, frozenset[str]]:
        """The cube of who is counted, and which of its dimensions held sets; members of reports are counted apart."""
        mentions = MEASURES[self.measure]
        names = dict.fromkeys([self.rows, self.columns, *self.where, *([mentions] if mentions else [])])
        if mentions is not None and mentions in NAMELESS:
            names[NAMELESS[mentions].dimension] = None
        cube = self.source.within(self.window, *names, line=self.line)
        sets = cube.sets
        for name, wanted in self.where.items():
            levels = _listed(wanted)
            cube = cube.containing(name, *map(str, levels)) if name in sets else cube.where(**{name: levels})
        return (mentioned(cube, mentions) if mentions else cube), sets

    def figure(self, percent: str | None) -> Figure:
        cube, sets = self.cube()
        frame = TidyRows(f"{self.rows}_by_{self.columns}")
        measure = "victims" if self.measure == "victims_distinct" else self.measure
        heads = self._heads(cube)
        parts = self._parts(cube)
        codes = {str(level) or UNKNOWN: level for level in parts}
        for code, level in codes.items():
            for head, column in heads.items():
                self._add(frame, measure, code, parts[level], level, head, column, sets)
        for head, column in heads.items():
            self._add(frame, measure, TOTAL, cube, None, head, column, sets)
        self._say_sums(frame, measure, list(codes), list(heads.values()))
        if percent is not None:
            self._add_shares(frame, measure, list(codes), list(heads.values()), percent)
        return self._made(frame, heads)

    def _parts(self, cube: Cube) -> dict[Hashable, Cube]:
        """The cells of every row; of distinct victims those that have the member."""
        if self.measure == "victims_distinct" and self.rows in cube.sets:
            members = ordered(self.rows, list(cube.members(self.rows).levels(self.rows)))
            return {member: cube.containing(self.rows, str(member)) for member in members}
        return {level: cube.where(**{self.rows: level}) for level in ordered(self.rows, list(cube.levels(self.rows)))}

    def _heads(self, cube: Cube) -> dict[Hashable, Slice]:
        """Columns by their level, the total last."""
        period = years_of(*self.window)
        if self.columns == "year":
            found: list[Hashable] = list(range(self.window[0], self.window[1] + 1))
            heads: dict[Hashable, Slice] = {year: Slice(str(year), str(year)) for year in found}
        else:
            levels = ordered(self.columns, list(cube.levels(self.columns)))
            heads = {level: Slice(TOTAL, period, str(level) or UNKNOWN) for level in levels}
        return {**heads, None: Slice(TOTAL, period)}

    def _add(
        self, frame: TidyRows, measure: str, code: str, cube: Cube, level: Hashable, head: Hashable, column: Slice,
        sets: frozenset[str],
    ) -> None:  # fmt: skip
        inside = cube if head is None else cube.where(**{self.columns: head})
        said = level_label(TOTAL, TOTAL) if code == TOTAL else level_label(self.rows, code)
        value = inside.total
        conditions = [*self._conditions(sets), *self._condition(self.rows, None if code == TOTAL else level, sets)]
        if self.columns != "year":
            conditions += self._condition(self.columns, head, sets)
        cell = cell_of(self.source, self.line, column.period, conditions)
        mentions = MEASURES[self.measure]
        if mentions and mentions not in (self.rows if code != TOTAL else "", self.columns if head is not None else ""):
            cell = ("mentions", mentions, cell)
        frame.add(column, code, said, measure, value, form=ALL, base=value, cell=cell)

    def _conditions(self, sets: frozenset[str]) -> list[Condition]:
        return [
            (has if name in sets else is_in)(name, *map(str, _listed(wanted))) for name, wanted in self.where.items()
        ]

    def _condition(self, name: str, level: Hashable, sets: frozenset[str]) -> list[Condition]:
        if level is None or name == "year":
            return []
        single = name == MEASURES[self.measure] or (self.measure == "victims_distinct" and name == self.rows)
        return [has(name, str(level)) if name in sets and single else is_in(name, str(level))]

    def _say_sums(self, frame: TidyRows, measure: str, codes: list[str], heads: list[Slice]) -> None:
        overlap = self.measure == "victims_distinct"
        for column in heads:
            if not overlap:
                frame.say_sum(frame.at(TOTAL, measure, column), [frame.at(c, measure, column) for c in codes])
        *inner, whole = heads
        for code in (*codes, TOTAL):
            frame.say_sum(frame.at(code, measure, whole), [frame.at(code, measure, column) for column in inner])

    def _add_shares(
        self, frame: TidyRows, measure: str, codes: list[str], heads: list[Slice], percent: str
    ) -> None:  # fmt: skip
        of = "percent_of_reports" if MEASURES[self.measure] else "percent_of_victims"
        if percent == "known":
            of = "percent_of_known"
        for column in heads:
            whole = frame.at(TOTAL, measure, column)
            unknown = frame.at(UNKNOWN, measure, column) if percent == "known" else None
            for code in codes:
                part = frame.at(code, measure, column)
                if part is None or whole is None or part == unknown:
                    continue
                base = frame.rows[whole]["value"] - (frame.rows[unknown]["value"] if unknown is not None else 0)
                value = frame.rows[part]["value"] / base if base else float("nan")
                at = frame.add(column, code, frame.rows[part]["category"], of, value, form=ALL, base=base)
                frame.rests[at] = tuple(row for row in (part, whole, unknown) if row is not None)

    def _made(self, rows: TidyRows, heads: Mapping[Hashable, Slice]) -> Figure:
        frame, head = rows.to_frame(), LABELLED_BY.get(self.columns, self.columns)
        extra, said = dict[str, Column](), dimension_label(self.columns)
        if self.columns not in ("year", "form"):
            frame[head] = [TOTAL if form == ALL else form for form in frame["form"]]
            frame["form"] = ALL
            extra[head] = Column(said["en"], said["nl"])
        source, period = self.source, years_of(*self.window)
        fields: dict[str, Any] = {
            "rows": dimension_label(self.rows), "columns": dimension_label(self.columns),
            "period": period.replace("-", "\N{EN DASH}"),
            "unit": Sentence(f"monitor_unit_{self.measure}"), "line": Sentence(f"monitor_line_{self.line}"),
        }  # fmt: skip
        return Figure(
            rows.figure, frame, {**tidy_columns(), **extra}, title=Sentence("monitor_crosstab_title", fields),
            caption=Sentence("monitor_crosstab_where" if self.where else "monitor_crosstab_caption",
                             {**fields, "where": self._said()}),
            base=Sentence("monitor_base", {"n": int(rows.value(TOTAL, frame["measure"].iloc[0], heads[None])),
                                           "who": fields["unit"]}),
            unit="report" if MEASURES[self.measure] else source.unit,
            source="" if source.reference is None else source.reference.source,
            reference=None if source.reference is None else source.reference.replace(period=self.window),
            layout=Layout(columns=("year", "form") if not extra else (head,)), cells=rows.cells,
            sums=tuple(rows.sums), rests=rows.rests,
        )  # fmt: skip

    def _said(self) -> dict[str, str]:
        """Who is counted, in words of both languages."""
        parts = [levels_labels(name, _listed(wanted)) for name, wanted in self.where.items()]
        return {
            language: "; ".join(" + ".join(text[language] for text in texts) for texts in parts)
            for language in LANGUAGES
        }  # fmt: skip


def _listed(wanted: str | int | Collection[str | int]) -> list[str | int]:
    return [wanted] if isinstance(wanted, str | int) else list(wanted)
