"""The most memory that this process has held."""

from __future__ import annotations

import re
import resource
from pathlib import Path

__all__ = ["peak_mib"]

STATUS = Path("/proc/self/status")
"""Of Linux. There `getrusage` of a started program goes on from the peak of the one that started it."""


def peak_mib() -> float:
    """Most memory that this process has held so far, in MiB."""
    if STATUS.is_file():
        found = re.search(r"VmHWM:\s+(\d+) kB", STATUS.read_text(encoding="ascii"))
        if found:
            return int(found[1]) / 1024.0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0**2  # bytes, on a Mac
