"""Reads CSV, Excel, Parquet, SPSS and Stata files as people write them, Dutch or plain."""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections import Counter
from collections.abc import Collection, Hashable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mse.core.reference import Reference
from mse.core.table import CaptureTable
from mse.errors import TableError, did_you_mean, spelled
from mse.lazy import lazy
from mse.records.damaged import told_as
from mse.records.read_labelled import PROGRAMS, read_labelled

if TYPE_CHECKING:
    import pandas as pd

parquet = lazy("pyarrow.parquet")

__all__ = ["read_frame", "read_table"]

_TEXTS, _BOOKS = (".csv", ".txt", ".tsv"), (".xlsx", ".xlsm")
_ENDINGS = (*_TEXTS, *_BOOKS, ".parquet", *PROGRAMS)
_SEPARATORS = (";", ",", "\t", "|")
_LONGEST_NUMBER = 15
"""Longer digits are keys, not quantities, and stay text."""


def read_table(
    path: str | Path,
    *,
    lists: Sequence[str] | None = None,
    count: str | None = "count",
    covariates: Sequence[str] = (),
    coding: Mapping[Any, bool] | None = None,
    levels: Mapping[str, Sequence[Hashable]] | None = None,
    reference: Reference | None = None,
    **options: Any,
) -> CaptureTable:
    """Read a file of capture histories into a table.

    Parameters
    ----------
    path : str or Path
        A CSV, Excel, Parquet, SPSS or Stata file.
    lists : sequence of str, optional
        Columns of the lists; by default every column that is neither the count nor a covariate.
    count : str or None
        Column of the counts; None when the file has one row a person.
    covariates, coding, levels, reference
        As in `CaptureTable.from_counts`.
    **options
        As in `read_frame`: separator, decimal, encoding, sheet, missing, labels.

    Returns
    -------
    CaptureTable

    Raises
    ------
    mse.errors.TableError
        The file cannot be read, or its columns are no lists and counts.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "lijsten.csv"
    >>> _ = path.write_text("A;B;count\\n1;0;1.150\\n0;1;30\\n1;1;6\\n", encoding="cp1252")
    >>> read_table(path).n_observed
    1186
    """
    frame = read_frame(path, **options)
    if lists is None:
        lists = [name for name in frame.columns if name != count and name not in covariates]
    if count is None:
        return CaptureTable.from_histories(
            frame, lists=lists, covariates=covariates, coding=coding, levels=levels, reference=reference
        )
    if count not in frame.columns:
        raise TableError(
            f"Column '{count}' is not in the file",
            hint=did_you_mean(count, frame.columns) + " Say count=None for one row a person.",
        )
    return CaptureTable.from_counts(
        frame,
        lists=lists,
        count=count,
        covariates=covariates,
        coding=coding,
        levels=levels,
        reference=reference,
    )


def read_frame(
    path: str | Path,
    *,
    separator: str | None = None,
    decimal: str | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    missing: Sequence[str] = ("",),
    labels: bool | Sequence[str] = False,
    as_text: bool = False,
    plain: Collection[str] | None = None,
) -> pd.DataFrame:
    """Read a file into a data frame, with numbers where a whole column holds numbers.

    Parameters
    ----------
    path : str or Path
        A file ending in .csv, .txt, .tsv, .xlsx, .xlsm, .parquet, .sav, .zsav or .dta.
    separator : str, optional
        Between the columns of a text file; by default ``;``, ``,``, tab or ``|``, as in the heading.
    decimal : {",", "."}, optional
        Decimal sign of a text file; by default a comma where the columns are separated by ``;``. The other
        sign separates thousands, so that a Dutch 1.150 is 1,150.
    encoding : str, optional
        Of a text file; by default UTF-8 or UTF-16 with their marks, else Windows-1252. Of an SPSS or Stata file,
        where the file does not say it.
    sheet : str, optional
        Sheet of a workbook that has more than one.
    missing : sequence of str
        Texts that mean an empty cell.
    labels : bool or sequence of str
        Whether the value labels of an SPSS or Stata file take the place of its codes, in all columns that have them
        or in those named. By default codes stay; values that the file declares missing are empty.
    as_text : bool
        Leave all cells of a text file as text.
    plain : collection of str, optional
        Where given, columns of text of a Parquet file become categories, but for these.

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    mse.errors.TableError
        There is no such file, or it is not what its name says.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in _ENDINGS:
        known = f"{', '.join(_ENDINGS[:-1])} and {_ENDINGS[-1]}"
        raise TableError(f"Data are read from {known} files", got=f"'{path.name}'")
    if not path.is_file():
        raise TableError(f"There is no file '{path}'")
    _check_open(path)
    if suffix == ".parquet":
        return _parquet(path, plain)
    if suffix in PROGRAMS:
        return read_labelled(path, labels=labels, encoding=encoding)
    if suffix in _BOOKS:
        frame = _excel(path, sheet)
        return frame.map(lambda cell: None if isinstance(cell, str) and cell.strip() in missing else cell)
    text = _decoded(path, encoding)
    separator = separator or _separator(text, path)
    frame = _text(text, separator, path)
    if as_text:
        return frame
    decimal = decimal or ("," if separator == ";" else ".")
    return frame.apply(lambda column: _typed(column, decimal, missing))


def _check_open(path: Path) -> None:
    """Tell a file that is in use from one that is damaged."""
    try:
        path.open("rb").close()
    except OSError:
        hint = "Close it where another program has it open, and see that you may read it."
        raise TableError(f"File '{path.name}' cannot be opened", hint=hint) from None


def _decoded(path: Path, encoding: str | None) -> str:
    raw = path.read_bytes()
    marks = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
    marked = [name for mark, name in marks.items() if raw.startswith(mark)]
    for candidate in [encoding] if encoding else [*marked, "utf-8", "cp1252"]:
        try:
            return raw.decode(candidate)
        except UnicodeDecodeError:
            continue
        except LookupError:
            raise TableError("This encoding is not known", got=repr(encoding)) from None
    raise TableError(
        f"File '{path.name}' is not written in {encoding or 'UTF-8 or Windows-1252'}",
        hint="Name the encoding: encoding='latin-1'.",
    )


def _separator(text: str, path: Path) -> str:
    heading = re.sub(r'"[^"]*"', "", text.split("\n", 1)[0])
    best = max(_SEPARATORS, key=heading.count)
    if not heading.count(best):
        raise TableError(
            f"The heading of '{path.name}' has one column only",
            hint="Columns are separated by ; or , or tab or |; name another one: separator=':'.",
        )
    return best


def _text(text: str, separator: str, path: Path) -> pd.DataFrame:
    import pandas as pd

    try:
        heading = [name.strip() for name in next(csv.reader(io.StringIO(text), delimiter=separator), [])]
    except (csv.Error, TypeError):
        raise TableError(
            f"The heading of '{path.name}' cannot be read", hint="Name the separator, one sign: separator=';'."
        ) from None
    named = [name for name in heading if name]
    _check_doubled(named, path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            frame = pd.read_csv(
                io.StringIO(text),
                sep=separator,
                dtype="str",
                header=None,
                skiprows=1,
                names=[name or f"(column {place})" for place, name in enumerate(heading, start=1)],
                index_col=False,
                keep_default_na=False,
            )
    except (ValueError, pd.errors.ParserWarning) as problem:
        line = re.search(r"line (\d+)", str(problem))
        where = f" (line {line[1]})" if line else ""
        raise TableError(
            f"The rows of '{path.name}' do not have the {len(heading)} columns of its heading{where}"
        ) from None
    unnamed = [name for name in frame.columns if name not in named]
    if not frame[unnamed].isin([""]).all(axis=None) and not frame[unnamed].isna().all(axis=None):
        raise TableError(f"A column of '{path.name}' with values has no name", got=spelled(unnamed))
    return frame[named]


def _check_doubled(heading: Sequence[str], path: Path) -> None:
    """Refuse a heading with a name twice, without the name: where the heading is missing, the first row is a record."""
    doubled = sum(times > 1 for times in Counter(heading).values())
    if doubled:
        raise TableError(
            f"Every column of '{path.name}' needs its own name",
            got=f"{doubled:,} heading{'s that occur' if doubled > 1 else ' that occurs'} more than once",
            hint="The first row of the file is its heading.",
        )


def _typed(column: pd.Series[Any], decimal: str, missing: Sequence[str]) -> pd.Series[Any]:
    """Turn a column of text into numbers where all of it is numbers; keys with leading zeros stay text."""
    import pandas as pd

    text = column.astype("string").str.strip()
    text = text.mask(text.isin(list(missing)))
    known = text.dropna()
    point, thousands = re.escape(decimal), re.escape("." if decimal == "," else ",")
    whole = rf"-?(0|[1-9]\d*|[1-9]\d{{0,2}}({thousands}\d{{3}})+)"
    if not len(known) or known.str.len().max() > _LONGEST_NUMBER:
        return text.astype(object).where(text.notna(), None)
    if known.str.fullmatch(whole).all():
        digits = text.str.replace(thousands, "", regex=True)
        return pd.to_numeric(digits).astype("Int64")
    if known.str.fullmatch(rf"{whole}({point}\d+)?").all():
        digits = text.str.replace(thousands, "", regex=True).str.replace(decimal, ".", regex=False)
        return pd.to_numeric(digits).astype("Float64")
    return text.astype(object).where(text.notna(), None)


def _excel(path: Path, sheet: str | None) -> pd.DataFrame:
    import pandas as pd

    with told_as(f"File '{path.name}' is no Excel workbook"):
        book = pd.ExcelFile(path, engine="openpyxl")
    with book:
        sheets = [str(name) for name in book.sheet_names]
        if sheet is None and len(sheets) > 1:
            raise TableError(
                f"Workbook '{path.name}' has more than one sheet",
                got=spelled(sheets),
                hint=f"Name one: sheet='{sheets[0]}'.",
            )
        if sheet is not None and sheet not in sheets:
            raise TableError(f"Workbook '{path.name}' has no sheet '{sheet}'", hint=did_you_mean(sheet, sheets))
        with told_as(f"Workbook '{path.name}' is damaged"):
            cells = pd.read_excel(book, sheet_name=sheet or sheets[0], header=None, dtype=object)
    cells = cells.loc[:, cells.notna().any()] if len(cells) else cells
    heading = ["" if pd.isna(name) else str(name).strip() for name in cells.iloc[0]] if len(cells) else []
    if "" in heading:
        raise TableError(f"A column of '{path.name}' with values has no name", got=f"column {heading.index('') + 1}")
    _check_doubled(heading, path)
    return cells.iloc[1:].set_axis(heading, axis=1).reset_index(drop=True)


def _parquet(path: Path, plain: Collection[str] | None) -> pd.DataFrame:
    import pandas as pd

    with told_as(f"File '{path.name}' is no Parquet file"):
        if plain is None:
            return pd.read_parquet(path)
        texts = [field.name for field in parquet.read_schema(path) if str(field.type) in ("string", "large_string")]
        table = parquet.read_table(path, read_dictionary=[name for name in texts if name not in plain])
        frame: pd.DataFrame = table.to_pandas(ignore_metadata=True, date_as_object=False)
    return frame
