"""This module owns what ``--client SPEC`` means, and the life of a candidate's processes during a run.

A candidate keeps one process for as many scenarios as it survives in good order; the next one gets a fresh process.
"""

from __future__ import annotations

import contextlib
import difflib
import importlib.metadata
import os
import re
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from conformance.driver.answers import Identity
from conformance.driver.channel import Channel, NotStartedError, Wire
from conformance.driver.interpreters import find_interpreter
from conformance.driver.process import ProcessWire
from conformance.driver.requests import Start
from conformance.driver.trouble import CandidateTroubleError, indented
from conformance.errors import CandidateError, UsageError

ADAPTERS = "smtp_conformance.adapters"
"""The entry-point group; an entry's value is the ``package.module[:attribute]`` that the driver loads."""

START_WITHIN = 30.0
"""Seconds for a process to start and import its client; a cold disk and a busy machine take their time."""

_TRUST_VARIABLES = ("SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS")
"""Name a file of certificates to trust, for OpenSSL's defaults and for those of Node."""

DRIVER = Path(__file__).with_name("python_driver.py")
_STARTER = DRIVER.with_name("start.py")
_TARGET = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*(:[^\W\d]\w*(\.[^\W\d]\w*)*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateSpec:
    """How a candidate is started.

    Attributes:
        text: as the user wrote it; the candidate's name in reports.
        command: the program that speaks the driver protocol.
        drive: what the Python driver is to load; None for a driver that knows by itself.
        folder: the user's working folder: modules are imported from here, and ``exec:`` commands work here.
        by_hand: a command by which the user can see the same failure.
    """

    text: str
    command: tuple[str, ...]
    drive: str | None
    folder: Path
    by_hand: str = ""

    @property
    def own_interpreter(self) -> bool:
        """Whether the candidate could run inside this process as well."""
        return self.drive is not None and self.command[0] == sys.executable

    def environment(self) -> Mapping[str, str]:
        """Return the environment of the candidate's process: ours, with the user's folder to import from."""
        environment = dict(os.environ)
        if self.drive is not None:
            paths = [str(self.folder), environment.get("PYTHONPATH", "")]
            if self.own_interpreter:
                paths.append(str(DRIVER.parents[2]))  # reference_client and our adapters, where we lie in a checkout
            environment["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
        return environment


def parse_candidate(text: str, *, folder: Path | None = None) -> CandidateSpec:
    """Return what a ``--client`` option means.

    Args:
        text: ``module``, ``package.module:attribute``, ``module@3.8``, ``module@/path/to/python``,
            ``adapter:NAME`` or ``exec:COMMAND …``.
        folder: the user's working folder, left out: the current one.

    Raises:
        CandidateError: it means nothing that there is.
    """
    folder = folder or Path.cwd()
    if text.startswith("exec:"):
        return _parse_command(text, folder)
    target, at, interpreter = text.partition("@")
    drive = _adapter(target.removeprefix("adapter:")) if target.startswith("adapter:") else target
    if not _TARGET.fullmatch(drive):
        raise CandidateError(
            f"unknown client {text!r}; a client is a module (smtplib, package.module:attribute), a module in another "
            "interpreter (smtplib@3.8, smtplib@/path/to/python), adapter:NAME, or exec:COMMAND …"
        )
    if at and not interpreter:
        raise CandidateError(f"a version, a program on PATH, or a path is missing behind @ in {text!r}")
    python = find_interpreter(interpreter, folder=folder) if at else sys.executable
    module, _, attribute = drive.partition(":")
    load = f"import {module}; {module}.{attribute}" if attribute else f"import {module}"
    return CandidateSpec(
        text=text,
        command=(python, str(_STARTER)),
        drive=drive,
        folder=folder,
        by_hand=shlex.join(["cd", str(folder)]) + " && " + shlex.join([python, "-c", load]),
    )


def _parse_command(text: str, folder: Path) -> CandidateSpec:
    try:
        command = tuple(shlex.split(text.removeprefix("exec:")))
    except ValueError as error:
        raise CandidateError(f"the command of {text!r} cannot be split into words: {error}") from error
    if not command:
        raise CandidateError("exec: needs a command, as in exec:node examples/nodemailer-driver.js")
    start = '{"id": 1, "op": "start", "protocol": 1, "drive": null}'
    by_hand = f"{shlex.join(['cd', str(folder)])} && echo {shlex.quote(start)} | {shlex.join(command)}"
    return CandidateSpec(text=text, command=command, drive=None, folder=folder, by_hand=by_hand)


def _adapter(name: str) -> str:
    """Return what an adapter's entry point names; it is the driver's process that imports it, not ours."""
    known = {entry.name: entry.value for entry in importlib.metadata.entry_points(group=ADAPTERS)}
    if name in known:
        return known[name].replace(" ", "").partition("[")[0]
    close = difflib.get_close_matches(name, known, n=1)
    hint = f"; did you mean {close[0]!r}?" if close else ""
    there = ", ".join(sorted(known)) or "none"
    raise CandidateError(f"unknown adapter {name!r}{hint} (entry points of {ADAPTERS}: {there})")


@dataclass(slots=True)
class Candidate:
    """One candidate of a run: starts its processes and replaces those in trouble.

    Args:
        spec: how it is started.
        in_process: run it inside this process, for debugging; nothing can stop it then.
        start_within: seconds for a process to start.
        ca_file: whom its process trusts besides; so a client that verifies without being asked to meets no stranger.

    Raises:
        UsageError: it cannot be run inside this process.
    """

    spec: CandidateSpec
    in_process: bool = False
    start_within: float = START_WITHIN
    ca_file: str = ""
    _channels: list[Channel] = field(default_factory=list, init=False)
    _identities: list[Identity] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        if self.in_process and not self.spec.own_interpreter:
            raise UsageError(f"--in-process drives a module in this interpreter, which {self.spec.text} is not")

    def __str__(self) -> str:
        return self.spec.text

    @property
    def identity(self) -> Identity:
        """What the candidate's driver says of itself; starts the candidate where it was not started yet.

        Raises:
            CandidateError: it cannot be started.
        """
        if not self._identities:
            self.channel()
        return self._identities[0]

    @property
    def is_ready(self) -> bool:
        """Whether its process is in good order, so that a scenario can begin at once."""
        return bool(self._channels) and self._channels[-1].usable and self._channels[-1].at_rest

    def channel(self) -> Channel:
        """Return a channel on which a scenario can begin: the last one where it is in good order, else a fresh one.

        Raises:
            CandidateError: the candidate cannot be started; it never could.
            CandidateTroubleError: it started before, and now it does not.
            HarnessError: the machine cannot start it.
        """
        if self.is_ready:
            return self._channels[-1]
        self.end()
        channel = self._start()
        self._channels.append(channel)
        self._identities.append(channel.identity)
        return channel

    @contextlib.contextmanager
    def scenario(self) -> Iterator[Channel]:
        """Give a channel for one scenario. One that is not left by ``Close`` is ended, and with it its process."""
        channel = self.channel()
        try:
            yield channel
        finally:
            if not channel.at_rest:
                channel.end()

    def smoke_test(self, play: Callable[[Channel], str]) -> None:
        """Play something that every client can do, before any verdict depends on it.

        Args:
            play: plays it and returns what is wrong; empty: nothing.

        Raises:
            CandidateError: something is wrong; the message says how to see it by hand.
        """
        try:
            with self.scenario() as channel:
                wrong = play(channel)
        except CandidateTroubleError as error:
            raise self._undrivable(str(error)) from error
        if wrong:
            raise self._undrivable(wrong)

    def _start(self) -> Channel:
        try:
            is_ours = self.spec.drive is not None
            return Channel(self._wire(), Start(drive=self.spec.drive), within=self.start_within, trusted=is_ours)
        except NotStartedError as error:
            raise self._undrivable(str(error)) from error
        except CandidateTroubleError as error:
            if self._identities:
                raise
            raise self._undrivable(str(error)) from error

    def _wire(self) -> Wire:
        if self.in_process:
            from conformance.driver.in_process import InProcessWire  # noqa: PLC0415 - it loads the driver into us

            return InProcessWire(str(self.spec.folder))
        spec = self.spec
        folder = str(spec.folder) if spec.drive is None else None
        environment = {**spec.environment(), **dict.fromkeys(_TRUST_VARIABLES if self.ca_file else (), self.ca_file)}
        wire = ProcessWire(spec.command, environment=environment, folder=folder)
        if spec.drive is not None:
            wire.allow_stack_dumps()  # ours can: even while it imports the candidate
        return wire

    def _undrivable(self, reason: str) -> CandidateError:
        return CandidateError(
            f"the client {self.spec.text} cannot be driven:\n{indented(reason)}\n"
            f"  started as: {shlex.join(self.spec.command)}\n"
            f"  to see it by hand: {self.spec.by_hand}"
        )

    def interrupt(self) -> None:
        """End the candidate's process from another thread than the one that plays with it."""
        for channel in tuple(self._channels):
            channel.interrupt()

    def end(self) -> None:
        """End the candidate's process, where it has one."""
        while self._channels:
            self._channels.pop().stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()
