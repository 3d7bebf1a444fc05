"""Figures of a feasibility study: lights, conditions, expected beside observed overlaps, what-if questions."""

from __future__ import annotations

from dataclasses import replace

from mse.core.figure import Figure
from mse.core.sentence import Sentence
from mse.feasibility.assess import Assessment
from mse.feasibility.rules import Light
from mse.feasibility.scenarios import WhatIf
from mse.lazy import lazy
from mse.monitor.estimation.data_figures import heading, pairs_figure, unit_and_source

pd = lazy("pandas")

__all__ = ["conditions_figure", "expected_overlaps_figure", "lights_figure", "what_if_figure"]


def lights_figure(assessment: Assessment, *, name: str = "lights") -> Figure:
    """Every check with its light, what was found, its rule and where the rule comes from.

    What was found is shown only where the counts are public: shares and sizes would give small counts away.

    Parameters
    ----------
    assessment : Assessment
        The checks.
    name : str
        Name of the figure.

    Returns
    -------
    Figure
        Columns check, light, found, rule, source; and code, the light's own name.

    Examples
    --------
    >>> import mse
    >>> lights_figure(mse.assess(mse.datasets.load("kosovo_1999"))).to_frame()["code"].value_counts()["green"]
    np.int64(14)
    """
    rows = [
        {
            "check": check.title,
            "light": Sentence(f"light_{check.light.value}"),
            "found": Sentence(check.finding.code, check.finding.values),
            "rule": check.threshold,
            "source": Sentence(f"feasibility_source_{check.source}"),
            "code": check.light.value,
        }
        for check in assessment.checks
    ]
    lights = list(assessment.lights.values())
    counts = {light.value: lights.count(light) for light in Light}
    return Figure(
        name,
        pd.DataFrame(rows),
        {
            "check": heading("check"),
            "light": heading("light"),
            "found": heading("found", public_only=True),
            "rule": heading("rule_of_check"),
            "source": heading("source_of_rule"),
        },
        title=Sentence("figure_lights_title", counts),
        caption=Sentence("figure_lights_caption"),
        chart="lights",
        alt=Sentence("figure_lights_alt"),
        **unit_and_source(assessment.reference),
    )


def conditions_figure(assessment: Assessment, *, name: str = "conditions") -> Figure:
    """What to do about every check that is not green.

    Parameters
    ----------
    assessment : Assessment
        The checks.
    name : str
        Name of the figure.

    Returns
    -------
    Figure
        Columns check, light, do; red ones first. It has no rows where all is green.

    Examples
    --------
    >>> import mse
    >>> conditions_figure(mse.assess(mse.datasets.load("kosovo_1999"))).to_frame()["check"].map(str).tolist()
    ['lists left out', 'sample coverage']
    """
    wanting = [check for light in (Light.RED, Light.AMBER) for check in assessment.checks if check.light is light]
    rows = [
        {
            "check": check.title,
            "light": Sentence(f"light_{check.light.value}"),
            "do": Sentence(f"{check.finding.code}.remedy"),
        }
        for check in wanting
    ]
    return Figure(
        name,
        pd.DataFrame(rows, columns=["check", "light", "do"]),
        {"check": heading("check"), "light": heading("light"), "do": heading("what_to_do")},
        title=Sentence("figure_conditions_title", {"n": len(rows)}),
        caption=Sentence("feasibility_verdict_rule"),
        **unit_and_source(assessment.reference),
    )


def expected_overlaps_figure(assessment: Assessment, *, name: str = "expected_overlaps") -> Figure:
    """Persons on both lists of every pair, beside what independent lists of these sizes would share.

    Parameters
    ----------
    assessment : Assessment
        A table or margins.
    name : str
        Name of the figure.

    Returns
    -------
    Figure
        Columns first, second, overlap, expected (missing where no two lists share anybody).

    Examples
    --------
    >>> import mse
    >>> figure = expected_overlaps_figure(mse.assess(mse.datasets.load("kosovo_1999")))
    >>> first = figure.to_frame().iloc[0]
    >>> first["first"], first["second"], int(first["overlap"])
    ('EXH', 'ABA', 403)
    """
    evidence = assessment.evidence
    expected = evidence.expected_overlaps()
    rows = [(i, j, both, expected.get((i, j))) for (i, j), both in evidence.overlaps.items()]
    frame = pd.DataFrame(rows, columns=["first", "second", "overlap", "expected"]).astype({"expected": float})
    columns = {
        "first": heading("first"),
        "second": heading("second"),
        "overlap": heading("overlap", "persons"),
        "expected": heading("expected_overlap", "estimate"),
    }
    figure = Figure(
        name,
        frame,
        columns,
        title=Sentence("figure_expected_title"),
        caption=Sentence("figure_expected_caption"),
        chart="expected",
        alt=Sentence("figure_expected_alt"),
        **unit_and_source(assessment.reference),
    )
    if evidence.table is None:
        return figure
    pairs = pairs_figure(evidence.table)
    return replace(figure, atoms=pairs.atoms, same=pairs.same)


def what_if_figure(answers: WhatIf, *, name: str = "what_if") -> Figure:
    """What one more list, better matching, more years and a random sample would bring.

    Parameters
    ----------
    answers : WhatIf
        The scenarios.
    name : str
        Name of the figure.

    Returns
    -------
    Figure
        Columns what, total, lower, upper, ratio (upper over lower limit).

    Examples
    --------
    >>> import mse
    >>> answers = mse.feasibility.what_if(mse.datasets.load("kosovo_1999"))
    >>> what_if_figure(answers).to_frame()["ratio"].round(2).tolist()
    [1.32, 1.13, 1.27, 1.22, 1.13]
    """
    frame = answers.to_frame()
    frame["what"] = pd.Series([scenario.text for scenario in answers.scenarios], dtype=object)
    return Figure(
        name,
        frame[["what", "total", "lower", "upper", "ratio"]],
        {
            "what": heading("scenario"),
            "total": heading("total", "estimate", missing="word_no_estimate"),
            "lower": heading("lower", "estimate", missing="word_dash"),
            "upper": heading("upper", "estimate", missing="word_dash"),
            "ratio": heading("limits_ratio", "ratio", of=["total"], missing="word_dash"),
        },
        title=Sentence("figure_what_if_title"),
        caption=Sentence("figure_what_if_caption", {"model": answers.model, "level": answers.level}),
        **unit_and_source(answers.reference),
    )
