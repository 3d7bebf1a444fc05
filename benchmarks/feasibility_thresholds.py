"""How often the estimate is far off under each light: ``python -m uv run python -m benchmarks.feasibility_thresholds``.

Every run draws one table from a population of known size, assesses it, and keeps one line in a file, so that the work
can be stopped and taken up again, or go on with more replicates. Then the tables of `docs/explanation/feasibility.md`
are written anew.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import mse
from mse.feasibility.design import planned_cells
from mse.feasibility.rules import RULES, SIMULATED

PAGE = Path(__file__).parents[1] / "docs" / "explanation" / "feasibility.md"
STORE = Path(__file__).parents[1] / ".benchmarks" / "feasibility_thresholds.jsonl"
START, END = "<!-- tables: begin -->", "<!-- tables: end -->"

REPLICATES, SEED = 100, 1
"""Replicates of a design that a full run has: the Monte Carlo error of a share of .5 is then .05."""

FAR = 1.25
"""An estimate is far off where it differs from the truth by more than this factor, or does not exist."""

FACTORS = (1.3, 1.0, 0.7, 1.0, 1.2)
"""Chances of the lists, as factors of the mean chance of a design."""

LISTS, POPULATIONS, MEANS = (3, 4, 5), (1_000, 5_000), (0.05, 0.12, 0.3)
EASY, EASE = 0.2, 3.0
"""Share of persons who are easy to see, and how many times likelier than the others they are to be on a list."""

Row = dict[str, Any]


def independent(chances: dict[str, float]) -> NDArray[np.float64]:
    """Lists that have nothing to do with each other."""
    return planned_cells(chances, {})


def dependent(chances: dict[str, float]) -> NDArray[np.float64]:
    """The first two lists depend, with odds ratio 4."""
    return planned_cells(chances, {("A", "B"): math.log(4.0)})


def unequal(chances: dict[str, float]) -> NDArray[np.float64]:
    """Two classes of persons: no log-linear model of pairs is right."""
    hard = {name: chance / (1.0 - EASY + EASY * EASE) for name, chance in chances.items()}
    easy = {name: EASE * chance for name, chance in hard.items()}
    return (1.0 - EASY) * planned_cells(hard, {}) + EASY * planned_cells(easy, {})


TRUTHS: dict[str, Callable[[dict[str, float]], NDArray[np.float64]]] = {
    "independent lists": independent,
    "a pair with odds ratio 4": dependent,
    "two classes of persons": unequal,
}


class Design(NamedTuple):
    """What a population and its lists are like."""

    truth: str
    lists: int
    population: int
    mean: float

    def draw(self, replicate: int) -> mse.CaptureTable | None:
        """Draw a table; None where a list has nobody."""
        names = "ABCDE"[: self.lists]
        chances = {name: self.mean * factor for name, factor in zip(names, FACTORS, strict=False)}
        place = DESIGNS.index(self)
        rng = np.random.default_rng([SEED, place, replicate])
        counts = rng.multinomial(self.population, TRUTHS[self.truth](chances))
        counts[0] = 0
        table = mse.CaptureTable(tuple(names), counts.reshape((2,) * self.lists))
        return table if all(size.persons for size in table.describe().sizes) else None


DESIGNS = [Design(*values) for values in product(TRUTHS, LISTS, POPULATIONS, MEANS)]


def run(design: Design, replicate: int) -> Row:
    """Assess one drawn table and compare its estimate with the truth."""
    row: Row = {"design": DESIGNS.index(design), "replicate": replicate, "lights": {}, "verdict": "", "error": None}
    table = design.draw(replicate)
    if table is None:
        return row
    assessment = mse.assess(table)
    answer = assessment.answer
    assert answer is not None
    row["lights"] = {name: light.value for name, light in assessment.lights.items()}
    row["verdict"] = assessment.verdict.value
    if answer.total is not None:
        row["error"] = math.log(answer.total / design.population)
    return row


def collect(path: Path, replicates: int) -> list[Row]:
    """Do the runs that are not there yet, replicate by replicate over all designs."""
    path.parent.mkdir(exist_ok=True)
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    rows = {(row["design"], row["replicate"]): row for row in map(json.loads, lines)}
    with path.open("a", encoding="utf-8") as file:
        for replicate, (place, design) in product(range(replicates), enumerate(DESIGNS)):
            if (place, replicate) not in rows:
                rows[place, replicate] = run(design, replicate)
                file.write(json.dumps(rows[place, replicate]) + "\n")
                file.flush()
    return [rows[place, replicate] for replicate in range(replicates) for place in range(len(DESIGNS))]


def far_off(row: Row) -> bool:
    """Whether the estimate is far from the truth, or does not exist."""
    return row["error"] is None or abs(row["error"]) > math.log(FAR)


def share(rows: list[Row]) -> str:
    """Share of tables whose estimate is far off, with its Monte Carlo error."""
    if not rows:
        return "–"
    far, n = sum(map(far_off, rows)), len(rows)
    smoothed = (far + 0.5) / (n + 1.0)  # with none or all far off the plain error would be 0, however few the tables
    return f"{far / n:.2f} ± {math.sqrt(smoothed * (1.0 - smoothed) / n):.2f} ({n})"


def light_table(rows: list[Row]) -> Iterator[str]:
    """For every simulated rule and for the verdict: share far off by light."""
    yield "| check | rule | green | amber | red |"
    yield "| --- | --- | --- | --- | --- |"
    for name in (name for name, rule in RULES.items() if rule.source == SIMULATED):
        by = defaultdict(list)
        for row in rows:
            by[row["lights"].get(name)].append(row)
        cells = " | ".join(share(by[light]) for light in ("green", "amber", "red"))
        yield f"| `{name}` | {RULES[name].text['en']} | {cells} |"
    verdicts = defaultdict(list)
    for row in rows:
        verdicts[row["verdict"]].append(row)
    cells = " | ".join(share(verdicts[verdict]) for verdict in ("go", "conditions", "no_go"))
    yield f"| **verdict** | go, with conditions, no go | {cells} |"


def design_table(rows: list[Row]) -> Iterator[str]:
    """Share far off by truth and mean chance, over numbers of lists and populations."""
    yield "| truth | " + " | ".join(f"lists see {mean:.0%} each" for mean in MEANS) + " |"
    yield "| --- " * (len(MEANS) + 1) + "|"
    for truth in TRUTHS:
        cells = []
        for mean in MEANS:
            inside = [row for row in rows if (DESIGNS[row["design"]][0], DESIGNS[row["design"]][3]) == (truth, mean)]
            cells.append(share(inside))
        yield f"| {truth} | " + " | ".join(cells) + " |"


def text(rows: list[Row], replicates: int) -> str:
    """The part of the page between its marks."""
    told = (
        f"{len(DESIGNS)} designs with {replicates} replicates each ({len(rows)} tables; a full run has {REPLICATES} "
        f"replicates), seed {SEED}. In each cell: share far off ± Monte Carlo error (tables)."
    )
    return "\n".join([told, "", *design_table(rows), "", *light_table(rows)])


def main() -> None:
    """Do what is missing and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replicates", type=int, default=REPLICATES)
    parser.add_argument("--store", type=Path, default=STORE)
    given = parser.parse_args()
    rows = collect(given.store, given.replicates)
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(START)
    after = rest.split(END)[1]
    PAGE.write_text(f"{before}{START}\n\n{text(rows, given.replicates)}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
