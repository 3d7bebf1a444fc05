"""`Figures`: the figures of one source, by number, with what a reader must know of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mse.core.figure import Figure
from mse.core.finding import Finding
from mse.core.reference import Reference
from mse.errors import TableError, did_you_mean
from mse.lazy import lazy
from mse.records.register.rules import Rules

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy("pandas")

__all__ = ["Figures"]


@dataclass(frozen=True, eq=False)
class Figures:
    """Figures by number. Iteration gives the figures, so that `mse.release(figures)` takes them as they are.

    Parameters
    ----------
    by_id : mapping of str to Figure
        The figures.
    findings : tuple of Finding
        What a reader must know.
    reference : Reference, optional
        What victims are counted of; figures of reports have their own.
    rules : Rules
        What decided the counts.
    touched : mapping of str to int
        How many each rule touched: rules of counts over the whole period of the source, those that figures consult
        (R22, R23, R29, R41-R43) in these figures.

    Examples
    --------
    >>> import pandas as pd
    >>> from mse.monitor import figures
    >>> from mse.records.register.registry import Registry
    >>> victims = pd.DataFrame({"victim": ["a", "b"], "types": ["SU", "CU"], "nationalities": ["NL", "PL"]})
    >>> reports = pd.DataFrame({"victim": ["a", "b"], "date": [2018, 2019], "reporter": ["police"] * 2})
    >>> found = figures(Registry.from_frames(victims, reports, period=(2018, 2019)), only=["2.7", "2.8"])
    >>> found.ids, found["2.7"].name
    (('2.7', '2.8'), '2.7')
    """

    by_id: Mapping[str, Figure]
    findings: tuple[Finding, ...]
    reference: Reference | None
    rules: Rules
    touched: Mapping[str, int]

    def __getitem__(self, number: str) -> Figure:
        if number not in self.by_id:
            raise TableError(f"There is no figure '{number}'", hint=did_you_mean(str(number), self.by_id))
        return self.by_id[number]

    def __iter__(self) -> Iterator[Figure]:
        return iter(self.by_id.values())

    def __len__(self) -> int:
        return len(self.by_id)

    def __contains__(self, number: object) -> bool:
        return number in self.by_id

    @property
    def ids(self) -> tuple[str, ...]:
        """Numbers of the figures, in their order."""
        return tuple(self.by_id)

    def keys(self) -> tuple[str, ...]:
        """Numbers of the figures, as a mapping has them."""
        return self.ids

    def items(self) -> tuple[tuple[str, Figure], ...]:
        """Numbers and figures, as a mapping has them."""
        return tuple(self.by_id.items())

    @property
    def trace(self) -> pd.DataFrame:
        """Which rule decided, whether it was on, and how many it touched."""
        rows = [(code, self.rules.is_on(code), n) for code, n in self.touched.items()]
        return pd.DataFrame(rows, columns=["rule", "on", "touched"])

    def references(self) -> dict[str, Reference | None]:
        """What each figure is about."""
        return {number: figure.reference for number, figure in self.by_id.items()}

    def __repr__(self) -> str:
        return f"{len(self)} figures of the monitor: {', '.join(self.ids)}; {len(self.findings)} findings"
