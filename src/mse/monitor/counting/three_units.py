"""`units`: the same records counted as victims, as reports by group and as reports by police unit (R3, R35, R40)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from mse.monitor.counting.mentions import mentioned
from mse.monitor.counting.source import LINE, source_of

if TYPE_CHECKING:
    from mse.monitor.counting.stored_cubes import Cubes
    from mse.records.register.registry import Registry
    from mse.records.register.rules import Rules

__all__ = ["units"]


def units(
    source: Registry | Cubes, *, line: str = LINE, rules: Rules | None = None, edition: str = "2015-2019"
) -> Mapping[str, int]:
    """Count the same victims in three units.

    Parameters
    ----------
    source : Registry or Cubes
        What is counted.
    line : {"monitor_population", "excl_emm_only", "all_registered"}
        Which registrations count (figure 2.1).
    rules : Rules, optional
        By default those of the edition, all on.
    edition : str
        Edition of the code lists.

    Returns
    -------
    mapping of str to int
        victims (once a year), reports (once for every group of reporters), police_reports (once for every unit
        of the police, also an unknown one).

    Raises
    ------
    mse.errors.TableError
        There is no such line, or the cubes do not hold it.

    Examples
    --------
    >>> import mse
    >>> units(mse.simulate.published_register())
    {'victims': 5060, 'reports': 5691, 'police_reports': 3046}
    """
    counted = source_of(source, rules, None, edition)
    by_group = counted.cube("reporters", line=line)
    return {
        "victims": by_group.total,
        "reports": by_group.members("reporters").total,
        "police_reports": mentioned(counted.cube("units", "reporters", line=line), "units").total,
    }
