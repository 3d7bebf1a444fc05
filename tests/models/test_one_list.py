"""One list counted repeatedly: published totals, closed forms, known truth, and where there is no estimate."""

from __future__ import annotations

import numpy as np
import pytest
from one_list import COTTONTAILS, IMMIGRANTS, METHODS, TAXIS, Known

import mse

PRINTED = 0.05001
"""Half a unit of the first decimal, the last that is printed."""

SAME = 1e-6
"""Relative, of maximum likelihood estimates of singleRcapture, whose steps end at 1e-12."""


@pytest.mark.parametrize(
    ("method", "cottontails", "taxis", "immigrants"),
    [
        (mse.ChaoCounts(), 133.8, 407.5, 9273.5),
        (mse.ChaoCounts(bias_corrected=True), 129.1, None, 9228.9),
        (mse.Zelterman(), 144.8, 415.9, 9424.6),
        (mse.TruncatedPoisson(), 100.4, 393.3, 7079.9),
        (mse.TruncatedGeometric(), 163.5, None, 13468.2),
    ],
    ids=repr,
)
def test_totals_as_recomputed(
    method: mse.ChaoCounts, cottontails: float, taxis: float | None, immigrants: float
) -> None:
    assert method.fit(COTTONTAILS.table).total == pytest.approx(cottontails, abs=PRINTED)
    assert method.fit(IMMIGRANTS).total == pytest.approx(immigrants, abs=PRINTED)
    if taxis is not None:
        assert method.fit(TAXIS.table).total == pytest.approx(taxis, abs=PRINTED)


@pytest.mark.parametrize(
    ("method", "total", "variance", "lower", "upper"),
    [
        (mse.TruncatedPoisson(), 7079.92814953294, 133774.099991256, 6411.05744001164, 7847.53696422697),
        (mse.TruncatedGeometric(), 13468.1967213115, 594728.927619485, 12052.5899410976, 15080.7978331352),
        (mse.ChaoCounts(), 9273.51092896146, 439039.843944034, 8084.6772166377, 10690.1285446554),
        (mse.Zelterman(), 9424.55519385813, 467815.788689401, 8198.64098465766, 10888.3157456454),
        (mse.OneInflated(), 3454.48250165127, 68470.7731677897, 3019.29426010283, 4055.90418456272),
        (mse.OneInflated(base="geometric"), 8191.42857142859, 766065.743440424, 6695.5626831571, 10151.9576575275),
    ],
    ids=repr,
)
def test_as_singlercapture(method: mse.OneInflated, total: float, variance: float, lower: float, upper: float) -> None:
    """singleRcapture 0.2.3: estimatePopsize(capture ~ 1, method = "IRLS") with ztpoisson, ztgeom, chao, zelterman,
    ztoipoisson and ztoigeom, on its netherlandsimmigrant."""
    fit = method.fit(IMMIGRANTS)
    assert fit.total == pytest.approx(total, rel=SAME)
    assert fit.standard_error**2 == pytest.approx(variance, rel=SAME)
    estimate = fit.estimate()
    assert (estimate.lower, estimate.upper) == (pytest.approx(lower, rel=SAME), pytest.approx(upper, rel=SAME))


def test_likelihoods_as_singlercapture() -> None:
    """Log-likelihoods of the same fits."""
    found = {method: method.fit(IMMIGRANTS).log_likelihood for method in METHODS[:6]}
    assert found[mse.TruncatedPoisson()] == pytest.approx(-901.95190705555, rel=SAME)
    assert found[mse.TruncatedGeometric()] == pytest.approx(-883.209913138003, rel=SAME)
    assert found[mse.OneInflated()] == pytest.approx(-873.852444236605, rel=SAME)
    assert found[mse.OneInflated(base="geometric")] == pytest.approx(-872.625732260029, rel=SAME)
    assert found[mse.Zelterman()] == pytest.approx(-594.690998748654, rel=SAME)


def test_closed_forms() -> None:
    f1, f2, f3 = IMMIGRANTS.frequencies[:3].astype(float)
    n, seen = IMMIGRANTS.n_observed, IMMIGRANTS.n_sightings
    assert mse.ModifiedChao().fit(IMMIGRANTS).dark_figure == pytest.approx(2 * f2**3 / (9 * f3**2), rel=1e-12)
    ratio = f1 / f2
    chao = f2 * (ratio**4 / 4 + ratio**3 + ratio**2 / 2)
    # Chao's (1987) variance is that of f₁ and f₂; the regression's takes the chance to be seen once or twice as known.
    assert mse.ChaoCounts().fit(IMMIGRANTS).standard_error == pytest.approx(np.sqrt(chao), rel=1e-4)
    assert mse.TruncatedGeometric().fit(IMMIGRANTS).total == pytest.approx(n * seen / (seen - n), rel=1e-9)
    rate = 2 * f2 / f1
    assert mse.Zelterman().fit(IMMIGRANTS).total == pytest.approx(n / (1 - np.exp(-rate)), rel=1e-9)


@pytest.mark.parametrize("corrected", [False, True])
@pytest.mark.parametrize(("family", "uses"), [(mse.ChaoCounts, 2), (mse.ModifiedChao, 3)])
def test_variances_of_bounds_by_the_delta_method(family: type, uses: int, corrected: bool) -> None:
    """Numerical slopes of the bound, and counts that are Poisson, against the formula."""
    numbers = np.array([400.0, 120.0, 50.0, 20.0])
    method = family(bias_corrected=corrected)
    fit = method.fit(mse.CountTable(numbers))
    slopes = np.zeros(4)
    for place in range(4):
        step = np.eye(4)[place]
        up, down = (method.fit(mse.CountTable(numbers + sign * step)).dark_figure for sign in (1, -1))
        slopes[place] = (up - down) / 2.0
    assert (slopes[uses:] == 0.0).all()
    # Differences over two persons of 50 and more differ from slopes by less than 1 in 1,000.
    assert fit.standard_error**2 == pytest.approx(fit.dark_figure + (numbers * slopes**2).sum(), rel=5e-3)


@pytest.mark.parametrize("known", [COTTONTAILS, TAXIS], ids=["cottontails", "taxis"])
@pytest.mark.parametrize("method", METHODS, ids=repr)
def test_an_interval_that_misses_the_truth_has_a_warning(method: mse.ChaoCounts, known: Known) -> None:
    estimate = method.fit(known.table).estimate()
    holds = estimate.lower <= known.total <= estimate.upper
    warned = any(finding.severity.value == "warning" for finding in estimate.findings)
    bound = any(finding.code == "counts_lower_bound" for finding in estimate.findings)
    assert holds or warned or (bound and estimate.upper < known.total)


def test_profile_has_its_peak_and_its_limits() -> None:
    """The profile against the multinomial likelihood on a fine grid of whole numbers."""
    from scipy.special import gammaln

    seen, n = 142.0, 76.0
    unseen = np.arange(1.0, 200.0)
    total = n + unseen
    height = gammaln(total + 1) - gammaln(unseen + 1) - seen * np.log(total)
    inside = unseen[height > height.max() - 3.841459 / 2.0]
    estimate = mse.TruncatedPoisson().fit(COTTONTAILS.table).estimate(interval="profile")
    assert inside[0] - 1 <= estimate.lower - n <= inside[0]
    assert inside[-1] <= estimate.upper - n <= inside[-1] + 1


def test_profile_of_the_one_inflated_lets_ones_go() -> None:
    """How many were seen once moves the limits of a one-inflated Poisson only through their number."""
    few, many = mse.CountTable([60, 30, 12, 4]), mse.CountTable([90, 30, 12, 4])
    ratios = []
    for table in (few, many):
        fit = mse.OneInflated().fit(table)
        ratios.append(fit.dark_figure / table.n_observed)
        estimate = fit.estimate(interval="profile")
        assert estimate.lower < fit.total < estimate.upper
    assert ratios[0] == pytest.approx(ratios[1], rel=1e-6)


@pytest.mark.parametrize(
    ("method", "numbers", "code"),
    [
        (mse.TruncatedPoisson(), [40], "counts_seen_once"),
        (mse.TruncatedGeometric(), [40, 0], "counts_seen_once"),
        (mse.TruncatedNegativeBinomial(), [40], "counts_seen_once"),
        (mse.OneInflated(), [40], "counts_seen_once"),
        (mse.Zelterman(), [40, 0, 3], "counts_no_estimate"),
        (mse.ChaoCounts(), [40, 0, 3], "counts_no_estimate"),
        (mse.ModifiedChao(), [40, 3], "counts_nobody_thrice"),
    ],
)
def test_no_estimate_is_none_with_a_reason(method: mse.ChaoCounts, numbers: list[int], code: str) -> None:
    fit = method.fit(mse.CountTable(numbers))
    assert fit.status is not mse.FitStatus.OK
    assert (fit.total, fit.dark_figure, fit.standard_error, fit.means) == (None, None, None, None)
    assert code in {finding.code for finding in fit.findings}
    assert fit.estimate().total is None
    assert fit.estimate().blocked


def test_a_corrected_bound_exists_where_nobody_was_seen_twice() -> None:
    assert mse.ChaoCounts(bias_corrected=True).fit(mse.CountTable([10])).dark_figure == 45.0


def test_endless_dispersion_has_no_total() -> None:
    """singleRcapture gives 1.3e9 (optim) and 5.4e14 (IRLS) here: the likelihood still grows with them."""
    fit = mse.TruncatedNegativeBinomial().fit(IMMIGRANTS)
    assert fit.status is mse.FitStatus.NO_MLE
    assert fit.total is None
    assert fit.findings[0].code == "counts_endless_dispersion"


def test_no_dispersion_is_the_poisson() -> None:
    fit = mse.TruncatedNegativeBinomial().fit(TAXIS.table)
    assert fit.total == mse.TruncatedPoisson().fit(TAXIS.table).total
    assert "counts_no_dispersion" in {finding.code for finding in fit.findings}


def test_no_more_ones_is_the_base() -> None:
    fit = mse.OneInflated(base="geometric").fit(TAXIS.table)
    assert fit.total == mse.TruncatedGeometric().fit(TAXIS.table).total
    assert {"counts_no_more_ones", "counts_fewer_ones"} <= {finding.code for finding in fit.findings}


@pytest.mark.parametrize("method", METHODS, ids=repr)
def test_fits_answer_what_fits_are_asked(method: mse.ChaoCounts) -> None:
    fit = method.fit(COTTONTAILS.table)
    assert isinstance(fit, mse.CountFit)
    assert fit.means.sum() == pytest.approx(fit.total, rel=1e-9)
    assert fit.means.shape == COTTONTAILS.table.counts.shape
    assert fit.fitted()["observed"].sum() == 76
    assert fit.explain("nl") != fit.explain("en")
    assert fit.fingerprint == COTTONTAILS.table.fingerprint
    assert method.references
    assert "counts_of_occasions" in {finding.code for finding in fit.findings}
    assert "1" not in fit.estimate().headline().split("(")[0] or fit.total > 1


def test_what_cannot_be_asked() -> None:
    table = mse.CountTable([[30, 13], [9, 7], [6, 2]], {"sex": ("f", "m")})
    with pytest.raises(mse.TableError, match=r"table\.frequencies"):
        mse.TruncatedPoisson().fit(mse.datasets.load("kosovo_1999"))
    with pytest.raises(mse.TableError, match="from_counts"):
        mse.ChaoCounts(bias_corrected=True).fit([3, 4])
    with pytest.raises(mse.ModelError, match="no correction"):
        mse.ChaoCounts("sex", bias_corrected=True)
    with pytest.raises(mse.ModelError, match="no base"):
        mse.OneInflated(base="binomial")
    with pytest.raises(mse.ModelError, match="whole only"):
        mse.ModifiedChao().fit(table).estimate(by=["sex"])
    for fit in (mse.TruncatedPoisson("sex").fit(table), mse.Zelterman().fit(table)):
        with pytest.raises(mse.ModelError, match="profile"):
            fit.estimate(interval="profile")
    with pytest.raises(mse.ModelError, match="no list or covariate 'age'"):
        mse.TruncatedPoisson("age").fit(table)
    with pytest.raises(mse.ModelError, match="in no term"):
        mse.TruncatedPoisson(coding={"sex": mse.Levels()}).fit(table)
