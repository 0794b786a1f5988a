"""This module owns how tests run pytest as its users do: a program of its own, which finds our plugin by itself."""

from __future__ import annotations

import sys

OTHERS = ("hypothesispytest", "anyio")
"""Plugins that happen to be installed beside ours; to import them takes longer than what most of these tests do."""

PYTEST = (sys.executable, "-m", "pytest", *(word for name in OTHERS for word in ("-p", f"no:{name}")))
