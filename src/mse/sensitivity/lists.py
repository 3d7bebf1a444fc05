"""Lists left out, merged, or made of other reporters."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

from mse.core.sentence import Sentence, Text
from mse.errors import TableError
from mse.sensitivity.adapted import adapted
from mse.sensitivity.result import Sensitivity
from mse.sensitivity.runner import as_it_is, run_scenarios
from mse.sensitivity.scenario import Scenario

__all__ = ["leave_one_list_out", "merge_lists", "reporter_maps"]

LEAST = 3
"""Lists that a table has, at least, where one can be left out or two merged."""


def leave_one_list_out(estimator: Any, table: Any, **options: Any) -> Sensitivity:
    """Leave each list out in turn.

    Persons on that list only are then no longer seen; the population stays the same (Sharifi Far and others 2021).
    A model that names the list goes on without it.

    Parameters
    ----------
    estimator : Estimator
    table : CaptureTable
        Three lists or more.
    **options
        level, seed, workers, checkpoint and progress, as in `run_scenarios`.

    Returns
    -------
    Sensitivity

    Raises
    ------
    mse.errors.TableError
        The table has two lists.

    Examples
    --------
    >>> import mse
    >>> table = mse.datasets.load("spina_bifida_621")
    >>> leave_one_list_out(mse.LogLinear("[S1][S2 S3]"), table)
    Each list left out in turn
      as it is: 724 (693 to 759)
      without S1: no estimate: more terms than the combinations of lists can tell apart
      without S2: 774 (711 to 851)
      without S3: 681 (640 to 730)
    """
    _check_lists(table)
    scenarios = [
        Scenario(
            Sentence("sensitivity_without", {"name": name}),
            adapted(estimator, table, {name: None}),
            table.drop_list(name),
        )
        for name in table.lists
    ]
    return run_scenarios(Sentence("sensitivity_lists_out"), as_it_is(estimator, table), scenarios, **options)


def merge_lists(estimator: Any, table: Any, **options: Any) -> Sensitivity:
    """Merge each pair of lists in turn.

    A person is on the merged list who is on any of the two, so nobody is lost (Sharifi Far and others 2021). Where the
    two have the same reporters in fact, or send persons to each other, the merged table is the better one. A model that
    names one of the two names the merged list.

    Parameters
    ----------
    estimator : Estimator
    table : CaptureTable
        Three lists or more.
    **options
        level, seed, workers, checkpoint and progress, as in `run_scenarios`.

    Returns
    -------
    Sensitivity

    Raises
    ------
    mse.errors.TableError
        The table has two lists.

    Examples
    --------
    >>> import mse
    >>> merge_lists(mse.Search(), mse.datasets.load("spina_bifida_621"))
    Each pair of lists merged in turn
      as it is: 724 (693 to 759)
      S1 and S2 merged: 826 (761 to 905)
      S1 and S3 merged: 747 (704 to 800)
      S2 and S3 merged: 724 (693 to 759)
    """
    _check_lists(table)
    scenarios = []
    for pair in combinations(table.lists, 2):
        name = "+".join(pair)
        scenarios.append(
            Scenario(
                Sentence("sensitivity_merged", {"names": pair}),
                adapted(estimator, table, dict.fromkeys(pair, name)),
                table.merge_lists({name: pair}),
            )
        )
    return run_scenarios(Sentence("sensitivity_lists_merged"), as_it_is(estimator, table), scenarios, **options)


def reporter_maps(estimator: Any, tables: Mapping[str | Text, Any], **options: Any) -> Sensitivity:
    """Make lists of reporters in other ways: a new reporter apart, or within another list.

    Parameters
    ----------
    estimator : Estimator
        A specification that names no lists, or lists that all tables have.
    tables : mapping of str or Text to CaptureTable
        The tables that `mse.tabulate` made with other mappings, by what to call these; the first is the base.
    **options
        level, seed, workers, checkpoint and progress, as in `run_scenarios`.

    Returns
    -------
    Sensitivity

    Raises
    ------
    mse.errors.TableError
        There are fewer than two tables.

    Examples
    --------
    >>> import mse
    >>> six = mse.datasets.load("netherlands_2010_2015")
    >>> five = mse.datasets.load("netherlands_2010_2015_five")
    >>> found = reporter_maps(mse.LogLinear(order=1), {"six lists": six, "inspectorate with shelters": five})
    >>> found.to_frame()["total"].round().tolist()
    [52823.0, 52924.0]
    """
    if len(tables) < 2:
        raise TableError("Maps of reporters beside each other are two or more", got=str(len(tables)))
    labels = [{"en": label, "nl": label} if isinstance(label, str) else label for label in tables]
    base, *others = [Scenario(label, estimator, table) for label, table in zip(labels, tables.values(), strict=True)]
    return run_scenarios(Sentence("sensitivity_maps"), base, others, **options)


def _check_lists(table: Any) -> None:
    if not hasattr(table, "drop_list") or not hasattr(table, "merge_lists"):
        raise TableError("Lists are left out of, and merged in, a CaptureTable", got=type(table).__name__)
    if len(table.lists) < LEAST:
        raise TableError(
            "With two lists none can be left out, and two merged are one",
            got=repr(table),
            hint="mse.sensitivity.dependence says what two lists rest on.",
        )
