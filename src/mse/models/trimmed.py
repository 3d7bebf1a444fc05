"""`TrimmedDualSystem`: two lists, of which suspect records are trimmed as long as that lowers the estimate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mse.core.table import CaptureTable
from mse.errors import TableError, did_you_mean
from mse.models.trimmed_fit import TrimmedFit, persons_by_list

__all__ = ["TrimmedDualSystem"]


@dataclass(frozen=True)
class TrimmedDualSystem:
    """Trimmed dual-system estimation (Zhang and Dunne 2017), for a list with records that are no members.

    Erroneous records on a list are matched to no one, which makes the estimate too high. Records are trimmed in steps,
    most suspect first. After k records, of which k₁ matched,

        N̂ = (n₁ − k) n₂ / (m − k₁),

    and a step is taken while its records are matched less often than those that are left: just then N̂ falls. Trimming
    of persons who do belong to the population at random leaves N̂ as it is, in expectation.

    Parameters
    ----------
    trimmed : str
        The list with erroneous records; the other list has none.
    steps : sequence of (removed, matched), or data frame with these columns
        Records removed in each step, and how many of those are matched to the other list.

    Raises
    ------
    mse.errors.TableError
        A step removes no record, or fewer than are matched.

    Examples
    --------
    >>> import mse
    >>> table = mse.CaptureTable(["A", "B"], [[0, 100], [600, 400]])
    >>> fit = TrimmedDualSystem("A", [(100, 5), (50, 10), (60, 30)]).fit(table)
    >>> fit.path["total"].round(1).tolist(), round(fit.total, 1)
    ([1250.0, 1139.2, 1103.9, 1112.7], 1103.9)
    """

    trimmed: str
    steps: tuple[tuple[int, int], ...]

    def __post_init__(self) -> None:
        given: Any = self.steps
        pairs = zip(given["removed"], given["matched"], strict=True) if hasattr(given, "columns") else given
        steps = tuple((int(removed), int(matched)) for removed, matched in pairs)
        for removed, matched in steps:
            if not 0 <= matched <= removed or removed < 1:
                raise TableError(
                    "A step of trimming removes at least one record, and at most all of them are matched",
                    got=f"{removed} removed, {matched} matched",
                )
        object.__setattr__(self, "steps", steps)

    def fit(self, data: Any, *, seed: int | None = None) -> TrimmedFit:
        """Trim a table of two lists until the estimate no longer falls.

        Parameters
        ----------
        data : CaptureTable
            Two lists, no covariates.
        seed : int, optional
            Not used: nothing is drawn.

        Returns
        -------
        TrimmedFit

        Raises
        ------
        mse.errors.TableError
            The data are no such table, or more is removed than the table holds.
        """
        if not isinstance(data, CaptureTable) or len(data.lists) != 2 or data.covariates:
            raise TableError(
                "Trimmed dual-system estimation takes a table of two lists without covariates",
                got=repr(data) if isinstance(data, CaptureTable) else type(data).__name__,
                hint="For more lists: correct_over_coverage, with a rate per list.",
            )
        if self.trimmed not in data.lists:
            raise TableError(
                f"There is no list '{self.trimmed}' in the table", hint=did_you_mean(self.trimmed, data.lists)
            )
        alone, _, both = persons_by_list(data, self.trimmed)
        removed, matched = sum(step[0] for step in self.steps), sum(step[1] for step in self.steps)
        if matched > both or removed - matched > alone:
            raise TableError(
                "Steps of trimming remove no more records than there are",
                got=f"{matched:,} matched and {removed - matched:,} others, of {both:,} and {alone:,}",
            )
        return TrimmedFit(self, data)

    @property
    def references(self) -> tuple[str, ...]:
        """Publications of the method."""
        return ("zhang_dunne_2017",)
