"""Outcomes on disk, so that a sensitivity analysis that was stopped goes on where it was."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from mse.core.estimate import Range
from mse.core.sentence import Text
from mse.errors import ModelError
from mse.inference.checkpoint import replaced
from mse.sensitivity.scenario import Outcome, Scenario

__all__ = ["Stored"]

_PLAIN = ("observed", "total", "lower", "upper", "single", "status", "model", "why")


class Stored:
    """Outcomes kept in a file of JSON, by scenario.

    Parameters
    ----------
    path : path or None
        The file; None keeps nothing.
    scenarios : sequence of Scenario
        What is run.
    level, seed
        With what.

    Raises
    ------
    mse.errors.ModelError
        The file holds no outcomes, or those of other scenarios.
    """

    def __init__(
        self, path: str | os.PathLike[str] | None, scenarios: Sequence[Scenario], level: float, seed: int | None
    ) -> None:
        from importlib.metadata import version

        self.path = None if path is None else Path(path)
        self.labels: dict[str, Text] = {one.name: one.label for one in scenarios}
        self.at = {one.name: one.at for one in scenarios}
        each = [[one.name, repr(one.estimator), one.table.fingerprint] for one in scenarios]
        what = json.dumps([each, level, seed, version("multiple-systems-estimation")])
        self.key = hashlib.sha256(what.encode()).hexdigest()

    def load(self) -> dict[str, Outcome]:
        """Outcomes so far, by scenario."""
        if self.path is None or not self.path.exists():
            return {}
        try:
            held = json.loads(self.path.read_text(encoding="utf-8"))
            key, rows = held["key"], held["outcomes"]
        except (ValueError, KeyError, TypeError):
            raise ModelError(
                f"The file '{self.path.name}' is no checkpoint of scenarios", hint="Give another path."
            ) from None
        if key != self.key:
            raise ModelError(
                f"The checkpoint '{self.path.name}' belongs to other scenarios",
                got="another estimator, table, level or seed",
                hint="Give another path, or delete the file.",
            )
        return {name: self._read(name, row) for name, row in rows.items()}

    def save(self, outcomes: Mapping[str, Outcome]) -> None:
        """Write all outcomes; a file that is there is replaced whole or not at all."""
        if self.path is None:
            return
        rows = {name: _written(outcome) for name, outcome in outcomes.items()}
        with replaced(self.path) as file:
            file.write(json.dumps({"key": self.key, "outcomes": rows}).encode())

    def _read(self, name: str, row: dict[str, Any]) -> Outcome:
        ranges = tuple(Range(*values) for values in row["ranges"])
        plain = Outcome(self.labels[name], **{field: row[field] for field in _PLAIN})
        return replace(plain, findings=tuple(row["findings"]), ranges=ranges, at=self.at[name])


def _written(outcome: Outcome) -> dict[str, Any]:
    ranges = [[one.lower, one.upper, one.weight] for one in outcome.ranges]
    plain = {field: getattr(outcome, field) for field in _PLAIN}
    return {**plain, "findings": list(outcome.findings), "ranges": ranges}
