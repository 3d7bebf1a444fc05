"""Figures of what parts of an estimate are beside each other, and beside the population they are parts of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mse.core.contrasts import Contrast
from mse.core.estimate import Estimate
from mse.core.figure import Figure
from mse.core.reference import require_same
from mse.core.sentence import Sentence, Text
from mse.errors import TableError
from mse.lazy import lazy
from mse.monitor.estimation.data_figures import heading, unit_and_source
from mse.monitor.estimation.strata import Atoms, atoms_of, divisions, within

if TYPE_CHECKING:
    import pandas as pd

    from mse.core.partial import PartialTable
    from mse.core.table import CaptureTable
else:
    pd = lazy("pandas")

__all__ = ["SCALES", "contrasts_figure", "rates_figure"]

SCALES: Mapping[str, str] = {"difference": "estimate", "ratio": "ratio", "change": "percent"}
"""What a contrast may be measured in, and the kind of its numbers: each scale has columns of its own."""

_SCALE_OF = {"difference": "difference", "ratio": "ratio", "growth": "change", "trend": "change"}
"""The scale of every kind of contrast."""


def contrasts_figure(
    contrasts: Sequence[Contrast], table: CaptureTable | PartialTable | None = None, *, name: str = "contrasts"
) -> Figure:
    """Contrasts between parts of an estimate, each with its interval.

    Where counts are not public, a contrast is withheld with any of the parts that it compares: the other would give the
    withheld one back.

    Parameters
    ----------
    contrasts : sequence of Contrast
        Made by `Estimate.contrast` and `Estimate.trend`.
    table : CaptureTable or PartialTable, optional
        What they are estimated from. Without it all are withheld where counts are not public.
    name : str
        Name of the figure.

    Returns
    -------
    Figure
        One row a contrast: column what; for each scale that occurs (difference, ratio, change) its value and limits,
        such as change, change_lower and change_upper; level, decline (the share of the draws in which it is one) and
        draws. Where a blocking finding leaves no single estimate, a row has no number but its level.

    Raises
    ------
    mse.errors.ReferenceError
        Two contrasts are about different things.
    mse.errors.TableError
        There is no contrast.

    Examples
    --------
    >>> fall = Contrast("growth", "2019", "2018", -0.12, -0.2, -0.03, 0.95, 0.99, 1000)
    >>> figure = contrasts_figure([fall])
    >>> figure.title["en"]
    "Change from 2018 to 2019: the interval leaves out 'no change'"
    >>> figure.to_frame()[["change", "change_lower", "change_upper"]].values.tolist()
    [[-0.12, -0.2, -0.03]]
    """
    if not contrasts:
        raise TableError("A figure of contrasts needs at least one", hint="Make them with estimate.contrast(a, b).")
    about = contrasts[0].reference
    for other in contrasts[1:]:
        if about is not None or other.reference is not None:
            require_same(about, other.reference, "One figure of several contrasts")
    scales = [scale for scale in SCALES if any(_SCALE_OF[one.kind] == scale for one in contrasts)]
    measured = {
        f"{scale}{end}": heading(f"contrast_{scale}" if not end else end.removeprefix("_"), SCALES[scale],
                                 missing="word_dash")
        for scale in scales
        for end in ("", "_lower", "_upper")
    }  # fmt: skip
    atoms: Atoms = {} if table is None else atoms_of(table)
    frame = pd.DataFrame([_row(one) for one in contrasts], columns=["what", *measured, "level", "decline", "draws"])
    numbers = dict.fromkeys([*measured, "decline"], "float64") | {"draws": "Int64"}
    words = {
        (row, _SCALE_OF[one.kind]): "word_no_single_estimate" if one.blocked else "word_no_estimate"
        for row, one in enumerate(contrasts)
        if not one.single
    }
    return Figure(
        name,
        frame.astype(numbers),
        {
            "what": heading("what"),
            **measured,
            "level": heading("level", "level"),
            "decline": heading("contrast_decline", "percent", missing="word_dash"),
            "draws": heading("replicates", "count", missing="word_dash"),
        },
        title=_title(contrasts),
        caption=Sentence("figure_contrasts_caption"),
        chart="contrasts",
        alt=Sentence("figure_contrasts_alt"),
        atoms=atoms,
        compares={
            row: tuple(within(atoms, levels) for levels in one.compared) if atoms else ()
            for row, one in enumerate(contrasts)
        },
        words=words,
        **unit_and_source(about),
    )


def _row(one: Contrast) -> dict[str, Any]:
    """What is compared, and where the estimate has a single number, the numbers."""
    row: dict[str, Any] = {"what": _what(one), "level": one.level}
    if not one.single:
        return row
    scale = _SCALE_OF[one.kind]
    limits = {scale: one.value, f"{scale}_lower": one.lower, f"{scale}_upper": one.upper}
    return {**row, **limits, "decline": one.decline, "draws": one.draws}


def _what(one: Contrast) -> Text:
    fields: dict[str, Any] = {"a": _part(one.a), "b": _part(one.b)}
    if one.kind == "trend":
        fields["within"] = f" ({one.within})" if one.within else ""
    return Sentence(f"contrast_what_{one.kind}", fields)


def _title(contrasts: Sequence[Contrast]) -> Text:
    """The finding: how many of the contrasts are told apart from no change."""
    single = [one for one in contrasts if one.single]
    if not single:
        return Sentence("figure_contrasts_title_none")
    if len(contrasts) == 1:
        key = "figure_contrasts_title_clear" if contrasts[0].clear else "figure_contrasts_title_open"
        return Sentence(key, {"what": _what(contrasts[0])})
    fields = {"n": len(contrasts), "clear": sum(one.clear for one in single)}
    return Sentence("figure_contrasts_title", fields)


def rates_figure(
    estimate: Estimate,
    population: Any,
    per: float = 100_000,
    *,
    table: CaptureTable | PartialTable | None = None,
    name: str = "rates",
) -> Figure:
    """Registered and estimated persons per so many of the population they are part of, and of its parts.

    Where counts are not public, a rate of persons is released as that of the rounded count: the exact one, times the
    population, would give the count back. Rates of a part are withheld with its count.

    Parameters
    ----------
    estimate : Estimate
        The estimate, with or without parts.
    population : data frame
        The covariates of the parts and a column "population"; see `Estimate.rates`.
    per : float
        Persons that a rate is per.
    table : CaptureTable or PartialTable, optional
        What it is an estimate from; it has all covariates of the parts. With it, parts in several figures of one
        release are judged together.
    name : str
        Name of the figure.

    Returns
    -------
    Figure
        One row a part: columns row, population, observed, total, lower, upper, and the rate of each of the last four,
        such as total_rate. Under a blocking finding only what was counted has numbers.

    Raises
    ------
    mse.errors.TableError
        A part has no population, a population is no positive number, or a row stands twice.

    Examples
    --------
    >>> from mse.core.estimate import Part
    >>> parts = [Part("total", 60, 60.0, 90.0, 180.0), Part("2019", 60, 60.0, 90.0, 180.0, {"year": 2019})]
    >>> people = pd.DataFrame({"year": [2019], "population": [400_000]})
    >>> figure = rates_figure(Estimate(tuple(parts), 0.95, "profile", "[A][B]"), people)
    >>> figure.to_frame()["total_rate"].tolist()
    [30.0, 30.0]
    """
    frame = estimate.rates(population, per=per)
    atoms: Atoms = {} if table is None else atoms_of(table)
    counts = ("observed", "total", "lower", "upper")
    rates = tuple(f"{count}_rate" for count in counts)
    named: list[Any] = [_part(part.name) for part in estimate.parts]
    frame["row"] = named
    frame["division"] = divisions(estimate.parts)
    none = {"total": "word_no_estimate", "lower": "word_no_limit", "upper": "word_no_upper_limit"}
    if estimate.blocked:
        frame[[name for count in none for name in (count, f"{count}_rate")]] = float("nan")
        none["total"] = "word_no_single_estimate"
    nothing = frame.index[frame["lower"].isna()]
    limits = ("lower", "upper", "lower_rate", "upper_rate")
    return Figure(
        name,
        frame,
        {
            "row": heading("row"),
            "population": heading("inhabitants", "count"),
            "observed": heading("observed", "persons"),
            **{count: heading(count, "estimate", of=["observed"], missing=none[count]) for count in counts[1:]},
            "observed_rate": heading("observed", "rate", of=["observed"]),
            **{f"{count}_rate": heading(count, "rate", of=[count], missing=none[count]) for count in counts[1:]},
        },
        title=Sentence("figure_rates_title_blocked" if estimate.blocked else "figure_rates_title", {"per": per}),
        caption=Sentence("figure_rates_caption"),
        base=Sentence("figure_rates_base"),
        group=("division",),
        atoms=atoms,
        same={
            (row, "observed"): within(atoms, part.levels.items()) for row, part in enumerate(estimate.parts) if atoms
        },
        words={(int(row), limit): "word_dash" for row in nothing for limit in limits},
        spanners=((Sentence("spanner_numbers"), counts), (Sentence("spanner_rates", {"per": per}), rates)),
        **unit_and_source(estimate.reference),
    )


def _part(name: str) -> str | Text:
    return Sentence("word_total") if name == "total" else name
