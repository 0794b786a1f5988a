"""What all tests share: their own options."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that makes the slowest tests complete."""
    parser.addoption("--whole-corpus", action="store_true", help="miniatures meet every scenario, not a share of them")


@pytest.fixture(scope="session")
def whole_corpus(request: pytest.FixtureRequest) -> bool:
    """Whether the slowest tests are to be complete."""
    return bool(request.config.getoption("--whole-corpus"))
