"""Small tables in plain text, for `repr` and the terminal."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["aligned"]


def aligned(header: Sequence[str], rows: Sequence[Sequence[str]], *, left: int = 1) -> list[str]:
    """Write a table in columns: the first `left` to the left, the rest to the right.

    Parameters
    ----------
    header : sequence of str
        Headings.
    rows : sequence of sequence of str
        Cells, as long as the header.
    left : int
        Number of columns with text.

    Returns
    -------
    list of str
        The lines.

    Examples
    --------
    >>> print("\\n".join(aligned(["list", "persons"], [["P", "4,812"], ["K", "1,348"]])))
    list  persons
    P       4,812
    K       1,348
    """
    table = [list(header), *(list(row) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = []
    for row in table:
        cells = [
            cell.ljust(width) if place < left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return lines
