"""This module owns the mutants that no scenario has to kill, each with the reason why: ``equivalent-CLIENT.yaml``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from tests.mutation.mutants import Mutant

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemptions:
    """Mutants of one client that are not judged.

    Attributes:
        beyond: scopes that are no part of what the norm describes, each with the reason.
        wording: where text is for people alone: ``raise``, or functions that it is given to; each with the reason.
        equivalent: keys of mutants that no caller and no server can tell from the sound client, with the reason.
    """

    beyond: Mapping[str, str] = field(default_factory=dict)
    wording: Mapping[str, str] = field(default_factory=dict)
    equivalent: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, client: str) -> Exemptions:
        """Return what is listed for a client; nothing if there is no list."""
        path = HERE / f"equivalent-{client}.yaml"
        if not path.exists():
            return cls()
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
        groups = found.get("equivalent") or []
        return cls(
            beyond=found.get("beyond") or {},
            wording=found.get("wording") or {},
            equivalent={key: group["because"] for group in groups for key in group["mutants"]},
        )

    def reason(self, mutant: Mutant) -> str:
        """Return why a mutant is not judged; empty if it is."""
        places = [self.wording[name] for name in mutant.text_of if name in self.wording]
        return (
            self.beyond.get(f"{mutant.module}: {mutant.scope}", "")
            or self.equivalent.get(mutant.key, "")
            or next(iter(places), "")
        )

    def summary(self, mutants: Iterable[Mutant]) -> str:
        """Return how many of some mutants are not judged, in words."""
        found = [mutant for mutant in mutants if self.reason(mutant)]
        listed = sum(mutant.key in self.equivalent for mutant in found)
        beyond = sum(f"{mutant.module}: {mutant.scope}" in self.beyond for mutant in found)
        return (
            f"not judged: {listed} listed one by one, {beyond} in code that the norm does not describe,"
            f" {len(found) - listed - beyond} in the wording of messages"
        )

    def stale(self, mutants: Iterable[Mutant]) -> list[str]:
        """Return the keys that are no mutant's, given all mutants."""
        return sorted(set(self.equivalent) - {mutant.key for mutant in mutants})
