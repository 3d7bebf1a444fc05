"""Codings of covariates as a specification holds them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mse.core.coding import Coding

__all__ = ["coding_items"]


def coding_items(
    coding: Mapping[str, Coding] | Iterable[tuple[str, Coding]],
) -> tuple[tuple[str, Coding], ...]:
    """Codings by name as sorted pairs, so that a specification can be compared and hashed."""
    items = coding.items() if isinstance(coding, Mapping) else coding
    return tuple(sorted(items, key=lambda item: item[0]))
