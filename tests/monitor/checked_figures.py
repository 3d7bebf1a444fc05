"""The printed figures of the monitor 2015-2019 as `Figure` objects; what the audit left undecided is not in them.

Source: Nationaal Rapporteur Mensenhandel en Seksueel Geweld tegen Kinderen 2020, Slachtoffermonitor mensenhandel
2015-2019. The Hague.
"""

from __future__ import annotations

from mse.core.figure import Figure
from mse.core.reference import Reference
from mse.records.editions import printed

REFERENCE = Reference(
    (2015, 2019), "person-year", "presumed victims, monitor population", "Netherlands",
    source="Slachtoffermonitor mensenhandel 2015-2019", public=True,
)  # fmt: skip
TEXT = {"en": "Printed", "nl": "Gedrukt"}


def checked_figures(*names: str) -> dict[str, Figure]:
    """Figures by number: all of them, or those named."""
    return {
        name: Figure(
            name, frame.assign(value=frame["value_checked"]), {}, title=TEXT, caption=TEXT, reference=REFERENCE
        )
        for name, frame in printed().items()
        if not names or name in names
    }
