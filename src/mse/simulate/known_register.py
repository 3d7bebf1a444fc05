"""`register`: a register drawn from a population whose size is known."""

from __future__ import annotations

from mse.records.register.registry import Registry
from mse.simulate.deal import stream
from mse.simulate.drawn_records import records
from mse.simulate.known_truth import REFERENCE, KnownTruth
from mse.simulate.settled import PERIOD

__all__ = ["register"]


def register(seed: int, *, truth: str = "modelled") -> Registry:
    """Draw register B: a hidden population, and who is reported of it by whom.

    In expectation the counts of figures 2.7 to 2.11 and 2.13 and of line 3 of figure 2.1 are those of the 2015-2019
    edition; a draw misses them at random. Nobody in it has two types of exploitation, a sector, a kind of crime or an
    enriching source, so figures 2.2 to 2.6 are not those that were printed. For a register that has the printed figures
    exactly, and no truth, see `mse.simulate.published_register`.

    Parameters
    ----------
    seed : int
        Equal seeds give equal registers, different ones independent registers.
    truth : {"modelled", "published"}
        "modelled": being on one list depends on other lists by pairs only, with the odds ratios of 2010-2015.
        "published": 5,937 to 6,563 victims a year, inside the published 5,000-7,500. The registers look alike; the
        difference is a dependence that no list can see.

    Returns
    -------
    Registry
        Its `truth` is a `KnownTruth`: how many victims there are by year, form, minor, sex and region.

    Raises
    ------
    mse.errors.ModelError
        There is no such truth.

    Examples
    --------
    >>> import mse
    >>> registry = mse.simulate.register(1)
    >>> registry.truth.total
    15390
    >>> registry.table(registry.truth.lists).n_observed == registry.truth.table().n_observed
    True
    """
    known = KnownTruth.draw(seed, truth=truth)
    victims, reports = records(known.drawn, stream(seed, f"records {truth}"))
    return Registry.from_frames(victims, reports, period=PERIOD, reference=REFERENCE, synthetic=True, truth=known)
