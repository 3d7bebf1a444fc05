"""The sections of a study's page about a register, each with its takeaway as a heading and its figures."""

from __future__ import annotations

from collections.abc import Iterator

from mse.core.estimate import Estimate
from mse.core.figure import Figure
from mse.core.sentence import Sentence, Text
from mse.lazy import lazy
from mse.monitor.estimation import headline_text
from mse.monitor.estimation.data_figures import heading, unit_and_source
from mse.study.monitor_steps import OWN, SHARES, MonitorResults
from mse.study.sections import Part

pd = lazy("pandas")

__all__ = ["monitor_headline", "monitor_lead", "monitor_parts", "rules_figure", "steps_figure"]

_CHAPTERS = {
    "population": ("2.1", "2.2"),
    "forms": ("2.3", "2.7"),
    "sectors": ("2.4a", "2.4b", "2.5", "2.6"),
    "persons": ("2.8", "2.9", "tab2.1", "2.10"),
    "reports": ("2.11", "2.12", "2.13"),
}
"""Figures of each chapter; others stand in a chapter of their own at the end."""

_OTHERS = "others"


def monitor_headline(results: MonitorResults, own: Estimate | None) -> Text:
    """How many are registered, and beside it what is estimated."""
    registered = Sentence("study_registered", {"n": results.registered, "period": results.reference.period_label})
    if own is not None:
        key = "study_registered_and" if own.blocked else "study_registered_estimated"
        return Sentence(key, {"registered": registered, "other": headline_text(own)})
    named = [figure for figure in results.compared if figure.name != SHARES]
    if named:
        return Sentence("study_registered_and", {"registered": registered, "other": named[0].title})
    return registered


def monitor_lead(results: MonitorResults) -> Figure:
    """The picture of the first screen: registered beside estimated, or the first figure with a picture."""
    return next(
        (figure for figure in (*results.compared, *results.shown) if figure.chart is not None), results.shown[0]
    )


def monitor_parts(results: MonitorResults) -> Iterator[Part]:
    """Registered beside estimated and beside what was published before, the chapters of figures, the audit, and how
    registrations were counted."""
    if results.compared:
        yield _compared_part(results)
    if results.vintages is not None:
        yield Part("vintages", results.vintages.title, [Sentence("study_vintages_text")], [results.vintages])
    yield from _chapters(results)
    yield _audit_part(results)
    yield _counted_part(results)


def _compared_part(results: MonitorResults) -> Part:
    part = Part("registered", Sentence("study_compared"), [Sentence("study_compared_text")])
    if any(figure.name == OWN for figure in results.compared):
        part.paragraphs.append(Sentence("study_compared_own"))
    part.figures += results.compared
    return part


def _chapters(results: MonitorResults) -> Iterator[Part]:
    shown = {figure.name: figure for figure in results.shown}
    named = {name for names in _CHAPTERS.values() for name in names}
    chapters = {**_CHAPTERS, _OTHERS: tuple(name for name in shown if name not in named)}
    for key, names in chapters.items():
        figures = [shown[name] for name in names if name in shown]
        if figures:
            title = Sentence(f"study_chapter_{key}")
            if results.reference.public:
                title = Sentence("study_chapter_and", {"chapter": title, "title": figures[0].title})
            yield Part(f"chapter-{key}", title, figures=figures)


def _audit_part(results: MonitorResults) -> Part:
    from mse.monitor.audit.figures_of_audit import audit_figure, claims_figure

    audit, about = results.audit, results.reference
    if not about.public:  # which counts do not fit, and how, tells of counts that are withheld
        return Part("audit", Sentence("study_audit_office"), [Sentence("study_audit_office_text")])
    part = Part("audit", Sentence("study_audit_holds", {"tested": audit.tested}))
    part.paragraphs.append(Sentence("study_audit_text"))
    if audit.failed:
        part.heading = Sentence("study_audit_fails", {"failed": len(audit.failed), "tested": audit.tested})
        part.figures.append(audit_figure(audit, reference=about))
    if audit.claims is not None:
        part.figures.append(claims_figure(audit.claims, reference=about))
    return part


def _counted_part(results: MonitorResults) -> Part:
    """Which rules decided, under which options."""
    part = Part("counted", Sentence("study_counted"), [Sentence("study_counted_text")])
    off = sorted(results.checked.rules.off)
    if off:
        part.paragraphs.append(Sentence("study_counted_off", {"rules": tuple(off)}))
    if results.reference.public:
        part.figures.append(steps_figure(results))
    part.figures.append(rules_figure(results))
    return part


def steps_figure(results: MonitorResults) -> Figure:
    """What became of every report and victim of the register; counts of it would give those of the figures away."""
    steps = results.checked.registry.reconciliation.to_frame()
    steps = steps[steps["subject"] == ""]
    frame = pd.DataFrame(
        {
            "step": [Sentence(f"register_{step}") for step in steps["step"]],
            "n": steps["n"].astype("Int64"),
        }
    )
    columns = {"step": heading("register_step"), "n": heading("register_number", "persons")}
    return Figure(
        "steps",
        frame,
        columns,
        title=Sentence("figure_steps_title"),
        caption=Sentence("figure_steps_caption"),
        public_only=True,
        **{**unit_and_source(results.reference), "unit": "mixed"},
    )


def rules_figure(results: MonitorResults) -> Figure:
    """The deciding rules, whether each was on, and, of a public register, how many victims it touched."""
    trace = results.figures.trace
    frame = pd.DataFrame(
        {
            "rule": trace["rule"],
            "what": [Sentence(f"rule_{code}") for code in trace["rule"]],
            "on": trace["on"],
            "persons": trace["touched"].astype("Int64"),
        }
    )
    columns = {
        "rule": heading("rule"),
        "what": heading("rule_what"),
        "on": heading("rule_on", "yesno"),
        "persons": heading("rule_touched", "persons", public_only=True),
    }
    return Figure(
        "rules",
        frame,
        columns,
        title=Sentence("figure_rules_title"),
        caption=Sentence("figure_rules_caption"),
        **unit_and_source(results.reference),
    )
