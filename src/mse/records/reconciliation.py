"""`Reconciliation`: how reports became persons on lists, with everything that was left out on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mse.core.text_table import aligned
from mse.messages import Guard, number, sentence
from mse.records.mapping import ReporterMapping

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MissingValues", "Reconciliation"]


@dataclass(frozen=True)
class MissingValues:
    """Persons on a list whose covariate is not known, and the number on that list."""

    covariate: str
    list: str
    missing: int
    persons: int


@dataclass(frozen=True)
class Reconciliation:
    """How rows became persons; the steps add up.

    ``reports - outside_period - unknown - ignored = used`` and ``used - duplicates = memberships``;
    ``persons_in - persons_outside_period - persons_on_no_list - persons_left_out = persons``.

    Parameters
    ----------
    reports : int
        Rows that came in.
    outside_period : int
        Reports outside the period, left out on request.
    unknown : mapping of str to int
        Reports of reporters that the mapping does not know, left out on request.
    ignored : int
        Reports of reporters that the mapping says to ignore.
    without_date : int
        Reports without a date; they stay.
    used : int
        Reports that count.
    duplicates : int
        Reports that repeat the same person (and year) on the same list, merged.
    memberships : int
        Persons (or person-years) times the lists they are on.
    persons_in, persons : int
        Different persons in the reports, and in the table.
    persons_outside_period, persons_on_no_list, persons_left_out : int
        Persons who are not in the table: all their reports are outside the period; are of reporters on no
        list; or a covariate is not known and ``missing="drop"`` leaves them out.
    persons_in_two_years : int
        Persons with reports in two or more years.
    units : int
        Persons or person-years in the table.
    unit : {"person", "person-year"}
        What the table counts.
    resolved : mapping of str to int
        Persons whose values of a covariate differed, by covariate.
    missing : tuple of MissingValues
        Missing values by covariate and list, before any are left out.
    mapping : ReporterMapping
        Which reporter is on which list, with its version.
    """

    reports: int
    outside_period: int
    unknown: Mapping[str, int]
    ignored: int
    without_date: int
    used: int
    duplicates: int
    memberships: int
    persons_in: int
    persons_outside_period: int
    persons_on_no_list: int
    persons_left_out: int
    persons_in_two_years: int
    persons: int
    units: int
    unit: str
    resolved: Mapping[str, int]
    missing: tuple[MissingValues, ...]
    mapping: ReporterMapping

    def to_frame(self) -> pd.DataFrame:
        """Return every number.

        Returns
        -------
        pandas.DataFrame
            Columns step, subject (a reporter or a covariate), list and n.
        """
        import pandas as pd

        rows: list[tuple[str, str, str, int]] = [(step, "", "", n) for step, n in self._steps()]
        rows += [("unknown_reporter", reporter, "", n) for reporter, n in self.unknown.items()]
        rows += [("resolved", covariate, "", n) for covariate, n in self.resolved.items()]
        rows += [("missing", item.covariate, item.list, item.missing) for item in self.missing]
        return pd.DataFrame(rows, columns=["step", "subject", "list", "n"])

    def text(self, language: str = "en", *, guard: Guard | None = None) -> str:
        """Write the reconciliation as plain text.

        Parameters
        ----------
        language : {"en", "nl"}
            Language of the text.
        guard : callable, optional
            Writes counts; `release` passes one that coarsens small counts.

        Returns
        -------
        str
        """

        def say(key: str) -> str:
            return sentence(f"reconciled_{key}", language)

        def count(n: int) -> str:
            return number(n, language, "persons", guard=guard)

        def table(header: tuple[str, ...], rows: list[list[str]], left: int = 1) -> list[str]:
            return ["", *aligned([say(word) for word in header], rows, left=left)] if rows else []

        lines = aligned([say("title"), say("number")], [[say(step), count(n)] for step, n in self._steps()])
        lines += table(("unknown_reporter", "reports"), [[name, count(n)] for name, n in self.unknown.items()])
        lines += table(("resolved", "of_persons"), [[name, count(n)] for name, n in self.resolved.items()])
        missing = [[item.covariate, item.list, count(item.missing), count(item.persons)] for item in self.missing]
        lines += table(("missing", "list", "unknown_value", "of_persons"), missing, left=2)
        version, source = self.mapping.version, self.mapping.source or "–"
        return "\n".join([*lines, "", sentence("reconciled_mapping", language, version=version, source=source)])

    def __repr__(self) -> str:
        return self.text()

    def _steps(self) -> list[tuple[str, int]]:
        steps = [
            ("reports", self.reports),
            ("outside_period", self.outside_period),
            ("unknown", sum(self.unknown.values())),
            ("ignored", self.ignored),
            ("used", self.used),
            ("without_date", self.without_date),
            ("duplicates", self.duplicates),
            ("memberships", self.memberships),
            ("persons_in", self.persons_in),
            ("persons_outside_period", self.persons_outside_period),
            ("persons_on_no_list", self.persons_on_no_list),
            ("persons_left_out", self.persons_left_out),
            ("persons", self.persons),
            ("persons_in_two_years", self.persons_in_two_years),
        ]
        return steps if self.unit == "person" else [*steps, ("person_years", self.units)]
