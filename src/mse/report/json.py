"""`figures_json`: a release as JSON for other programs, tidy as the CSV is."""

from __future__ import annotations

import json
from typing import Any

from mse.monitor.disclosure.release import Release, ReleasedFigure
from mse.report.cells import value, word

__all__ = ["figures_json"]


def figures_json(release: Release, language: str = "en") -> str:
    """Write the figures and findings of a release as JSON.

    A cell without a number is null; ``words`` of its row says which word stands there.

    Parameters
    ----------
    release : Release
        What may be written.
    language : {"en", "nl"}
        Language of texts and words.

    Returns
    -------
    str
        The same text for the same release.

    Examples
    --------
    >>> import mse
    >>> from mse.monitor.estimation import captures_figure
    >>> table = mse.CaptureTable(["A", "B"], [[0, 30], [40, 16]])
    >>> json.loads(figures_json(mse.release([captures_figure(table)])))["figures"][0]["rows"][1]
    {'captures': '2', 'persons': 15, 'share': 0.18}
    """
    plain = {
        "language": language,
        "release": {"policy": release.policy, "text": release.audit.text(language)},
        "findings": [
            {"code": found.code, "severity": found.severity.value, "text": found.text[language]}
            for found in release.findings
        ],
        "figures": [_figure(shown, language) for shown in (release[name] for name in release.names)],
    }
    return json.dumps(plain, ensure_ascii=False, indent=1) + "\n"


def _figure(shown: ReleasedFigure, language: str) -> dict[str, Any]:
    figure = shown.figure
    return {
        "id": shown.name,
        "title": figure.title[language],
        "caption": figure.caption[language],
        "unit": figure.unit,
        "base": figure.base[language] if figure.base else None,
        "source": figure.source,
        "reference": None if figure.reference is None else figure.reference.to_dict(),
        "columns": {name: column.heading(language) for name, column in figure.columns.items()},
        "rows": [_row(shown, row, language) for row in map(int, figure.frame.index)],
    }


def _row(shown: ReleasedFigure, row: int, language: str) -> dict[str, Any]:
    words = {name: word(shown, row, name, language) for name in shown.figure.columns}
    instead = {name: said for name, said in words.items() if said is not None}
    cells = {name: None if name in instead else value(shown, row, name, language) for name in shown.figure.columns}
    return {**cells, "words": instead} if instead else cells
