"""What stands under the title of a figure: its caption, and what a reader must know of the cells that are shown."""

from __future__ import annotations

from mse.messages import sentence
from mse.monitor.disclosure.release import ReleasedFigure
from mse.report.wide import rank_of

__all__ = ["caption_of"]


def caption_of(shown: ReleasedFigure, language: str) -> str:
    """The caption of a figure, without a first sentence that only repeats its title.

    A title that may not state a finding falls back on what the figure counts, with which its caption starts.

    Parameters
    ----------
    shown : ReleasedFigure
        The figure.
    language : {"en", "nl"}
        Language of the caption.

    Returns
    -------
    str
        The caption; after it, that rows are left out and what numbers in brackets are, where there are any.

    Examples
    --------
    >>> import mse
    >>> from mse.monitor.estimation import captures_figure
    >>> table = mse.CaptureTable(["A", "B"], [[0, 30], [40, 16]])
    >>> caption_of(mse.release([captures_figure(table)])["captures"], "en")
    'Registered persons by the number of lists they are on.'
    """
    figure = shown.figure
    said = [str(figure.caption[language]).removeprefix(f"{figure.title[language]}.").strip()]
    if shown.rows_left_out:
        said.append(sentence("rows_left_out", language))
    if any(rank_of(shown, int(row)) is not None for row in figure.frame.index):
        said.append(sentence("table_ranks", language))
    return " ".join(filter(None, said))
