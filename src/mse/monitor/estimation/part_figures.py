"""Figures of an estimate divided by covariates: what was counted and what is estimated in each part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mse.core.estimate import Estimate, Part
from mse.core.figure import Column, Figure
from mse.core.sentence import Sentence
from mse.errors import TableError
from mse.lazy import lazy
from mse.messages import catalogue
from mse.monitor.estimation.data_figures import heading, unit_and_source
from mse.monitor.estimation.strata import atoms_of, within

if TYPE_CHECKING:
    import pandas as pd

    from mse.core.partial import PartialTable
    from mse.core.table import CaptureTable
else:
    pd = lazy("pandas")

__all__ = ["parts_figure"]

_DRAWN = 12
"""Parts up to which there is a picture: more bars are no picture."""


def parts_figure(estimate: Estimate, table: CaptureTable | PartialTable, *, name: str = "parts") -> Figure:
    """The parts of an estimate: persons counted, and the estimated total with its limits.

    Where counts are not public, the estimate of a part is withheld with its count, and parts of several figures of one
    table are judged together.

    Parameters
    ----------
    estimate : Estimate
        With parts by the same covariates.
    table : CaptureTable or PartialTable
        What it is an estimate from.
    name : str
        Name of the figure.

    Returns
    -------
    Figure
        One row a part: a column a covariate, observed, total, lower, upper. Under a blocking finding only what was
        counted has numbers.

    Raises
    ------
    mse.errors.TableError
        The estimate has no parts.

    Examples
    --------
    >>> import mse
    >>> counts = [[[0, 0], [30, 12]], [[40, 25], [6, 5]]]
    >>> table = mse.CaptureTable(["A", "B"], counts, {"year": (2018, 2019)})
    >>> estimate = mse.LogLinear("[A year][B year]").fit(table).estimate(by=["year"])
    >>> parts_figure(estimate, table).to_frame()[["year", "observed"]].values.tolist()
    [['2018', 76], ['2019', 42]]
    """
    parts = [part for part in estimate.parts if part.levels]
    if not parts:
        raise TableError("A figure of parts needs an estimate by covariates", hint="Make it with estimate(by=[…]).")
    by = tuple(parts[0].levels)
    frame = pd.DataFrame([_row(part, estimate) for part in parts])
    nothing = frame.index[frame["lower"].isna()]
    no_total = "word_no_single_estimate" if estimate.blocked else "word_no_estimate"
    atoms = atoms_of(table)
    return Figure(
        name,
        frame.astype(dict.fromkeys(("total", "lower", "upper"), "float64")),
        {
            **{covariate: _heading(covariate) for covariate in by},
            "observed": heading("observed", "persons"),
            "total": heading("total", "estimate", of=["observed"], missing=no_total),
            "lower": heading("lower", "estimate", of=["observed"], missing="word_no_limit"),
            "upper": heading("upper", "estimate", of=["observed"], missing="word_no_upper_limit"),
        },
        title=_title(estimate, by),
        caption=Sentence("figure_parts_caption", {"limits": _limits(estimate, parts)}),
        chart="estimate" if len(parts) <= _DRAWN else None,
        alt=Sentence("figure_estimate_alt"),
        group=(),
        atoms=atoms,
        same={(row, "observed"): within(atoms, part.levels.items()) for row, part in enumerate(parts)},
        words={(int(row), limit): "word_dash" for row in nothing for limit in ("lower", "upper")},
        **unit_and_source(estimate.reference),
    )


def _row(part: Part, estimate: Estimate) -> dict[str, Any]:
    """What is known of one part; under a blocking finding no single number."""
    shown = not estimate.blocked
    levels = {name: str(level) for name, level in part.levels.items()}
    numbers = {"total": part.total, "lower": part.lower, "upper": part.upper}
    return {**levels, "observed": part.observed, **{key: value if shown else None for key, value in numbers.items()}}


def _heading(covariate: str) -> Column:
    """The heading of a covariate: that of the catalogue, or its own name."""
    return heading(covariate) if f"column_{covariate}" in catalogue() else Column(covariate, covariate)


def _title(estimate: Estimate, by: tuple[str, ...]) -> Sentence:
    return Sentence("figure_parts_title_blocked" if estimate.blocked else "figure_parts_title", {"by": by})


def _limits(estimate: Estimate, parts: list[Part]) -> Sentence:
    """What the limits of the parts are."""
    if estimate.blocked:
        return Sentence("interval_parts_none")
    return Sentence(f"interval_{parts[0].interval or estimate.interval}", {"level": estimate.level})
