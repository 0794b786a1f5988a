"""This module owns the list of presets as people read it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from conformance.errors import NothingSelectedError
from conformance.scenario.tree import did_you_mean
from conformance.serving.rule_files import preset, preset_names
from fake_servers.globs import matches


def preset_list(patterns: Sequence[str] = ()) -> Iterator[str]:
    """Yield a line for each preset that a pattern means: name, title.

    Raises:
        NothingSelectedError: a pattern means none.
    """
    for pattern in patterns:
        if not any(matches(pattern, name) for name in preset_names()):
            raise NothingSelectedError(f"{pattern!r} matches no preset{did_you_mean(pattern, preset_names())}")
    chosen = [name for name in preset_names() if not patterns or any(matches(one, name) for one in patterns)]
    width = max(map(len, chosen))
    for name in chosen:
        yield f"{name:{width}}  {preset(name).title}"
