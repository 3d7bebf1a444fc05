"""The procedure of a study: from a checked study file to searches, the finding over all of them, and bootstraps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mse.core.ensemble import EnsembleFit
from mse.core.estimate import Estimate
from mse.core.finding import Finding, worst
from mse.core.point_fit import PointFit
from mse.core.stratified_fit import StratifiedFit
from mse.inference.plausibility import checks
from mse.study.check import CheckedStudy
from mse.study.config import BootstrapSection, DataSection
from mse.study.covariates import Table, recorded
from mse.study.divisions import drawn_by, parts_of
from mse.study.posteriors import PosteriorResult, carry_out_posteriors, findings_of

if TYPE_CHECKING:
    from mse.inference.combine import CombinedSearch

__all__ = ["Results", "carry_out"]


@dataclass(frozen=True, eq=False)
class Results:
    """What a study found.

    Parameters
    ----------
    checked : CheckedStudy
        The study.
    table : CaptureTable or PartialTable
        The table that was estimated from, with the covariates that models hold.
    combined : CombinedSearch
        The searches and what they say together.
    practice : PointFit or StratifiedFit or None
        Where a stepwise search over pairs from independence ends, as is common in practice; None where the searches
        go step by step themselves, or it finds no model with an estimate.
    reselected : Estimate or None
        Bootstrap in which every replicate repeats the choice of a model; None where none was asked for.
    held_fixed : Estimate or None
        Bootstrap with the best model of the same search held fixed; None where none was asked for.
    posteriors : tuple of PosteriorResult
        The Bayesian estimates beside the answer.
    """

    checked: CheckedStudy
    table: Table
    combined: CombinedSearch
    practice: PointFit | StratifiedFit | None = None
    reselected: Estimate | None = None
    held_fixed: Estimate | None = None
    posteriors: tuple[PosteriorResult, ...] = ()

    @property
    def source(self) -> Table:
        """The table as it came in, all covariates included."""
        return self.checked.table or self.table

    @property
    def data(self) -> DataSection:
        """What the study says of its data."""
        return self.checked.study.data or DataSection()

    @property
    def searches(self) -> tuple[EnsembleFit, ...]:
        """The searches, one a scope."""
        return tuple(self.combined.searches)

    @property
    def bootstraps(self) -> tuple[Estimate, ...]:
        """The bootstraps that were made."""
        return tuple(made for made in (self.reselected, self.held_fixed) if made is not None)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything a reader must know, blocking findings first; what the overlaps can carry is among it.

        That an interval holds the model fixed is said of the interval of the answer only.
        """
        found = [*self.answer.findings, *self.table.findings, *checks(recorded(self.table), self.answer)]
        for bootstrap in self.bootstraps:
            found += _of_draws(bootstrap)
        for division in self.divisions:
            found += division.findings
        return worst([*found, *findings_of(self.posteriors)])

    @cached_property
    def answer(self) -> Estimate:
        """The estimate of the study, with the findings of all scopes.

        Where there is a single answer and the bootstrap repeated the search that it comes from, the interval is that
        of the bootstrap, which holds the choice of the model too.
        """
        section = self.checked.study.estimate
        fixed = self.combined.estimate(level=section.level, interval=section.interval)
        anew = self.reselected
        if fixed.blocked or anew is None or anew.lower is None or anew.total != fixed.total:
            return fixed
        return replace(anew, findings=worst([*self.combined.findings, *_of_draws(anew)]), ranges=fixed.ranges)

    @cached_property
    def divisions(self) -> tuple[Estimate, ...]:
        """The answer divided by covariates, an estimate for each division that the study asks for.

        Limits of parts come from where those of the answer do. Where there is no single answer, parts have none.
        """
        asked = self.checked.study.estimate.divisions
        answer, search = self.answer, self.combined.best
        if not asked or search.best is None:
            return ()
        section, bands = self.checked.study.estimate, self.checked.study.bootstrap
        if answer.draws is None:
            made = [search.best.estimate(by, level=section.level, interval=section.interval) for by in asked]
        else:
            together = bands is not None and bool(bands.simultaneous)
            made = [parts_of(answer, search.best, by, simultaneous=together) for by in asked]
        return tuple(replace(each, findings=(*answer.findings, *_of_draws(each))) for each in made)


def _of_draws(bootstrap: Estimate) -> list[Finding]:
    """Findings of a bootstrap without those on its scope and on holding a model fixed, which its section explains."""
    return [finding for finding in bootstrap.findings if finding.code not in ("scope", "ignores_model_choice")]


def carry_out(
    checked: CheckedStudy, *, progress: bool = False, say: Callable[[str], None] | None = None
) -> Results | None:
    """Estimate what a study file asks for; None where it has no data to estimate from.

    Parameters
    ----------
    checked : CheckedStudy
        A study without problems.
    progress : bool
        Whether long work shows a progress bar on a terminal.
    say : callable, optional
        Is told what is being done, as a key of the catalogue.

    Returns
    -------
    Results or None
    """
    from mse.inference.combine import combined

    table = checked.estimated
    if table is None:
        return None
    tell = say or (lambda key: None)
    tell("doing_search")
    searches = [search.fit(table, progress=progress) for search in checked.searches]
    together = combined(searches)
    practice = _practice(checked, table)
    section = checked.study.bootstrap
    reselected = held_fixed = None
    if section is not None:
        tell("doing_bootstrap")
        search = searches[checked.bootstrap_place]
        reselected, held_fixed = _bootstraps(checked, table, search, section, progress)
    posteriors = carry_out_posteriors(checked.posteriors, progress=progress, say=say)
    return Results(checked, table, together, practice, reselected, held_fixed, posteriors)


def _practice(checked: CheckedStudy, table: Table) -> PointFit | StratifiedFit | None:
    """Search step by step over pairs, by the criterion of the study."""
    spec = checked.searches[0]
    if spec.method == "stepwise":
        return None
    usual = replace(spec, method="stepwise", max_order=2, starts=("independence",), forced=None, forbidden=None)
    return usual.fit(table).best


def _bootstraps(
    checked: CheckedStudy, table: Table, search: EnsembleFit, section: BootstrapSection, progress: bool
) -> tuple[Estimate | None, Estimate | None]:
    """Repeat the search on drawn tables, and its best model by itself; None where no model has an estimate."""
    from mse.inference.bootstrap import bootstrap

    if search.best is None:
        return None, None
    options: dict[str, Any] = {
        "replicates": section.replicates,
        "kind": section.kind,
        "interval": section.interval,
        "level": checked.study.estimate.level,
        "fixed_n": section.fixed_n,
        "seed": section.seed,
        "workers": section.workers,
        "progress": progress,
        "by": drawn_by(table, checked.study.estimate.divisions),
    }
    fixed = search.spec.model_spec(search.best.generators.notation())
    made = [bootstrap(estimator, table, **options) for estimator in (search.spec, fixed)]
    anew, held = (replace(each, parts=(each.whole,)) for each in made)
    return anew, held
