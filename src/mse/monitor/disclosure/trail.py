"""The audit trail: of every cell which rule met it, why, and what became of it; never what was withheld."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mse.lazy import lazy
from mse.messages import LANGUAGES, sentence

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy("pandas")

__all__ = ["RULES", "Decision", "trail_frame"]

RULES = ("few", "dominant", "changed", "before", "secondary", "derived", "none")
"""Why a cell is as it is: fewer persons than the minimum; it would let a category be known to hold nearly all of its
group; it differs by few from what was printed earlier; it was withheld earlier; it would give one of those away; it
rests on a withheld one; or no rule met it."""


@dataclass(frozen=True)
class Decision:
    """What became of a cell.

    Parameters
    ----------
    figure : str
        Name of the figure.
    row : int
        Row of its frame.
    column : str
        Column of the cell.
    cell : str
        What is counted, as `key_of` writes it; empty for shares and means.
    rule : str
        One of `RULES`.
    before : {"safe", "unsafe"}
        Whether the cell by itself may be printed.
    after : {"printed", "rounded", "withheld"}
        What was done.
    """

    figure: str
    row: int
    column: str
    cell: str
    rule: str
    before: str
    after: str

    def why(self, language: str = "en") -> str:
        """Say why."""
        return sentence(f"trail_{self.rule}", language)


def trail_frame(decisions: Iterable[Decision], language: str = "en") -> pd.DataFrame:
    """Return decisions as a data frame, with the reason of each in words."""
    if language not in LANGUAGES:
        raise KeyError(language)
    names = ("figure", "row", "column", "cell", "rule", "before", "after")
    rows = [[*(getattr(decision, name) for name in names), decision.why(language)] for decision in decisions]
    return pd.DataFrame(rows, columns=[*names, "why"])
