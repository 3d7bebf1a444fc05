"""`Rules`: the deciding rules from registration to figure, declared, versioned, switchable, with their trace.

A rule has the number that it has in `docs/reference/rules.md`. It adds columns to what is counted, or is consulted
where reports are gathered and figures are made, and says how many it touched. What the report leaves open is an option
with a documented default.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from mse.errors import ModelError, did_you_mean, spelled
from mse.records.register.codebook import Codebook, codebook
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
    decide : callable, optional
        From the columns so far and the options (with "on" and "edition") to a `Decision`; None where no columns decide:
        while reports are read and gathered (`rules_reading`), or while figures are made (`rules_figures`).
    options : mapping of str to tuple
        Choices of each option, the default first.
    defaults : mapping of str to object
        Defaults of options that have no list of choices; any value of that kind will do, and numbers from 1 on.
    switchable : bool
        Whether it can be switched off; what defines the unit of a count cannot.
    fields : mapping of str to str
        Field of the code lists from which an option lists codes.
    counts : bool
        Whether its switch and options change counts of the register, and not only what a figure makes of them.
    """

    code: str
    decide: Callable[[Columns, Mapping[str, Any]], Decision] | None = None
    options: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    switchable: bool = True
    fields: Mapping[str, str] = field(default_factory=dict)
    counts: bool = True

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
            if not choices and type(value) is not type(known[name]):
                raise ModelError(
                    f"Option '{name}' of rule {self.code} is a {type(known[name]).__name__}", got=repr(value)
                )
            if isinstance(value, int) and value < 1:
                raise ModelError(f"Option '{name}' of rule {self.code} is 1 or more", got=repr(value))
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
        known = known_rules()
        for code in (*self.off, *self.options):
            if code not in known:
                raise ModelError(f"There is no deciding rule '{code}'", hint=did_you_mean(code, known))
        if fixed := sorted(code for code in self.off if not known[code].switchable):
            raise ModelError(f"Rules that say what is counted cannot be switched off: {spelled(fixed)}")
        for code, given in self.options.items():
            known[code].chosen(given)
            for option, name in known[code].fields.items():
                if strange := _strange(given.get(option, ()), book, name):
                    what = f"Option '{option}' of rule {code} lists codes of '{name}'"
                    raise ModelError(what, got=spelled(map(str, strange)), hint=did_you_mean("", book.codes[name]))

    def __hash__(self) -> int:
        return hash((self.edition, self.off, self.version))

    def is_on(self, code: str) -> bool:
        """Whether a rule holds."""
        return code not in self.off

    def chosen(self, code: str) -> dict[str, Any]:
        """Options of a rule, with their defaults filled in."""
        return known_rules()[code].chosen(self.options.get(code, {}))

    @property
    def of_counts(self) -> Self:
        """These rules as far as they decide counts of the register; only options that differ from the default."""
        counting = {code: rule.chosen({}) for code, rule in known_rules().items() if rule.counts}
        options = {
            code: {name: value for name, value in given.items() if value != counting[code][name]}
            for code, given in self.options.items()
            if code in counting
        }
        options = {code: given for code, given in options.items() if given}
        return replace(self, off=self.off & counting.keys(), options=options)

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
        """Decide columns, rule after rule.

        Returns
        -------
        columns : dict
            The columns with those that the rules give.
        touched : dict
            How many victims each rule touched; rules that are switched off touched none.
        """
        decided, touched = dict(columns), {}
        for rule in every_rule():
            if rule.decide is None:
                continue
            on = self.is_on(rule.code)
            given = {**self.chosen(rule.code), "on": on, "edition": self.edition}
            decision = rule.decide(decided, given)
            decided.update(decision.columns)
            touched[rule.code] = decision.touched if on else 0
        return decided, touched


def every_rule() -> tuple[Rule, ...]:
    """All deciding rules, in the order in which they decide."""
    return tuple(known_rules().values())


@functools.cache
def known_rules() -> Mapping[str, Rule]:
    """All deciding rules by code."""
    from mse.records.register import (
        rules_figures,
        rules_form,
        rules_person,
        rules_population,
        rules_reading,
        rules_sector,
    )

    rooms = (rules_reading, rules_population, rules_form, rules_person, rules_sector, rules_figures)
    return {rule.code: rule for room in rooms for rule in room.RULES}


def _strange(listed: Iterable[str] | Mapping[str, str], book: Codebook, name: str) -> list[str]:
    """What an option lists and the code lists do not know; reporters are mapped to groups."""
    groups = listed.values() if isinstance(listed, Mapping) else ()
    return [
        *(code for code in listed if code not in book.codes[name]),
        *(group for group in groups if group not in book.reporter_groups),
    ]
