"""The example application's own tests pass."""

from __future__ import annotations

import importlib.util
import subprocess
from pathlib import Path

import pytest

from tests.pytest_program import PYTEST

EXAMPLE = Path(__file__).parents[2] / "examples" / "newsletter"
PATIENCE = 120.0  # seconds; nothing here takes that long unless it is broken


@pytest.mark.skipif(importlib.util.find_spec("django") is None, reason="Django is not installed (pip install django)")
def test_the_newsletter_copes_with_bad_mail_servers() -> None:
    done = subprocess.run(  # noqa: S603 - our own
        [*PYTEST, "-p", "no:cacheprovider", "-q", str(EXAMPLE)],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "10 passed" in done.stdout
