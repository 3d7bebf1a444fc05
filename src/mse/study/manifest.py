"""How a study was made: versions, machine, seeds and choices for everybody; hashes of the inputs for the office."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from mse.models.registry import to_json as to_plain
from mse.study.check import CheckedStudy
from mse.study.data import input_files
from mse.study.monitor_check import monitor_files
from mse.study.output import digest

__all__ = ["changes", "identity", "made_text", "open_manifest", "to_json", "versions"]

DISTRIBUTION = "multiple-systems-estimation"

PACKAGES = (
    "numpy", "scipy", "numba", "narwhals", "pandas", "pydantic", "matplotlib", "great-tables", "jinja2", "xlsxwriter",
    "openpyxl", "joblib", "pymc", "nutpie", "arviz",
)  # fmt: skip
"""Packages that the numbers and the files depend on."""


def versions() -> dict[str, str]:
    """Return the versions of mse, Python and the packages at work."""
    found = {"mse": metadata.version(DISTRIBUTION), "python": platform.python_version()}
    return found | {name: metadata.version(name) for name in PACKAGES}


def machine() -> dict[str, Any]:
    """Return processor, number of cores, system and architecture."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count() or 1,
        "system": platform.system(),
        "architecture": platform.machine(),
    }


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        for line in cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    if sys.platform == "darwin":
        asked = subprocess.run(
            ["/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string"], capture_output=True, text=True, check=False
        )
        if asked.returncode == 0:
            return asked.stdout.strip()
    return platform.processor() or "unknown"


def open_manifest(checked: CheckedStudy) -> dict[str, Any]:
    """Return what everybody may know of how a study is made, before its results are in."""
    workers = {} if checked.study.bootstrap is None else {"workers": checked.study.bootstrap.workers}
    seeds: dict[str, Any] = {} if checked.study.bootstrap is None else {"bootstrap": checked.study.bootstrap.seed}
    if checked.posteriors:
        seeds["posterior"] = [each.section.seed for each in checked.posteriors]
    return {
        "versions": versions(),
        "machine": machine() | workers,
        "seeds": seeds,
        "choices": _choices(checked),
    }


_PRINTED = ("monitor", "estimate", "bootstrap", "posterior", "release", "report")
"""Sections of the study file whose choices the report prints."""


def made_text(manifest: Mapping[str, Any]) -> str:
    """Return versions, seeds and choices of a released manifest as the report prints them, a line each."""
    choices = manifest["choices"]
    settings: dict[str, Any] = {name: choices[name] for name in _PRINTED if name in choices}
    data = choices.get("data", {})
    settings["data"] = {name: value for name, value in data.items() if name not in ("meanings", "notes")}
    lines = [f"{name} {version}" for name, version in manifest["versions"].items()]
    return "\n".join([*lines, "", *_flat(settings)])


def _flat(value: Any, key: str = "") -> list[str]:
    """Write nested choices as lines; what was left empty is no choice."""
    if isinstance(value, dict):
        return [line for name, item in value.items() for line in _flat(item, f"{key}.{name}" if key else name)]
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        return [line for place, item in enumerate(value) for line in _flat(item, f"{key}[{place}]")]
    return [] if value in ([], {}, [""]) else [f"{key} = {json.dumps(value, ensure_ascii=False)}"]


def _choices(checked: CheckedStudy) -> dict[str, Any]:
    """Every choice, with the scopes that were searched; files by name, never by a path of this machine."""
    choices = checked.study.to_choices()
    choices.pop("context", None)
    if checked.table is None:
        for name in ("estimate", "report"):
            choices.pop(name)
    else:
        choices["estimate"]["scopes"] = ["all" if s.max_order is None else s.max_order for s in checked.searches]
        if "file" in choices["data"]:
            choices["data"]["file"] = Path(choices["data"]["file"]).name
        if checked.table.reconciliation is not None:
            choices["data"]["reports"]["mapping"] = checked.table.reconciliation.mapping.to_dict()
    if checked.posteriors:
        specs = [to_plain(each.spec) for each in checked.posteriors]
        choices["posterior"] = [{**row, "spec": spec} for row, spec in zip(choices["posterior"], specs, strict=True)]
    if checked.monitor is not None:
        names = ("victims", "reports", "mapping", "claims", "reporters")
        named = {name: Path(text).name for name, text in choices["monitor"].items() if name in names}
        choices["monitor"] |= {**named, "figures": list(checked.monitor.figures)}
    if checked.reference is not None:
        choices["reference"] = checked.reference.to_dict()
    return choices


def identity(checked: CheckedStudy) -> dict[str, Any]:
    """Return what the output depends on: the choices, the inputs and the versions, as hashes and plain texts."""
    study = checked.study
    files = {} if study.data is None else input_files(study.data, checked.folder)
    if study.monitor is not None:
        files |= monitor_files(study.monitor, checked.folder)
    if study.release.previous is not None:
        files[study.release.previous] = checked.folder / study.release.previous
    return {
        "choices_sha256": digest(to_json(study.to_choices())),
        "table_fingerprint": "" if checked.table is None else checked.table.fingerprint,
        "inputs_sha256": {name: digest(path.read_bytes()) for name, path in files.items()},
        "versions": versions(),
    }


def changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[str, ...]:
    """Say in which respects a study is another one than the one whose output is there."""
    words = {
        "choices_sha256": "the study file",
        "table_fingerprint": "the data",
        "inputs_sha256": "the data",
        "versions": "the versions of mse, Python or packages",
    }
    return tuple(dict.fromkeys(word for key, word in words.items() if before.get(key) != now[key]))


def to_json(content: Any) -> bytes:
    """Write plain values as JSON, always in the same way."""
    return (json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False) + "\n").encode()
