"""Bare replays: the dialogues of a run once more, by two processes that only send and receive prepared octets.

This module owns both of their sides; it is the floor under what a run of the suite can cost.
"""

from __future__ import annotations

import json
import os
import socket
import ssl
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from conformance.runner.verdict import MOST_EVENTS
from fake_servers import Authority

Turn: TypeAlias = tuple[str, bytes, bool]
"""Who speaks (S or C), what, and whether under TLS."""

Dialogue: TypeAlias = Sequence[Turn]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayable:
    """A scenario whose dialogue can be replayed.

    Attributes:
        id: of the scenario.
        dialogues: one for each connection.
    """

    id: str
    dialogues: Sequence[Dialogue]


def replayable(results: Iterable[dict[str, Any]]) -> Iterable[Replayable]:
    """Yield what can be replayed of the results of a run.

    A result keeps only the beginning of a flood, and a TLS negotiation that failed is no octets: those are left out.
    """
    for result in results:
        lines = result["dialogue"]
        spoken = [line for line in lines if line["kind"] in "SC"]
        whole = len(lines) < MOST_EVENTS and not any(line["cut"] or _breaks_tls(line) for line in lines)
        if not spoken or not whole:
            continue
        count = 1 + max(line["connection"] for line in spoken)
        yield Replayable(
            id=result["id"],
            dialogues=[
                [
                    (line["kind"], line["text"].encode("latin-1"), line["encrypted"])
                    for line in spoken
                    if line["connection"] == number
                ]
                for number in range(count)
            ],
        )


def _breaks_tls(line: dict[str, Any]) -> bool:
    return line["kind"] == "-" and any(words in line["text"] for words in ("TLS negotiation", "TLS ended"))


def replay(sets: Sequence[Replayable]) -> None:
    """Replay all of them: this process is the server, a child of it the client."""
    with Authority() as authority, socket.create_server(("127.0.0.1", 0), backlog=16) as listening:
        server_context = authority.server_context()
        client_context = ssl.create_default_context()
        authority.trust(client_context)
        child = os.fork()
        if child == 0:
            code = 1
            try:
                for one in sets:
                    for dialogue in one.dialogues:
                        _connect(listening.getsockname(), dialogue, client_context)
                code = 0
            finally:
                os._exit(code)
        for one in sets:
            for dialogue in one.dialogues:
                connection, _ = listening.accept()
                _speak(connection, dialogue, "S", server_context)
        _, status = os.waitpid(child, 0)
        if status:
            sys.exit("the client of the replay failed")


def _connect(address: tuple[str, int], dialogue: Dialogue, context: ssl.SSLContext) -> None:
    _speak(socket.create_connection(address), dialogue, "C", context)


def _speak(connection: socket.socket, dialogue: Dialogue, side: str, context: ssl.SSLContext) -> None:
    """Play one side of a dialogue."""
    for speaker, octets, encrypted in dialogue:
        if encrypted and not isinstance(connection, ssl.SSLSocket):
            name = "localhost" if side == "C" else None
            connection = context.wrap_socket(connection, server_side=side == "S", server_hostname=name)
        if speaker == side:
            connection.sendall(octets)
        else:
            _receive(connection, len(octets))
    connection.close()


def _receive(connection: socket.socket, count: int) -> None:
    while count > 0:
        got = len(connection.recv(min(count, 65536)))
        if not got:
            sys.exit("the other side of the replay hung up")
        count -= got


def main() -> None:
    """Replay what a file of results holds, as far as a list of ids names it."""
    results, wanted = (Path(argument) for argument in sys.argv[1:3])
    ids = set(wanted.read_text(encoding="utf-8").split("\n"))
    rows = (json.loads(line) for line in results.read_text(encoding="utf-8").splitlines())
    replay([one for one in replayable(row for row in rows if row["type"] == "result") if one.id in ids])


if __name__ == "__main__":
    main()
