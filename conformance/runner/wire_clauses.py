"""This module owns which clause each always-on rule of the fake servers is about."""

from __future__ import annotations

from fake_servers import wire_rules

WIRE_CLAUSES = {rule: f"wire.{rule}" for rule in wire_rules.RULES} | {
    wire_rules.NOTHING_IN_CLEAR: "starttls.encrypts-what-follows",
}
"""By the name of the rule."""
