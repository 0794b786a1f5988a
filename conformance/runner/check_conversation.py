"""This module owns the conversation of ``driver check`` with a driver: line by line, and nothing is forgiven."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from conformance.driver.process import ProcessWire
from conformance.scenario.schema import schema_messages
from fake_servers import FakeServer

WITHIN = 10.0
"""Seconds for one request; a driver in good order takes milliseconds."""
_START_WITHIN = 30.0  # seconds; a cold disk and a busy machine take their time
_SCHEMA = Path(__file__).parents[1] / "driver" / "protocol.schema.json"
_LONGEST = 300  # characters of an answer in a message


class WrongError(Exception):
    """A step went wrong; the step that asked for it says what to do."""

    def __init__(self, wrong: str, fix: str, see: str) -> None:
        super().__init__(wrong)
        self.finding = {"wrong": wrong, "fix": fix, "see": see}


class CheckedDriver:
    """The driver's process, spoken with line by line."""

    def __init__(self, command: Sequence[str]) -> None:
        self._wire = ProcessWire(command, environment=os.environ, folder=str(Path.cwd()))
        self._number = 0

    def ask(
        self, op: str, keys: Mapping[str, object] | None = None, *, number: int = 0, within: float = WITHIN
    ) -> dict[str, Any]:
        """Make a request and return its answer.

        Raises:
            WrongError: what comes is no answer, or none to this request.
            CandidateTroubleError: nothing comes.
        """
        self._number = number or self._number + 1
        request = {"id": self._number, "op": op, **(keys or {})}
        line = self._wire.exchange(json.dumps(request).encode("ascii") + b"\n", within=within, request=op)
        answer = self._parsed(line)
        if answer.get("id") != self._number:
            raise WrongError(
                f"request {self._number} was answered with id {answer.get('id')!r}",
                "copy the id of the request into its answer; answer each request once",
                "lines",
            )
        problems = list(schema_messages(answer, _SCHEMA))
        if problems:
            raise WrongError(
                f"the answer to {op} is not as the schema says: {'; '.join(problems[:3])}; it is {short(answer)}",
                "compare it with protocol.schema.json",
                "answers",
            )
        if "refused" in answer:
            raise WrongError(
                f"{op} was refused: {answer['refused']}",
                "answer unsupported, with a reason, to what you have not implemented; refused ends the whole run",
                "answers",
            )
        return answer

    def _parsed(self, line: bytes) -> dict[str, Any]:
        try:
            answer = json.loads(line)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise WrongError(
                f"a line on standard output is no JSON object: {line[:200]!r}",
                "write nothing else to standard output: let the client print to standard error",
                "lines",
            )
        return answer

    def start(self) -> dict[str, Any]:
        """Start what is driven, and return what the driver says of it."""
        answer = self.ask("start", {"protocol": 1, "drive": None}, within=_START_WITHIN)
        if "started" not in answer:
            raise WrongError(
                f"the answer to start has no started: {short(answer)}",
                'answer {"id": 1, "started": {"protocol": 1, "implementation": "…", "capabilities": []}}',
                "start",
            )
        started: dict[str, Any] = answer["started"]
        return started

    def open(self, server: FakeServer, *, within: float = WITHIN) -> dict[str, Any]:
        """Open a client on a fake server."""
        return self.open_with(server.host, server.port, within=within)

    def open_with(self, *args: object, within: float = WITHIN) -> dict[str, Any]:
        """Open a client with these arguments."""
        return self.ask("open", {"class": "SMTP", "args": args, "kwargs": {}, "as": "client"}, within=within)

    def call(self, method: str, *args: object, within: float = WITHIN) -> dict[str, Any]:
        """Call a method of the client."""
        return self.ask("call", {"on": "client", "method": method, "args": list(args), "kwargs": {}}, within=within)

    def look(self, on: str, names: Sequence[str], *, number: int = 0) -> dict[str, Any]:
        """Look at attributes."""
        return self.ask("get", {"on": on, "names": list(names), "as": "value"}, number=number)

    def allow_stack_dumps(self) -> None:
        """Have the process asked for its stack when it hangs."""
        self._wire.allow_stack_dumps()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._wire.end()


def short(value: object) -> str:
    """Return a JSON value as text, the beginning of a long one."""
    text = json.dumps(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
