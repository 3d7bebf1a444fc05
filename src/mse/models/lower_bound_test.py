"""`lower_bound_test`: is a selected log-linear model safe from persons who differ, as Chao's bound sees it?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mse.core.ensemble import EnsembleFit
from mse.core.finding import Finding, Severity, worst
from mse.core.intervals import check_level
from mse.core.point_fit import PointFit, kernel_counts
from mse.errors import ModelError
from mse.models.heterogeneity import Heterogeneity
from mse.models.heterogeneity_fit import HeterogeneityFit

__all__ = ["LowerBoundTest", "lower_bound_test"]


@dataclass(frozen=True, eq=False)
class LowerBoundTest:
    """A selected log-linear model beside Chao's lower bound.

    Made by `lower_bound_test`, not by hand.

    Parameters
    ----------
    selected : PointFit
        The model under test.
    bound : HeterogeneityFit
        Chao's lower bound of lists that differ, with its own assumption.
    p_value : float or None
        Of the test that persons are alike, against the bound; None where it cannot be made.
    p_value_beyond : float or None
        Of the test that persons do not differ beyond the terms of the model; None where the model leaves nothing to
        test it with.
    level : float
        Level at which a test rejects.
    """

    selected: PointFit
    bound: HeterogeneityFit
    p_value: float | None
    p_value_beyond: float | None
    level: float

    @property
    def rejects(self) -> bool:
        """Whether the data show that persons differ, or lists depend: the bound is then to be read first."""
        return _below(self.p_value, self.level) or _below(self.p_value_beyond, self.level)

    @property
    def first(self) -> PointFit | HeterogeneityFit:
        """The fit that a report puts first: the bound where the test rejects, else the model."""
        return self.bound if self.rejects and self.bound.total is not None else self.selected

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What a reader must know: blocking where persons differ beyond the model, a warning where either may be so."""
        model = self.selected.model
        if self.bound.total is None or self.p_value is None:
            return (Finding("bound_none", Severity.WARNING, model),)
        values = {"model": model, "total": self.selected.total, "bound": self.bound.total, "level": self.level}
        found = []
        if _below(self.p_value_beyond, self.level):
            found.append(Finding("bound_beyond", Severity.BLOCKING, model, values))
        elif self.rejects:
            found.append(Finding("bound_either", Severity.WARNING, model, values))
        else:
            found.append(Finding("bound_alike", Severity.NOTE, model, {**values, "p_value": self.p_value}))
        if self.selected.total is not None and self.rejects and self.selected.total < self.bound.total:
            found.append(Finding("bound_higher", Severity.WARNING, model, values))
        return worst(found)

    def __repr__(self) -> str:
        return "\n".join(f"{finding.severity.value}: {finding}" for finding in self.findings)


def lower_bound_test(fit: Any, *, level: float = 0.05) -> LowerBoundTest:
    """Test whether persons differ in how likely they are to be on lists, and set Chao's bound beside a model.

    Two likelihood-ratio tests add the columns of Chao's lower bound, max(h − j, 0) with coefficients of at least 0, for
    h the number of lists a person is on (Rivest and Baillargeon 2007). One adds them to independent lists: it asks
    whether persons are alike. The other adds them to the selected model: it asks whether persons differ beyond the
    dependence between lists that the model has. With q coefficients of at least 0 the p-value is the largest that it
    can be, half of P(χ²(q − 1) ≥ D) + P(χ²(q) ≥ D) (Perlman 1969), so the tests reject too seldom and not too often.

    Terms of pairs can take up what is due to persons who differ. Where only the first test rejects, the model may be
    right or may err either way: that is a warning. Where the second rejects too, it is blocking.

    Parameters
    ----------
    fit : PointFit or EnsembleFit
        A log-linear model of a table of three lists or more without covariates, or a search of such models, of which
        the best is taken.
    level : float
        Level of the tests.

    Returns
    -------
    LowerBoundTest

    Raises
    ------
    mse.errors.ModelError
        The fit is of another kind, or has no estimate.
    mse.errors.TableError
        The level is not between 0 and 1.

    Examples
    --------
    >>> import mse
    >>> fit = mse.LogLinear(order=1).fit(mse.datasets.load("kosovo_1999"))
    >>> test = mse.lower_bound_test(fit)
    >>> test.rejects, test.findings[0].severity.value, round(test.first.total)
    (True, 'blocking', 8591)
    """
    check_level(level)
    selected = fit.best if isinstance(fit, EnsembleFit) else fit
    if not isinstance(selected, PointFit) or selected.total is None or len(selected.table.lists) < 3:
        raise ModelError(
            "The lower-bound test takes a log-linear model with an estimate, of three lists or more without covariates",
            got=type(fit).__name__,
            hint='Fit LogLinear("[A B][C]") or Search() to table.collapse(keep=[]).',
        )
    from mse.kernels.bound_test import bound_p_value

    counts = kernel_counts(selected.table)
    n_lists = len(selected.table.lists)
    alone = bound_p_value(counts, [1 << place for place in range(n_lists)])
    beyond = bound_p_value(counts, [int(mask) for mask in selected.generators.masks if mask])
    return LowerBoundTest(selected, Heterogeneity("Mth").fit(selected.table), alone, beyond, level)


def _below(p_value: float | None, level: float) -> bool:
    return p_value is not None and p_value < level
