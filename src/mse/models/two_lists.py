"""`LincolnPetersen` and `Chapman`: two lists that do not depend on each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from mse.models.classical_fit import plain_table
from mse.models.two_lists_fit import TwoListFit

__all__ = ["Chapman", "LincolnPetersen"]


class _TwoLists:
    """What both estimators share: their table, and how much is added to its counts."""

    _added: ClassVar[int]

    def fit(self, data: Any, *, seed: int | None = None) -> TwoListFit:
        """Estimate from a table of two lists.

        Parameters
        ----------
        data : CaptureTable
            Two lists, no covariates.
        seed : int, optional
            Not used: nothing is drawn.

        Returns
        -------
        TwoListFit
            Without an estimate where nobody is on both lists.

        Raises
        ------
        mse.errors.TableError
            The data are no such table.
        """
        return TwoListFit(self, plain_table(data, 2, 2), added=self._added)


@dataclass(frozen=True)
class LincolnPetersen(_TwoLists):
    """The estimate of two independent lists: N̂ = n₁n₂/m.

    n₁ and n₂ persons are on the lists, m on both (Petersen 1896; Lincoln 1930; Sekar and Deming 1949). Its variance is
    n₁n₂(n₁ − m)(n₂ − m)/m³. It is the maximum likelihood estimate, and that of ``LogLinear(order=1)`` on two lists. In
    small samples it is too high on average; `Chapman` mends that.

    Examples
    --------
    >>> import mse
    >>> table = mse.CaptureTable(["A", "B"], [[0, 30], [40, 6]])
    >>> fit = mse.LincolnPetersen().fit(table)
    >>> round(fit.total), round(fit.standard_error)
    (276, 96)
    """

    _added: ClassVar[int] = 0

    @property
    def references(self) -> tuple[str, ...]:
        """Publications of the method."""
        return ("petersen_1896", "lincoln_1930", "sekar_deming_1949", "chao_1987")


@dataclass(frozen=True)
class Chapman(_TwoLists):
    """The estimate of two independent lists that small samples bias less: N̂ = (n₁ + 1)(n₂ + 1)/(m + 1) − 1.

    n₁ and n₂ persons are on the lists, m on both (Chapman 1951). It has no bias where n₁ + n₂ ≥ N. Its variance is
    Seber's (1982): (n₁ + 1)(n₂ + 1)(n₁ − m)(n₂ − m)/((m + 1)²(m + 2)). Where nobody is on both lists the formula gives
    a number, but the data do not: there is no estimate then.

    Examples
    --------
    >>> import mse
    >>> table = mse.datasets.load("hepatitis_a_taiwan")
    >>> fit = mse.Chapman().fit(table.drop_list(table.lists[2]))
    >>> round(fit.total, 1), round(fit.standard_error, 1)
    (333.6, 28.7)
    """

    _added: ClassVar[int] = 1

    @property
    def references(self) -> tuple[str, ...]:
        """Publications of the method."""
        return ("chapman_1951", "seber_1982", "chao_1987")
