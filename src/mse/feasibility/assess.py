"""`assess`: can these lists carry an estimate? Every check of a feasibility study, and a verdict."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mse.core.estimator import Estimator
from mse.core.finding import Finding, worst
from mse.core.reference import Reference
from mse.errors import TableError, did_you_mean
from mse.feasibility.answer import Answer, usual_estimator
from mse.feasibility.answer_checks import FROM_ANSWER
from mse.feasibility.checks import FROM_COUNTS
from mse.feasibility.evidence import Evidence, read_evidence
from mse.feasibility.rules import RULES, Check, Light, unknown
from mse.feasibility.strata_checks import missingness, year_power
from mse.feasibility.verdict import Verdict, reasons, verdict_finding, verdict_of
from mse.messages import sentence

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Assessment", "assess"]

WIDTH = 80
"""Columns of a terminal."""


@dataclass(frozen=True, eq=False)
class Assessment:
    """The checks of a feasibility study, and what they come to.

    Made by `mse.assess`, not by hand.

    Parameters
    ----------
    evidence : Evidence
        Lists and overlaps.
    checks : tuple of Check
        In the order of `mse.feasibility.RULES`.
    answer : Answer or None
        What the estimator says of the table; None where only margins are known.
    """

    evidence: Evidence
    checks: tuple[Check, ...]
    answer: Answer | None = field(default=None, repr=False)

    def __getitem__(self, name: str) -> Check:
        """Return a check by name."""
        for check in self.checks:
            if check.name == name:
                return check
        raise TableError(f"There is no check '{name}'", hint=did_you_mean(name, [check.name for check in self.checks]))

    @property
    def lights(self) -> dict[str, Light]:
        """Light of every check."""
        return {check.name: check.light for check in self.checks}

    @property
    def verdict(self) -> Verdict:
        """Go, go with conditions, or no go."""
        return verdict_of(self.lights)

    @property
    def reasons(self) -> tuple[Check, ...]:
        """The checks that the verdict rests on."""
        return reasons(self.checks)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The verdict and what every check found, the worst first; a no go is blocking."""
        return worst([verdict_finding(self.checks), *(check.finding for check in self.checks)])

    @property
    def reference(self) -> Reference | None:
        """What the counts are about."""
        return self.evidence.reference

    def to_frame(self) -> pd.DataFrame:
        """Return one row a check.

        Returns
        -------
        pandas.DataFrame
            Columns check, light, value (missing where it is not known), threshold and finding (in English), source.
        """
        import pandas as pd

        rows = [(c.name, c.light.value, c.value, str(c.threshold), str(c.finding), c.source) for c in self.checks]
        columns = ["check", "light", "value", "threshold", "finding", "source"]
        return pd.DataFrame(rows, columns=columns).astype({"value": float})

    def text(self, language: str = "en") -> str:
        """Write the verdict, its reasons and every check as plain text."""
        lines = [textwrap.fill(verdict_finding(self.checks).sentence(language), WIDTH), ""]
        for check in self.checks:
            light = sentence(f"light_{check.light.value}", language)
            said = f"{light:<8}{check.title[language]}: {check.finding.sentence(language)}"
            lines.append(textwrap.fill(said, WIDTH, subsequent_indent=" " * 8))
        return "\n".join(lines)

    def __repr__(self) -> str:
        return self.text()


def assess(
    data: Any,
    estimator: Estimator | None = None,
    *,
    year: str = "year",
    replicates: int = 20,
    seed: int = 1,
) -> Assessment:
    """Judge whether lists can carry an estimate, from counts alone.

    Every check measures one number and gives it a light by its rule (`mse.feasibility.RULES`). No person's data are
    needed: counts of combinations do, and from published margins as many checks are made as margins allow.

    Parameters
    ----------
    data : CaptureTable, PartialTable, mapping, or PublishedMargins
        A table; counts of combinations, ``{"P": 4466, "P K": 44}``; or sizes and overlaps of lists as a report prints
        them.
    estimator : Estimator, optional
        Whose answer is judged; by default a search of the pair models by BIC: all of them up to six lists, stepwise
        above.
    year : str
        Covariate that holds the year.
    replicates : int
        Drawn tables on which the estimator is repeated.
    seed : int
        Seed of those draws.

    Returns
    -------
    Assessment

    Raises
    ------
    mse.errors.TableError
        The data are something else.

    Examples
    --------
    >>> import mse
    >>> assessment = mse.assess(mse.datasets.load("kosovo_1999"))
    >>> assessment.verdict, assessment["sample_coverage"].light
    (<Verdict.CONDITIONS: 'conditions'>, <Light.AMBER: 'amber'>)

    Margins of the same lists, as a report would print them:

    >>> margins = mse.feasibility.PublishedMargins(
    ...     {"P": 135, "Q": 122, "E": 126}, {("P", "Q"): 49, ("P", "E"): 45, ("Q", "E"): 46}
    ... )
    >>> print(mse.assess(margins)["triples"])
    unknown: Not known from margins.
    """
    evidence = read_evidence(data)
    made = [check(evidence) for check in FROM_COUNTS]
    answer = None
    if evidence.table is not None:
        answer = Answer(estimator or usual_estimator(evidence.table), evidence.table, replicates, seed)
        made += [check(answer) for check in FROM_ANSWER]
    made += [missingness(evidence), year_power(evidence, year)]
    known = {check.name: check for check in made}
    checks = tuple(known.get(name) or unknown(name, "margins") for name in RULES)
    return Assessment(evidence, checks, answer)
