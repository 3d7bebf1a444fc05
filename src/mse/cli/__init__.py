"""The command line: `mse init | check | run | monitor | describe | fit | search | bootstrap | assess`.

It parses and calls.

Exit codes: 0 done, 2 something in what was asked is wrong, 3 done and there is no single estimate, 130 stopped.
"""

from __future__ import annotations

from mse.cli import studies, tables, verdict
from mse.cli.app import app, main

__all__ = ["app", "main", "studies", "tables", "verdict"]
