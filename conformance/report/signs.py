"""This module owns the sign of each verdict: shapes that can be told apart without their colours."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.runner.verdict import Verdict

SIGNS: Mapping[Verdict, str] = {
    Verdict.PASS: "✓",
    Verdict.FAIL: "✕",
    Verdict.ERROR: "!",
    Verdict.UNSUPPORTED: "–",  # noqa: RUF001 - the sign is meant
    Verdict.KNOWN: "≈",
}
