"""The population of a line in words: one text for figures, tables and what is set beside them."""

from __future__ import annotations

from mse.messages.labels import label, labels

__all__ = ["MONITOR_LINE", "line_of", "population_of"]

MONITOR_LINE = "monitor_population"
"""Line that the reference of a register describes (R10)."""

_DIMENSION = "population_line"
_SUFFIX = "; line: "


def population_of(population: str, line: str) -> str:
    """Say which population a line of a register is.

    Examples
    --------
    >>> population_of("presumed victims", "excl_emm_only")
    'presumed victims; line: Excluding EMM-only'
    >>> population_of("presumed victims", "monitor_population")
    'presumed victims'
    """
    return population if line == MONITOR_LINE else f"{population}{_SUFFIX}{label(_DIMENSION, line)['en']}"


def line_of(population: str) -> tuple[str, str]:
    """The population of the register and the line that a text of `population_of` names.

    Examples
    --------
    >>> line_of("presumed victims; line: Excluding EMM-only")
    ('presumed victims', 'excl_emm_only')
    """
    base, suffix, name = population.rpartition(_SUFFIX)
    codes = {text["en"]: code for (dimension, code), text in labels().items() if dimension == _DIMENSION}
    return (base, codes[name]) if suffix and name in codes else (population, MONITOR_LINE)
