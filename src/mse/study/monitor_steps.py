"""What a study does with a register: figures, registered beside estimated, and the audit of both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mse.core.estimate import Estimate
from mse.core.figure import Figure
from mse.core.finding import Finding, worst
from mse.core.reference import Reference
from mse.core.sentence import Sentence
from mse.errors import ReleaseError
from mse.monitor.coverage.registered import LINE
from mse.report.page import Page
from mse.study.monitor_check import CheckedMonitor
from mse.study.steps import Step

if TYPE_CHECKING:
    from mse.monitor.audit.self_audit import SelfAudit
    from mse.monitor.counting.figure_set import Figures
    from mse.monitor.coverage.coverage_figure import ComparedFigure
    from mse.monitor.disclosure.protected import Protected

__all__ = ["OWN", "PUBLISHED", "SHARES", "MonitorResults", "carry_out_monitor", "counted_figures", "release_policy"]

OWN, PUBLISHED, SHARES = "registered-estimated", "registered-published", "registered-shares"
"""Names of the figures of registered beside estimated: by this study, as published, and shares as published."""


@dataclass(frozen=True, eq=False)
class MonitorResults:
    """What was made of a register.

    Parameters
    ----------
    checked : CheckedMonitor
        The register and what is asked of it.
    figures : Figures
        All figures of the edition; those of `CheckedMonitor.figures` are shown.
    audit : SelfAudit
        All sums and comparisons of all figures, and the claims of the text.
    compared : tuple of ComparedFigure
        Registered beside estimated: by the study itself, as published, and shares as published, as far as there are.
    vintages : ComparedFigure or None
        Registered numbers beside those that were published before.
    on_lists : tuple of Finding
        What is known to be wrong with the reporters.
    line : str
        Population line of the headline: that of the estimate, where the study makes one.
    """

    checked: CheckedMonitor
    figures: Figures
    audit: SelfAudit
    compared: tuple[ComparedFigure, ...] = ()
    vintages: ComparedFigure | None = None
    on_lists: tuple[Finding, ...] = ()
    line: str = LINE

    @property
    def registered(self) -> int:
        """Victims registered in the whole period, on the line of the headline."""
        frame = self.figures["2.1"].frame
        whole = (frame["category_code"] == self.line) & (frame["year"] == "total") & (frame["measure"] == "victims")
        return int(frame.loc[whole, "value"].iloc[0])

    @property
    def reference(self) -> Reference:
        """What the victims are counted of."""
        assert self.figures.reference is not None
        return self.figures.reference

    @property
    def shown(self) -> tuple[Figure, ...]:
        """The figures that were asked for, in their order."""
        return tuple(self.figures[number] for number in self.checked.figures if number in self.figures)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything a reader must know, blocking findings first; of the audit only where the counts are public."""
        found = [*self.checked.registry.findings, *self.figures.findings, *self.on_lists]
        found += self.audit.findings if self.reference.public else ()
        for figure in (*self.compared, *([self.vintages] if self.vintages else [])):
            found += figure.findings
        return worst(dict.fromkeys(found))


def carry_out_monitor(
    checked: CheckedMonitor,
    own: Estimate | None = None,
    line: str = LINE,
    *,
    say: Callable[[str], None] | None = None,
) -> MonitorResults:
    """Count the figures of a register and set what is estimated beside them.

    The audit and the comparisons use all figures, whichever of them are shown.

    Parameters
    ----------
    checked : CheckedMonitor
        A register without problems.
    own : Estimate, optional
        The estimate of the study.
    line : str
        Population line that it estimates.
    say : callable, optional
        Is told what is being done, as a key of the catalogue.

    Returns
    -------
    MonitorResults

    Raises
    ------
    mse.errors.ReferenceError
        A registered number and an estimate are about different things, in a way that the study does not allow.
    """
    from mse.monitor.audit.self_audit import self_audit
    from mse.monitor.counting.build_figures import figures

    if say is not None:
        say("doing_figures")
    about = checked.registry.reference
    made = figures(
        checked.registry,
        edition=checked.section.edition,
        rules=checked.rules,
        unit=None if about is None else about.unit,
    )
    audit = self_audit(made.by_id, checked.claims)
    compared = tuple(_compared(checked, made, own, line))
    line = LINE if own is None else line
    return MonitorResults(checked, made, audit, compared, _vintages(checked, made), _on_lists(checked, made), line)


def _compared(checked: CheckedMonitor, made: Figures, own: Estimate | None, line: str) -> list[ComparedFigure]:
    """Registered beside estimated: numbers of this study, then numbers and shares as published."""
    from mse.monitor.coverage.beside import registered_versus_estimated
    from mse.monitor.coverage.coverage_shares import shares_versus_estimated

    allow, published = checked.section.allow, checked.published
    kinds = {estimate.kind for estimate in published}
    found = []
    if own is not None:
        found.append(registered_versus_estimated(made.by_id, own, allow=allow, lines=(line,), name=OWN))
    if "count" in kinds:
        found.append(registered_versus_estimated(made.by_id, published, allow=allow, name=PUBLISHED))
    if "share" in kinds:
        found.append(shares_versus_estimated(made.by_id, published, allow=allow, name=SHARES))
    return found


def _vintages(checked: CheckedMonitor, made: Figures) -> ComparedFigure | None:
    """The numbers of the monitor beside those that were published for the same years."""
    from mse.monitor.coverage.count_vintages import reconcile_counts

    if checked.counts is None:
        return None
    return reconcile_counts(made.by_id, checked.counts, series=checked.section.series)


def _on_lists(checked: CheckedMonitor, made: Figures) -> tuple[Finding, ...]:
    """What is known of the reporters that figure 2.11 counts."""
    from mse.monitor.coverage.list_checks import check_lists
    from mse.monitor.coverage.list_failure import reporter_counts

    if not checked.reporters:
        return ()
    counts = reporter_counts(made)
    return check_lists(counts, checked.reporters, period=checked.registry.period, counts=counts)


def release_policy(name: str | None, previous: Path | None) -> str | Protected | None:
    """The policy of a name; `protected` takes what an earlier release printed.

    Raises
    ------
    mse.errors.ReleaseError
        An earlier release is given to another policy, or cannot be read.
    """
    from mse.monitor.disclosure.earlier import Published
    from mse.monitor.disclosure.protected import Protected

    if previous is None:
        return name
    if name != "protected":
        raise ReleaseError(
            "Only the policy protected takes an earlier release",
            got=f"--policy {name}" if name else "no --policy",
            hint="Add --policy protected.",
        )
    return Protected(previous=Published.read(previous))


def counted_figures(
    victims: Path,
    reports: Path | None,
    *,
    mapping: Path | None,
    period: tuple[int, int],
    unit: str,
    only: Sequence[str] | str,
    population: str = "",
    place: str = "–",
    source: str = "",
) -> Step:
    """Count figures of a register as a single step.

    Parameters
    ----------
    victims, reports, mapping : Path
        The files of the register.
    period : (int, int)
        First and last year.
    unit : {"person-year", "person"}
        What is counted.
    only : sequence of str, or str
        Numbers of figures, or a profile.
    population, place : str
        Who the register holds and where, in words; without words they are presumed victims in the register.
    source : str
        Where the counts are published; empty where they are not.

    Raises
    ------
    mse.errors.RegistryError
        The register has problems.
    mse.errors.TableError
        There is no such figure or profile.
    """
    from mse.monitor.counting.build_figures import figures
    from mse.records.register.read_registry import read_registry

    words = Sentence("study_register_population")
    about = Reference(period, unit, population or words["en"], place, source=source, public=bool(source))
    registry = read_registry(victims, reports, mapping=mapping, period=period, reference=about)
    made = figures(registry, only=only if isinstance(only, str) else tuple(only), unit=unit)
    title = Sentence("study_figures_of", {"file": victims.name})
    headline = Sentence("study_figures_period", {"n": len(made), "period": about.period_label})
    page = Page(dict(title), dict.fromkeys(title, ""), headline, about, (), population=None if population else words)
    return Step(page, tuple(made), worst([*registry.findings, *made.findings]))
