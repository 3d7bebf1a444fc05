"""`Rules`: the deciding rules from registration to figure, declared, versioned, switchable, with their trace.

A rule has the number that it has in `docs/reference/rules.md`. It adds columns to what is counted, and says how many
victims it touched. What the report leaves open is an option with a documented default.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from mse.errors import ModelError, did_you_mean, spelled
from mse.records.register.codebook import codebook
from mse.records.register.parse_registry import Column

__all__ = ["Columns", "Decision", "Rule", "Rules"]

Columns = Mapping[str, Column]

VERSION = "1"
"""Version of the rules; it changes where a rule decides otherwise."""


@dataclass(frozen=True, eq=False)
class Decision:
    """What a rule did: the columns that it gives, and how many victims it touched."""

    columns: Mapping[str, Column]
    touched: int


@dataclass(frozen=True)
class Rule:
    """One rule.

    Parameters
    ----------
    code : str
        Its number, such as "R8".
    decide : callable
        From the columns so far and the options (with "on" and "edition") to a `Decision`.
    options : mapping of str to tuple
        Choices of each option, the default first; an empty tuple where any value of the default's kind will do.
    defaults : mapping of str to object
        Defaults of options that have no list of choices.
    switchable : bool
        Whether it can be switched off; what defines the unit of a count cannot.
    fields : mapping of str to str
        Field of the code lists from which an option lists codes.
    """

    code: str
    decide: Callable[[Columns, Mapping[str, Any]], Decision]
    options: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    switchable: bool = True
    fields: Mapping[str, str] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash(self.code)

    def chosen(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Options with their defaults filled in."""
        known = {**{name: choices[0] for name, choices in self.options.items()}, **self.defaults}
        for name, value in given.items():
            if name not in known:
                raise ModelError(f"Rule {self.code} has no option '{name}'", hint=did_you_mean(name, known))
            choices = self.options.get(name)
            if choices and value not in choices:
                raise ModelError(
                    f"Option '{name}' of rule {self.code} is {spelled(map(str, choices))}", got=repr(value)
                )
            if not choices and not isinstance(value, type(known[name])):
                raise ModelError(
                    f"Option '{name}' of rule {self.code} is a {type(known[name]).__name__}", got=repr(value)
                )
        return {**known, **given}


@dataclass(frozen=True)
class Rules:
    """Which rules hold, with which options.

    Parameters
    ----------
    edition : str
        Edition of the code lists.
    off : collection of str
        Rules that are switched off.
    options : mapping of str to mapping
        Options by rule: ``{"R15": {"dual": "first"}}``.
    version : str
        Version of the rules; others than the present one are refused.

    Raises
    ------
    mse.errors.ModelError
        There is no such rule or option, or the rule cannot be switched off.

    Examples
    --------
    >>> rules = Rules(off=["R8"], options={"R15": {"dual": "first"}})
    >>> Rules.from_json(rules.to_json()) == rules
    True
    """

    edition: str = "2015-2019"
    off: frozenset[str] = frozenset()
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    version: str = VERSION

    def __post_init__(self) -> None:
        object.__setattr__(self, "off", frozenset(self.off))
        object.__setattr__(self, "options", {code: dict(given) for code, given in self.options.items()})
        if self.version != VERSION:
            raise ModelError(f"The rules are those of version {VERSION}", got=repr(self.version))
        book = codebook(self.edition)
        known = {rule.code: rule for rule in every_rule()}
        for code in (*self.off, *self.options):
            if code not in known:
                raise ModelError(f"There is no deciding rule '{code}'", hint=did_you_mean(code, known))
        if fixed := sorted(code for code in self.off if not known[code].switchable):
            raise ModelError(f"Rules that say what is counted cannot be switched off: {spelled(fixed)}")
        for code, given in self.options.items():
            known[code].chosen(given)
            for option, name in known[code].fields.items():
                if strange := [one for one in given.get(option, ()) if one not in book.codes[name]]:
                    what = f"Option '{option}' of rule {code} lists codes of '{name}'"
                    raise ModelError(what, got=spelled(map(str, strange)), hint=did_you_mean("", book.codes[name]))

    def __hash__(self) -> int:
        return hash((self.edition, self.off, self.version))

    def without(self, *codes: str) -> Self:
        """Switch rules off."""
        return replace(self, off=self.off | set(codes))

    def with_options(self, code: str, **given: Any) -> Self:
        """Choose options of a rule."""
        return replace(self, options={**self.options, code: {**self.options.get(code, {}), **given}})

    def to_json(self) -> str:
        """Write the rules as JSON."""
        plain = {"edition": self.edition, "version": self.version, "off": sorted(self.off), "options": self.options}
        return json.dumps(plain, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read rules from JSON, as `to_json` writes them."""
        try:
            plain = json.loads(text)
            options = {code: dict(given) for code, given in plain["options"].items()}
            parts = plain["edition"], frozenset(plain["off"]), options, plain["version"]
        except (ValueError, KeyError, TypeError, AttributeError):
            raise ModelError("Rules are written as JSON with edition, version, off and options") from None
        return cls(*parts)

    def apply(self, columns: Columns) -> tuple[dict[str, Column], dict[str, int]]:
        """Decide everything, rule after rule.

        Returns
        -------
        columns : dict
            The columns with those that the rules give.
        touched : dict
            How many victims each rule touched; rules that are switched off touched none.
        """
        decided, touched = dict(columns), {}
        for rule in every_rule():
            on = rule.code not in self.off
            given = {**rule.chosen(self.options.get(rule.code, {})), "on": on, "edition": self.edition}
            decision = rule.decide(decided, given)
            decided.update(decision.columns)
            touched[rule.code] = decision.touched if on else 0
        return decided, touched


def every_rule() -> Iterable[Rule]:
    """All deciding rules, in the order in which they decide."""
    from mse.records.register import rules_form, rules_person, rules_population, rules_sector

    return (*rules_population.RULES, *rules_form.RULES, *rules_person.RULES, *rules_sector.RULES)
