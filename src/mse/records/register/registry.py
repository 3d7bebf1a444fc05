"""`Registry`: a register of presumed victims and the reports about them; it prints sizes and hands out counts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from mse.core.cube import Cube, members_of
from mse.core.finding import Finding
from mse.core.reference import Reference
from mse.core.table import CaptureTable
from mse.errors import ModelError, ReleaseError, TableError, did_you_mean
from mse.lazy import lazy
from mse.records.mapping import ReporterMapping
from mse.records.register.assemble import Assembled, assembled
from mse.records.register.codebook import codebook
from mse.records.register.columns import Codes
from mse.records.register.counted import Counted
from mse.records.register.large_cases import up_to
from mse.records.register.line_population import population_of
from mse.records.register.parse_registry import Column
from mse.records.register.register_reconciliation import Reading, RegisterReconciliation
from mse.records.register.rules import Rules
from mse.records.register.synthetic import check_synthetic
from mse.records.register.units import Units, gathered, memberships, years_within

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy("pandas")

__all__ = ["Registry"]

UNITS = ("person-year", "person")


class Registry:
    """A register: victims, and the reports about them.

    Made by `Registry.from_frames`, `mse.read_registry` or `mse.simulate`. Keys of persons are forgotten when it is
    made; what leaves it are counts.

    Attributes
    ----------
    period : (int, int)
        First and last year that count.
    reference : Reference or None
        What the register is about.
    edition : str
        Edition of the code lists.
    synthetic : bool
        Whether the persons are invented; only such a register can be written.
    truth : object or None
        For a simulated register, the population that it was drawn from.
    """

    def __init__(
        self, read: Assembled, *, period: tuple[int, int], reference: Reference | None, edition: str,
        frames: tuple[Any, Any] | None, truth: Any, reading: Reading,
    ) -> None:  # fmt: skip
        self._victims, self._reports, self._frames = read.victims, read.reports, frames
        self._differing, self._from_birth, self._reading = read.differing, read.ages_from_birth, reading
        self.period, self.reference, self.edition, self.truth = period, reference, edition, truth
        self._last: tuple[tuple[Rules, str, tuple[int, int]], Counted] | None = None
        self._units: tuple[tuple[str, tuple[int, int], Mapping[str, str]], Units] | None = None

    @classmethod
    def from_frames(
        cls,
        victims: pd.DataFrame | None,
        reports: pd.DataFrame,
        *,
        period: tuple[int, int],
        reference: Reference | None = None,
        edition: str = "2015-2019",
        synthetic: bool = False,
        truth: Any = None,
        differing: Mapping[str, str] | None = None,
        reading: Reading | None = None,
    ) -> Self:
        """Take a register from two data frames.

        Parameters
        ----------
        victims : pandas.DataFrame or None
            One row a victim, or a victim and year: victim (key), year, types, sectors_sexual, sectors_labour,
            kinds_criminal, sex, age, age_exploitation, birth_year, nationalities, case, procedure, place, status,
            recruitment, technology. Several codes in one cell stand with "|" between them; an empty cell is
            unknown. Only the key must be there. None where everything stands on the reports.
        reports : pandas.DataFrame
            One row a report: victim, date, reporter, and where known role, organisation, police_unit. Columns of
            the victims may stand here instead.
        period : (int, int)
            First and last year that count.
        reference : Reference, optional
            What the register is about.
        edition : str
            Edition of the code lists.
        synthetic : bool
            Whether the persons are invented; a column synthetic is then true in every row of the victims, and of the
            reports where they have it.
        truth : object, optional
            The population that a simulated register was drawn from.
        differing : mapping of str to str
            Which value counts where reports of a victim differ in a column of single values: "first", "last" or
            "unknown"; by default they may not differ. Sets of codes are united.
        reading : Reading, optional
            How the files were read; `read_registry` gives it.

        Returns
        -------
        Registry

        Raises
        ------
        mse.errors.RegistryError
            The frames have problems; all of them are listed, as counts.

        Examples
        --------
        >>> import pandas as pd
        >>> victims = pd.DataFrame({"victim": ["a", "b"], "types": ["SU|AU", "CU"], "nationalities": ["NL", "PL"]})
        >>> reports = pd.DataFrame(
        ...     {"victim": ["a", "a", "b"], "date": ["2018-03-01", "2019-04-01", 2019], "reporter": ["police"] * 3}
        ... )
        >>> Registry.from_frames(victims, reports, period=(2018, 2019)).counted().cube("year", "form").by("form")
        {'BL-SU': 2, 'CU': 1}
        """
        if synthetic and victims is None:
            raise ModelError("A synthetic register has a frame of victims", got="None")
        read = assembled(victims, reports, book=codebook(edition), period=period, differing=differing)
        frames = None
        if synthetic and victims is not None:
            check_synthetic(victims, reports)
            frames = victims.copy(), reports.copy()
        return cls(
            read, period=(period[0], period[1]), reference=reference, edition=edition, truth=truth,
            frames=frames, reading=reading or Reading(),
        )  # fmt: skip

    @property
    def synthetic(self) -> bool:
        """Whether the persons are invented."""
        return self._frames is not None

    @property
    def n_victims(self) -> int:
        """Persons in the file of victims."""
        return int(np.asarray(self._victims["person"]).max()) + 1

    @property
    def n_reports(self) -> int:
        """Reports, whatever their role and year."""
        return len(np.asarray(self._reports["person"]))

    @property
    def n_without_report(self) -> int:
        """Persons about whom there is no report within the period; they are in no count."""
        told = np.asarray(self._reports["person"])[_years(self._reports, self.period)]
        return self.n_victims - int((np.bincount(told) > 0).sum())

    @property
    def reconciliation(self) -> RegisterReconciliation:
        """What became of every report and victim, and how the files were read."""
        person, kept = np.asarray(self._reports["person"]), _years(self._reports, self.period)
        role = self._reports["role"]
        assert isinstance(role, Codes)
        by_role = {name: int((role.equals(name) & kept).sum()) for name in ("reporter", "enrichment", "echo")}
        counted = self.counted()
        without = self.n_victims - int((np.bincount(person, minlength=1) > 0).sum())
        return RegisterReconciliation(
            reports=self.n_reports, outside_period=int((~kept).sum()), in_period=int(kept.sum()),
            by_reporters=by_role["reporter"], enriching=by_role["enrichment"], echoes=by_role["echo"],
            repeated=counted.touched["R35"], victim_rows=len(np.asarray(self._victims["person"])),
            persons=self.n_victims, without_report=without, only_outside_period=self.n_without_report - without,
            persons_in=self.n_victims - self.n_without_report, persons_in_two_years=counted.touched["R3"],
            person_years=len(counted), unfounded=counted.touched["R1"], period=self.period, edition=self.edition,
            differing=self._differing, ages_from_birth=self._from_birth, reading=self._reading,
        )  # fmt: skip

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What a reader of counts from this register must know."""
        return self.reconciliation.findings

    def counted(
        self, rules: Rules | None = None, unit: str = "person-year", period: tuple[int, int] | None = None
    ) -> Counted:
        """Apply the rules.

        Parameters
        ----------
        rules : Rules, optional
            By default those of the edition, all on.
        unit : {"person-year", "person"}
            Count a victim once for every year with a report (R3, the default), or once, in the year of the first
            report of the period.
        period : (int, int), optional
            Years whose reports count; by default those of the register. A person who returns is in each of two
            periods, with the reports of that period.

        Returns
        -------
        Counted
            What was counted last is kept, so that asking again costs nothing.

        Raises
        ------
        mse.errors.ModelError
            There is no such unit, or the rules are of another edition.
        mse.errors.TableError
            The period is not within that of the register.
        """
        rules = Rules(self.edition) if rules is None else rules
        if unit not in UNITS:
            raise ModelError("A register is counted by 'person-year' or by 'person'", got=repr(unit))
        if rules.edition != self.edition:
            raise ModelError(f"The codes of this register are those of edition {self.edition}", got=repr(rules.edition))
        period = self.period if period is None else years_within(self.period, period)
        if self._last is None or self._last[0] != (rules, unit, period):
            units = self._gathered(unit, period, rules)
            columns, touched = rules.apply(units.columns)
            counts = {
                "R3": units.in_two_years, "R26": self._reading.crosswalked, "R34": units.regrouped,
                "R35": units.repeated, "R40": units.police_mentions, **touched,
            }  # fmt: skip
            about = None if self.reference is None else self.reference.replace(period=period, unit=unit)
            self._last = (rules, unit, period), Counted(columns, rules, counts, unit, about)
        return self._last[1]

    def cube(self, *dimensions: str, line: str = "monitor_population") -> Cube:
        """Count over dimensions under the rules of the edition, as `Counted.cube`."""
        return self.counted().cube(*dimensions, line=line)

    def table(
        self,
        lists: ReporterMapping | Mapping[str, Sequence[str]] | str | Path,
        *,
        covariates: Sequence[str] = (),
        rules: Rules | None = None,
        unit: str = "person-year",
        line: str = "all_registered",
    ) -> CaptureTable:
        """Count victims by the lists that they are on, from raw membership (R52).

        Parameters
        ----------
        lists : mapping of str to sequence of str, ReporterMapping or path
            Sources of each list: reporters ("police"), or organisations within one ("other_reporters:shelter"),
            which go before their reporter; or a file with them. Sources that no list names are left out.
        covariates : sequence of str
            Dimensions of the table.
        rules, unit
            As for `counted`.
        line : str
            Which registrations count; by default all, since the lines of the monitor leave victims out by their
            lists.

        Returns
        -------
        CaptureTable
            Its reference says which line it is. Victims on none of the lists are not in it.

        Raises
        ------
        mse.errors.TableError
            A source belongs to no reporter, or there are too few lists.
        """
        mapping = ReporterMapping.of(lists)
        counted = self.counted(rules, unit)
        self._check_sources(mapping)
        on = memberships(self._gathered(unit, self.period, counted.rules), self._reports, mapping.lists)
        cube = replace(counted, columns={**counted.columns, "_lists": on}).cube("_lists", *covariates, line=line)
        frame = cube.to_frame()
        frame = frame[frame["_lists"] != ""]
        for name in mapping.lists:
            frame[name] = [int(name in members_of(text)) for text in frame["_lists"]]
        about = None if counted.reference is None else _of_line(counted.reference, line)
        return CaptureTable.from_counts(
            frame.drop(columns="_lists"), lists=list(mapping.lists), covariates=list(covariates), reference=about
        )

    def without_large_cases(self, size: int) -> Self:
        """Leave out the persons of cases with more than `size` persons, to see what rests on a few large cases.

        Parameters
        ----------
        size : int
            Persons of the largest case that stays. Who is in no case stays.

        Returns
        -------
        Registry, whose reference says who was left out. It cannot be written.

        Raises
        ------
        mse.errors.TableError
            The size is no number of persons, the register names no cases, or nobody is left.

        Examples
        --------
        >>> import pandas as pd
        >>> victims = pd.DataFrame({"victim": ["a", "b", "c"], "case": ["x", "x", ""]})
        >>> reports = victims.assign(date=2018, reporter="police").drop(columns="case")
        >>> Registry.from_frames(victims, reports, period=(2018, 2018)).without_large_cases(1).counted().cube().total
        1
        """
        read = Assembled(self._victims, self._reports, self._differing, self._from_birth)
        return type(self)(**up_to(read, size, self.reference), period=self.period, edition=self.edition, frames=None,
                          truth=None, reading=self._reading)  # fmt: skip

    def write(self, folder: str | Path) -> tuple[Path, Path]:
        """Write the records of a synthetic register: victims.csv and reports.csv.

        Parameters
        ----------
        folder : str or Path
            Where the files go; it is made where it is not there.

        Returns
        -------
        tuple of Path
            The two files.

        Raises
        ------
        mse.errors.ReleaseError
            The persons are not invented: records of people are not written.
        """
        if self._frames is None:
            raise ReleaseError(
                "Records of people are not written",
                got="a register that is not synthetic",
                hint="Release figures: mse.release(mse.monitor.figures(registry)).",
            )
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        paths = folder / "victims.csv", folder / "reports.csv"
        for path, frame in zip(paths, self._frames, strict=True):
            frame.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")
        return paths

    def __repr__(self) -> str:
        kind = "Synthetic registry" if self.synthetic else "Registry"
        return f"{kind} of {self.n_victims:,} persons and {self.n_reports:,} reports, {self.period[0]}-{self.period[1]}"

    def __getstate__(self) -> dict[str, Any]:
        """What a pickle or copy holds; only of a synthetic register, for a pickle is a file of records."""
        if not self.synthetic:
            raise ReleaseError(
                "Records of people are not written",
                got="a pickle or copy of a register that is not synthetic",
                hint="Read the register again where it is needed: mse.read_registry.",
            )
        return {**vars(self), "_last": None, "_units": None}

    def _gathered(self, unit: str, period: tuple[int, int], rules: Rules) -> Units:
        """What is counted, before any columns are decided; the last is kept."""
        groups = rules.chosen("R34")["groups"]
        if self._units is None or self._units[0] != (unit, period, groups):
            book = codebook(self.edition)
            self._units = (unit, period, groups), gathered(self._victims, self._reports, period, unit, book, groups)
        return self._units[1]

    def _check_sources(self, mapping: ReporterMapping) -> None:
        reporter, organisation = self._reports["reporter"], self._reports["organisation"]
        assert isinstance(reporter, Codes)
        assert isinstance(organisation, Codes)
        both = reporter.known & organisation.known
        width = max(len(organisation.levels), 1)
        pairs = np.unique(reporter.values[both].astype(np.int64) * width + organisation.values[both]).tolist()
        inner = {f"{reporter.levels[at // width]}:{organisation.levels[at % width]}" for at in pairs}
        there = [code for code in reporter.levels if reporter.equals(code).any()]
        for sources in mapping.lists.values():
            for source in sources:
                if source not in {*reporter.levels, *inner}:
                    raise TableError(f"No report is of source '{source}'", hint=_offered(source, there, inner))


def _years(reports: Mapping[str, Column], period: tuple[int, int]) -> Any:
    """Which reports are of a period."""
    years = np.asarray(reports["day"]) // 10_000
    return (years >= period[0]) & (years <= period[1])


def _offered(source: str, reporters: Sequence[str], inner: Collection[str]) -> str:
    """The sources that there are; organisations as a number, since no code list says that they are no names."""
    code, colon, _ = source.partition(":")
    if not colon or code not in reporters:
        return did_you_mean(code, reporters)
    n = sum(pair.startswith(f"{code}:") for pair in inner)
    return f"Reports of '{code}' name {n:,} organisation{'' if n == 1 else 's'}; none is called so."


def _of_line(reference: Reference, line: str) -> Reference:
    return reference.replace(population=population_of(reference.population, line))
