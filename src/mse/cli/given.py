"""Texts of the command line as values, and the table that they name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from mse.study.covariates import Table

__all__ = ["codings", "names", "open_data", "orders", "years"]


def years(given: str) -> tuple[int, int]:
    """First and last year of a period."""
    from mse.errors import TableError

    first, _, last = given.partition("-")
    if not all(len(year) == 4 and year.isdecimal() for year in (first, last or first)):
        raise TableError("A period is a first and a last year, such as 2015-2019", got=f"--period {given}")
    return int(first), int(last or first)


def codings(given: list[str] | None) -> dict[str, str]:
    """Codings by covariate, each written as ``year=poly 2``."""
    from mse.errors import ModelError

    found = {}
    for text in given or []:
        name, equals, how = text.partition("=")
        if not equals:
            raise ModelError("A coding names its covariate", got=f"--coding {text}", hint="Write 'year=poly 2'.")
        found[name.strip()] = how.strip()
    return found


def names(given: str) -> list[str]:
    """Names with commas between them."""
    return [name.strip() for name in given.split(",") if name.strip()]


def orders(given: str) -> list[int | Literal["all"]]:
    """Scopes of a search: numbers of lists, or "all"."""
    from mse.errors import ModelError

    found: list[int | Literal["all"]] = []
    for text in names(given):
        if text != "all" and not text.isdecimal():
            raise ModelError("A scope is a number of lists or 'all'", got=f"--max-order {text}")
        found.append("all" if text == "all" else int(text))
    return found


def open_data(data: str, lists: str, count: str, source: str, covariates: str) -> tuple[Table, str]:
    """The table that a command is about, and its title."""
    from mse.study.steps import open_table

    return open_table(data, lists=names(lists), count=count or None, source=source, covariates=names(covariates))
