"""A plugin of pytest: only those scenarios are played whose ids stand in the file that SMTP_BENCHMARK_IDS names."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the others out."""
    ids = set(Path(os.environ["SMTP_BENCHMARK_IDS"]).read_text(encoding="utf-8").split("\n"))
    items[:] = [item for item in items if item.name in ids]
