"""This module owns ``smtp-conformance record``: between a client and a real server, and writes down what they say."""

from __future__ import annotations

import contextlib
import ssl
import sys
from dataclasses import dataclass
from pathlib import Path

from conformance.errors import UsageError
from conformance.serving.endpoint import Endpoint, connections_at_once, hold_signals, run, write_ca_file
from conformance.serving.live import LiveTranscript
from fake_servers.certificates import Authority
from fake_servers.recording import Unmasked
from fake_servers.relay import Relay, Upstream

_LAST_LINES_SECONDS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordOptions:
    """What the user asks for; names as on the command line."""

    upstream: str
    output: Path
    form: str = "script"
    upstream_tls: bool = False
    upstream_ca: Path | None = None
    insecure: bool = False
    host: str = "127.0.0.1"
    port: int = 0
    unix: Path | None = None
    tls: bool = False
    lmtp: bool = False
    ca_file: Path | None = None
    keep_credentials: bool = False
    keep_content: bool = False
    sessions: int | None = None
    quiet: bool = False


def record(options: RecordOptions) -> None:
    """Pass on and record until a signal comes, or enough sessions are over; then write the file.

    Raises:
        UsageError: there is no listening there, or no writing of the file.
    """
    hold_signals()
    connections_at_once()
    endpoint = Endpoint(host=options.host, port=options.port, unix=options.unix, tls=options.tls)
    upstream = _upstream(options)
    _check_writable(options.output)
    live = LiveTranscript()
    with contextlib.ExitStack() as stack:
        authority = stack.enter_context(Authority())
        write_ca_file(authority, options.ca_file)
        relay = Relay(
            upstream,
            listener=endpoint.listen(),
            transport=endpoint.transport,
            lmtp=options.lmtp,
            authority=authority,
            watcher=None if options.quiet else live.show,
        )
        stack.callback(live.stop, _LAST_LINES_SECONDS)
        stack.callback(_write, relay, options)
        stack.callback(relay.stop)
        live.start()
        enough = options.sessions
        until = None if enough is None else lambda seconds: relay.wait_until_ended(enough, seconds)
        run(relay, "lmtp" if options.lmtp else "smtps" if options.tls else "smtp", until=until)


def _upstream(options: RecordOptions) -> Upstream:
    host, _, port = options.upstream.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) <= 65535:
        raise UsageError(f"--upstream takes HOST:PORT, not {options.upstream!r}")
    context = ssl.create_default_context()
    if options.upstream_ca is not None:
        try:
            context.load_verify_locations(options.upstream_ca)
        except OSError as error:
            raise UsageError(f"{options.upstream_ca} holds no certificates: {error}") from error
    if options.insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return Upstream(host=host.strip("[]"), port=int(port), implicit_tls=options.upstream_tls, context=context)


def _check_writable(path: Path) -> None:
    try:
        path.open("a", encoding="utf-8").close()
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error


def _write(relay: Relay, options: RecordOptions) -> None:
    title = f"What {options.upstream} said"
    unmasked = Unmasked(credentials=options.keep_credentials, content=options.keep_content)
    recording = relay.recording
    text = recording.as_rules(title) if options.form == "rules" else recording.as_script(title, unmasked)
    if not recording.connections:
        sys.stderr.write("smtp-conformance record: nothing was said, nothing is written\n")
        return
    options.output.write_text(text, encoding="utf-8")
    sys.stderr.write(f"smtp-conformance record: {len(recording.connections)} sessions in {options.output}\n")
