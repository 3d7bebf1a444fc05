"""`Data`: the tables that replicates can be drawn of."""

from __future__ import annotations

from mse.core.counts import CountTable
from mse.core.partial import PartialTable
from mse.core.table import CaptureTable

__all__ = ["Data"]

Data = CaptureTable | PartialTable | CountTable
