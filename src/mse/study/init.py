"""Makes the folder of a new study from a template, and never writes over one."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from mse.errors import StudyError, did_you_mean
from mse.messages import LANGUAGES

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

__all__ = ["STUDY_FILE", "new_study"]

STUDY_FILE = "study.toml"

_NAME = re.compile(r"[\w][\w.-]*")


def new_study(name: str, *, folder: str | Path = "studies", dataset: str | None = None) -> Path:
    """Make a study folder with a study file to fill in.

    Parameters
    ----------
    name : str
        Name of the study and its folder: letters, digits, ``-``, ``_`` and ``.``.
    folder : str or Path
        Folder in which it is made.
    dataset : str, optional
        Published table that the study is about; by default a file.

    Returns
    -------
    Path
        The study file.

    Raises
    ------
    mse.errors.StudyError
        The name cannot be a folder, there is such a study already, or there is no such dataset.

    Examples
    --------
    >>> import tempfile
    >>> new_study("rome", folder=tempfile.mkdtemp(), dataset="rome_hiv").name
    'study.toml'
    """
    import tomlkit

    from mse.records import datasets

    if not _NAME.fullmatch(name):
        raise StudyError("The name of a study is one of letters, digits, -, _ and .", got=repr(name))
    path = Path(folder) / name / STUDY_FILE
    if path.exists():
        raise StudyError(f"There is a study '{path}' already", hint="Choose another name.")
    content = tomlkit.parse(resources.files("mse.study").joinpath("template.toml").read_text(encoding="utf-8"))
    if dataset is not None:
        if dataset not in datasets.names():
            raise StudyError(f"There is no dataset '{dataset}'", hint=did_you_mean(dataset, datasets.names()))
        _fill_in(content, dataset, datasets.about(dataset).title)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8", newline="\n") as handle:
        handle.write(tomlkit.dumps(content))
    return path


def _fill_in(content: TOMLDocument, dataset: str, title: str) -> None:
    """Put a published table in the place of the file; it brings its reference and the meaning of its lists."""
    import tomlkit

    titles = tomlkit.inline_table()
    titles.update(dict.fromkeys(LANGUAGES, title))
    content["study"].update({"title": titles})
    data = tomlkit.table()
    data.add("dataset", dataset)
    data.add(tomlkit.nl())
    content["data"] = data
    content.remove("reference")
