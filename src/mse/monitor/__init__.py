"""Figures and their release; never a person.

`mse.monitor.figures` counts every figure of the monitor from a register or from small cubes of counts.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mse.monitor.build_figures import figures
    from mse.monitor.event_calendar import breaks, events
    from mse.monitor.figure_set import Figures
    from mse.monitor.indicator import Indicator
    from mse.monitor.number_words import in_words
    from mse.monitor.ranking import top
    from mse.monitor.stored_cubes import Cubes, cubes

_WHERE = {
    "Cubes": "stored_cubes",
    "Figures": "figure_set",
    "Indicator": "indicator",
    "breaks": "event_calendar",
    "cubes": "stored_cubes",
    "events": "event_calendar",
    "figures": "build_figures",
    "in_words": "number_words",
    "top": "ranking",
}
"""File of each public name; it is loaded when it is first asked for."""

__all__ = ["Cubes", "Figures", "Indicator", "breaks", "cubes", "events", "figures", "in_words", "top"]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'mse.monitor' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"mse.monitor.{_WHERE[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
