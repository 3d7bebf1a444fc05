"""`run`: a study file in, a folder with report, workbook, CSV and manifest out."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mse.errors import StudyError, spelled
from mse.study.output import (
    MANIFEST,
    PRIVATE_MANIFEST,
    digest,
    is_output,
    new_folder,
    recover,
    require_output,
    require_place,
    written_files,
)

if TYPE_CHECKING:
    from mse.monitor.disclosure.release import Release
    from mse.report.page import Page
    from mse.study.check import CheckedStudy
    from mse.study.monitor_steps import MonitorResults
    from mse.study.procedure import Results

__all__ = ["StudyRun", "run"]

REPORT, WORKBOOK, ESTIMATES_CSV = "report.html", "tables.xlsx", "estimates.csv"
FIGURES, FIGURES_JSON = "figures", "figures.json"
PUBLISHED, TRAIL = "published.json", "private/trail.csv"
"""What a protected release printed, for the next one to be compared with, and what became of each cell."""


@dataclass(frozen=True, eq=False)
class StudyRun:
    """What `run` did.

    Parameters
    ----------
    checked : CheckedStudy
        What the study file says.
    results : Results or None
        What was estimated; None where the study has no data to estimate from.
    monitor : MonitorResults or None
        What was made of a register; None where the study has none.
    release : Release
        Figures and findings as they were written.
    page : Page
        What the report says.
    folder : Path
        Folder of the output.
    verified : bool
        Whether the output was there already and came out the same again.
    """

    checked: CheckedStudy
    results: Results | None
    monitor: MonitorResults | None
    release: Release
    page: Page
    folder: Path
    verified: bool

    @property
    def blocked(self) -> bool:
        """Whether a blocking finding leaves no single estimate."""
        return self.release.blocked

    @property
    def written(self) -> tuple[Path, ...]:
        """The files and folders of the output that may be shared."""
        named = (REPORT, WORKBOOK, ESTIMATES_CSV, FIGURES, FIGURES_JSON, PUBLISHED, MANIFEST)
        return tuple(self.folder / name for name in named if (self.folder / name).exists())

    def __repr__(self) -> str:
        headline = self.release.say(self.page.headline, "en")
        return "\n".join([headline, *(f"  {path}" for path in self.written)])


def run(
    path: str | Path,
    *,
    force: bool = False,
    out: str | Path | None = None,
    progress: bool = True,
    say: Callable[[str], None] | None = None,
) -> StudyRun:
    """Do a study from its file and write its output.

    The file is checked as a whole before anything runs. The output folder is written as a whole or not at all; old
    output that a killed run left aside is put back first. Where there is output already, an unchanged study is done
    again and must give the same bytes; a changed one is refused before anything runs, unless `force` or `out` says
    what to do.

    Parameters
    ----------
    path : str or Path
        The study file.
    force : bool
        Replace the output of a study that has changed.
    out : str or Path, optional
        Folder for the output; by default ``output`` beside the study file.
    progress : bool
        Whether long work shows a progress bar on a terminal.
    say : callable, optional
        Is told what is being done, as a key of the catalogue.

    Returns
    -------
    StudyRun

    Raises
    ------
    mse.errors.StudyError
        The study file has problems, its output is that of another study, or does not come out the same again.

    Examples
    --------
    >>> import tempfile, mse
    >>> path = Path(tempfile.mkdtemp()) / "study.toml"
    >>> _ = path.write_text('[study]\\ntitle = "HIV in Rome"\\n\\n[data]\\ndataset = "rome_hiv"\\n')
    >>> mse.run(path).blocked
    False
    """
    from mse.study.check import check_study

    tell = say or (lambda key: None)
    tell("doing_check")
    checked = check_study(path)
    folder = checked.folder / "output" if out is None else Path(out)
    recover(folder)
    verify = _compare(folder, checked, force)
    results, monitor, release, page = _done(checked, progress, tell)
    tell("doing_report")
    if verify:
        with tempfile.TemporaryDirectory() as again:
            _write(Path(again), checked, release, page)
            _require_same(folder, Path(again))
    else:
        with new_folder(folder) as partial:
            _write(partial, checked, release, page)
    return StudyRun(checked, results, monitor, release, page, folder, verify)


def _compare(folder: Path, checked: CheckedStudy, force: bool) -> bool:
    """Whether the output of this very study is there; refuse that of another one, unless forced."""
    from mse.study.manifest import changes, identity

    require_output(folder)
    if not is_output(folder) or force:
        require_place(folder)
        return False
    before = _read_manifest(folder / PRIVATE_MANIFEST)
    if different := changes(before.get("identity", {}), identity(checked)):
        raise StudyError(
            f"The output in '{folder}' is of this study before it changed",
            got=f"other than then: {', '.join(different)}",
            hint="Replace it with --force (force=True), or write elsewhere with --out (out=).",
        )
    return True


def _done(
    checked: CheckedStudy, progress: bool, tell: Callable[[str], None]
) -> tuple[Results | None, MonitorResults | None, Release, Page]:
    from mse.monitor.disclosure.release import release
    from mse.study.manifest import made_text, open_manifest
    from mse.study.monitor_steps import carry_out_monitor
    from mse.study.page import compose
    from mse.study.procedure import carry_out

    results = carry_out(checked, progress=progress, say=tell)
    monitor = None
    if checked.monitor is not None:
        own = None if results is None or not checked.estimates_register else results.answer
        monitor = carry_out_monitor(checked.monitor, own, checked.line, say=tell)
    composed = compose(checked, results, monitor)
    released = release(
        composed.figures,
        checked.policy,
        findings=[finding for found in (results, monitor) if found is not None for finding in found.findings],
        manifest=open_manifest(checked),
    )
    return results, monitor, released, composed.page_with(made_text(released.manifest))


def _write(folder: Path, checked: CheckedStudy, release: Release, page: Page) -> None:
    """Write everything that may be shared, its manifest, and the manifest for the office alone."""
    from mse.report.csv import estimates_csv
    from mse.report.excel import write_workbook
    from mse.report.html import render_html
    from mse.report.page import languages_from
    from mse.study.manifest import identity, to_json
    from mse.study.sections import ESTIMATES

    language = checked.study.study.language
    (folder / REPORT).write_text(render_html(release, page, language=language), encoding="utf-8", newline="\n")
    write_workbook(release, page, folder / WORKBOOK, languages=languages_from(language))
    if ESTIMATES in release.names:
        (folder / ESTIMATES_CSV).write_text(estimates_csv(release), encoding="utf-8", newline="")
    if checked.monitor is not None or checked.study.estimate.covariates or checked.posteriors:
        _write_figures(folder, release, language)
    if release.policy == "protected":
        release.published.write(folder / PUBLISHED)
    written = written_files(folder)
    (folder / MANIFEST).write_bytes(to_json({**release.to_manifest(), "written": _released(written, release.policy)}))
    private: dict[str, Any] = {
        "identity": identity(checked),
        "written_sha256": written,
        "manifest_sha256": digest((folder / MANIFEST).read_bytes()),
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    secret = folder / PRIVATE_MANIFEST
    secret.parent.mkdir(mode=0o700)
    secret.touch(mode=0o600)
    secret.write_bytes(to_json(private))
    if release.audit.trail:
        trail = folder / TRAIL
        trail.touch(mode=0o600)
        trail.write_text(release.audit.to_frame(language).to_csv(index=False), encoding="utf-8", newline="")


def _write_figures(folder: Path, release: Release, language: str) -> None:
    """Write every figure as tidy CSV, and all of them as JSON."""
    from mse.report.csv import write_csv
    from mse.report.json import figures_json

    write_csv(release, folder / FIGURES, language)
    (folder / FIGURES_JSON).write_text(figures_json(release, language), encoding="utf-8", newline="")


def _released(written: Mapping[str, str], policy: str) -> Any:
    """What the policy lets everybody know of the files: their names, and their digests where it shares any."""
    from mse.monitor.disclosure.release import release

    manifest = {"written": {"files": list(written), "sha256": dict(written)}}
    return release((), policy, manifest=manifest).manifest["written"]


def _require_same(folder: Path, again: Path) -> None:
    """Refuse an output that does not come out the same again; the machine that it was made on may be another."""
    before, now = _comparable(folder), _comparable(again)
    different = sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))
    if different:
        raise StudyError(
            f"The output in '{folder}' is not what this study gives",
            got=f"another content of {spelled(different)}",
            hint="A file was changed by hand, or this machine calculates otherwise. Make it anew with --force.",
        )


def _comparable(folder: Path) -> dict[str, Any]:
    return {**written_files(folder), MANIFEST: {**_read_manifest(folder / MANIFEST), "machine": None}}


def _read_manifest(path: Path) -> dict[str, Any]:
    """Return a manifest; one that was damaged is as good as none."""
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError):
        return {}
