"""A search that finds nothing has to be able to find something: clients that are wrong in one way do not survive."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("miniature", "name"),
    [
        ("transient_refusal_is_success", "SMTP"),
        ("stays_open_after_a_timeout", "SMTP"),
        ("takes_every_2yz_for_authenticated", "SMTP"),
        ("reads_one_recipient_reply", "LMTP"),
    ],
)
def test_a_client_that_is_wrong_is_found_out(miniature: str, name: str) -> None:
    command = [sys.executable, "-m", "tests.fuzzing.found_out", miniature, name]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)  # noqa: S603 - our own
    assert ended.returncode == 0, ended.stdout + ended.stderr
