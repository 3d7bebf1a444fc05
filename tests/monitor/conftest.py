"""What tests of the monitor share."""

from __future__ import annotations

import pytest

import mse
from mse.records.register.registry import Registry


@pytest.fixture(scope="session")
def published_register() -> Registry:
    """The register with the printed margins, made anew; once, for it takes seconds and a registry does not change."""
    return mse.simulate.published_register()
