"""Whether lists can carry an estimate, and what would make it better, before anything is collected.

`mse.assess` judges a table. Here are its rules, the width that an interval will have for a given design
(`expected_width`), what one more list, better matching or more years would bring (`what_if`), and a random sample as a
second list (`anchor_stream`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mse.lazy import public_names

if TYPE_CHECKING:
    from mse.feasibility.anchor import AnchorStream, anchor_stream
    from mse.feasibility.assess import Assessment
    from mse.feasibility.design import ExpectedWidth, expected_width
    from mse.feasibility.evidence import PublishedMargins
    from mse.feasibility.rules import RULES, Check, Light, Rule
    from mse.feasibility.scenarios import WhatIf, what_if
    from mse.feasibility.verdict import Verdict

_WHERE = {
    "AnchorStream": "mse.feasibility.anchor",
    "Assessment": "mse.feasibility.assess",
    "Check": "mse.feasibility.rules",
    "ExpectedWidth": "mse.feasibility.design",
    "Light": "mse.feasibility.rules",
    "PublishedMargins": "mse.feasibility.evidence",
    "RULES": "mse.feasibility.rules",
    "Rule": "mse.feasibility.rules",
    "Verdict": "mse.feasibility.verdict",
    "WhatIf": "mse.feasibility.scenarios",
    "anchor_stream": "mse.feasibility.anchor",
    "expected_width": "mse.feasibility.design",
    "what_if": "mse.feasibility.scenarios",
}
"""Module of each public name; it is loaded when it is first asked for."""

__all__ = [
    "RULES",
    "AnchorStream",
    "Assessment",
    "Check",
    "ExpectedWidth",
    "Light",
    "PublishedMargins",
    "Rule",
    "Verdict",
    "WhatIf",
    "anchor_stream",
    "expected_width",
    "what_if",
]

__getattr__, __dir__ = public_names(__name__, _WHERE)
