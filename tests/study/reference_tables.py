"""Writes the tables of `docs/reference/study-file.md` from the models of the study file."""

from __future__ import annotations

from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from mse.study import config

SECTIONS: dict[str, type[BaseModel]] = {
    "[study]": config.StudySection,
    "[data]": config.DataSection,
    "[data.reading]": config.ReadingSection,
    "[data.reports]": config.ReportsSection,
    "[data.from_register]": config.RegisterSection,
    "[monitor]": config.MonitorSection,
    "[reference]": config.ReferenceSection,
    "[estimate]": config.EstimateSection,
    "[bootstrap]": config.BootstrapSection,
    "[[posterior]]": config.PosteriorSection,
    "[release]": config.ReleaseSection,
    "[report]": config.ReportSection,
    "[[context]]": config.ContextRow,
}


def table(model: type[BaseModel]) -> str:
    """One row a key: name, default, meaning; sections within the section have a table of their own."""
    rows = ["| key | default | meaning |", "| --- | --- | --- |"]
    for name, field in model.model_fields.items():
        if not _is_section(field):
            rows.append(f"| `{name}` | {_default(field)} | {field.description} |")
    return "\n".join(rows)


def _is_section(field: FieldInfo) -> bool:
    kinds = (field.annotation, *get_args(field.annotation))
    return any(isinstance(kind, type) and issubclass(kind, BaseModel) for kind in kinds)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    default: Any = field.default
    if default is None or default in ([], {}):
        return "–"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if isinstance(default, list):
        return "`[" + ", ".join(f'"{item}"' for item in default) + "]`"
    return f'`"{default}"`' if isinstance(default, str) else f"`{default}`"
