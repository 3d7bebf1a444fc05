"""`Sensitivity`: estimates under scenarios, beside the one that they depart from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mse.core.reference import Reference
from mse.core.sentence import Text
from mse.messages import number, sentence
from mse.sensitivity.scenario import Outcome

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Sensitivity"]


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """What an estimate would have been if one thing had been otherwise.

    Made by the functions of `mse.sensitivity`, not by hand.

    Parameters
    ----------
    title : Text
        What was changed.
    outcomes : sequence of Outcome
        The base first, then the scenarios in their order.
    level : float
        Level of the intervals.
    reference : Reference, optional
        What the numbers are about.
    axis : Text, optional
        What `at` of the outcomes is, where they are points of a curve.
    logarithmic : bool
        Whether that axis is one of ratios.
    tells_counts : bool
        Whether the scenarios tell of the counts of single combinations of lists, which a policy may withhold.

    Examples
    --------
    >>> import mse
    >>> found = mse.sensitivity.leave_one_list_out(mse.Search(), mse.datasets.load("spina_bifida_621"))
    >>> found.to_frame()[["total", "change"]].round(2).values.tolist()
    [[724.12, 0.0], [2407.62, 2.32], [773.85, 0.07], [680.87, -0.06]]
    """

    title: Text
    outcomes: tuple[Outcome, ...]
    level: float
    reference: Reference | None = None
    axis: Text | None = None
    logarithmic: bool = False
    tells_counts: bool = False

    @property
    def base(self) -> Outcome:
        """What the estimate is as it is."""
        return self.outcomes[0]

    @property
    def range(self) -> tuple[float, float] | None:
        """Smallest and largest total, the base included; None where there is none."""
        totals = [outcome.total for outcome in self.outcomes if outcome.total is not None]
        return (min(totals), max(totals)) if totals else None

    def change(self, outcome: Outcome) -> float | None:
        """Change of a total, as a share of the base; None where one of the two is missing."""
        if outcome.total is None or not self.base.total:
            return None
        return outcome.total / self.base.total - 1.0

    def to_frame(self) -> pd.DataFrame:
        """Return one row a scenario, the base first.

        Returns
        -------
        pandas.DataFrame
            Columns scenario, label_en, label_nl, at, observed, total, lower, upper, change (as a share of the base),
            single_estimate (False where a blocking finding stands against the number), status, model, findings (their
            codes) and reason (why there is no total).
        """
        import pandas as pd

        frame = pd.DataFrame([self._row(outcome) for outcome in self.outcomes])
        return frame.astype(dict.fromkeys(("at", "observed", "total", "lower", "upper", "change"), "float64"))

    def _row(self, outcome: Outcome) -> dict[str, Any]:
        return {
            "scenario": outcome.name,
            "label_en": outcome.label["en"],
            "label_nl": outcome.label["nl"],
            "at": outcome.at,
            "observed": outcome.observed,
            "total": outcome.total,
            "lower": outcome.lower,
            "upper": outcome.upper,
            "change": self.change(outcome),
            "single_estimate": outcome.single,
            "status": outcome.status,
            "model": outcome.model,
            "findings": ", ".join(outcome.findings),
            "reason": "" if outcome.reason is None else outcome.reason["en"],
        }

    def __repr__(self) -> str:
        lines = [self.title["en"]]
        for outcome in self.outcomes:
            lines.append(f"  {outcome.name}: {_told(outcome)}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        from html import escape

        return f"<pre>{escape(repr(self))}</pre>"


def _told(outcome: Outcome) -> str:
    """The answer in words: a total with its limits, the ranges of rival models, or why there is none."""
    if outcome.reason is not None:
        return outcome.reason["en"]
    if not outcome.single:
        spans = [span.text("en") for span in outcome.ranges]
        return sentence("sensitivity_no_single", "en") + (
            f": {sentence('sensitivity_or').join(spans)}" if spans else ""
        )
    words = number(outcome.total, "en", "estimate")
    if outcome.lower is None:
        return words
    lower, upper = number(outcome.lower, "en", "estimate"), number(outcome.upper, "en", "estimate")
    return sentence("sensitivity_limits", "en", total=words, lower=lower, upper=upper)
