"""This module owns which scenarios may tell a mutant from the sound client, and which of them are tried first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from conformance.scenario.model import Scenario
from tests.mutation.mutants import Mutant
from tests.mutation.trial import Line, Outcome

_SLOW = 0.2  # seconds: scenarios about time come last


@dataclass(kw_only=True)
class Record:
    """What the sound client does.

    Attributes:
        passing: the scenarios that it passes.
        lines: what each of them runs of the client, by the scenario's id.
        seconds: how long each of them takes, by the scenario's id.
        kills: how many mutants of each function a scenario has killed, by scope and the scenario's id.
    """

    passing: list[Scenario] = field(default_factory=list)
    lines: dict[str, frozenset[Line]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    kills: Counter[tuple[str, str]] = field(default_factory=Counter)

    @classmethod
    def of(cls, scenarios: Iterable[Scenario], outcomes: Iterable[Outcome]) -> Record:
        """Return the record of what the sound client passed."""
        passed = {outcome.scenario_id: outcome for outcome in outcomes if outcome.passed}
        return cls(
            passing=[scenario for scenario in scenarios if scenario.id in passed],
            lines={scenario_id: outcome.lines for scenario_id, outcome in passed.items()},
            seconds={scenario_id: outcome.seconds for scenario_id, outcome in passed.items()},
        )

    def telling(self, mutant: Mutant) -> Sequence[Scenario]:
        """Return the scenarios that may tell a mutant apart, the likeliest and quickest first.

        Those that never run the changed statement cannot. One that is run at import can be told by all.
        """
        places = {(mutant.module, line) for line in mutant.lines}
        chosen = [scenario for scenario in self.passing if not places or self.lines[scenario.id] & places]
        return sorted(chosen, key=lambda scenario: self._rank(mutant, scenario.id))

    def _rank(self, mutant: Mutant, scenario_id: str) -> tuple[bool, int, int, float]:
        seconds = self.seconds[scenario_id]
        # A scenario that does little beside is likely to be about just this.
        return seconds > _SLOW, -self.kills[mutant.scope, scenario_id], len(self.lines[scenario_id]), seconds
