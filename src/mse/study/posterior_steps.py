"""The single step of a Bayesian estimate: the posterior of a table under one method."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mse.core.figure import Figure
from mse.errors import ModelError, TableError, spelled
from mse.monitor import estimation as build
from mse.study.covariates import Table
from mse.study.posterior_spec import family_label, make_spec, read_options
from mse.study.steps import Step, make_step

__all__ = ["believed", "refuse_bayesian"]


def refuse_bayesian(**given: object) -> None:
    """Refuse options of Bayesian methods where a log-linear model is fitted by maximum likelihood.

    Raises
    ------
    mse.errors.ModelError
        One of them is given.
    """
    if named := [f"--{name}" for name, value in given.items() if value not in (None, [])]:
        raise ModelError(
            "A log-linear model has neither a prior nor draws",
            got=", ".join(named),
            hint="Name a Bayesian method: --model decomposable, model-average, latent-class or hierarchical.",
        )


def believed(
    table: Table,
    title: str,
    model: str,
    *,
    formula: str | None = None,
    order: int | None = None,
    prior: str | None = None,
    options: Sequence[str] = (),
    coding: Mapping[str, str] | None = None,
    seed: int = 1,
    level: float = 0.95,
    interval: str = "equal-tailed",
    by: Sequence[str] = (),
    progress: bool = False,
) -> Step:
    """Fit a Bayesian method, and show median, interval, parts and what models are probable.

    Parameters
    ----------
    table : CaptureTable or PartialTable
    title : str
    model : str
        A method of `mse.study.posterior_spec.FAMILIES`.
    formula, order : str, int, optional
        Terms of a hierarchical model.
    prior : str, optional
        Prior of the total, as `mse.study.posterior_spec.read_prior` takes it.
    options : sequence of str
        Other options, each ``name=value``.
    coding : mapping, optional
        How covariates enter.
    seed, level, interval, by
        Seed of what is drawn; level and kind of the interval; covariates that the estimate is divided by.
    progress : bool
        Whether long work shows a progress bar on a terminal.

    Returns
    -------
    Step

    Raises
    ------
    mse.errors.ModelError, mse.errors.TableError
        There is no such option, or the method does not take the table.
    """
    if strange := [name for name in by if name not in table.covariates]:
        raise TableError(
            "An estimate is divided by covariates that models hold",
            got=spelled(strange),
            hint=f"Name them: --covariates {','.join(by)}.",
        )
    named = {"model": formula, "order": order}
    given = {name: value for name, value in named.items() if value is not None}
    if given and model != "hierarchical":
        raise ModelError(
            "A formula or an order is for a log-linear or a hierarchical model",
            got=f"{', '.join(map(str, given.values()))} and {model}",
            hint="Leave it out: this method weighs every dependence itself.",
        )
    spec = make_spec(model, prior=prior, options={**given, **read_options(options)}, coding=coding)
    fit = spec.fit(table, seed=seed, progress=progress)
    estimate = fit.estimate(by, level=level, interval=interval)
    label = family_label(model)
    figures: list[Figure] = [build.posterior_table({label: fit}, by=by, level=level, interval=interval)]
    if fit.weights is not None:
        figures.append(build.model_weights_figure(fit))
    return make_step(table, title, build.headline_text(estimate), tuple(figures), estimate.findings)
