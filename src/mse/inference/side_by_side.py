"""`side_by_side`: several estimators on one table, each with what it assumes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from numbers import Integral
from time import perf_counter
from typing import TYPE_CHECKING, Any

from mse.core.estimate import Estimate
from mse.core.estimator import Estimator
from mse.core.fit import Fit
from mse.core.intervals import check_level
from mse.core.sentence import Sentence, Text
from mse.errors import ModelError, TableError, reason
from mse.messages import LANGUAGES

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Beside", "SideBySide", "side_by_side"]


@dataclass(frozen=True, eq=False)
class Beside:
    """One of the estimators that stand beside each other.

    Parameters
    ----------
    label : str or Text
        What it is called.
    spec : Estimator
        Its specification.
    fit : Fit, optional
        What it says of the table; None where it stopped.
    estimate : Estimate, optional
        The whole with its interval; None where it stopped.
    seconds : float
        Time that it took.
    error : Exception, optional
        Why it stopped.
    """

    label: str | Text
    spec: Any
    fit: Fit | None
    estimate: Estimate | None
    seconds: float
    error: Exception | None = None

    @property
    def name(self) -> str:
        """The label in English."""
        return self.label if isinstance(self.label, str) else self.label["en"]

    @property
    def assumption(self) -> Text | None:
        """What it assumes of those whom nobody has seen, in every language; None where it stopped."""
        return None if self.fit is None else {language: self.fit.explain(language) for language in LANGUAGES}

    @property
    def why(self) -> Sentence | None:
        """Why it stopped, in a sentence that may be told (`mse.errors.reason`); None where it did not."""
        return None if self.error is None else Sentence("beside_not_fitted", {"why": reason(self.error)})


@dataclass(frozen=True, eq=False)
class SideBySide:
    """Estimates of several methods from one table, with the assumption that each one makes.

    Made by `side_by_side`, not by hand.

    Parameters
    ----------
    table : CaptureTable or PartialTable
        The data of all of them.
    rows : sequence of Beside
        The estimators, in the order in which they were given.
    level : float
        Level of the intervals.
    """

    table: Any
    rows: tuple[Beside, ...]
    level: float

    @property
    def fits(self) -> dict[str, Fit]:
        """Fits by label; those that stopped are not among them."""
        return {row.name: row.fit for row in self.rows if row.fit is not None}

    @property
    def errors(self) -> dict[str, Exception]:
        """Why estimators stopped, by label."""
        return {row.name: row.error for row in self.rows if row.error is not None}

    def assumptions(self, language: str = "en") -> dict[str, str]:
        """Return what each method assumes of those whom nobody has seen, by label in English.

        Parameters
        ----------
        language : {"en", "nl"}
            Language of the sentences.
        """
        return {name: fit.explain(language) for name, fit in self.fits.items()}

    def to_frame(self) -> pd.DataFrame:
        """Return one row an estimator.

        Returns
        -------
        pandas.DataFrame
            Columns label, observed, total, lower, upper, single_estimate (False where a blocking finding stands against
            the number), status, method, assumption, findings (their codes), interval, seconds, error. Missing numbers
            mean that there is no estimate, or no limit.
        """
        import pandas as pd

        frame = pd.DataFrame([_tidy(row, self.table.n_observed) for row in self.rows])
        return frame.astype(dict.fromkeys(("total", "lower", "upper"), "float64"))

    def __repr__(self) -> str:
        lines = [repr(self.table)]
        for row in self.rows:
            lines.append(f"  {row.name}: {row.why if row.estimate is None else row.estimate.headline()}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        from html import escape

        return f"<pre>{escape(repr(self))}</pre>"


def side_by_side(
    table: Any,
    estimators: Mapping[str | Text, Estimator] | Sequence[Estimator] | None = None,
    *,
    level: float = 0.95,
    seed: int | None = None,
    progress: bool = False,
    workers: int = 1,
) -> SideBySide:
    """Let several estimators answer for one table.

    Methods differ in what they assume of those whom nobody has seen, and no table can tell which assumption holds.
    Where they agree, the answer does not hang on the choice; where they do not, it does.

    Parameters
    ----------
    table : CaptureTable, PartialTable or CountTable
        The table of all of them.
    estimators : mapping of str or Text to Estimator, or sequence of Estimator, optional
        Specifications by what to call them; in a sequence they are called by what they did. By default a set that suits
        the table: searches by BIC, averages over decomposable graphs and over log-linear models, latent classes, and a
        hierarchical model where there are covariates or something is not known of some persons.
    level : float
        Level of the intervals, each of the kind that is the default of its method.
    seed : int, optional
        Seed of every method that draws.
    progress : bool
        Whether a progress bar is shown on a terminal.
    workers : int
        Estimators at a time, through joblib: an active ``joblib.parallel_config`` decides what they are.

    Returns
    -------
    SideBySide
        One row an estimator. One that stops with an error has a row that says why, and the others go on.

    Raises
    ------
    mse.errors.TableError
        The level is not between 0 and 1, or there are fewer than one worker.
    mse.errors.ModelError
        There are no estimators, or one of them is no specification.

    Examples
    --------
    >>> import mse
    >>> table = mse.datasets.load("spina_bifida_621")
    >>> methods = {"independent lists": mse.LogLinear(order=1), "graphs": mse.DecomposableAverage()}
    >>> found = mse.side_by_side(table, methods)
    >>> found
    CaptureTable of 621 persons on 3 lists (S1, S2, S3)
      independent lists: 757 (719 to 799, 95% interval)
      graphs: 725 (687 to 783, 95% interval)
    >>> found.to_frame()["single_estimate"].tolist()
    [True, True]
    """
    check_level(level)
    if not isinstance(workers, Integral) or isinstance(workers, bool) or workers < 1:
        raise TableError("Methods beside each other take a whole number of workers from 1 on", got=f"workers={workers}")
    named = _named(table, estimators)
    rows = _numbered(_run(table, named, level, seed, progress, int(workers)))
    return SideBySide(table, rows, level)


def _named(table: Any, estimators: Any) -> list[tuple[str | Text | None, Estimator]]:
    """Specifications with their labels; None where what the method did is its label."""
    from mse.inference.standard_set import standard_set

    if estimators is None:
        estimators = standard_set(table)
    if isinstance(estimators, Mapping):
        pairs: list[tuple[Any, Any]] = list(estimators.items())
    else:
        pairs = [(None, one) for one in _listed(estimators)]
    if not pairs:
        raise ModelError("Methods beside each other are at least one", got="none")
    for _, spec in pairs:
        if isinstance(spec, type) or not hasattr(spec, "fit"):
            raise ModelError(
                "Methods beside each other are specifications",
                got=repr(spec),
                hint="Write mse.side_by_side(table, [mse.Search(), mse.LatentClass()]), for example.",
            )
    return pairs


def _listed(estimators: Any) -> list[Any]:
    if isinstance(estimators, Sequence) and not isinstance(estimators, str):
        return list(estimators)
    return [estimators]


def _run(
    table: Any,
    named: list[tuple[str | Text | None, Estimator]],
    level: float,
    seed: int | None,
    progress: bool,
    workers: int,
) -> list[Beside]:
    from joblib import Parallel, delayed

    from mse.models.progress import bar

    rows = []
    with bar("side by side", len(named), progress) as advance:
        tasks = (delayed(_row)(label, spec, table, level, seed) for label, spec in named)
        for row in Parallel(n_jobs=workers, return_as="generator")(tasks):
            rows.append(row)
            if advance is not None:
                advance(1)
    return rows


def _row(label: str | Text | None, spec: Any, table: Any, level: float, seed: int | None) -> Beside:
    """Fit one estimator; an error of any kind is its answer, since the specification may be anybody's."""
    start = perf_counter()
    try:
        fit = spec.fit(table, seed=seed)
        estimate = fit.estimate(level=level)
    except Exception as error:
        return Beside(label or type(spec).__name__, spec, None, None, perf_counter() - start, error)
    seconds = perf_counter() - start
    described = getattr(fit, "description", None) or estimate.method
    return Beside(described if label is None else label, spec, fit, estimate, seconds)


def _numbered(rows: list[Beside]) -> tuple[Beside, ...]:
    """Tell rows with the same label apart by numbers."""
    times, seen = Counter(row.name for row in rows), Counter[str]()
    numbered = []
    for row in rows:
        seen[row.name] += 1
        if times[row.name] > 1:
            row = replace(row, label=Sentence("beside_again", {"label": row.label, "n": seen[row.name]}))
        numbered.append(row)
    return tuple(numbered)


def _tidy(row: Beside, observed: float) -> dict[str, Any]:
    """One row of the frame."""
    if row.fit is None or row.estimate is None:
        nothing = dict.fromkeys(("total", "lower", "upper"))
        blank = dict.fromkeys(("method", "assumption", "findings", "interval"), "")
        stopped = {"single_estimate": False, "status": "error", **blank}
        return {
            "label": row.name,
            "observed": observed,
            **nothing,
            **stopped,
            "seconds": row.seconds,
            "error": str(row.why),
        }
    estimate = row.estimate
    return {
        "label": row.name,
        "observed": estimate.whole.observed,
        "total": estimate.total,
        "lower": estimate.lower,
        "upper": estimate.upper,
        "single_estimate": not estimate.blocked and estimate.total is not None,
        "status": row.fit.status.value,
        "method": str(estimate.method),
        "assumption": row.fit.explain("en"),
        "findings": ", ".join(finding.code for finding in estimate.findings),
        "interval": estimate.interval,
        "seconds": row.seconds,
        "error": "",
    }
