"""This module owns the start of the command line: it says what is missing before anything else can fail."""

from __future__ import annotations

import importlib.util
import sys

_NEEDED = (
    "click",
    "findpython",
    "jinja2",
    "jsonschema",
    "platformdirs",
    "pytest",
    "regex",
    "rich",
    "trustme",
    "xdist",
    "yaml",
)


def main() -> None:
    """Run the command line; the base install lacks what the suite needs, and is told so."""
    missing = [name for name in _NEEDED if not _found(name)]
    if missing:
        sys.stderr.write(
            f"smtp-conformance: the suite needs {', '.join(missing)}, which the base install (the reference client) "
            "does without.\nInstall it with: pip install 'smtp-conformance[conformance]'\n"
        )
        sys.exit(2)
    from conformance.cli import run_command_line

    run_command_line()


def _found(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


if __name__ == "__main__":
    main()
