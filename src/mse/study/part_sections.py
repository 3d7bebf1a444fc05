"""The section of a study's page with the estimate divided by covariates."""

from __future__ import annotations

from mse.core.sentence import Sentence
from mse.monitor.estimation.contrast_figures import contrasts_figure
from mse.monitor.estimation.part_figures import parts_figure
from mse.study.divisions import changes_between_years
from mse.study.procedure import Results
from mse.study.sections import Part

__all__ = ["parts_part"]


def parts_part(results: Results) -> Part:
    """The parts of the answer, a figure for each division, and how the years compare where there are draws."""
    divisions = results.divisions
    named = [tuple(division.parts[-1].levels) for division in divisions]
    part = Part("parts", Sentence("study_parts", {"names": tuple(dict.fromkeys(n for by in named for n in by))}))
    part.paragraphs.append(Sentence("study_parts_text"))
    for by, division in zip(named, divisions, strict=True):
        part.figures.append(parts_figure(division, results.table, name="-".join(("parts", *by))))
    if divisions[0].draws is not None:
        part.paragraphs.append(Sentence("study_parts_drawn"))
    if changes := changes_between_years(divisions):
        part.paragraphs.append(Sentence("study_parts_years"))
        part.figures.append(contrasts_figure(changes, results.table, name="changes"))
    return part
