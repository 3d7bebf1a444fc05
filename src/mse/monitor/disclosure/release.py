"""`release`: the one door through which figures, findings and manifests leave.

Writers (HTML, Excel, CSV, terminal) take a `Release` and nothing else, so no count can be written that did
not pass a policy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from mse.core.figure import Figure
from mse.core.finding import Finding, Severity, worst
from mse.core.sentence import Sentence, Text
from mse.errors import ReleaseError, did_you_mean, spelled
from mse.messages import LANGUAGES, catalogue, sentence
from mse.monitor.disclosure.earlier import Published
from mse.monitor.disclosure.output_check import FORM, output_check
from mse.monitor.disclosure.policies import Policy, PublicSource, Threshold, Writer
from mse.monitor.disclosure.protected import Protected
from mse.monitor.disclosure.trail import Decision, trail_frame
from mse.monitor.disclosure.wording import wording_findings

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["POLICIES", "Audit", "Release", "ReleasedFigure", "ReleasedFinding", "default_policy", "release"]

POLICIES: Mapping[str, Policy] = {policy.name: policy for policy in (PublicSource(), Threshold(), Protected())}
"""Release policies by name, with their usual settings."""

_EVENT = "event:"
"""Marks of a picture that are dates, and say nothing of persons."""


@dataclass(frozen=True, eq=False)
class ReleasedFigure:
    """A figure as it may be written.

    Parameters
    ----------
    figure : Figure
        The figure with the policy's frame and texts; withheld cells are missing.
    words : mapping of (row, column) to str
        Key of the word that stands in each withheld cell, and in others that have one of their own.
    rows_left_out : bool
        Whether rows left the figure because they said only that somebody is there.
    """

    figure: Figure
    words: Mapping[tuple[int, str], str] = field(default_factory=dict)
    rows_left_out: bool = False

    @property
    def name(self) -> str:
        """Name of the figure."""
        return self.figure.name

    def to_frame(self) -> pd.DataFrame:
        """Return the data as they may be written."""
        return self.figure.to_frame()

    def __repr__(self) -> str:
        return f"Released {self.figure!r}"


@dataclass(frozen=True)
class ReleasedFinding:
    """A finding in words, counts of persons written as the policy wants."""

    code: str
    severity: Severity
    text: Mapping[str, str]
    remedy: Mapping[str, str]

    def __hash__(self) -> int:
        return hash((self.code, self.text["en"]))


@dataclass(frozen=True)
class Audit:
    """What a policy checked and did, figure by figure.

    Parameters
    ----------
    policy : str
        Name of the policy.
    figures : mapping of str to mapping
        For each figure the number of cells that each rule met: too_few, dominant, complementary, derived,
        rounded; of linked figures the number judged, withheld, derived and rounded. Which of them was withheld for
        which rule only the trail says: it would help a reader to work them out.
    trail : tuple of Decision
        What became of each cell of linked figures. It is for the office, and stays where the data are.
    notes : tuple of Sentence
        What was done to linked figures.
    exposed : int
        Withheld counts that earlier publications give away, whatever is withheld now.
    """

    policy: str
    figures: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    trail: tuple[Decision, ...] = ()
    notes: tuple[Sentence, ...] = ()
    exposed: int = 0

    def total(self, rule: str) -> int:
        """Number of cells of all figures that a rule met."""
        return sum(tally.get(rule, 0) for tally in self.figures.values())

    def text(self, language: str = "en") -> str:
        """Say what the policy did."""
        notes = [note.write(language) for note in self.notes]
        others = any("too_few" in tally for tally in self.figures.values())
        if self.notes and not others:
            return " ".join(notes)
        rules = ("too_few", "dominant", "complementary")
        counts: dict[str, Any] = {rule: self.total(rule) for rule in rules}
        counts["derived"] = sum(tally.get("derived", 0) for tally in self.figures.values() if "too_few" in tally)
        return " ".join([sentence(f"audit_{self.policy}", language, **counts), *notes])

    def to_frame(self, language: str = "en") -> pd.DataFrame:
        """Return the trail: of every cell of linked figures the rule, why, and its state before and after."""
        return trail_frame(self.trail, language)


@dataclass(frozen=True, eq=False)
class Release:
    """Figures and findings that may be written, and the account of why.

    Made by `release`, not by hand.

    Parameters
    ----------
    policy : str
        Name of the policy.
    figures : tuple of ReleasedFigure
    findings : tuple of ReleasedFinding
        Blocking ones first.
    audit : Audit
    citations : tuple of str
        Sources of the figures, printed with them.
    manifest : mapping
        What may be shared of how it was made.
    published : Published
        What is printed of linked counts; keep it, for the next release.
    form : ReleasedFigure, optional
        The output-check form. Where counts are not public it is one of the figures, the last one.
    writer : Writer, optional
        Writes texts under the policy; by default that of the policy's name.
    """

    policy: str
    figures: tuple[ReleasedFigure, ...]
    findings: tuple[ReleasedFinding, ...]
    audit: Audit
    citations: tuple[str, ...]
    manifest: Mapping[str, Any]
    published: Published = field(default_factory=lambda: Published({}))
    form: ReleasedFigure | None = None
    writer: Writer | None = None

    def __getitem__(self, name: str) -> ReleasedFigure:
        """Return a figure by name."""
        for figure in self.figures:
            if figure.name == name:
                return figure
        raise ReleaseError(f"There is no figure '{name}' in the release", hint=did_you_mean(name, self.names))

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the figures."""
        return tuple(figure.name for figure in self.figures)

    @property
    def blocked(self) -> bool:
        """Whether a blocking finding withholds the single number."""
        return any(finding.severity is Severity.BLOCKING for finding in self.findings)

    def say(self, text: Text, language: str) -> str:
        """Write a text in a language; the counts of a `Sentence` as the policy wants."""
        return _say(self.writer or _writer_named(self.policy), text, language)

    def to_manifest(self) -> dict[str, Any]:
        """Return policy, audit, findings and what may be shared of the manifest, as plain values."""
        return {
            **self.manifest,
            "release": {
                "policy": self.policy,
                "citations": list(self.citations),
                "figures": {name: dict(tally) for name, tally in self.audit.figures.items()},
            },
        }

    def __repr__(self) -> str:
        return f"Release of {len(self.figures)} figures under the policy '{self.policy}': {self.audit.text()}"


def release(
    figures: Iterable[Figure],
    policy: str | Policy | None = None,
    *,
    findings: Sequence[Finding] = (),
    manifest: Mapping[str, Any] | None = None,
) -> Release:
    """Let figures, findings and a manifest out under a policy.

    Parameters
    ----------
    figures : iterable of Figure
        What is to be written.
    policy : {"public_source", "threshold", "protected"} or Protected, optional
        By default the one of `default_policy`. "public_source" writes everything as it is and is allowed
        only where the reference of every figure is public; its sources are printed. "threshold" withholds
        cells with fewer than 10 persons, categories above 90 % of their group and what would betray those,
        and rounds all other counts of persons to a multiple of 5; so in findings, texts and the manifest.
        "protected" prints the counts of tidy figures exactly and withholds what is small and what would give
        that away; `Protected` has its settings. The figures of one release are judged together.
    findings : sequence of Finding
        What readers must know.
    manifest : mapping, optional
        How it was made, as plain values. Under "threshold" whole numbers are taken for counts of persons,
        except in the sections versions, machine, seeds and choices; hashes leave.

    Returns
    -------
    Release

    Raises
    ------
    mse.errors.ReleaseError
        The policy is not known or not allowed, two figures have the same name, or a figure is for public counts only
        (`Figure.public_only`) and its reference is not public.

    Examples
    --------
    >>> import pandas as pd
    >>> from mse.core.figure import Column
    >>> frame = pd.DataFrame({"form": ["labour", "sexual", "other"], "persons": [413, 508, 7]})
    >>> columns = {"form": Column("form", "vorm"), "persons": Column("persons", "personen", "persons")}
    >>> text = {"en": "By form", "nl": "Naar vorm"}
    >>> released = release([Figure("forms", frame, columns, title=text, caption=text)])
    >>> released["forms"].to_frame()["persons"].tolist()
    [415, 510, <NA>]
    """
    figures = tuple(figures)
    rules = _policy(default_policy(figures) if policy is None else policy)
    _check_names(figures)
    _check_public_only(figures)
    if rules.rules is None:
        _check_public(figures)
    judged = rules.judge(figures)
    writer = judged.writer
    done, tallies = [], {}
    for figure, cells in zip(figures, judged.cells, strict=True):
        words = {**figure.words, **cells.words}
        done.append(ReleasedFigure(_rewritten(writer, figure, cells.frame), words, cells.rows_left_out))
        tallies[figure.name] = cells.tally
    wording = wording_findings(figures)
    form = ReleasedFigure(output_check(rules, figures, judged, wording))
    if rules.rules is not None:
        done.append(form)
    ordered = worst([*findings, *wording])
    shared = {name: writer.section(name, value) for name, value in (manifest or {}).items()}
    shared["findings"] = [writer.finding(finding) for finding in ordered]
    sources = (figure.reference.source for figure in figures if figure.reference is not None)
    exposed = len(judged.protection.exposed) if judged.protection is not None else 0
    return Release(
        rules.name,
        tuple(done),
        tuple(dict.fromkeys(_finding(writer, finding) for finding in ordered)),
        Audit(rules.name, tallies, judged.trail, judged.notes, exposed),
        tuple(dict.fromkeys(source for source in sources if source)),
        shared,
        judged.published,
        form,
        writer,
    )


def _policy(policy: str | Policy) -> Policy:
    """A policy, or the one of that name."""
    if not isinstance(policy, str):
        return policy
    if policy not in POLICIES:
        raise ReleaseError(f"There is no release policy {policy!r}", hint=did_you_mean(policy, POLICIES))
    return POLICIES[policy]


def _writer_named(name: str) -> Writer:
    return _policy(name).judge(()).writer


def default_policy(figures: Iterable[Figure]) -> str:
    """Return "public_source" where every figure is about public counts, otherwise "threshold"."""
    references = [figure.reference for figure in figures]
    public = all(reference is not None and reference.public and reference.source for reference in references)
    return "public_source" if references and public else "threshold"


def _check_names(figures: Sequence[Figure]) -> None:
    names = [figure.name for figure in figures]
    if FORM in names:
        raise ReleaseError(f"The name '{FORM}' is that of the output-check form", hint="Give the figure another name.")
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ReleaseError("Every figure of a release has its own name", got=f"{spelled(twice)} more than once")


def _check_public_only(figures: Sequence[Figure]) -> None:
    """Refuse figures that tell of counts which may be withheld elsewhere."""
    if telling := [figure.name for figure in figures if figure.public_only and not _is_public(figure)]:
        raise ReleaseError(
            "Figures that tell of withheld counts are released for public counts only",
            got=f"without a public reference: {spelled(telling)}",
            hint="Look at them on your own screen, or give a reference with public=True where the data come in.",
        )


def _is_public(figure: Figure) -> bool:
    return figure.reference is not None and figure.reference.public


def _check_public(figures: Sequence[Figure]) -> None:
    private = [figure.name for figure in figures if not _is_public(figure)]
    if private:
        raise ReleaseError(
            "The policy 'public_source' is for public counts only",
            got=f"figures without a public reference: {spelled(private)}",
            hint="Use policy='threshold' or 'protected', or give a reference with public=True where the data come in.",
        )
    if silent := [f.name for f in figures if f.reference is not None and not f.reference.source]:
        raise ReleaseError(
            "Public counts are released with their source",
            got=f"figures without one: {spelled(silent)}",
            hint="Give the reference a source.",
        )


def _rewritten(writer: Writer, figure: Figure, frame: pd.DataFrame) -> Figure:
    """The figure with the policy's frame, its texts written out and nothing exact left in it."""
    frame = frame.copy()
    for name, column in figure.columns.items():
        if column.kind == "text" and name in frame:
            frame[name] = frame[name].map(
                lambda cell: _both(writer, cell) if isinstance(cell, Mapping) else cell, na_action="ignore"
            )
    texts: dict[str, Any] = {name: _both(writer, getattr(figure, name)) for name in ("title", "caption", "base", "alt")}
    group = tuple(name for name in figure.group if name in frame) if figure.group else figure.group
    columns = {
        name: replace(column, of=tuple(base for base in column.of if base in frame))
        for name, column in figure.columns.items()
        if name in frame
    }
    estimates = {name: value for name, value in figure.marks.items() if not name.startswith(_EVENT)}
    marks = {**figure.marks, **writer.marks(estimates)}
    spanners = tuple((_both(writer, text), over) for text, over in figure.spanners if set(over) <= set(columns))
    texts |= {"atoms": {}, "same": {}, "compares": {}, "stand_ins": {}}
    if not isinstance(writer, PublicSource):
        texts["trace"] = {}
        texts |= {"findings": ()} if hasattr(figure, "findings") else {}  # they leave as those of the release, or not
    return replace(figure, frame=frame, columns=columns, group=group, marks=marks, spanners=spanners, **texts)


def _both(writer: Writer, text: Text) -> dict[str, str]:
    return {language: _say(writer, text, language) for language in LANGUAGES} if text else {}


def _say(writer: Writer, text: Text, language: str) -> str:
    if not isinstance(text, Sentence):
        return text[language]
    return _under(writer, text).write(language, guard=writer.guard)


def _under(writer: Writer, text: Sentence) -> Sentence:
    """The sentence, and those in its values, with what the policy leaves of the values."""
    key = writer.code(text.key)
    fields = writer.fields(key, text.fields)
    inner = {name: _under(writer, value) for name, value in fields.items() if isinstance(value, Sentence)}
    return Sentence(key, {**fields, **inner})


def _finding(writer: Writer, finding: Finding) -> ReleasedFinding:
    remedy = f"{finding.code}.remedy"
    return ReleasedFinding(
        finding.code,
        finding.severity,
        _both(writer, Sentence(finding.code, finding.values)),
        _both(writer, Sentence(remedy, finding.values) if remedy in catalogue() else {}),
    )
