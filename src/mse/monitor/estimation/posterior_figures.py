"""Figures of posteriors: densities of the total, and what is read off them, fit beside fit."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mse.core.draws import Draws, quantiles
from mse.core.figure import Figure
from mse.core.fit import FitStatus
from mse.core.posterior_fit import PosteriorFit
from mse.core.reference import require_same
from mse.core.sentence import Sentence, Text
from mse.errors import TableError
from mse.lazy import lazy
from mse.monitor.estimation.data_figures import heading, unit_and_source
from mse.monitor.estimation.density import FIRST_ROWS, bandwidth, round_totals, smoothed, window
from mse.monitor.estimation.strata import divisions

if TYPE_CHECKING:
    import pandas

pd = lazy("pandas")

__all__ = ["posterior_figure", "posterior_table", "prior_totals"]

_PRIOR_TAILS = np.array([0.05, 0.95])
_FARTHEST = 4.0
"""A prior is drawn no farther than by this factor beyond the posterior: it may have no order of magnitude."""

_TOO_FEW_DRAWS = "few_effective_draws"
"""Code of the finding that chains agree and are too short."""

_LOWEST = 0.004
"""Points lower than this share of the highest one are left out at the ends of a curve."""


@dataclass(frozen=True)
class _Curve:
    """Totals whose density is drawn: of the fit at a place, all of them or those of one chain; or of a prior."""

    place: int
    chain: int | None
    totals: NDArray[np.float64]
    weight: NDArray[np.float64] | None
    width: float

    @classmethod
    def of(cls, place: int, chain: int | None, totals: NDArray[np.float64], weight: Any = None) -> _Curve:
        return cls(place, chain, totals, weight, bandwidth(totals, weight))

    def height(self, at: NDArray[np.float64]) -> NDArray[np.float64]:
        """The density at some totals."""
        return smoothed(self.totals, self.weight, self.width, at)


def posterior_figure(
    fits: Mapping[str | Text, PosteriorFit],
    *,
    prior: Draws | pandas.DataFrame | None = None,
    level: float = 0.95,
    name: str = "posterior",
) -> Figure:
    """Densities of the total, fit beside fit, with median and interval of each.

    Densities are of the log of the total, smoothed. Of a fit whose chains disagree every chain has a curve of its own,
    and nothing is marked.

    Parameters
    ----------
    fits : mapping of str or Text to PosteriorFit
        The fits and what to call them.
    prior : Draws or DataFrame, optional
        What the `prior_predictive` of the one fit gave: its density of the total is drawn too.
    level : float
        Level of the equal-tailed interval that is marked.
    name : str
        Name of the figure.

    Returns
    -------
    Figure
        Rows along each curve: columns label, status, chain (where chains disagree), total, height (of the density, as
        a share of the highest point), prior (its height, where it is drawn).

    Raises
    ------
    mse.errors.TableError
        There is no fit, or a prior comes with several of them, or it has no totals.
    mse.errors.ReferenceError
        Two fits are about different things.

    Examples
    --------
    >>> import mse
    >>> fit = mse.DecomposableAverage().fit(mse.datasets.load("spina_bifida_621"))
    >>> figure = posterior_figure({"graphs": fit})
    >>> {name: round(value) for name, value in figure.marks.items()}
    {'0:median': 725, '0:lower': 687, '0:upper': 783}
    """
    every = _checked(fits)
    before = None
    if prior is not None:
        if len(every) > 1:
            raise TableError("A prior is drawn behind one posterior", got=f"{len(every)} fits")
        before = _Curve.of(0, None, *prior_totals(prior, every[0].table.n_observed))
    curves = [curve for place, fit in enumerate(every) for curve in _curves(place, fit)]
    frame = pd.DataFrame(_points(list(fits), every, curves, before))
    marks: dict[str, float | None] = {}
    for place, fit in enumerate(every):
        marks |= _marks(place, fit, level)
    columns = {
        "label": heading("part"),
        "status": heading("status"),
        "chain": heading("chain", "count", missing="word_dash"),
        "total": heading("at_total", "count"),
        "height": heading("height", "percent"),
        "prior": heading("height_prior", "percent"),
    }
    if frame["chain"].isna().all():
        del columns["chain"]
    if before is None:
        del columns["prior"]
    widths = [curve.width for curve in (*curves, before) if curve is not None]
    apart = Sentence("figure_posterior_apart") if frame["chain"].notna().any() else {"en": "", "nl": ""}
    fields = {"least": min(widths), "most": max(widths), "level": level, "apart": apart}
    same = max(widths) < 1.05 * min(widths)
    return Figure(
        name,
        frame.astype({"chain": "float64", "height": "float64", "prior": "float64"}),
        columns,
        title=_title(every, level, prior=before is not None),
        caption=Sentence("figure_posterior_caption" if same else "figure_posterior_caption_widths", fields),
        chart="density",
        alt=Sentence("figure_posterior_alt_prior" if before is not None else "figure_posterior_alt"),
        marks=marks,
        most=FIRST_ROWS,
        **unit_and_source(every[0].table.reference),
    )


def posterior_table(
    fits: Mapping[str | Text, PosteriorFit],
    *,
    by: Sequence[str] = (),
    level: float = 0.95,
    interval: str = "equal-tailed",
    name: str = "posteriors",
) -> Figure:
    """What is read off posteriors: median, interval, and what each takes for granted.

    Parameters
    ----------
    fits : mapping of str or Text to PosteriorFit
        The fits and what to call them.
    by : sequence of str
        Covariates whose levels are rows too.
    level : float
        Level of the intervals.
    interval : {"equal-tailed", "hdi"}
        The interval in front; the shortest one (HDI) follows where it is another.
    name : str
        Name of the figure.

    Returns
    -------
    Figure
        One row a fit and part: columns label, part (where there are parts), observed, lower, upper, median,
        hdi_lower, hdi_upper, status, assumption.

    Raises
    ------
    mse.errors.TableError
        There is no fit.
    mse.errors.ReferenceError
        Two fits are about different things.

    Examples
    --------
    >>> import mse
    >>> fit = mse.DecomposableAverage().fit(mse.datasets.load("spina_bifida_621"))
    >>> posterior_table({"graphs": fit}).to_frame()[["lower", "median", "upper"]].round().astype(int).values.tolist()
    [[687, 725, 783]]
    """
    every = _checked(fits)
    rows = [
        row for place, (label, fit) in enumerate(fits.items()) for row in _rows(label, fit, place, by, level, interval)
    ]
    frame = pd.DataFrame(rows)
    limit = functools.partial(heading, kind="estimate", of=["observed"], missing="word_dash")
    columns = {
        "label": heading("part"),
        "part": heading("row"),
        "observed": heading("observed", "persons"),
        "lower": limit("lower"),
        "upper": limit("upper"),
        "median": heading("median", "estimate", of=["observed"], missing="word_no_estimate"),
        "hdi_lower": limit("hdi_lower"),
        "hdi_upper": limit("hdi_upper"),
        "status": heading("status"),
        "assumption": heading("assumption"),
    }
    if not by:
        del columns["part"]
    if interval == "hdi":
        del columns["hdi_lower"], columns["hdi_upper"]
    numbers = dict.fromkeys(["lower", "upper", "median", "hdi_lower", "hdi_upper"], "float64")
    return Figure(
        name,
        frame.astype(numbers),
        columns,
        title=_title(every, level, interval=interval),
        caption=Sentence(f"figure_posteriors_caption_{interval.replace('-', '_')}", {"level": level}),
        group=("division",),
        words={(int(row), "median"): "word_no_single_estimate" for row in frame.index[frame["blocked"]]},
        **unit_and_source(every[0].table.reference),
    )


def prior_totals(prior: Draws | pandas.DataFrame, observed: float) -> tuple[NDArray[np.float64], Any]:
    """Totals that a prior believes in, and their weights.

    A prior without a total, as 1/N, says what share of a population is seen: the total is then the number of persons
    seen divided by that share. Draws of nobody, and of a share of nothing,
    have no place on a logarithmic axis and are left out.

    Raises
    ------
    mse.errors.TableError
        There is neither a total nor a share, or no draw of anybody.
    """
    weight = None
    if isinstance(prior, Draws):
        totals, weight = prior.total, prior.valid_weight
    elif "total" in prior:
        totals = prior["total"].to_numpy(dtype=np.float64)
    elif "share_seen" in prior:
        with np.errstate(divide="ignore", over="ignore"):
            totals = observed / prior["share_seen"].to_numpy(dtype=np.float64)
    else:
        raise TableError("Draws of a prior have a total or a share_seen", got=", ".join(map(str, prior.columns)))
    kept = np.isfinite(totals) & (totals >= 1.0)
    if not kept.any():
        raise TableError("The prior gives no total", got="draws without one")
    return totals[kept], None if weight is None else weight[kept] / weight[kept].sum()


def _checked(fits: Mapping[str | Text, PosteriorFit]) -> list[PosteriorFit]:
    every = list(fits.values())
    if not every:
        raise TableError("A figure of posteriors needs at least one fit")
    for other in every[1:]:
        one, two = every[0].table.reference, other.table.reference
        if one is not None or two is not None:
            require_same(one, two, "One axis for several posteriors")
    return every


def _status(fit: PosteriorFit) -> Sentence:
    """Say in a few words whether a fit gives a total."""
    if fit.status is not FitStatus.OK:
        short = [finding.code for finding in fit.own_findings if finding.severity == "blocking"] == [_TOO_FEW_DRAWS]
        return Sentence("posterior_too_few_draws" if short else "posterior_chains_disagree")
    return Sentence("posterior_blocked" if fit.estimate().blocked else "posterior_usable")


def _usable(fit: PosteriorFit) -> bool:
    return fit.status is FitStatus.OK and not fit.estimate().blocked


def _curves(place: int, fit: PosteriorFit) -> Iterator[_Curve]:
    """The curve of a fit; those of its chains where they give no total."""
    if _usable(fit) or fit.chains is None:
        yield _Curve.of(place, None, fit.draws.total, fit.draws.valid_weight)
        return
    for chain, totals in enumerate(np.asarray(fit.chains.values["total"], dtype=np.float64), start=1):
        yield _Curve.of(place, chain, totals[np.isfinite(totals)])


def _marks(place: int, fit: PosteriorFit, level: float) -> dict[str, float | None]:
    if not _usable(fit):
        return {}
    whole = fit.estimate(level=level).whole
    return {f"{place}:median": whole.total, f"{place}:lower": whole.lower, f"{place}:upper": whole.upper}


def _points(
    labels: Sequence[str | Text],
    fits: Sequence[PosteriorFit],
    curves: Sequence[_Curve],
    before: _Curve | None,
) -> dict[str, Any]:
    """Points along every curve, in columns; the highest of a fit's curves and its prior's is 1."""
    found: dict[str, list[Any]] = {name: [] for name in ("label", "status", "chain", "total", "height", "prior")}
    for place, (label, fit) in enumerate(zip(labels, fits, strict=True)):
        own = [curve for curve in curves if curve.place == place]
        at = _totals_along(own, before)
        heights = [curve.height(at) for curve in own]
        believed = np.full(len(at), np.nan) if before is None else before.height(at)
        top = float(np.nanmax([*heights, believed]))
        for curve, height in zip(own, heights, strict=True):
            shown = height / top
            inside = slice(None) if before is not None else _inside(shown)
            points = len(at[inside])
            found["label"] += [label] * points
            found["status"] += [_status(fit)] * points
            found["chain"] += [curve.chain] * points
            found["total"] += at[inside].tolist()
            found["height"] += shown[inside].tolist()
            found["prior"] += (believed[inside] / top).tolist()
    return found


def _totals_along(own: Sequence[_Curve], before: _Curve | None) -> NDArray[np.float64]:
    """Round totals that span all curves and the prior; they lie close where a curve does, however narrow it is."""
    ends = [window(curve.totals, curve.weight, curve.width) for curve in own]
    low, high = min(end[0] for end in ends), max(end[1] for end in ends)
    if before is not None:
        early, late = np.clip(_window_of_prior(before), low / _FARTHEST, high * _FARTHEST)
        low, high = min(low, float(early)), max(high, float(late))
    return np.unique(np.concatenate([round_totals(*end) for end in (*ends, (low, high))]))


def _window_of_prior(before: _Curve) -> tuple[float, float]:
    """Totals between which nine tenths of a prior lie."""
    low, high = quantiles(before.totals, _PRIOR_TAILS, before.weight)
    room = float(np.exp(3.0 * before.width))
    return float(low) / room, float(high) * room


def _inside(height: NDArray[np.float64]) -> slice:
    """Points from the first to the last that is not nearly 0, with one more on each side."""
    places = np.flatnonzero(height >= _LOWEST * height.max())
    return slice(max(int(places[0]) - 1, 0), int(places[-1]) + 2)


def _rows(
    label: str | Text, fit: PosteriorFit, place: int, by: Sequence[str], level: float, interval: str
) -> Iterator[dict[str, Any]]:
    """Rows of one fit; under a blocking finding none of them holds a single number."""
    estimate = fit.estimate(by, level=level, interval=interval)
    shortest = estimate if interval == "hdi" else fit.estimate(by, level=level, interval="hdi")
    shown, status = _usable(fit), _status(fit)
    for part, other, division in zip(estimate.parts, shortest.parts, divisions(estimate.parts), strict=True):
        yield {
            "label": label,
            "part": Sentence("word_total") if part.name == "total" else part.name,
            "observed": part.observed,
            "lower": part.lower if shown else None,
            "upper": part.upper if shown else None,
            "median": part.total if shown else None,
            "hdi_lower": other.lower if shown else None,
            "hdi_upper": other.upper if shown else None,
            "status": status,
            "assumption": fit.assumption_text,
            "blocked": not shown and fit.status is FitStatus.OK,
            "division": division and f"{place}: {division}",
        }


def _title(fits: Sequence[PosteriorFit], level: float, *, interval: str = "equal-tailed", prior: bool = False) -> Text:
    usable = [fit for fit in fits if _usable(fit)]
    if not usable:
        return Sentence("figure_posterior_title_none", {"n": len(fits)})
    if len(fits) > 1 == len(usable):
        whole = usable[0].estimate(level=level, interval=interval).whole
        fields = {"n": len(fits), "lower": whole.lower, "upper": whole.upper, "level": level}
        return Sentence("figure_posterior_title_one", fields)
    if len(fits) > 1:
        medians = [float(fit.quantile(0.5)) for fit in usable]
        key = "figure_posterior_title_all" if len(usable) == len(fits) else "figure_posterior_title_some"
        fields = {"n": len(fits), "usable": len(usable), "least": min(medians), "most": max(medians)}
        return Sentence(key, fields)
    whole = usable[0].estimate(level=level, interval=interval).whole
    fields = {"median": whole.total, "lower": whole.lower, "upper": whole.upper, "level": level}
    return Sentence("figure_posterior_title_prior" if prior else "figure_posterior_title", fields)
