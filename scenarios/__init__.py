"""The scenarios, their JSON Schema and the clause catalogue, as data."""

from pathlib import Path

ROOT = Path(__file__).parent
"""The folder whose files are the scenarios; a file's path below it is its id."""
