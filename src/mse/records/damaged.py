"""What the libraries that read files say of a damaged one, as one error that tells nothing of what stands in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from mse.errors import TableError

__all__ = ["told_as"]


@contextmanager
def told_as(what: str, hint: str | None = None) -> Iterator[None]:
    """Tell whatever goes wrong within as one `TableError`.

    Every kind of error is caught, for these libraries promise none: a damaged workbook, Parquet, SPSS or Stata file
    ends in errors of ZIP, XML, Arrow, keys, dates and text, and their words may quote a cell. Too little memory is no
    fault of the file and is left as it is.

    Parameters
    ----------
    what : str
        What is wrong, as a sentence.
    hint : str, optional
        What to do about it.
    """
    try:
        yield
    except MemoryError:
        raise
    except Exception:
        raise TableError(what, hint=hint) from None
