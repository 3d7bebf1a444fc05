"""What a reader must know of draws: how many have no estimate, and what their variance is due to."""

from __future__ import annotations

from mse.core.draws import Draws
from mse.core.finding import Finding, Severity
from mse.errors import ModelError

__all__ = ["LARGEST", "check_total", "failed_draws", "severity_of_variance"]

LARGEST = 1e12
"""More persons than ever lived: no draw is made from such an estimate."""

FEW_FAILED = 0.01
"""A larger share of draws without an estimate is a warning and no longer a note: up to it an upper limit of 97.5% is
one of 96.5% at least, if all of them belong above it."""

MOST_FAILED = 0.5
"""A larger share of draws without an estimate leaves limits that are those of a minority, which is blocking."""

MOST_OF_VARIANCE = 0.5
"""A larger share of the variance weighs more than all else that varies, which is a warning."""


def check_total(total: float, model: str) -> None:
    """Refuse an estimate from which no persons can be drawn.

    Raises
    ------
    mse.errors.ModelError
        It is above 10¹² persons.
    """
    if total > LARGEST:
        raise ModelError(
            "Draws like the table take as many persons as are estimated, and there are not so many",
            got=f"an estimate above {LARGEST:,.0f} from {model}",
            hint="Choose a model that the data can carry.",
        )


def failed_draws(draws: Draws, subject: str) -> list[Finding]:
    """Say how many draws have no estimate; nothing where all have one.

    Examples
    --------
    >>> import numpy as np
    >>> draws = Draws(np.full(3, 20.0), np.array([4.0, np.nan, np.nan]))
    >>> [(finding.code, finding.severity.value) for finding in failed_draws(draws, "bootstrap")]
    [('replicates_failed', 'blocking')]
    """
    if not draws.failed:
        return []
    share = draws.failed / len(draws)
    severity = Severity.BLOCKING if share > MOST_FAILED else Severity.WARNING if share > FEW_FAILED else Severity.NOTE
    values = {"failed": draws.failed, "replicates": len(draws), "share": share}
    return [Finding("replicates_failed", severity, subject, values)]


def severity_of_variance(share: float) -> Severity:
    """How heavy it weighs that one source makes up such a share of the variance.

    Examples
    --------
    >>> severity_of_variance(0.6).value
    'warning'
    """
    return Severity.WARNING if share > MOST_OF_VARIANCE else Severity.NOTE
