"""How often `list_failures` flags lists without a failure, and how often it finds a failed year.

``python -m uv run python -m benchmarks.list_failure`` writes the table of the page about lists.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from mse.monitor.coverage.list_failure import SPREAD, list_failures

PAGE = Path(__file__).parents[1] / "docs" / "explanation" / "registered-versus-estimated.md"
MARKS = ("<!-- lists: begin -->", "<!-- lists: end -->")

MEANS = (5, 10, 20, 50, 200, 1000)
NULLS = {"Poisson": 0.0, "negative binomial": SPREAD}
YEARS, FAILED, LEFT = (3, 5, 10), 2, 0.1
LISTS, SEED = 4_000, 1


def draw(rng: np.random.Generator, means: np.ndarray, spread: float) -> list[list[int]]:
    """Draw lists: counts of each year, Poisson or with variance mean + spread x mean squared."""
    rates = means * rng.gamma(1 / spread, spread, means.shape) if spread else means
    counts: list[list[int]] = rng.poisson(rates).tolist()
    return counts


def flagged(lists: list[list[int]], kinds: frozenset[str], year: int | None = None) -> float:
    """Share of lists with a finding of some kinds, in one year or any."""
    hits = 0
    for counts in lists:
        found = list_failures({"list": dict(enumerate(counts))})
        hits += any(failure.kind in kinds and year in (None, failure.year) for failure in found)
    return hits / len(lists)


def rows(lists: int = LISTS, seed: int = SEED) -> list[tuple[str, int, list[float], float]]:
    """For every null and mean: false alarms by number of years, and how often a failed year of five is found."""
    every = frozenset({"failed", "starts", "ends", "peak"})
    found = []
    for null, spread in NULLS.items():
        for mean in MEANS:
            rng = np.random.default_rng([seed, mean, int(spread > 0)])
            alarms = [flagged(draw(rng, np.full((lists, n), float(mean)), spread), every) for n in YEARS]
            means = np.full((lists, 5), float(mean))
            means[:, FAILED] *= LEFT
            found.append((null, mean, alarms, flagged(draw(rng, means, spread), frozenset({"failed"}), FAILED)))
    return found


def table() -> str:
    """Write the table of the page."""
    heads = [*(f"false alarms, {n} years" for n in YEARS), f"middle of 5 years at {LEFT:.0%} is found"]
    lines = ["| change from year to year | mean | " + " | ".join(heads) + " |", "| --- " * (len(heads) + 2) + "|"]
    for null, mean, alarms, detected in rows():
        shares = " | ".join(f"{share:.1%}" for share in alarms)
        lines.append(f"| {null} | {mean:,} | {shares} | {detected:.0%} |")
    return "\n".join(lines)


if __name__ == "__main__":
    before, rest = PAGE.read_text(encoding="utf-8").split(MARKS[0])
    after = rest.split(MARKS[1])[1]
    PAGE.write_text(f"{before}{MARKS[0]}\n\n{table()}\n\n{MARKS[1]}{after}", encoding="utf-8")
