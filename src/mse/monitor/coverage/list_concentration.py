"""How much a form of trafficking rests on one list: the share of each in its reports, and what goes without it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mse.core.cube import Cube
from mse.core.figure import Figure
from mse.core.finding import Finding, Severity, worst
from mse.core.reference import Reference
from mse.core.sentence import Sentence
from mse.errors import TableError
from mse.lazy import lazy
from mse.messages.labels import label, labels
from mse.monitor.coverage.coverage_figure import ComparedFigure
from mse.monitor.coverage.list_failure import list_label, reports_figure
from mse.monitor.coverage.registered import FigureSource
from mse.monitor.estimation.data_figures import heading, unit_and_source

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy("pandas")

__all__ = ["concentration"]

DEPENDENT = 0.4
"""Share of the reports of a form from which it is said to rest on one list; with six lists an equal share is 0.17."""

_SETS = "reporters"
_ALL = "all"


def concentration(
    source: FigureSource | Figure | Cube, *, reference: Reference | None = None, name: str = "concentration"
) -> ComparedFigure:
    """Show the share of each list in the reports of each form, and the victims whom no other list reports.

    Parameters
    ----------
    source : Figures, mapping of str to Figure, Figure or Cube
        Figure 2.11, or a cube with the dimensions form and reporters. Only a cube tells who is on no other list.
    reference : Reference, optional
        What a cube is about; figures say so themselves.
    name : str
        Name of the figure.

    Returns
    -------
    ComparedFigure
        One row a form ("all" for all) and list: columns form, list_code, reports, all_reports, share, largest and,
        from a cube, only (victims on no other list), victims and share_lost (share of the victims of the form who
        are not counted without the list). A form that rests on one list has a finding.

    Raises
    ------
    mse.errors.TableError
        There are no reports by form and list.

    Examples
    --------
    >>> rows = {"form": ["AU", "AU", "CU"], "reporters": ["fairwork", "fairwork|police", "police"]}
    >>> cube = Cube(pd.DataFrame({**rows, "count": [50, 10, 30]}), frozenset({"reporters"}))
    >>> frame = concentration(cube).to_frame().query("form == 'AU' and list_code == 'fairwork'")
    >>> frame[["reports", "only", "share_lost"]].round(3).values.tolist()
    [[60.0, 50.0, 0.833]]
    """
    rows = _from_cube(source) if isinstance(source, Cube) else _from_figure(source)
    if not rows:
        raise TableError("There are no reports by form and list")
    frame = pd.DataFrame([{**row, **_labels(row)} for row in rows])
    frame["all_reports"] = frame.groupby("form")["reports"].transform("sum")
    frame["share"] = frame["reports"] / frame["all_reports"]
    frame["largest"] = frame["reports"] == frame.groupby("form")["reports"].transform("max")
    columns = {
        "form_label": heading("concentration_form"),
        "list": heading("list"),
        "reports": heading("concentration_reports", "persons"),
        "all_reports": heading("concentration_all", "persons"),
        "share": heading("share", "percent", of=["reports", "all_reports"]),
    }
    if "only" in frame:
        columns |= {
            "only": heading("concentration_only", "persons", of=["reports"]),
            "victims": heading("concentration_victims", "persons"),
            "share_lost": heading("concentration_lost", "percent", of=["only", "victims"]),
        }
    about = reference if isinstance(source, Cube) else reports_figure(source).reference
    return ComparedFigure(
        name,
        frame,
        columns,
        title=Sentence("concentration_title"),
        caption=Sentence("concentration_caption"),
        base=Sentence("concentration_base"),
        findings=worst(_findings(frame)),
        **{**unit_and_source(about), "unit": "report"},
    )


def _findings(frame: pd.DataFrame) -> list[Finding]:
    leading = frame[frame["largest"] & (frame["share"] >= DEPENDENT) & (frame["form"] != _ALL)]
    found = []
    for row in leading.to_dict("records"):
        values = {"form": row["form_label"], "name": row["list"], "share": round(row["share"], 2)}
        found.append(Finding("form_on_one_list", Severity.NOTE, f"{row['form']}, {row['list_code']}", values))
    return found


def _labels(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"form_label": label("form", row["form"]), "list": list_label(row["list_code"])}


def _from_figure(source: FigureSource | Figure) -> list[dict[str, Any]]:
    frame = reports_figure(source).to_frame()
    frame = frame[(frame["year"].astype(str) == "total") & (frame["measure"] == "reports") & frame["value"].notna()]
    rows = zip(frame["form"], frame["category_code"], frame["value"], strict=True)
    return [
        {"form": str(form), "list_code": str(code), "reports": float(value)}
        for form, code, value in rows
        if ("reporter", code) in labels()
    ]


def _from_cube(cube: Cube) -> list[dict[str, Any]]:
    rows = []
    for form in (_ALL, *cube.levels("form")):
        part = cube if form == _ALL else cube.where(form=form)
        patterns = part.by(_SETS)
        for code, reports in sorted(part.members(_SETS).by(_SETS).items()):
            only, victims = patterns.get(code, 0), part.total
            row = {"form": str(form), "list_code": code, "reports": float(reports), "only": only, "victims": victims}
            rows.append({**row, "share_lost": only / victims})
    return rows
