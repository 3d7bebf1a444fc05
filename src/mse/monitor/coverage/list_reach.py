"""Whom each list reaches: its persons by a characteristic beside those of the other lists, with a test of homogeneity.

The test is Pearson's chi-square of being on the list against the levels of the characteristic. A level that leaves
fewer than five persons to be expected in a cell is taken together with the next smallest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from mse.core.cube import Cube
from mse.core.finding import Finding, Severity, worst
from mse.core.reference import Reference
from mse.core.sentence import Sentence
from mse.errors import TableError
from mse.lazy import lazy
from mse.monitor.counting.dimension_labels import level_label
from mse.monitor.coverage.coverage_figure import ComparedFigure
from mse.monitor.coverage.list_failure import list_label
from mse.monitor.coverage.registered import GROUP_DIMENSIONS
from mse.monitor.estimation.data_figures import heading, unit_and_source

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy("pandas")

__all__ = ["capture_profile"]

LARGE_EFFECT = 0.3
"""Cramér's V from which a list is said to reach others: a medium effect of Cohen (1988) for two rows."""

LEVEL = 0.01
"""Level of the test; there is one test a list."""

LEAST_EXPECTED = 5
"""Persons to be expected in every cell of the test."""


class _Test(NamedTuple):
    statistic: float | None
    df: int | None
    p_value: float | None
    effect: float | None


def capture_profile(
    cube: Cube, dimension: str, *, reference: Reference | None = None, lists: str = "reporters", name: str = "profile"
) -> ComparedFigure:
    """Compare the persons on each list with those who are on others only.

    Parameters
    ----------
    cube : Cube
        Counts with a set dimension of lists and the characteristic.
    dimension : str
        The characteristic, such as "region".
    reference : Reference, optional
        What the counts are about.
    lists : str
        The set dimension.
    name : str
        Name of the figure.

    Returns
    -------
    ComparedFigure
        One row a list and level: columns list_code, level_code, persons, on_list, share, others, not_on_list,
        share_others, statistic, df, p_value, effect (Cramér's V). Lists whose persons differ much have a finding.

    Raises
    ------
    mse.errors.TableError
        The cube has no such dimension, or nobody is on a list.

    Examples
    --------
    >>> rows = {"reporters": ["a", "a", "b", "b", "a|b"], "region": ["x", "y", "x", "y", "x"]}
    >>> cube = Cube(pd.DataFrame({**rows, "count": [90, 10, 20, 80, 5]}), frozenset({"reporters"}))
    >>> shown = capture_profile(cube, "region")
    >>> shown.to_frame()["persons"].tolist(), shown.findings[0].code
    ([95, 10, 25, 80], 'list_reaches_others')
    """
    table = cube.margin(lists, dimension)
    counted = table.by(lists, dimension)
    reached = {key: count for key, count in counted.items() if key[0]}
    everyone: dict[Any, int] = {}
    for (_, level), count in reached.items():
        everyone[level] = everyone.get(level, 0) + count
    if not everyone:
        raise TableError("Nobody is on a list")
    on = table.members(lists).by(lists, dimension)
    rows: list[dict[str, Any]] = []
    findings: list[Finding] = []
    for code in sorted({code for code, _ in on}):
        inside = {level: on.get((code, level), 0) for level in everyone}
        outside = {level: everyone[level] - inside[level] for level in everyone}
        test = _tested(list(inside.values()), list(outside.values()))
        rows += _rows(code, dimension, inside, outside, test)
        if test.p_value is not None and test.p_value < LEVEL and (test.effect or 0.0) >= LARGE_EFFECT:
            findings.append(_finding(code, dimension, inside, outside))
    frame = pd.DataFrame(rows)
    return ComparedFigure(
        name,
        frame,
        _columns(),
        title=Sentence("profile_title"),
        caption=Sentence("profile_caption", {"dimension": _dimension(dimension)}),
        base=Sentence("profile_base"),
        findings=worst(findings),
        **unit_and_source(reference),
    )


def _columns() -> dict[str, Any]:
    return {
        "list": heading("list"),
        "level": heading("profile_level"),
        "persons": heading("persons", "persons"),
        "on_list": heading("profile_on_list", "persons"),
        "share": heading("share", "percent", of=["persons", "on_list"]),
        "others": heading("profile_others", "persons"),
        "not_on_list": heading("profile_not_on_list", "persons"),
        "share_others": heading("profile_share_others", "percent", of=["others", "not_on_list"]),
        "effect": heading("profile_effect", "ratio", of=["persons", "others"], missing="word_dash"),
    }


def _rows(
    code: str, dimension: str, inside: dict[Any, int], outside: dict[Any, int], test: _Test
) -> list[dict[str, Any]]:
    n_in, n_out = sum(inside.values()), sum(outside.values())
    return [
        {
            "list_code": code,
            "list": list_label(code),
            "level_code": level,
            "level": level_label(dimension, level),
            "persons": inside[level],
            "on_list": n_in,
            "share": inside[level] / n_in if n_in else None,
            "others": outside[level],
            "not_on_list": n_out,
            "share_others": outside[level] / n_out if n_out else None,
            **test._asdict(),
        }
        for level in inside
    ]


def _tested(inside: list[int], outside: list[int]) -> _Test:
    """Chi-square of two rows; without a statistic where fewer than two levels have enough persons."""
    from scipy.special import chdtrc

    pairs = sorted(zip(inside, outside, strict=True), key=sum)
    n_in, n_out = sum(inside), sum(outside)
    n = n_in + n_out
    smaller = min(n_in, n_out)
    while len(pairs) > 1 and sum(pairs[0]) * smaller < LEAST_EXPECTED * n:
        first, second, *rest = pairs
        pairs = sorted([(first[0] + second[0], first[1] + second[1]), *rest], key=sum)
    if len(pairs) < 2 or not smaller:
        return _Test(None, None, None, None)
    statistic = sum(
        (count - sum(pair) * total / n) ** 2 / (sum(pair) * total / n)
        for pair in pairs
        for count, total in zip(pair, (n_in, n_out), strict=True)
    )
    df = len(pairs) - 1
    return _Test(statistic, df, float(chdtrc(df, statistic)), (statistic / n) ** 0.5)


def _finding(code: str, dimension: str, inside: dict[Any, int], outside: dict[Any, int]) -> Finding:
    """Names the level in which the list and the others differ most."""
    n_in, n_out = sum(inside.values()), sum(outside.values())
    level = max(inside, key=lambda item: abs(inside[item] / n_in - outside[item] / n_out))
    values = {
        "name": list_label(code),
        "level": level_label(dimension, level),
        "share": round(inside[level] / n_in, 2),
        "others": round(outside[level] / n_out, 2),
    }
    return Finding("list_reaches_others", Severity.WARNING, code, values)


def _dimension(dimension: str) -> dict[str, str] | str:
    if dimension in GROUP_DIMENSIONS:
        return dict(Sentence(f"coverage_dimension_{dimension}"))
    return dimension
