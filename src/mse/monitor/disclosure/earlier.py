"""`Published`: what an earlier release printed, count by count, so that the next one does not give it away.

Two releases of one register differ by few persons: late reports, corrections. A reader who subtracts them learns of
those few. So a release that follows another one is judged with what that printed in hand.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol, Self

from mse.errors import ReleaseError
from mse.monitor.disclosure.linked import SAME, LinkedCounts, Sum

__all__ = ["Printed", "Published", "key_of"]


def key_of(identity: Hashable) -> str:
    """What a count counts, as a text that is the same in every release.

    Examples
    --------
    >>> key_of(("victims", 2019, frozenset({"AU"})))
    '["victims", 2019, {"set": ["AU"]}]'
    """
    return json.dumps(_plain(identity), ensure_ascii=False, sort_keys=True)


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset | set):
        return {"set": sorted((_plain(item) for item in value), key=str)}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


@dataclass(frozen=True, eq=False)
class Published:
    """What a release printed.

    Parameters
    ----------
    counts : mapping of str to float or None
        The printed number of every count, by `key_of` what it counts; None where it was withheld.
    base : int
        Multiple that the counts were rounded to; 1 where they were not.
    sums : tuple of (str, tuple of str)
        What the release said of what adds up.

    Examples
    --------
    >>> before = Published({"all": 120, "men": 100, "women": None})
    >>> before.state("men", 103), before.state("men", 130), before.state("women", 20)
    ('changed', 'revised', 'before')
    """

    counts: Mapping[str, float | None]
    base: int = 1
    sums: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def state(self, identity: Hashable, value: float, minimum: int = 10) -> str:
        """Say how a count relates to what was printed of it.

        Parameters
        ----------
        identity : hashable
            What is counted, or its key.
        value : float
            The count now.
        minimum : int
            Fewer persons than this must not be told apart.

        Returns
        -------
        {"new", "before", "same", "changed", "revised"}
            Not printed then; withheld then; printed, and the same now; another number of which the difference is fewer
            persons than the minimum; or of at least as many.
        """
        key = identity if isinstance(identity, str) and identity in self.counts else key_of(identity)
        if key not in self.counts:
            return "new"
        before = self.counts[key]
        if before is None:
            return "before"
        change = abs(value - before)
        if change < (self.base if self.base > 1 else SAME):
            return "same"
        return "changed" if change < minimum else "revised"

    def linked_to(self, counts: LinkedCounts) -> tuple[LinkedCounts, frozenset[Hashable]]:
        """Add to counts what the release told of them through counts that are not printed any more.

        Returns
        -------
        LinkedCounts
            With the sums of the release that still hold.
        frozenset
            Counts of the release that are added, which readers know.
        """
        here = {key_of(cell): cell for cell in counts.values}
        values, sums, added = dict(counts.values), list(counts.sums), set()
        present = {(whole, frozenset(parts)) for whole, parts in sums}
        for whole_key, part_keys in self.sums:
            names = (whole_key, *part_keys)
            if any(name not in here and self.counts.get(name) is None for name in names):
                continue
            cells = [here.get(name, ("earlier", name)) for name in names]
            pairs = zip(cells, names, strict=True)
            known = {cell: float(self.counts[name] or 0.0) for cell, name in pairs if name not in here}
            number = {**values, **known}
            whole, parts = cells[0], tuple(cells[1:])
            holds = abs(number[whole] - sum(number[part] for part in parts)) <= SAME
            if holds and (whole, frozenset(parts)) not in present:
                values.update(known)
                added |= set(known)
                sums.append((whole, parts))
        return replace(counts, values=values, sums=tuple(sums)), frozenset(added)

    @classmethod
    def of(cls, values: Mapping[Hashable, float | None], base: int, sums: Iterable[Sum]) -> Self:
        """Take what was printed of counts by what they count."""
        keys = {cell: key_of(cell) for cell in values}
        kept = [(whole, parts) for whole, parts in sums if all(cell in keys for cell in (whole, *parts))]
        return cls(
            {keys[cell]: value for cell, value in values.items()},
            base,
            tuple((keys[whole], tuple(keys[part] for part in parts)) for whole, parts in kept),
        )

    def write(self, path: str | Path) -> None:
        """Write it as JSON: it holds nothing that was not printed."""
        plain = {"counts": dict(self.counts), "base": self.base, "sums": [[w, list(p)] for w, p in self.sums]}
        Path(path).write_text(json.dumps(plain, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """Read what `write` wrote.

        Raises
        ------
        mse.errors.ReleaseError
            The file is not one of these.
        """
        try:
            plain = json.loads(Path(path).read_text(encoding="utf-8"))
            sums = tuple((str(whole), tuple(map(str, parts))) for whole, parts in plain["sums"])
            return cls(dict(plain["counts"]), int(plain["base"]), sums)
        except (OSError, ValueError, KeyError, TypeError):
            raise ReleaseError(
                "What an earlier release printed cannot be read",
                got=f"'{Path(path).name}'",
                hint="Give the file that Release.published.write made.",
            ) from None


class Printed(Protocol):
    """Something that was printed and says what: a `Release`."""

    @property
    def published(self) -> Published:
        """What was printed of counts."""
