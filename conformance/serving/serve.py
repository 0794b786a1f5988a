"""This module owns ``smtp-conformance serve``: a fake server for applications in any language."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from conformance.errors import UsageError
from conformance.serving.delivery import json_file, to_all, to_json_lines, to_maildir
from conformance.serving.endpoint import Endpoint, connections_at_once, hold_signals, run, write_ca_file
from conformance.serving.library import FileLibrary, Plot
from conformance.serving.live import LiveTranscript
from fake_servers import limits
from fake_servers.certificates import Authority
from fake_servers.mail_server import MailServer
from fake_servers.manners import Conduct
from fake_servers.messages import Message, Taker
from fake_servers.transcript import Event

_LAST_LINES_SECONDS = 2.0
_SWITCH_SECONDS = 0.05
"""A thread may run so long while others wait for it. Each of those looks at the clock as often, and with hundreds of
connections Python's own 5 ms let that cost more than some of the replies; none takes as long as this to make."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeOptions:
    """What the user asks for; names as on the command line."""

    what: str | None = None
    host: str = "127.0.0.1"
    port: int = 0
    unix: Path | None = None
    tls: bool = False
    starttls: bool | None = None
    lmtp: bool = False
    users: tuple[str, ...] = field(default=())
    ca_file: Path | None = None
    maildir: Path | None = None
    json_lines: str | None = None
    exact: bool = False
    time_factor: float = 1.0
    connections: int = limits.CONNECTIONS
    quiet: bool = False


def serve(options: ServeOptions) -> None:
    """Serve until a signal comes.

    Raises:
        UsageError: there is nothing of that name, or no listening there.
        ScenarioError: the file is broken.
    """
    hold_signals()
    library = FileLibrary()
    plot = library.plot(options.what) if options.what else Plot()
    endpoint = Endpoint(
        host=options.host, port=options.port, unix=options.unix, tls=options.tls or (plot.tls and options.unix is None)
    )
    lmtp = options.lmtp or plot.lmtp
    room = connections_at_once()
    live = LiveTranscript()
    with contextlib.ExitStack() as stack:
        stack.callback(sys.setswitchinterval, sys.getswitchinterval())
        sys.setswitchinterval(_SWITCH_SECONDS)
        authority = stack.enter_context(Authority())
        write_ca_file(authority, options.ca_file)
        server = MailServer(
            _conduct(options, lmtp=lmtp),
            transport=endpoint.transport,
            listener=endpoint.listen(),
            authority=authority,
            library=library,
            taker=_taker(options, stack),
            watcher=_ignore if options.quiet or options.json_lines == "-" else live.show,
            time_factor=options.time_factor,
            connections=min(options.connections, room),
            name="serve",
        )
        stack.callback(live.stop, _LAST_LINES_SECONDS)
        stack.callback(_tell_end, server)
        stack.callback(server.stop)
        _set_up(server, plot, options)
        live.start()
        run(server, "lmtp" if lmtp else "smtps" if endpoint.tls else "smtp")


def _set_up(server: MailServer, plot: Plot, options: ServeOptions) -> None:
    if plot.behaviour is not None:
        server.preset(plot.behaviour)
        if options.starttls is not None:
            server.conduct = replace(server.conduct, starttls=options.starttls)
    elif options.what:
        server.play(options.what, exact=options.exact, repeat=True)


def _conduct(options: ServeOptions, *, lmtp: bool) -> Conduct:
    users = {}
    for said in options.users:
        user, colon, password = said.partition(":")
        if not colon:
            raise UsageError(f"--user takes NAME:PASSWORD, not {said!r}")
        users[user] = password
    return Conduct(lmtp=lmtp, users=users, starttls=options.starttls is not False)


def _taker(options: ServeOptions, stack: contextlib.ExitStack) -> Taker:
    takers: list[Callable[[Message], None]] = []
    if options.maildir is not None:
        takers.append(to_maildir(options.maildir))
    if options.json_lines is not None:
        file = json_file(options.json_lines)
        if file is not sys.stdout:
            stack.enter_context(file)
        takers.append(to_json_lines(file))
    return to_all(takers)


def _ignore(_event: Event) -> None:
    """Show nothing."""


def _tell_end(server: MailServer) -> None:
    made = len(server.transcript.connections)
    lines = [f"{made} connections, {server.taken} messages"]
    lines += [f"cut: {what}" for what in server.cut]
    sys.stderr.write("".join(f"smtp-conformance serve: {line}\n" for line in lines))
