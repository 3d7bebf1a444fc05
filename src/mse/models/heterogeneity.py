"""`Heterogeneity`: lists or persons that differ in capture, from M0 to Mth with a law of how persons differ."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any

from mse.errors import ModelError, did_you_mean
from mse.models.classical_fit import plain_table

if TYPE_CHECKING:
    from mse.models.heterogeneity_fit import HeterogeneityFit

__all__ = ["LAWS", "MODELS", "Heterogeneity"]

MODELS = ("M0", "Mt", "Mb", "Mh", "Mth")
LAWS = ("lower_bound", "poisson", "darroch", "gamma", "normal")

_DEFAULTS = {"poisson": 2.0, "gamma": 3.5}
"""Parameters as Rcapture takes them where none is given."""


@dataclass(frozen=True)
class Heterogeneity:
    """A capture model of lists that are equal or not, and of persons who are alike or not.

    ``"M0"``: lists are equal and persons alike. ``"Mt"``: lists differ; this is ``LogLinear(order=1)``. ``"Mb"``: the
    order of the lists is one in time, and who was on a list once is more, or less, likely to be on a later one.
    ``"Mh"`` and ``"Mth"``: as M0 and Mt, but persons differ in how likely they are to be on lists (Otis and others
    1978; Cormack 1989). How they differ is a law, and the law is an assumption: laws that fit equally well give totals
    that are far apart (Link 2003). Chao's lower bound holds for all of them.

    Parameters
    ----------
    model : {"M0", "Mt", "Mb", "Mh", "Mth"}
        What differs.
    law : {"lower_bound", "poisson", "darroch", "gamma", "normal"}, optional
        Of Mh and Mth: Chao's lower bound (1987; Rivest and Baillargeon 2007), the default; Poisson, Darroch and gamma
        laws, each with one coefficient (Darroch and others 1993; Rivest and Baillargeon 2007); or a normal law of the
        log odds, integrated by Gauss–Hermite quadrature (Coull and Agresti 1999).
    parameter : float, optional
        Of the Poisson law its base (above 1, default 2), of the gamma law its rate (above 0, default 3.5).

    Raises
    ------
    mse.errors.ModelError
        A model, law or parameter that there is not, or that does not belong together.

    Examples
    --------
    >>> import mse
    >>> hares = mse.datasets.load("snowshoe_hares")
    >>> {law: round(mse.Heterogeneity("Mh", law).fit(hares).total, 1) for law in ("lower_bound", "poisson", "gamma")}
    {'lower_bound': 79.8, 'poisson': 81.5, 'gamma': 100.6}
    """

    model: str = "Mth"
    law: str | None = None
    parameter: float | None = None

    def __post_init__(self) -> None:
        if self.model not in MODELS:
            raise ModelError(f"There is no capture model {self.model!r}", hint=did_you_mean(str(self.model), MODELS))
        if self.model not in ("Mh", "Mth"):
            if self.law is not None or self.parameter is not None:
                raise ModelError(
                    f"Persons do not differ in {self.model}, so it takes no law and no parameter",
                    got=repr(self.law if self.law is not None else self.parameter),
                    hint='Write Heterogeneity("Mth", law), or leave both out.',
                )
            return
        law = "lower_bound" if self.law is None else self.law
        if law not in LAWS:
            raise ModelError(f"There is no law {law!r}", hint=did_you_mean(str(law), LAWS))
        object.__setattr__(self, "law", law)
        object.__setattr__(self, "parameter", _checked(law, self.parameter))

    def fit(self, data: Any, *, seed: int | None = None) -> HeterogeneityFit:
        """Fit the model to a table.

        Parameters
        ----------
        data : CaptureTable
            Two lists or more, no covariates; three or more for a law.
        seed : int, optional
            Not used: nothing is drawn.

        Returns
        -------
        HeterogeneityFit

        Raises
        ------
        mse.errors.TableError
            The data are no such table.
        """
        from mse.models.heterogeneity_fit import HeterogeneityFit

        return HeterogeneityFit(self, plain_table(data, 2))

    @property
    def references(self) -> tuple[str, ...]:
        """Publications of the method."""
        of_law = {
            "lower_bound": ("chao_1987", "rivest_baillargeon_2007", "rivest_2011"),
            "poisson": ("rivest_baillargeon_2007",),
            "darroch": ("darroch_1993",),
            "gamma": ("rivest_baillargeon_2007",),
            "normal": ("coull_agresti_1999",),
        }
        return ("otis_1978", "cormack_1989", *(of_law[self.law] if self.law else ()))


def _checked(law: str, parameter: float | None) -> float | None:
    """The parameter of a law: its default, or one that it can have."""
    if law not in _DEFAULTS:
        if parameter is not None:
            raise ModelError(f"The law {law!r} has no parameter", got=repr(parameter), hint="Leave it out.")
        return None
    value = _DEFAULTS[law] if parameter is None else parameter
    above = 1.0 if law == "poisson" else 0.0
    if not isinstance(value, Real) or isinstance(value, bool) or not above < value < float("inf"):
        raise ModelError(f"The parameter of the {law} law is a number above {above:g}", got=repr(parameter))
    return float(value)
