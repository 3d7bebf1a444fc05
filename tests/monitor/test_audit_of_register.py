"""From rows of people to an audit without complaint: the figures of register A obey what the report's should have.

What is left is what the report itself has: four victims of unknown form without a report (finding A07).
"""

from __future__ import annotations

import pytest

from mse import release
from mse.monitor import Figures, figures, self_audit
from mse.monitor.audit.claim_files import claims_of
from mse.records.register.registry import Registry


@pytest.fixture(scope="module")
def counted(published_register: Registry) -> Figures:
    return figures(published_register)


def test_computed_figures_fail_nowhere_but_at_victims_without_a_report(counted: Figures) -> None:
    audit = self_audit(counted, claims_of())
    assert [(c.identity.group, c.identity.where, c.left, c.right) for c in audit.failed] == [
        ("2.7/2.11", "UNK", 646, 650)
    ]
    assert audit.tested == len(audit.checks) > 555


def test_the_text_of_the_report_against_computed_figures(counted: Figures) -> None:
    audit = self_audit(counted, claims_of())
    assert audit.claims is not None
    assert [audit.claims.count(word) for word in ("yes", "rounding", "no", "missing")] == [137, 5, 26, 0]


def test_what_a_release_withholds_is_not_tested(counted: Figures) -> None:
    audit = self_audit({"2.8": counted["2.8"], "2.9": counted["2.9"]})
    withheld = release([counted["2.8"], counted["2.9"]], "threshold")
    released = self_audit({name: withheld[name] for name in ("2.8", "2.9")})
    assert audit.failed == ()
    assert released.tested < audit.tested == len(released.checks)
