"""`RegisterReconciliation`: what became of every report and victim of a register, and how its files were read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mse.core.finding import Finding, Severity
from mse.core.sentence import Sentence
from mse.core.text_table import aligned
from mse.messages import LANGUAGES, Guard, catalogue, number, sentence
from mse.messages.labels import label
from mse.records.register.codebook import codebook

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Reading", "RegisterReconciliation", "Unmapped"]


@dataclass(frozen=True)
class Unmapped:
    """Codes of an office that have no counterpart here: the rows with one, and the rows with any value.

    Parameters
    ----------
    column : str
        Field that they stand in.
    reporter : str
        Whose they are; empty where they stand in the file of victims.
    rows, of : int
        Rows with such a code, and rows with any.
    codes : int
        Number of different codes.
    """

    column: str
    reporter: str
    rows: int
    of: int
    codes: int


@dataclass(frozen=True)
class Reading:
    """How the files of a register were read.

    Parameters
    ----------
    version, source : str
        Version of the mapping file, and where it comes from.
    absent : tuple of str
        Fields that no column holds.
    unread : int
        Columns of the files that were not read.
    unmapped : tuple of Unmapped
        Codes without a counterpart, which count as unknown.
    crosswalked : int
        Rows with a code that a crosswalk by reporter translated, over all fields (R26).
    """

    version: str = ""
    source: str = ""
    absent: tuple[str, ...] = ()
    unread: int = 0
    unmapped: tuple[Unmapped, ...] = ()
    crosswalked: int = 0


@dataclass(frozen=True)
class RegisterReconciliation:
    """What became of every report and victim; the steps add up.

    ``reports - outside_period = in_period``, which is ``by_reporters + enriching + echoes``;
    ``persons - without_report - only_outside_period = persons_in``.

    Parameters
    ----------
    reports, outside_period, in_period : int
        Reports that came in, those outside the period, and the others.
    by_reporters, enriching, echoes : int
        Reports of the period by their role (R7, R36).
    repeated : int
        Reports of a group that had reported the same victim in the same year (R35).
    victim_rows, persons : int
        Rows of the file of victims, and different persons.
    without_report, only_outside_period : int
        Persons about whom there is no report at all, and none within the period; they are in no count.
    persons_in, persons_in_two_years, person_years : int
        Persons in the counts, those in two or more years, and persons times years (R3).
    unfounded : int
        Person-years whose status is unfounded; they are in no line (R1).
    period : (int, int)
        First and last year that count.
    edition : str
        Edition of the code lists.
    differing : mapping of str to int
        Victims whose reports differ in a field; the mapping says which counts.
    ages_from_birth : int
        Rows whose age follows from the year of birth.
    reading : Reading
        How the files were read.
    """

    reports: int
    outside_period: int
    in_period: int
    by_reporters: int
    enriching: int
    echoes: int
    repeated: int
    victim_rows: int
    persons: int
    without_report: int
    only_outside_period: int
    persons_in: int
    persons_in_two_years: int
    person_years: int
    unfounded: int
    period: tuple[int, int]
    edition: str
    differing: Mapping[str, int] = field(default_factory=dict)
    ages_from_birth: int = 0
    reading: Reading = field(default_factory=Reading)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What a reader of counts from this register must know."""
        return tuple(self._findings())

    def to_frame(self) -> pd.DataFrame:
        """Return every number.

        Returns
        -------
        pandas.DataFrame
            Columns step, subject (a field), reporter and n.
        """
        import pandas as pd

        rows = [(step, "", "", n) for step, n in self._steps()]
        rows += [("differing", name, "", n) for name, n in self.differing.items()]
        rows += [("unmapped", item.column, item.reporter, item.rows) for item in self.reading.unmapped]
        return pd.DataFrame(rows, columns=["step", "subject", "reporter", "n"])

    def text(self, language: str = "en", *, guard: Guard | None = None) -> str:
        """Write the steps and the findings as plain text.

        Parameters
        ----------
        language : {"en", "nl"}
            Language of the text.
        guard : callable, optional
            Writes counts; `release` passes one that coarsens small counts.
        """

        def count(n: int) -> str:
            return number(n, language) if guard is None else guard(n, language)

        header = [sentence(f"register_{word}", language) for word in ("step", "number")]
        rows = [[sentence(f"register_{step}", language), count(n)] for step, n in self._steps()]
        said = [f"- {finding.sentence(language, guard=guard)}" for finding in self.findings]
        return "\n".join([*aligned(header, rows, left=1), "", *said])

    def __repr__(self) -> str:
        return self.text()

    def _steps(self) -> list[tuple[str, int]]:
        steps = (
            "reports", "outside_period", "in_period", "by_reporters", "enriching", "echoes", "repeated", "victim_rows",
            "persons", "without_report", "only_outside_period", "persons_in", "persons_in_two_years", "person_years",
            "unfounded",
        )  # fmt: skip
        return [(step, int(getattr(self, step))) for step in steps]

    def _findings(self) -> Iterator[Finding]:
        first, last = self.period
        period = str(first) if first == last else f"{first}–{last}"
        if self.outside_period:
            yield _finding("register_late", "reports", n=self.outside_period, of=self.reports, period=period)
        if n := self.without_report + self.only_outside_period:
            yield _finding("register_unreported", "victims", n=n, of=self.persons, period=period)
        if self.unfounded:
            yield _finding("register_status", "status", n=self.unfounded)
        for item in self.reading.unmapped:
            values = {"column": item.column, "n": item.rows, "of": item.of, "share": item.rows / item.of}
            if item.reporter:
                yield Finding(
                    "register_crosswalk", Severity.WARNING, item.column, {**values, "reporter": item.reporter}
                )
            else:
                yield Finding("register_unmapped", Severity.WARNING, item.column, values)
        for name, n in self.differing.items():
            yield _finding("register_differing", name, column=name, n=n)
        if self.ages_from_birth:
            yield _finding("register_birth_year", "age", n=self.ages_from_birth)
        book = codebook(self.edition)
        for name, year in book.since.items():
            if first < year:
                yield _finding("register_since", name, column=_named(name), year=str(year))
        for name, codes in book.new.items():
            said = {language: ", ".join(_label(name, code)[language] for code in codes) for language in LANGUAGES}
            yield _finding("register_new", name, column=_named(name), codes=codes, named=said, edition=self.edition)
        if self.reading.absent:
            yield _finding("register_absent", "columns", names=self.reading.absent)
        if self.reading.unread:
            yield _finding("register_unread", "columns", n=self.reading.unread)


_WORDS: Mapping[str, tuple[str, str]] = {
    "sectors_sexual": ("sector_sexual", "sector_sexual"),
    "sectors_labour": ("sector_labour", "sector_labour"),
    "kinds_criminal": ("kind_criminal", "sector_criminal"),
    "types": ("types", "exploitation_type"),
}
"""Of fields of the code lists the dimension that names them, and the labels of their codes; others have their own."""


def _named(name: str) -> dict[str, str]:
    """What a field holds, in words; one that the catalogue does not know has its own name."""
    key = f"dimension_{_WORDS.get(name, (name,))[0]}"
    return dict(Sentence(key)) if key in catalogue() else dict.fromkeys(LANGUAGES, name)


def _label(name: str, code: str) -> dict[str, str]:
    return label(_WORDS.get(name, (name, name))[1], code)


def _finding(code: str, subject: str, **values: object) -> Finding:
    return Finding(code, Severity.NOTE, subject, values)
