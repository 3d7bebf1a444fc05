"""Makes releases and pages for the tests of the report."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import NamedTuple

import numpy as np

import mse
from mse.core.sentence import Sentence
from mse.monitor.disclosure.release import Release
from mse.monitor.estimation import (
    Context,
    captures_figure,
    context_figure,
    draws_figure,
    estimates_figure,
    headline_text,
    lists_figure,
    modes_figure,
    pairs_figure,
    patterns_figure,
    search_figure,
    selected_figure,
)
from mse.report.html import render_html
from mse.report.page import Page, Section


class Made(NamedTuple):
    """A report with what it was made from."""

    table: mse.CaptureTable
    search: mse.EnsembleFit
    estimate: mse.Estimate
    release: Release
    page: Page
    html: str


def with_draws(search: mse.EnsembleFit) -> mse.Estimate:
    """An estimate with replicates, drawn from the rivals by weight; two of them have no estimate."""
    rng = np.random.default_rng(1)
    rivals = search.to_frame()
    pick = rng.choice(len(rivals), 60, p=rivals["weight"] / rivals["weight"].sum())
    dark = rivals["dark_figure"].to_numpy()[pick] * np.exp(rng.normal(0, 0.1, 60))
    dark[:2] = np.nan
    models = tuple("" if np.isnan(value) else rivals["model"][place] for value, place in zip(dark, pick, strict=True))
    draws = mse.Draws(np.full(60, float(search.table.n_observed)), dark, models)
    lower, upper = draws.quantile(np.array([0.025, 0.975]))
    estimate = search.estimate()
    part = replace(estimate.whole, lower=float(lower), upper=float(upper))
    return replace(estimate, parts=(part,), interval="percentile", draws=draws)


def made(table: mse.CaptureTable, policy: str) -> Made:
    search = mse.Search(criterion="bic").fit(table)
    other = mse.LogLinear(order=1).fit(table)
    estimate, replicated = search.estimate(), with_draws(search)
    about = table.reference or mse.Reference(
        (2015, 2019), "person", "presumed victims", "Netherlands", source="A source"
    )
    figures = [
        lists_figure(table, {name: {"en": f"reporter {name}", "nl": f"melder {name}"} for name in table.lists}),
        patterns_figure(table),
        captures_figure(table),
        pairs_figure(table),
        search_figure(search, named=[({"en": "no dependence", "nl": "geen samenhang"}, other)]),
        modes_figure([(Sentence("scope_pairs"), search)], bandwidths=(0.05, 0.1)),
        estimates_figure({Sentence("scope_pairs"): estimate, Sentence("scope_orders", {"order": 1}): other.estimate()}),
        draws_figure(replicated),
        selected_figure(replicated),
        context_figure([Context({"en": "Published", "nl": "Gepubliceerd"}, about, lower=5000, upper=7500)]),
    ]
    released = mse.release(figures, policy, findings=replicated.findings, manifest={"seeds": {"bootstrap": 1}})
    page = Page(
        {"en": "Persons <seen> & unseen", "nl": "Geziene & ongeziene personen"},
        {"en": "An example", "nl": "Een voorbeeld"},
        headline_text(estimate),
        table.reference,
        (
            Section(
                "data", {"en": "What went in", "nl": "Wat erin ging"}, (), ("lists", "patterns", "captures", "pairs")
            ),
            Section(
                "answer-and-rivals",
                {"en": "Rivals", "nl": "Rivalen"},
                (Sentence("describe_title", {"n": table.n_observed, "lists": len(table.lists)}),),
                ("estimates", "bootstrap", "selected", "rivals", "modes"),
            ),
            Section("beside", {"en": "Beside it", "nl": "Ernaast"}, (), ("context",), context=True),
            Section("made", {"en": "How it was made", "nl": "Hoe het is gemaakt"}, code="numpy <2.5>"),
        ),
        lead="estimates",
        references=("A paper (1999).",),
        made=date(2026, 1, 2),
    )
    return Made(table, search, estimate, released, page, render_html(released, page))


SECRET = {(1, 0, 0): 1297, (0, 1, 0): 813, (0, 0, 1): 411, (1, 1, 0): 132, (1, 0, 1): 88, (0, 1, 1): 7, (1, 1, 1): 3}
"""Counts of a table that is not public, two of them small."""
