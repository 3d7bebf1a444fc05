"""Known truth by year, form and minority, forms missing or a list off: ``python -m benchmarks.known_truth_strata``.

Every run draws one register, takes away what its scenario takes away, and keeps one line in a file, so that the work
can be stopped and taken up again. The tables of `docs/explanation/known-truth.md` are written from what is there.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

import mse
from benchmarks.known_truth import with_error
from mse.core.beyond_scope import SURE, beyond_scope
from mse.core.left_out import NARROW
from mse.core.partial import PartialTable
from mse.simulate.deal import stream
from mse.simulate.incomplete import lose_values, switch_off
from mse.simulate.known_truth import KnownTruth
from mse.simulate.sources import LISTS

PAGE = Path(__file__).parents[1] / "docs" / "explanation" / "known-truth.md"
STORE = Path(__file__).parents[1] / ".benchmarks" / "known_truth_strata.jsonl"
START, END = "<!-- strata: begin -->", "<!-- strata: end -->"

RUNS = 400
"""Registers: the Monte Carlo error of a coverage of .95 is then .011."""

BLOCK = 50
"""So many registers of every scenario are done first, so that an unfinished file has all scenarios."""

FORMS = ["BL-SU", "GO-SU", "AU", "CU"]
"""Known forms. Those recorded as unknown are left out: they are a group of their own, lost at no known chance."""

RIGHT = KnownTruth.draw(0).model + "[year form minor]"
"""The model of the simulation. Minors differ in how often the police report them only, so that totals by year and form
may be estimated as if no list depended on it."""

PAIRS = "".join(f"[{first} {second}]" for first, second in itertools.combinations(LISTS, 2))

R_ALIKE = RIGHT.replace("[R year]", "")
"""The same with list R equal in all years: what has to be assumed of a year in which R was off."""

STARTS = ("all",)
"""The default procedure goes down from all pairs; with its eight starts it takes nine times as long."""

POLICE = {"P": 0.25}
"""Known at random: the police record the form more often, and the odds of not knowing it are a quarter."""

FEWEST = 10
"""Estimates without which nothing is said of an estimator."""

YEARS = 5
Row = dict[str, Any]


def table_of(known: KnownTruth) -> mse.CaptureTable:
    """Persons of known form by year, form and minority."""
    return known.table("year", "form", "minor").select(form=FORMS)


def truth_of(known: KnownTruth) -> list[int]:
    """Size of the population: in all, of each year and of each form."""
    sizes = known.by("year", "recorded_form").query("recorded_form in @FORMS", local_dict={"FORMS": FORMS})
    years, forms = (sizes.groupby(name)["total"].sum() for name in ("year", "recorded_form"))
    return [int(sizes["total"].sum()), *map(int, years), *(int(forms[form]) for form in FORMS)]


def numbers(fit: Any, interval: str = "lognormal") -> list[list[float | None]] | None:
    """Total and limits, of the whole, of years and of forms; with profile limits of the whole only."""
    if fit.total is None:
        return None
    if interval == "profile":
        return [[part.total, part.lower, part.upper] for part in fit.estimate(interval=interval).parts]
    by_year, by_form = (fit.estimate(by=[name], interval=interval).parts for name in ("year", "form"))
    return [[part.total, part.lower, part.upper] for part in (*by_year, *by_form[1:])]


def given(table: mse.CaptureTable | PartialTable) -> Row:
    """Estimate by the right model, whatever is missing."""
    right = mse.LogLinear(RIGHT).fit(table)
    found = {"right model": numbers(right)}
    if isinstance(table, mse.CaptureTable):
        found["right model, profile"] = numbers(right, "profile")
    elif not table.operating.all():
        found["right but for R, alike in all years"] = numbers(mse.LogLinear(R_ALIKE).fit(table))
        found["right model, R taken to find nobody"] = numbers(mse.LogLinear(RIGHT).fit(as_it_comes(table)))
    else:
        found["right model, complete cases only"] = numbers(mse.LogLinear(RIGHT).fit(table.complete_cases()))
    return {"found": found}


def chosen(table: mse.CaptureTable | PartialTable) -> Row:
    """Choose a model by BIC on what is a whole table, and fit it to all that is known.

    A whole table is that of the complete cases, or the one in which the list that is off found nobody.
    """
    off = isinstance(table, PartialTable) and not table.operating.all()
    whole = table if isinstance(table, mse.CaptureTable) else as_it_comes(table) if off else table.complete_cases()
    search = mse.Search(method="stepwise", starts=STARTS).fit(whole)
    codes = sorted({finding.code for finding in search.estimate(interval="lognormal").findings})
    asked = [[one.term, one.p_value] for one in beyond_scope(search.best, 2)[:3]]
    needed = "".join(term for term, p_value in asked if p_value < SURE)
    data = whole if off else table
    added = {"": "", ", all pairs of lists added": PAIRS, ", those and the terms asked for": PAIRS + needed}
    if data is whole:
        added[", the terms asked for added"] = needed
    fits = {name: mse.LogLinear(search.best.model + terms).fit(data) for name, terms in added.items()}
    found = {f"chosen by BIC{name}": numbers(fit) for name, fit in fits.items()}
    if not isinstance(table, PartialTable):
        found["chosen by BIC, profile"] = numbers(fits[""], "profile")
    return {"found": found, "codes": codes, "asked": asked}


def as_it_comes(table: PartialTable) -> mse.CaptureTable:
    """Take a list that is off for one that finds nobody."""
    return mse.CaptureTable(table.lists, table.layers[()], table.covariates, table.reference)


SCENARIOS: dict[str, Callable[[mse.CaptureTable, int], mse.CaptureTable | PartialTable]] = {
    "all forms known": lambda table, seed: table,
    "10 % missing at random": lambda table, seed: lose_values(table, "form", 0.1, stream(seed, "lost .1")),
    "20 % missing at random": lambda table, seed: lose_values(table, "form", 0.2, stream(seed, "lost .2")),
    "10 % missing, known at random": lambda table, seed: lose_values(
        table, "form", 0.1, stream(seed, "lost .1 by police"), odds=POLICE
    ),
    "20 % missing, known at random": lambda table, seed: lose_values(
        table, "form", 0.2, stream(seed, "lost .2 by police"), odds=POLICE
    ),
    "list R off in 2018": lambda table, seed: switch_off(table, "R", year=2018),
}

METHODS = {"given": given, "chosen": chosen}


def run(scenario: str, method: str, seed: int) -> Row:
    """Draw a register and estimate its total, and those of its years and forms."""
    began = time.process_time()
    known = KnownTruth.draw(seed)
    whole = table_of(known)
    found = METHODS[method](SCENARIOS[scenario](whole, seed))
    row = {"scenario": scenario, "method": method, "seed": seed, "truth": truth_of(known), **found}
    return {**row, "seconds": round(time.process_time() - began, 2)}


def stored(path: Path) -> dict[tuple[str, str, int], Row]:
    """Runs that are there already."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    rows = [json.loads(line) for line in lines if line.endswith("}")]  # one that was broken off is done again
    return {(row["scenario"], row["method"], row["seed"]): row for row in rows}


def collect(path: Path, runs: int) -> None:
    """Do the runs that are not there yet, and say how far it is."""
    path.parent.mkdir(exist_ok=True)
    wanted = [
        (scenario, method, seed)
        for part in (range(min(BLOCK, runs)), range(BLOCK, runs))
        for method in METHODS
        for scenario in SCENARIOS
        for seed in part
    ]
    there = stored(path)
    missing = [key for key in wanted if key not in there]
    began = time.monotonic()
    with path.open("a", encoding="utf-8") as file:
        if there and not path.read_text(encoding="utf-8").endswith("\n"):
            file.write("\n")
        work = Parallel(n_jobs=2, return_as="generator_unordered")(delayed(run)(*key) for key in missing)
        for done, row in enumerate(work, start=1):
            file.write(json.dumps(row) + "\n")
            file.flush()
            left = (len(missing) - done) * (time.monotonic() - began) / done / 60.0
            print(f"{len(wanted) - len(missing) + done} of {len(wanted)}, {left:.0f} minutes left", file=sys.stderr)


def bias_table(rows: list[Row], method: str) -> Iterator[str]:
    """Bias, error and coverage of the total, and coverage of years and forms, in every scenario."""
    parts = ("95 % holds the total", "of those with one", "years: mean (least)", "forms: mean (least)")
    titles = ("scenario", "method", "with an estimate", "bias", "RMSE", *parts)
    yield "| " + " | ".join(titles) + " |"
    yield "| --- " * len(titles) + "|"
    for scenario in SCENARIOS:
        of = [row for row in rows if (row["scenario"], row["method"]) == (scenario, method)]
        for name in dict.fromkeys(name for row in of for name in row["found"]):
            yield f"| {scenario} | {name} | " + " | ".join(judged(of, name)) + " |"


def judged(rows: list[Row], name: str) -> list[str]:
    """One line of the table: an estimator in a scenario."""
    found = [(row["truth"], row["found"][name]) for row in rows if row["found"][name] is not None]
    counted = f"{len(found)} of {len(rows)}"
    if len(found) < FEWEST:
        return [counted, *["–"] * 6]
    ratios = np.array([parts[0][0] / truth[0] for truth, parts in found])
    error, squares = ratios - 1.0, (ratios - 1.0) ** 2
    rmse = math.sqrt(squares.mean())
    inside = np.array([[holds(part, size) for part, size in zip(parts, truth, strict=False)] for truth, parts in found])
    cells = [
        counted,
        f"{error.mean():+.3f} ± {spread(error):.3f}",
        f"{rmse:.2f} ± {spread(squares) / (2.0 * rmse):.2f}",
        with_error(int(inside[:, 0].sum()), len(rows)),
        with_error(int(inside[:, 0].sum()), len(found)),
    ]
    for part in (slice(1, 1 + YEARS), slice(1 + YEARS, None)):
        some = inside[:, part]
        cells.append(
            f"{some.mean():.2f} ± {spread(some.mean(axis=1)):.2f} ({some.mean(axis=0).min():.2f})" if some.size else "–"
        )
    return cells


def holds(part: list[float | None], size: int) -> bool:
    """Whether an interval holds the truth; one without an upper limit goes on."""
    _, low, high = part
    return low is not None and low <= size and (high is None or size <= high)


def spread(values: NDArray[np.float64]) -> float:
    """Monte Carlo standard error of a mean."""
    return float(values.std(ddof=1) / math.sqrt(len(values)))


def warned(row: Row) -> set[str]:
    """Warnings beside the chosen model; the two that the search does not give itself are found from what was kept."""
    found = set(row["codes"])
    if any(p_value < SURE for _, p_value in row["asked"]):
        found.add("beyond_scope")
    narrow, wide = (row["found"][f"chosen by BIC{name}"] for name in ("", ", all pairs of lists added"))
    if wide is not None and relative_error(narrow[0]) / relative_error(wide[0]) < NARROW:
        found.add("narrowed_by_choice")
    return found


def relative_error(part: list[float]) -> float:
    """Standard error of the total as a share of the number unseen, from lognormal limits: n + f₀/C and n + f₀·C."""
    total, low, high = part
    seen = (low * high - total**2) / (low + high - 2.0 * total)
    return math.sqrt(math.expm1((math.log((high - seen) / (total - seen)) / NormalDist().inv_cdf(0.975)) ** 2))


def warning_table(rows: list[Row]) -> Iterator[str]:
    """How often a warning stands beside the chosen model, and how often its interval holds the truth then."""
    yield "| scenario | warning | registers | 95 % holds the total, with it | without it |"
    yield "| --- " * 5 + "|"
    for scenario in SCENARIOS:
        of = [row for row in rows if (row["scenario"], row["method"]) == (scenario, "chosen")]
        of = [row for row in of if row["found"]["chosen by BIC"] is not None]
        for code in ("narrowed_by_choice", "beyond_scope", "rivals_disagree") if of else ():
            held: dict[bool, list[bool]] = {True: [], False: []}
            for row in of:
                held[code in warned(row)].append(holds(row["found"]["chosen by BIC"][0], row["truth"][0]))
            shares = [with_error(sum(some), len(some)) if some else "–" for some in held.values()]
            yield f"| {scenario} | `{code}` | {len(held[True])} of {len(of)} | {shares[0]} | {shares[1]} |"


def term_table(rows: list[Row]) -> Iterator[str]:
    """Which terms outside the scope are asked for, when all is known."""
    of = [row for row in rows if (row["scenario"], row["method"]) == (next(iter(SCENARIOS)), "chosen")]
    asked = Counter(term for row in of for term, p_value in row["asked"] if p_value < SURE)
    yield "| term | in the truth | asked for in |"
    yield "| --- | --- | --- |"
    for term, times in asked.most_common(6):
        yield f"| {term} | {'yes' if term in RIGHT else 'no'} | {times} of {len(of)} |"


def write(rows: list[Row], page: Path) -> None:
    """Put the tables into the page."""
    seconds = sum(row["seconds"] for row in rows)
    least = min(Counter((row["scenario"], row["method"]) for row in rows).values())
    parts = [
        f"At least {least} registers in every line, from seed 0 on; ± is the Monte Carlo standard error. All runs took "
        f"{seconds / 60.0:.0f} minutes of one core.",
        "### By the right model\n\n" + "\n".join(bias_table(rows, "given")),
        "### By the default procedure\n\n" + "\n".join(bias_table(rows, "chosen")),
        "### Warnings beside the default procedure\n\n" + "\n".join(warning_table(rows)),
        "### Terms outside its scope that the data ask for\n\n" + "\n".join(term_table(rows)),
    ]
    text = page.read_text(encoding="utf-8")
    before, after = text.partition(START)[0], text.partition(END)[2]
    page.write_text(before + START + "\n\n" + "\n\n".join(parts) + "\n\n" + END + after, encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS, help="registers of every scenario")
    parser.add_argument("--store", type=Path, default=STORE, help="file with a line a run")
    parser.add_argument("--page", type=Path, default=PAGE, help="page whose tables are written")
    parser.add_argument("--tables", action="store_true", help="only write the tables, from the runs that are there")
    asked_for = parser.parse_args()
    if not asked_for.tables:
        collect(asked_for.store, asked_for.runs)
    write(list(stored(asked_for.store).values()), asked_for.page)
