"""This module owns where the messages of ``serve`` go: a maildir, or JSON lines."""

from __future__ import annotations

import base64
import json
import mailbox
import re
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from conformance.errors import UsageError
from fake_servers.messages import Message, Taker

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def _in_a_field(address: str) -> str:
    """Return an address that ends no field: a lone CR may stand in it, and ends a line for who reads mailboxes."""
    return _CONTROL.sub("?", address)


def to_maildir(directory: Path) -> Taker:
    """Return what writes each message into a maildir, with the envelope in Return-Path and Delivered-To.

    Raises:
        UsageError: there is no making such a directory.
    """
    try:
        box = mailbox.Maildir(directory, create=True)
    except OSError as error:
        raise UsageError(f"{directory} cannot be a maildir: {error.strerror}") from error

    def take(message: Message) -> None:
        recipients = "".join(f"Delivered-To: {_in_a_field(one)}\n" for one in message.recipients)
        head = f"Return-Path: <{_in_a_field(message.sender)}>\n{recipients}".encode("utf-8", "surrogateescape")
        box.add(head + message.raw.replace(b"\r\n", b"\n"))

    return take


def to_json_lines(file: TextIO) -> Taker:
    """Return what writes each message as one line of JSON."""

    def take(message: Message) -> None:
        said = {
            "sender": message.sender,
            "sender_parameters": dict(message.sender_parameters),
            "recipients": list(message.recipients),
            "recipient_parameters": [dict(parameters) for parameters in message.recipient_parameters],
            "refused": list(message.refused),
            "acknowledged": message.acknowledged,
            "session": asdict(message.session),
            "subject": message.subject,
            "text": message.text,
            "raw_base64": base64.b64encode(message.raw).decode(),
        }
        file.write(json.dumps(said) + "\n")
        file.flush()

    return take


def json_file(path: str) -> TextIO:
    """Open where JSON lines go: a file, or standard output for ``-``.

    Raises:
        UsageError: the file cannot be written.
    """
    if path == "-":
        return sys.stdout
    try:
        return Path(path).open("a", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error


def to_all(takers: list[Callable[[Message], None]]) -> Taker:
    """Return what gives each message to all of these."""

    def take(message: Message) -> None:
        for taker in takers:
            taker(message)

    return take
