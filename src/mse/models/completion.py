"""`complete`: spread persons of whom something is not known over what they may be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from mse.core.expected import ExpectedTable
from mse.core.partial import PartialTable
from mse.core.partial_fit import PartialFit, fit_partial
from mse.core.partial_rows import Odds
from mse.core.sentence import Sentence
from mse.core.strata_design import StrataDesign
from mse.core.table import CaptureTable
from mse.core.terms import Generators
from mse.errors import ModelError, TableError, spelled

if TYPE_CHECKING:
    from mse.core.coding import Coding

__all__ = ["complete", "design_of", "require_partial", "require_told"]


def complete(partial: PartialTable | CaptureTable, spec: Any, *, odds: Odds | None = None) -> ExpectedTable:
    """Spread persons with missing values over the cells that they may belong to (EM).

    A model is fitted to what is known; persons of whom a covariate or a list is not known are then spread in the
    fitted proportions (Zwane and van der Heijden 2007). That is right where persons with the same lists and known
    covariates lack a value equally often, whatever it is: missing at random, given the model.

    Parameters
    ----------
    partial : PartialTable or CaptureTable
        Of a whole table the level "missing" of a covariate is spread.
    spec : LogLinear, Generators or str
        The model by which persons are spread. It names every covariate.
    odds : mapping, optional
        What becomes of it if values are not missing at random: ``{"form": {"AU": 2.0}}`` says that persons of form
        AU are twice as likely to lack their form as others with the same history and known covariates.

    Returns
    -------
    ExpectedTable
        Real-valued counts, that add up to the persons counted. For point estimates only: intervals go back to
        `partial`, its source. Cells in which a person would have been only on lists that were off hold 0, and
        nobody can be seen there.

    Raises
    ------
    mse.errors.ModelError
        The model does not fit the table, or the table does not say how to spread persons by this model.

    Examples
    --------
    >>> import mse
    >>> layers = {(): [[[0, 0], [20, 10]], [[30, 60], [10, 20]]], ("form",): [[0, 9], [18, 0]]}
    >>> table = PartialTable(["A", "B"], {"form": ["SU", "AU"]}, layers)
    >>> expected = complete(table, "[A form][B form]")
    >>> expected.counts[0, 1].round(3).tolist(), expected.counts[1, 0].round(3).tolist()
    ([26.0, 13.0], [36.0, 72.0])
    """
    partial = require_partial(partial)
    fit = fit_partial(partial, design_of(partial, spec), odds=odds)
    require_told(fit)
    return ExpectedTable(
        partial.lists,
        fit.completed,
        partial.covariates,
        partial.reference,
        source=partial,
        origin=_origin(fit.design.generators, odds),
        findings=partial.findings,
    )


def require_partial(table: Any) -> PartialTable:
    """Take a table for partial; refuse anything else.

    Raises
    ------
    mse.errors.TableError
        The data are of another kind.
    """
    if isinstance(table, CaptureTable):
        return PartialTable.from_table(table)
    if not isinstance(table, PartialTable):
        raise TableError("Completing needs a PartialTable", got=type(table).__name__)
    return table


def design_of(table: PartialTable, spec: Any) -> StrataDesign:
    """Columns of a model given as LogLinear, Generators or text.

    Raises
    ------
    mse.errors.ModelError
        It is none of these, or does not fit the table.
    """
    coding: dict[str, Coding] = {}
    if isinstance(spec, str):
        generators = Generators.parse(spec, table.lists, tuple(table.covariates))
    elif isinstance(spec, Generators):
        generators = spec
    elif hasattr(spec, "generators"):
        generators, coding = spec.generators(table), dict(spec.coding)
    else:
        raise ModelError(
            "A model to complete by is a LogLinear, Generators or text", got=type(spec).__name__, hint='Write "[A][B]".'
        )
    named = {name for term in generators.generators for name in term}
    if absent := [name for name in table.covariates if name not in named]:
        raise ModelError("A model of a table with covariates names each of them", got=f"no term with {spelled(absent)}")
    return StrataDesign.of(table.lists, table.covariates, generators, coding)


def require_told(fit: PartialFit, *, unseen: bool = False) -> None:
    """Refuse a model by which persons cannot be spread, or the unseen not estimated.

    Raises
    ------
    mse.errors.ModelError
        It has no estimate, its terms cannot be told apart, or the iterations did not arrive.
    """
    if fit.has_estimate or (fit.tells_cells and not unseen):
        return
    model = fit.design.generators.notation()
    loose = np.abs(fit.existence.loose).max(axis=1, initial=0.0) > 0.0
    if fit.existence.exists and loose.any():
        of_lists = loose & (fit.design.blocks.mask_of != 0)  # what is off shifts the others along with it
        named = of_lists if of_lists.any() else loose
        names = [label for label, free in zip(fit.design.labels, named, strict=True) if free]
        raise ModelError(
            f"The table does not tell how to {'estimate' if unseen else 'spread persons'} by {model}",
            got=f"nothing that tells {spelled(names)} apart",
            hint="Leave out terms of a list, and of levels, where the list was off or the covariate is never known.",
        )
    if not fit.exists:
        raise ModelError(f"{model} has no estimate on this table", hint="Leave out a term.")
    raise ModelError(f"The iterations for {model} did not arrive", hint="Leave out a term.")


def _origin(generators: Generators, odds: Odds | None) -> Sentence:
    said = {name: [f"{level} × {value:g}" for level, value in levels.items()] for name, levels in (odds or {}).items()}
    values = {"model": generators.notation()}
    if not said:
        return Sentence("origin_completed", values)
    return Sentence(
        "origin_completed_odds", {**values, "odds": [f"{n}: {', '.join(some)}" for n, some in said.items()]}
    )
