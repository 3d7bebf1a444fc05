"""The sections of a study's page with Bayesian estimates: all beside each other, then each by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mse.core.posterior_fit import PosteriorFit
from mse.core.sentence import Sentence, Text
from mse.messages import catalogue
from mse.monitor import estimation as build
from mse.study.posterior_spec import total_prior
from mse.study.posteriors import PosteriorResult
from mse.study.sections import Part

__all__ = ["posterior_parts"]


def posterior_parts(results: Sequence[PosteriorResult]) -> Iterator[Part]:
    """A section with all Bayesian estimates beside each other, and one for each of them.

    Estimates that are read with another level or interval have a table of their own.
    """
    yield _together(results)
    for place, result in enumerate(results, start=1):
        yield _one(result, place)


def _together(results: Sequence[PosteriorResult]) -> Part:
    usable = [result for result in results if not result.blocked]
    part = Part("bayes", Sentence("study_posteriors_none"))
    if usable:
        medians = [result.fit.total for result in usable if result.fit.total is not None]
        fields = {"n": len(results), "usable": len(usable), "least": min(medians), "most": max(medians)}
        several = "study_posteriors_all" if len(usable) == len(results) else "study_posteriors_some"
        part.heading = Sentence(several if len(results) > 1 else "study_posteriors_one", fields)
    part.paragraphs.append(Sentence("study_posteriors_text"))
    if len(usable) < len(results):
        part.paragraphs.append(Sentence("study_posteriors_blocked"))
    ways = list(dict.fromkeys((result.estimate.level, result.estimate.interval) for result in results))
    for place, (level, interval) in enumerate(ways, start=1):
        alike = [each for each in results if (each.estimate.level, each.estimate.interval) == (level, interval)]
        fits: dict[str | Text, PosteriorFit] = {result.label: result.fit for result in alike}
        name = "posteriors" if place == 1 else f"posteriors-{place}"
        part.figures.append(build.posterior_table(fits, level=level, interval=interval, name=name))
    every: dict[str | Text, PosteriorFit] = {result.label: result.fit for result in results}
    part.figures.append(build.posterior_figure(every, level=ways[0][0]))
    return part


def _one(result: PosteriorResult, place: int) -> Part:
    """One estimate: its assumption and prior, what speaks against it, its parts, models, chains and priors."""
    fit, label = result.fit, result.label
    part = Part(f"bayes-{place}", Sentence("study_posterior_none", {"label": label}))
    if not result.blocked:
        fields = {"label": label, "headline": build.headline_text(result.estimate)}
        part.heading = Sentence("study_posterior", fields)
    part.paragraphs += [fit.assumption_text, _prior_words(result)]
    part.paragraphs += _said(result)
    level = result.estimate.level
    for estimate in result.divisions:
        by = tuple(estimate.parts[-1].levels)
        name = "-".join((f"posterior-{place}-parts", *by))
        part.figures.append(build.parts_figure(estimate, fit.table, name=name))
    if result.predictive is not None:
        fits: dict[str | Text, PosteriorFit] = {label: fit}
        part.figures.append(
            build.posterior_figure(fits, prior=result.predictive, level=level, name=f"posterior-{place}-prior")
        )
    if fit.weights is not None:
        part.figures.append(build.model_weights_figure(fit, name=f"posterior-{place}-models"))
        part.figures.append(build.inclusion_figure(fit, name=f"posterior-{place}-terms"))
    if fit.chains is not None:
        part.figures.append(build.traces_figure(fit, name=f"posterior-{place}-chains"))
    about = fit.table.reference
    if result.influence is not None:
        name = f"posterior-{place}-influence"
        part.figures.append(build.prior_influence_figure(result.influence, reference=about, name=name))
    if result.predictive is not None:
        part.figures.append(
            build.prior_predictive_figure(
                result.predictive,
                fit.table.n_observed,
                reference=about,
                level=level,
                name=f"posterior-{place}-predictive",
            )
        )
    return part


def _prior_words(result: PosteriorResult) -> Sentence:
    """What is believed of the total beforehand."""
    return Sentence("study_posterior_prior", {"prior": total_prior(result.checked.spec).words})


def _said(result: PosteriorResult) -> list[Sentence]:
    """Findings of the estimate as paragraphs, each with what to do."""
    said = []
    for finding in result.findings:
        severity = Sentence(f"severity_{finding.severity.value}")
        fields = {"severity": severity, "finding": Sentence(finding.code, finding.values)}
        remedy = f"{finding.code}.remedy"
        if remedy in catalogue():
            said.append(Sentence("study_posterior_says_do", {**fields, "remedy": Sentence(remedy, finding.values)}))
        else:
            said.append(Sentence("study_posterior_says", fields))
    return said
