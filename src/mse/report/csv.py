"""Figures as CSV: the tidy data for other programs."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from mse.monitor.disclosure.release import Release, ReleasedFigure
from mse.report.cells import value

__all__ = ["estimates_csv", "figure_csv", "write_csv"]


def figure_csv(shown: ReleasedFigure, language: str = "en") -> str:
    """Write a figure as CSV.

    Numbers have a decimal point in both languages; what has no number is a word.

    Parameters
    ----------
    shown : ReleasedFigure
        The figure.
    language : {"en", "nl"}
        Language of texts and words.

    Returns
    -------
    str
        Columns are headed by their names in the frame.

    Examples
    --------
    >>> import mse
    >>> from mse.monitor.estimation import captures_figure
    >>> table = mse.CaptureTable(["A", "B"], [[0, 30], [40, 16]])
    >>> print(figure_csv(mse.release([captures_figure(table)])["captures"]))
    captures,persons,share
    1,70,0.82
    2,15,0.18
    <BLANKLINE>
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    names = list(shown.figure.columns)
    writer.writerow(names)
    for row in map(int, shown.figure.frame.index):
        writer.writerow([value(shown, row, name, language) for name in names])
    return stream.getvalue()


def estimates_csv(release: Release, name: str = "estimates") -> str:
    """Write the estimates of a release as CSV, in English.

    Parameters
    ----------
    release : Release
        The release.
    name : str
        Name of its figure of estimates.

    Returns
    -------
    str
        Under a blocking finding there are ranges and no single number.
    """
    return figure_csv(release[name])


def write_csv(release: Release, folder: Path, language: str = "en") -> list[Path]:
    """Write every figure of a release as a CSV file of its name.

    Parameters
    ----------
    release : Release
        The release.
    folder : Path
        Where the files go; it is made where it is not there.
    language : {"en", "nl"}
        Language of texts and words.

    Returns
    -------
    list of Path
        The files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in release.names:
        path = folder / f"{name}.csv"
        path.write_text(figure_csv(release[name], language), encoding="utf-8", newline="")
        written.append(path)
    return written
