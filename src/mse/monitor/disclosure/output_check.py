"""The output-check form: what of a release was checked, by which rule, what is safe by its type, and who looks at what.

The types are those of the guidelines for output checking of the European statistical system (Bond, Brandt and De Wolf
2015): tables of counts, shares and means are unsafe by type, whatever stands in them; results of models are safe by
type; a picture is as safe as its data. The form is about safe outputs, one of the Five Safes (Desai, Ritchie and
Welpton 2016); the other four are for the office to sign.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from mse.core.figure import MEASURES, Column, Figure
from mse.core.finding import Finding
from mse.core.sentence import Text
from mse.lazy import lazy
from mse.messages import LANGUAGES, sentence
from mse.monitor.disclosure.linked import MEASURE, MEASURED, is_linked
from mse.monitor.disclosure.suppression import BASE, DOMINANT, MINIMUM

if TYPE_CHECKING:
    import pandas as pd

    from mse.monitor.disclosure.policies import Judged, Policy
    from mse.monitor.disclosure.protection import CellRules
else:
    pd = lazy("pandas")

__all__ = ["FORM", "output_check"]

FORM = "output-check"
"""Name of the form as a figure."""


def output_check(policy: Policy, figures: Sequence[Figure], judged: Judged, wording: Sequence[Finding]) -> Figure:
    """Return the form of a release as a figure.

    Parameters
    ----------
    policy : policy
        What the release was made under.
    figures : sequence of Figure
        What is released.
    judged : Judged
        What the policy did.
    wording : sequence of Finding
        Which figures do not say which victims, or give an estimate alone.

    Returns
    -------
    Figure
        One row for every type of output and every rule; it holds no count of persons.
    """
    rows = _types(figures, is_public=policy.rules is None)
    if policy.rules is not None:
        together = [figure for figure in figures if is_linked(figure)]
        rows += _rules_of_linked(policy.rules, together, judged) if together else []
        rows += _rules_of_others([figure for figure in figures if _counts(figure) and not is_linked(figure)])
        rows.append(_row("texts", figures, "texts_linked" if together else "texts", "author", False))
    bare = {finding.subject for finding in wording}
    rows.append(_row("wording", [figure for figure in figures if figure.name in bare], "wording", "author", None))
    frame = pd.DataFrame(rows, columns=list(_COLUMNS))
    frame["safe_by_type"] = frame["safe_by_type"].astype("boolean")
    columns = {name: _heading(f"form_{name}", kind) for name, kind in _COLUMNS.items()}
    return Figure(
        FORM,
        frame,
        columns,
        title=_both("form_title"),
        caption=_both("form_caption", policy=policy.name, **_totals(judged)),
        unit="mixed",
    )


_COLUMNS = {"what": "text", "figures": "text", "safe_by_type": "yesno", "rule": "text", "look": "text"}


def _types(figures: Sequence[Figure], *, is_public: bool) -> list[dict[str, Any]]:
    """A row for every type of output that occurs."""
    found = []
    for what, (kinds, safe, rule) in _TYPES.items():
        of_type = [figure for figure in figures if kinds & _kinds(figure)]
        if of_type:
            rule, look = ("public", "source") if is_public else (rule, "checker")
            found.append(_row(what, of_type, rule, "checker_once" if safe and look == "checker" else look, safe))
    drawn = [figure for figure in figures if figure.chart is not None]
    if drawn:
        found.append(_row("pictures", drawn, "pictures", "author", False))
    return found


_TYPES: dict[str, tuple[frozenset[str], bool, str]] = {
    "tables": (frozenset({"persons"}), False, "tables"),
    "shares": (frozenset({"percent", "ratio", "rate"}), False, "rests"),
    "means": (frozenset({"mean"}), False, "means"),
    "estimates": (frozenset({"estimate"}), True, "estimates"),
    "models": (frozenset({"model"}), True, "models"),
}
"""Types of output: kinds of columns that have them, whether they are safe by type, and the rule for them."""


def _rules_of_linked(rules: CellRules, figures: Sequence[Figure], judged: Judged) -> list[dict[str, Any]]:
    """A row for every rule for counts that figures share."""
    found = [_row("minimum", figures, "minimum", "checker", None, minimum=rules.minimum)]
    if rules.dominant is not None:
        found.append(_row("dominance", figures, "dominance", "checker", None, share=rules.dominant))
    found.append(_row("linked", figures, "linked", "checker", None, minimum=rules.minimum))
    if rules.base is not None:
        found.append(_row("rounding", figures, "rounding", "checker_once", None, base=rules.base))
    found.append(_row("earlier", figures, "no_earlier" if rules.earlier is None else "earlier", "keeper", None))
    if judged.protection is not None and judged.protection.exposed:
        found.append(_row("exposed", figures, "exposed", "keeper", None))
    return found


def _rules_of_others(figures: Sequence[Figure]) -> list[dict[str, Any]]:
    """A row for every rule for counts of all other figures: they are those of `suppression`, under every policy."""
    if not figures:
        return []
    of_one_table = [figure for figure in figures if figure.atoms]
    found = [
        _row("minimum", figures, "minimum", "checker", None, minimum=MINIMUM),
        _row("dominance", figures, "dominance_within", "checker", None, share=DOMINANT),
        _row("neighbours", figures, "neighbours", "checker", None),
    ]
    if of_one_table:
        found.append(_row("lists", of_one_table, "lists", "checker", None, most=MINIMUM - 1, sizes=BASE))
    found.append(_row("rounding", figures, "rounding", "checker_once", None, base=BASE))
    found.append(_row("earlier", figures, "no_earlier", "keeper", None))
    return found


def _counts(figure: Figure) -> bool:
    """Whether a figure shows counts of persons."""
    return "persons" in _kinds(figure)


def _kinds(figure: Figure) -> frozenset[str]:
    """Kinds of the values that a figure shows; a share, ratio or rate that rests on no counts is of a model."""
    resting = ("percent", "ratio", "rate")
    kinds = {"model" if one.kind in resting and not one.of else one.kind for one in figure.columns.values()}
    if MEASURED in kinds and MEASURE in figure.frame:
        kinds |= {MEASURES.get(str(measure), "persons") for measure in figure.frame[MEASURE].unique()}
    return frozenset(kinds)


def _row(
    what: str, figures: Iterable[Figure], rule: str, look: str, safe: bool | None, **fields: Any
) -> dict[str, Any]:
    names = ", ".join(figure.name for figure in figures)
    return {
        "what": _both(f"form_what_{what}"),
        "figures": names or _both("form_none"),
        "safe_by_type": safe,
        "rule": _both(f"form_rule_{rule}", **fields),
        "look": _both(f"form_look_{look}"),
    }


def _totals(judged: Judged) -> dict[str, int]:
    """Cells of all figures that are withheld; linked figures tally them as one, others by rule."""
    rules = ("withheld", "too_few", "dominant", "complementary")
    tallies = [withheld.tally for withheld in judged.cells]
    derived = sum(tally.get("derived", 0) for tally in tallies if "too_few" in tally)
    return {"withheld": sum(tally.get(rule, 0) for tally in tallies for rule in rules) + derived}


def _both(key: str, **fields: Any) -> Text:
    return {language: sentence(key, language, **fields) for language in LANGUAGES}


def _heading(key: str, kind: str) -> Column:
    return Column(sentence(key, "en"), sentence(key, "nl"), kind, missing="word_dash")
