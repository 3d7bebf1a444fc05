"""`TrimmedFit`: the path of trimming, the estimate where it stops, and limits with the stopping rule in them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mse.core.draw_findings import failed_draws
from mse.core.draws import Draws
from mse.core.estimate import Estimate, Part
from mse.core.finding import Finding, Severity
from mse.core.fit import FitStatus
from mse.core.intervals import check_level
from mse.core.sentence import Sentence
from mse.core.table import CaptureTable
from mse.errors import ModelError
from mse.messages import sentence

if TYPE_CHECKING:
    import pandas as pd

    from mse.models.trimmed import TrimmedDualSystem

__all__ = ["TrimmedFit", "persons_by_list"]

BY_CHANCE = 0.1
"""A step whose records would have so few matches this often when drawn at random is named in a finding."""


class Step(NamedTuple):
    """Where trimming stands: records of the trimmed list, those of them matched, and whether it went on to here."""

    listed: int
    matched: int
    taken: bool

    def total(self, others: int) -> float:
        """Estimate from here with so many persons on the other list; NaN where no match is left."""
        return self.listed * others / self.matched if self.matched else np.nan


@dataclass(frozen=True, eq=False)
class TrimmedFit:
    """A trimmed dual-system estimate, with the path of trimming.

    Made by `TrimmedDualSystem.fit`, not by hand.
    """

    spec: TrimmedDualSystem
    table: CaptureTable

    @cached_property
    def _walk(self) -> tuple[Step, ...]:
        """The state before trimming and after each step."""
        alone, _, both = persons_by_list(self.table, self.spec.trimmed)
        at = [Step(alone + both, both, True)]
        for removed, matched in self.spec.steps:
            listed, left, taken = at[-1]
            falls = taken and matched * listed < removed * left
            at.append(Step(listed - removed, left - matched, falls))
        return tuple(at)

    @property
    def stop(self) -> int:
        """Number of steps taken."""
        return sum(step.taken for step in self._walk) - 1

    @property
    def path(self) -> pd.DataFrame:
        """One row per step, the first before trimming.

        Columns: step, removed and matched (so far), match_rate (of the step), overall_rate (of what was left before
        it), total (missing where no match is left), p_value (how often records taken at random have so few matches),
        taken.
        """
        import pandas as pd

        rows = []
        _, other, both = persons_by_list(self.table, self.spec.trimmed)
        first = self._walk[0]
        for number, at in enumerate(self._walk):
            step = self.spec.steps[number - 1] if number else None
            before = self._walk[number - 1]
            rows.append(
                {
                    "step": number,
                    "removed": first.listed - at.listed,
                    "matched": first.matched - at.matched,
                    "match_rate": step[1] / step[0] if step else np.nan,
                    "overall_rate": before.matched / before.listed if step else np.nan,
                    "total": at.total(other + both),
                    "p_value": _as_few(before, *step) if step else np.nan,
                    "taken": at.taken,
                }
            )
        return pd.DataFrame(rows)

    @cached_property
    def trimmed_table(self) -> CaptureTable:
        """The table after trimming: a trimmed record that was matched leaves its person on the other list."""
        first, last = self._walk[0], self._walk[self.stop]
        alone, other, _ = persons_by_list(self.table, self.spec.trimmed)
        gone = first.matched - last.matched
        counts = np.zeros((2, 2), dtype=np.int64)
        counts[1, 0] = alone - (first.listed - last.listed - gone)
        counts[0, 1], counts[1, 1] = other + gone, last.matched
        axis = self.table.lists.index(self.spec.trimmed)
        return self.table.with_counts(counts if axis == 0 else counts.T)

    @property
    def status(self) -> FitStatus:
        """Whether there is an estimate: not without a match."""
        return FitStatus.OK if self._walk[self.stop].matched else FitStatus.NO_MLE

    @property
    def fingerprint(self) -> str:
        """Fingerprint of the data."""
        return self.table.fingerprint

    @property
    def total(self) -> float | None:
        """Observed plus dark figure; None where no match is left."""
        at = self._walk[self.stop]
        _, other, both = persons_by_list(self.table, self.spec.trimmed)
        return at.total(other + both) if at.matched else None

    @property
    def dark_figure(self) -> float | None:
        """Estimated number of members on neither list."""
        return None if self.total is None else self.total - self.trimmed_table.n_observed

    @property
    def model(self) -> str:
        """The model of the trimmed table: two independent lists."""
        return "".join(f"[{name}]" for name in self.table.lists)

    @property
    def means(self) -> NDArray[np.float64] | None:
        """Counts of the trimmed table, which the model fits exactly, with the estimated number unseen."""
        if self.dark_figure is None:
            return None
        means = self.trimmed_table.counts.astype(np.float64)
        means[0, 0] = self.dark_figure
        return means

    @property
    def assumption(self) -> str:
        """The identifying assumption in a sentence."""
        return self.explain("en")

    def explain(self, language: str = "en") -> str:
        """The identifying assumption in a sentence, in English or Dutch."""
        return sentence("assumption_trimmed", language, trimmed=self.spec.trimmed)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What was trimmed, where trimming may be chance, and whether it may not have gone far enough."""
        found = list(self.table.findings)
        name, path = self.spec.trimmed, self.path
        if self.total is None:
            return (*found, Finding("trimming_no_match", Severity.BLOCKING, name, {"name": name}))
        last = path.iloc[self.stop]
        values = {"name": name, "removed": int(last["removed"]), "matched": int(last["matched"]), "steps": self.stop}
        values |= {"before": float(path["total"].iloc[0]), "after": float(self.total)}
        found.append(Finding("trimmed", Severity.NOTE, name, values))
        taken = path.iloc[1 : self.stop + 1]
        doubtful = [str(step) for step in taken.loc[taken["p_value"] > BY_CHANCE, "step"]]
        if doubtful:
            found.append(Finding("trimming_by_chance", Severity.NOTE, name, {"steps": doubtful, "level": BY_CHANCE}))
        if self.spec.steps and self.stop == len(self.spec.steps):
            found.append(Finding("trimming_not_stopped", Severity.WARNING, name, {"name": name}))
        return tuple(found)

    def estimate(self, *, level: float = 0.95, draws: int = 1000, seed: int = 1) -> Estimate:
        """Return the estimate with percentile limits; the stopping rule decides anew in every draw.

        Parameters
        ----------
        level : float
            Level of the interval.
        draws : int
            Number of drawn tables.
        seed : int
            Seed of the draws.

        Returns
        -------
        Estimate

        Raises
        ------
        mse.errors.TableError
            The level is not between 0 and 1.
        mse.errors.ModelError
            There are fewer than two draws.
        """
        check_level(level)
        if draws < 2:
            raise ModelError("Limits take at least two draws", got=str(draws))
        label = Sentence("method_trimmed", {"name": self.spec.trimmed, "steps": self.stop})
        seen = self.trimmed_table.n_observed
        if self.dark_figure is None:
            part = Part("total", seen, None, None, None)
            return Estimate((part,), level, "percentile", label, self.table.reference, self.findings)
        held = self._drawn(draws, np.random.default_rng(seed))
        findings = (*self.findings, *failed_draws(held, self.spec.trimmed))
        lower = upper = None
        if held.valid.any():
            lower, upper = map(float, held.quantile(np.array([0.5 - level / 2.0, 0.5 + level / 2.0])))
        part = Part("total", seen, self.dark_figure, lower, upper)
        return Estimate((part,), level, "percentile", label, self.table.reference, findings, (), held)

    def _drawn(self, draws: int, rng: np.random.Generator) -> Draws:
        """Draw the records of every step and of the rest, and trim each draw by the rule."""
        alone, other, both = persons_by_list(self.table, self.spec.trimmed)
        steps = np.array(self.spec.steps, dtype=np.int64).reshape(-1, 2)
        matched, single = steps[:, 1], steps[:, 0] - steps[:, 1]
        cells = np.concatenate([matched, single, [both - matched.sum(), alone - single.sum(), other]])
        n = int(cells.sum())
        whole = n + round(self.dark_figure or 0.0)
        drawn = rng.multinomial(rng.binomial(whole, n / whole, size=draws), cells / n)
        of_step = np.split(drawn[:, : 2 * len(steps)], 2, axis=1)
        m = of_step[0].sum(axis=1) + drawn[:, -3]
        listed = m + of_step[1].sum(axis=1) + drawn[:, -2]
        others = m + drawn[:, -1]
        going = np.ones(draws, dtype=bool)
        for hit, miss in zip(of_step[0].T, of_step[1].T, strict=True):
            going &= (hit * listed < (hit + miss) * m) | (hit + miss == 0)
            m, listed = m - going * hit, listed - going * (hit + miss)
        total = np.divide(listed * others, m, out=np.full(draws, np.nan), where=m > 0)
        seen = (listed + others - m).astype(np.float64)
        return Draws(seen, total - seen, (self.model,) * draws)


def persons_by_list(table: CaptureTable, trimmed: str) -> tuple[int, int, int]:
    """Persons on the trimmed list alone, on the other alone, and on both."""
    counts = table.counts if table.lists[0] == trimmed else table.counts.T
    return int(counts[1, 0]), int(counts[0, 1]), int(counts[1, 1])


def _as_few(before: Step, removed: int, matched: int) -> float:
    """How often records taken at random from what was left have as few matches."""
    from scipy.stats import hypergeom

    return float(hypergeom.cdf(matched, before.listed, before.matched, removed))
