"""Figures of what went in: lists, combinations of lists, captures per person, pairs of lists, and how reports
became persons."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from itertools import compress, product
from typing import TYPE_CHECKING, Any

from mse.core.describe import MIN_OVERLAP
from mse.core.figure import Column, Figure
from mse.core.reference import Reference
from mse.core.sentence import Sentence, Text
from mse.errors import TableError
from mse.lazy import lazy

if TYPE_CHECKING:
    from mse.core.partial import PartialTable
    from mse.core.table import CaptureTable

pd = lazy("pandas")

__all__ = [
    "captures_figure",
    "heading",
    "lists_figure",
    "pairs_figure",
    "patterns_figure",
    "reconciliation_figure",
    "unit_and_source",
]


def heading(
    key: str, kind: str = "text", *, of: Iterable[str] = (), missing: str = "word_unknown", public_only: bool = False
) -> Column:
    """Return the column that the catalogue heads with ``column_{key}``."""
    text = Sentence(f"column_{key}")
    return Column(text["en"], text["nl"], kind, tuple(of), missing, public_only)


def unit_and_source(reference: Reference | None) -> dict[str, Any]:
    """Return what every figure says about its numbers: unit, source and reference."""
    if reference is None:
        return {"unit": "person"}
    return {"unit": reference.unit, "source": reference.source, "reference": reference}


def _atoms(table: CaptureTable) -> dict[Hashable, int]:
    """Persons by the lists they are on, each with the table, since two tables may have the same lists.

    Readers are taken to know that nobody is on more lists than anyone shown, and with many lists, which of their
    combinations are empty: these are no atoms.
    """
    whole = table.collapse() if table.covariates else table
    persons = {
        frozenset(compress(table.lists, history)): int(whole.counts[history])
        for history in product((0, 1), repeat=len(table.lists))
        if any(history)
    }
    most = max(len(on) for on, count in persons.items() if count) if len(table.lists) <= _WITH_EMPTY else 0
    fingerprint = whole.fingerprint
    return {(fingerprint, on): count for on, count in persons.items() if count or len(on) <= most}


_WITH_EMPTY = 8


def _seen(atoms: Iterable[Any], times: int) -> frozenset[Hashable]:
    """The atoms of persons who are on so many lists."""
    return frozenset(atom for atom in atoms if len(atom[1]) == times)


def _on(atoms: Iterable[Any], *lists: str) -> frozenset[Hashable]:
    """The atoms of persons who are on some lists, whatever else they are on."""
    return frozenset(atom for atom in atoms if atom[1].issuperset(lists))


def _exactly(atoms: Iterable[Any], lists: Iterable[str]) -> frozenset[Hashable]:
    """The one atom of persons who are on these lists and no other."""
    wanted = frozenset(lists)
    return frozenset(atom for atom in atoms if atom[1] == wanted)


def lists_figure(
    table: CaptureTable, meanings: Mapping[str, str | Text] | None = None, *, name: str = "lists"
) -> Figure:
    """Persons on each list, and those on no other.

    Parameters
    ----------
    table : CaptureTable
        The table.
    meanings : mapping of str to str or Text, optional
        What each list stands for.
    name : str
        Name of the figure.

    Returns
    -------
    Figure
        Columns list, meaning (where given), persons, only, share_only.

    Examples
    --------
    >>> import mse
    >>> lists_figure(mse.CaptureTable(["A", "B"], [[0, 30], [40, 6]])).to_frame()["only"].tolist()
    [40, 30]
    """
    described, atoms = table.describe(), _atoms(table)
    frame = described.lists
    columns = {"list": heading("list")}
    if meanings:
        frame.insert(1, "meaning", [meanings.get(code, "") for code in frame["list"]])
        columns["meaning"] = heading("meaning")
    columns["persons"] = heading("persons", "persons")
    columns["only"] = heading("only", "persons", of=["persons"])
    columns["share_only"] = heading("share_only", "percent", of=["only", "persons"], missing="word_nobody")
    once = 2 * described.captures[0] > described.n_observed
    fields = {"n": described.n_observed, "lists": len(table.lists)}
    return Figure(
        name,
        frame,
        columns,
        title=Sentence("figure_lists_title" if once else "figure_lists_title_plain", fields),
        caption=Sentence("figure_lists_caption"),
        base=Sentence("figure_lists_base"),
        atoms=atoms,
        same={
            **{(row, "persons"): _on(atoms, code) for row, code in enumerate(frame["list"])},
            **{(row, "only"): _exactly(atoms, [code]) for row, code in enumerate(frame["list"])},
        },
        **unit_and_source(table.reference),
    )


def patterns_figure(table: CaptureTable, *, name: str = "patterns") -> Figure:
    """Persons by the combination of lists they are on, most frequent first.

    Parameters
    ----------
    table : CaptureTable
        The table; covariates are added up.
    name : str
        Name of the figure.

    Returns
    -------
    Figure
        One 0/1 column a list and persons; combinations that nobody is on are not there.

    Examples
    --------
    >>> import mse
    >>> patterns_figure(mse.CaptureTable(["A", "B"], [[0, 30], [40, 6]])).to_frame()["persons"].tolist()
    [40, 30, 6]
    """
    described, atoms = table.describe(), _atoms(table)
    whole = table.collapse() if table.covariates else table
    frame = whole.to_frame().rename(columns={"count": "persons"})
    frame = frame[frame["persons"] > 0].sort_values("persons", ascending=False, kind="stable", ignore_index=True)
    columns = {item: Column(item, item, "member") for item in table.lists}
    columns["persons"] = heading("persons", "persons")
    overlapping = described.n_observed - described.captures[0]
    return Figure(
        name,
        frame.astype(dict.fromkeys(table.lists, int)),
        columns,
        title=Sentence("figure_patterns_title", {"n": overlapping}),
        caption=Sentence("figure_patterns_caption"),
        chart="overlaps",
        alt=Sentence("figure_patterns_alt", {"lists": table.lists}),
        group=(),
        only_occurring=True,
        atoms=atoms,
        same={
            (row, "persons"): _exactly(atoms, (item for item in table.lists if on[item]))
            for row, on in enumerate(frame.to_dict("records"))
        },
        most=_MOST_PATTERNS,
        **unit_and_source(table.reference),
    )


_MOST_PATTERNS = 40


def captures_figure(table: CaptureTable, *, name: str = "captures") -> Figure:
    """Persons by the number of lists they are on.

    Parameters
    ----------
    table : CaptureTable
        The table.
    name : str
        Name of the figure.

    Returns
    -------
    Figure
        Columns captures, persons, share; one row for every number of lists up to the largest that occurs.

    Examples
    --------
    >>> import mse
    >>> captures_figure(mse.CaptureTable(["A", "B"], [[0, 30], [40, 6]])).to_frame()["persons"].tolist()
    [70, 6]
    """
    described, atoms = table.describe(), _atoms(table)
    last = max(times for times, persons in enumerate(described.captures, start=1) if persons)
    persons = described.captures[:last]
    frame = pd.DataFrame({"captures": [str(times) for times in range(1, last + 1)], "persons": persons})
    frame["share"] = frame["persons"] / described.n_observed
    columns = {
        "captures": heading("captures"),
        "persons": heading("persons", "persons"),
        "share": heading("share", "percent", of=["persons"]),
    }
    return Figure(
        name,
        frame,
        columns,
        title=Sentence("figure_captures_title", {"n": described.n_observed - persons[0]}),
        caption=Sentence("figure_captures_caption"),
        base=Sentence("figure_captures_base", {"n": described.n_observed}),
        group=(),
        atoms=atoms,
        same={(row, "persons"): _seen(atoms, row + 1) for row in range(last)},
        **unit_and_source(table.reference),
    )


def pairs_figure(table: CaptureTable, *, name: str = "pairs") -> Figure:
    """How much each pair of lists overlaps.

    Parameters
    ----------
    table : CaptureTable
        The table.
    name : str
        Name of the figure.

    Returns
    -------
    Figure
        Columns first, second, overlap; where counts are public also the odds ratio among persons on at least one
        other list with its four counts both, only_first, only_second, neither, and Chapman's estimate: together
        with other figures these would give small and exact counts away.

    Examples
    --------
    >>> import mse
    >>> frame = pairs_figure(mse.datasets.load("netherlands_2010_2015")).to_frame()
    >>> row = frame[(frame["first"] == "P") & (frame["second"] == "Z")].iloc[0]
    >>> round(row["odds_ratio"], 2)
    np.float64(1.97)
    """
    pairs, atoms = table.describe().pairs, _atoms(table)
    four = ("both", "only_first", "only_second", "neither")
    columns = {
        "first": heading("first"),
        "second": heading("second"),
        "overlap": heading("overlap", "persons"),
        **{item: heading(item, "persons", public_only=True) for item in four},
        "odds_ratio": heading("odds_ratio", "ratio", of=four, missing="word_undefined", public_only=True),
        "chapman": heading("chapman", "estimate", of=["overlap"], missing="word_too_few", public_only=True),
    }
    if len(table.lists) == 2:
        columns = {item: column for item, column in columns.items() if item not in (*four, "odds_ratio")}
    empty = int((pairs["overlap"] == 0).sum())
    title = Sentence("figure_pairs_title_empty" if empty else "figure_pairs_title", {"n": empty, "pairs": len(pairs)})
    if len(pairs) == 1:
        title = Sentence("figure_pairs_title_single", {"n": int(pairs["overlap"].iloc[0])})
    return Figure(
        name,
        pairs,
        columns,
        title=title,
        caption=Sentence(
            "figure_pairs_caption" if "both" in columns else "figure_pair_caption", {"least": MIN_OVERLAP}
        ),
        spanners=((Sentence("spanner_elsewhere"), (*four, "odds_ratio")),) if "both" in columns else (),
        atoms=atoms,
        same={
            (row, "overlap"): _on(atoms, first, second)
            for row, (first, second) in enumerate(zip(pairs["first"], pairs["second"], strict=True))
        },
        **unit_and_source(table.reference),
    )


def reconciliation_figure(table: CaptureTable | PartialTable, *, name: str = "reconciliation") -> Figure:
    """How reports became the persons of a table, with everything that was left out on the way.

    Parameters
    ----------
    table : CaptureTable or PartialTable
        A table of `mse.tabulate`.
    name : str
        Name of the figure.

    Returns
    -------
    Figure
        Columns step, subject (a reporter or covariate), list, n.

    Raises
    ------
    mse.errors.TableError
        The table was not made from reports.
    """
    reconciled = table.reconciliation
    if reconciled is None:
        raise TableError("Only a table made from reports has a reconciliation", hint="Make it with mse.tabulate.")
    frame = reconciled.to_frame()
    typed = frame.index[frame["step"] == "unknown_reporter"]
    frame["step"] = [Sentence(f"reconciled_{step}") for step in frame["step"]]
    columns = {
        "step": heading("step"),
        "subject": heading("subject"),
        "list": heading("list"),
        "n": heading("number", "persons"),
    }
    return Figure(
        name,
        frame,
        columns,
        title=Sentence("figure_reconciliation_title", {"reports": reconciled.reports, "n": reconciled.persons}),
        caption=Sentence("figure_reconciliation_caption"),
        stand_ins={(int(row), "subject"): "word_reporter_too_few" for row in typed},
        **unit_and_source(table.reference),
    )
