"""Words for numbers of people: counts are presumed or registered victims, and no estimate stands alone.

Whom a register holds is presumed to be a victim; nobody has decided it. A reader who meets "victims" takes it for all
there are. So a count says "presumed victims" or "registered", and an estimate comes with interval, period and method.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from mse.core.figure import Figure
from mse.core.finding import Finding, Severity
from mse.messages import LANGUAGES
from mse.monitor.disclosure.linked import MEASURE, MEASURED

__all__ = ["unqualified", "wording_findings"]

QUALIFIED = {
    "en": frozenset({"presumed", "registered", "estimated", "unseen", "unregistered"}),
    "nl": frozenset({
        "vermoedelijke", "vermoedelijk", "geregistreerde", "geschatte", "geschat", "ongeziene", "ongeregistreerde",
    }),
}  # fmt: skip
"""Words that say what kind of victims are meant."""

_NOUN = {"en": re.compile(r"\bvictims\b", re.I), "nl": re.compile(r"\bslachtoffers\b", re.I)}
_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)
_SENTENCE = re.compile(r"[.;:!?]\s")

REACH = 4
"""Words before "victims" among which the one that qualifies it must be: "presumed under-age foreign victims"."""


def unqualified(text: str, language: str = "en") -> tuple[str, ...]:
    """Return the passages of a text that say "victims" without saying which.

    Parameters
    ----------
    text : str
        A title, caption or sentence.
    language : {"en", "nl"}
        Its language.

    Returns
    -------
    tuple of str
        Each bare noun with the words before it; none where the text is fine.

    Examples
    --------
    >>> unqualified("Presumed victims per year"), unqualified("Male victims per year")
    ((), ('Male victims',))
    >>> unqualified("Slachtoffers van uitbuiting", "nl")
    ('Slachtoffers',)
    """
    found = []
    for sentence in _SENTENCE.split(text):
        for noun in _NOUN[language].finditer(sentence):
            before = _WORD.findall(sentence[: noun.start()])[-REACH:]
            if not QUALIFIED[language] & {word.lower() for word in before}:
                found.append(" ".join([*before, noun.group()]))
    return tuple(found)


def wording_findings(figures: Iterable[Figure]) -> tuple[Finding, ...]:
    """Say which figures speak of victims without saying which, or of an estimate without all that belongs to it.

    Parameters
    ----------
    figures : iterable of Figure
        Tidy figures of victims, and figures of registered beside estimated; others are not looked at.

    Returns
    -------
    tuple of Finding
    """
    found = []
    for figure in figures:
        if _counts_victims(figure) and any(_bare(figure)):
            found.append(Finding("wording_victims", Severity.WARNING, figure.name, {"figure": figure.name}))
        if figure.chart == "registered":
            found += [
                Finding(f"wording_no_{what}", Severity.WARNING, figure.name, {"figure": figure.name})
                for what in _lacking(figure)
            ]
    return tuple(found)


def _counts_victims(figure: Figure) -> bool:
    measured = any(column.kind == MEASURED for column in figure.columns.values())
    if not measured or MEASURE not in figure.frame:
        return False
    return bool(figure.frame[MEASURE].astype(str).str.startswith("victims").any())


def _bare(figure: Figure) -> Sequence[tuple[str, ...]]:
    texts = (figure.title, figure.caption, figure.base, figure.alt)
    return [unqualified(text[language], language) for text in texts if text for language in LANGUAGES]


def _lacking(figure: Figure) -> list[str]:
    """What an estimate of a figure comes without."""
    kinds = [column.kind for column in figure.columns.values()]
    period = figure.reference is not None and figure.reference.period is not None
    has = {
        "interval": kinds.count("estimate") >= 2,
        "period": period or bool({"period", "when", "estimate_period"} & set(figure.columns)),
        "method": "method" in figure.columns,
    }
    return [what for what, there in has.items() if not there]
