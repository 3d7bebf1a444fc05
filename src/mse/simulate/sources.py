"""Who reports in a simulated register, and the lists that the reports make.

Figure 2.11 counts six reporter groups; the lists of 2010-2015 are six others. Residential shelters are part of the
group "other reporters" and a list of their own (O); list Z holds all other reporters, FairWork among them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

__all__ = ["LISTS", "SHELTER", "SOURCES", "Source", "marechaussee_alone", "on_lists", "reporting"]

SHELTER = "shelter"
"""Code of residential shelters as organisation of a report."""


@dataclass(frozen=True)
class Source:
    """One kind of reporter: its group in figure 2.11, organisation within it, and list."""

    name: str
    reporter: str
    organisation: str
    list_name: str


SOURCES = (
    Source("police", "police", "", "P"),
    Source("kmar", "kmar", "", "K"),
    Source("iszw_do", "iszw_do", "", "I"),
    Source("care_coordinators", "care_coordinators", "", "R"),
    Source("shelter", "other_reporters", SHELTER, "O"),
    Source("fairwork", "fairwork", "", "Z"),
    Source("other", "other_reporters", "", "Z"),
)

LISTS: Mapping[str, tuple[str, ...]] = {
    "P": ("police",),
    "K": ("kmar",),
    "I": ("iszw_do",),
    "R": ("care_coordinators",),
    "O": (f"other_reporters:{SHELTER}",),
    "Z": ("fairwork", "other_reporters"),
}
"""Sources of each list, as `Registry.table` takes them: an organisation goes before its reporter."""


def reporting() -> NDArray[np.bool_]:
    """All sets of sources, one row each and the empty set first: which of `SOURCES` reported."""
    return np.array(list(product((False, True), repeat=len(SOURCES))))


def marechaussee_alone(reported: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which sets of sources are the Royal Marechaussee and nobody else: line 3 leaves out sexual exploitation of these.

    Examples
    --------
    >>> int(marechaussee_alone(reporting()).sum())
    1
    """
    kmar = [source.reporter for source in SOURCES].index("kmar")
    alone: NDArray[np.bool_] = reported[:, kmar] & (reported.sum(axis=1) == 1)
    return alone


def on_lists(reported: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which of `LISTS` every set of sources is on."""
    homes = [source.list_name for source in SOURCES]
    return np.column_stack([
        reported[:, [place for place, home in enumerate(homes) if home == name]].any(axis=1) for name in LISTS
    ])  # fmt: skip
