"""What all tests share: their own options."""

from __future__ import annotations

import os

import pytest
from platformdirs import user_cache_path

# Tests that have a home of their own must not read the whole corpus anew: all share what is remembered of it.
os.environ.setdefault("SMTP_CONFORMANCE_CACHE", str(user_cache_path("smtp-conformance")))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that makes the slowest tests complete."""
    parser.addoption("--whole-corpus", action="store_true", help="miniatures meet every scenario, not a share of them")


@pytest.fixture(scope="session")
def whole_corpus(request: pytest.FixtureRequest) -> bool:
    """Whether the slowest tests are to be complete."""
    return bool(request.config.getoption("--whole-corpus"))
