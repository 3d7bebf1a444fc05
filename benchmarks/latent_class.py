"""Effective draws of the total a second by latent classes: ``python -m uv run python -m benchmarks.latent_class``.

Warm-up, tempering and all four chains are included. LCMCR 0.4.14 was timed on a machine like that of the project, one
chain of 110,000 sweeps without tempering, three seeds (burn-in included). On the Dutch table its chains stay in the
mode that they come upon, so that its effective draws are of one mode.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import mse

PEER = {
    "kosovo_1999": (121.3, 164.4),
    "united_kingdom_2013": (246.6, 312.7),
    "netherlands_2010_2015": (3.9, 226.1),
}
"""Effective draws a second of LCMCR: the least and the most of three seeds."""


def measure(spec: mse.LatentClass, seed: int = 1, workers: int = 2) -> Iterator[tuple[str, float, float, float, float]]:
    """Table, effective draws, R-hat, and the seconds by the clock and of the processor."""
    mse.LatentClass(draws=20, tune=8, thin=1).fit(mse.datasets.load("korea"), seed=seed)
    for name in PEER:
        table = mse.datasets.load(name)
        clock, processor = time.perf_counter(), time.process_time()
        fit = spec.fit(table, seed=seed, workers=workers)
        taken = time.perf_counter() - clock, time.process_time() - processor
        assert fit.chains is not None
        total = fit.chains.only(["total"]).diagnostics().set_index("name").loc["total"]
        yield name, float(total["ess_bulk"]), float(total["r_hat"]), *taken


def lines(spec: mse.LatentClass) -> Iterator[str]:
    """The results as a table; a thread's share is by the processor, since other work may run beside it."""
    yield "| table | effective draws | R-hat | seconds | a second | a second of one thread | LCMCR, one thread |"
    yield "| --- " * 7 + "|"
    for name, effective, r_hat, clock, processor in measure(spec):
        low, high = PEER[name]
        yield (
            f"| {name} | {effective:,.0f} | {r_hat:.4f} | {clock:.1f} | {effective / clock:,.0f} "
            f"| {effective / processor:,.0f} | {low:.0f}–{high:.0f} |"
        )


if __name__ == "__main__":
    print("\n".join(lines(mse.LatentClass())))
