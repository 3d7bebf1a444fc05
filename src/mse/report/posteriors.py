"""Which figure of a posterior `plot` draws."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mse.core.figure import Figure
from mse.core.posterior_fit import PosteriorFit
from mse.core.sentence import Sentence, Text
from mse.errors import ModelError, did_you_mean
from mse.monitor.estimation import inclusion_figure, model_weights_figure, posterior_figure, traces_figure

__all__ = ["POSTERIOR_KINDS", "posterior_of", "posteriors_in"]


def posteriors_in(thing: Any) -> dict[str | Text, PosteriorFit]:
    """Posteriors by what they are called: of one, of a sequence or mapping of them; none of anything else.

    Fits that have no name are called by their method; the second of the same method has its number behind it.
    """
    if isinstance(thing, PosteriorFit):
        return {thing.description: thing}
    if isinstance(thing, Mapping):
        named = dict(thing)
    elif isinstance(thing, list | tuple) and all(isinstance(fit, PosteriorFit) for fit in thing):
        named = _by_method(thing)
    else:
        return {}
    return named if named and all(isinstance(fit, PosteriorFit) for fit in named.values()) else {}


def _by_method(fits: Sequence[PosteriorFit]) -> dict[str | Text, PosteriorFit]:
    times: Counter[str] = Counter()
    named: dict[str | Text, PosteriorFit] = {}
    for fit in fits:
        label = fit.description
        times[label["en"]] += 1
        again = times[label["en"]]
        named[label if again == 1 else Sentence("beside_again", {"label": label, "n": again})] = fit
    return named


def posterior_of(fits: Mapping[str | Text, PosteriorFit], kind: str | None) -> Figure:
    """Make the figure of a kind; several fits stand beside each other in one.

    Raises
    ------
    mse.errors.ModelError
        There is no such kind, or several fits are given for a kind that is of one.
    """
    if kind is None or kind == "posterior":
        return posterior_figure(fits)
    if kind not in _OF_ONE:
        raise ModelError(f"There is no picture of kind {kind!r}", hint=did_you_mean(str(kind), POSTERIOR_KINDS))
    if len(fits) > 1:
        raise ModelError(f"A picture of kind '{kind}' is of one fit", got=f"{len(fits)} fits")
    return _OF_ONE[kind](fits)


def _only(fits: Mapping[str | Text, PosteriorFit]) -> PosteriorFit:
    return next(iter(fits.values()))


def _beside_prior(fits: Mapping[str | Text, PosteriorFit]) -> Figure:
    fit = _only(fits)
    return posterior_figure(fits, prior=fit.spec.prior_predictive(fit.table, seed=0))


_OF_ONE: Mapping[str, Callable[[Mapping[str | Text, PosteriorFit]], Figure]] = {
    "traces": lambda fits: traces_figure(_only(fits)),
    "prior": _beside_prior,
    "weights": lambda fits: model_weights_figure(_only(fits)),
    "inclusion": lambda fits: inclusion_figure(_only(fits)),
}

POSTERIOR_KINDS = ("posterior", *_OF_ONE)
"""What may be drawn of a posterior: densities, draws by chain, prior beside posterior, models, their terms."""
