"""This module owns how hard a property is tried: a little within the usual tests, for long where a corpus is named."""

from __future__ import annotations

import os
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis.database import DirectoryBasedExampleDatabase

CORPUS_VARIABLE = "SMTP_CONFORMANCE_FUZZ_CORPUS"
"""Names the folder in which inputs are kept; set: the property is searched, not only tried."""

_PATIENT = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)


def quick(examples: int) -> settings:
    """Return the settings of a property: so many examples, always the same ones; for long where a corpus is named."""
    corpus = os.environ.get(CORPUS_VARIABLE)
    if corpus:
        database = DirectoryBasedExampleDatabase(Path(corpus) / "hypothesis")
        return settings(deadline=None, database=database, suppress_health_check=_PATIENT, max_examples=100)
    return settings(
        deadline=None, database=None, derandomize=True, suppress_health_check=_PATIENT, max_examples=examples
    )
