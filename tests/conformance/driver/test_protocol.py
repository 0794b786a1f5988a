"""The schema and the document of the protocol hold for the driver that we ship."""

from __future__ import annotations

import json
import re
import socketserver
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from conformance.driver.candidates import DRIVER
from conformance.driver.process import ProcessWire
from tests.conformance.driver.asking import WITHIN

DESCRIBED = json.loads(DRIVER.with_name("protocol.schema.json").read_text("utf-8"))
SCHEMA = jsonschema.Draft202012Validator(DESCRIBED)
DOCUMENT = Path(__file__).parents[3] / "docs" / "driver-protocol.md"
REPLIES = {
    "EHLO": b"250-mail.example.test\r\n250 SIZE 1000000\r\n",
    "DATA": b"354 Go ahead\r\n",
    ".": b"250 2.0.0 Queued\r\n",
    "RCPT TO:<BOB@EXAMPLE.COM>": b"550 5.1.1 No such user\r\n",
}


def conversation() -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """The requests and answers of the document."""
    block = re.search(r"```transcript\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    assert block
    lines = block[1].splitlines()
    assert [line[0] for line in lines] == ["→", "←"] * (len(lines) // 2)
    values = [json.loads(line[2:]) for line in lines]
    return list(zip(values[::2], values[1::2], strict=True))


class TwoRecipients(socketserver.StreamRequestHandler):
    """The server of the document's conversation."""

    def handle(self) -> None:
        self.wfile.write(b"220 mail.example.test ready\r\n")
        in_data = False
        for line in self.rfile:
            command = line.decode("ascii").strip().upper()
            if in_data and command != ".":
                continue
            in_data = command == "DATA"
            self.wfile.write(REPLIES.get(command, REPLIES.get(command[:4], b"250 2.0.0 Ok\r\n")))


@pytest.fixture
def port() -> Iterator[int]:
    with socketserver.TCPServer(("127.0.0.1", 0), TwoRecipients) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        yield server.server_address[1]
        thread.join(WITHIN)


def stable(answer: dict[str, Any]) -> dict[str, Any]:
    """What does not depend on the machine."""
    kept = {key: value for key, value in answer.items() if key != "duration"}
    if "started" in kept:
        kept["started"] = {key: kept["started"][key] for key in ("protocol", "implementation", "capabilities")}
    if "raised" in kept:
        kept["raised"] = {key: value for key, value in kept["raised"].items() if key != "where"}
    return kept


def test_the_documents_conversation_is_what_the_driver_says(port: int) -> None:
    wire = ProcessWire((sys.executable, str(DRIVER)), environment={})
    try:
        for request, answer in conversation():
            if "hosts" in request:
                request["hosts"]["server"][1] = port
            line = wire.exchange(json.dumps(request).encode() + b"\n", within=WITHIN, request=str(request))
            assert stable(json.loads(line)) == stable(answer)
    finally:
        wire.end()


@pytest.mark.parametrize("number", range(len(conversation())))
def test_the_documents_lines_are_as_the_schema_says(number: int) -> None:
    request, answer = conversation()[number]
    SCHEMA.validate(answer)
    if request["op"] != "send":  # shown as what is unknown
        SCHEMA.validate(request)


def test_the_document_names_every_form_of_the_schema() -> None:
    text = DOCUMENT.read_text("utf-8")
    definitions = DESCRIBED["$defs"]
    forms = {*definitions["argument"]["properties"], *definitions["observed"]["properties"]} - {"type"}
    assert [form for form in sorted(forms) if form not in text] == []


def test_the_document_names_every_key_of_requests_and_answers() -> None:
    text = DOCUMENT.read_text("utf-8")
    definitions = DESCRIBED["$defs"]
    keys = {
        key for name in ("given", "open", "call", "get", "answer", "started") for key in definitions[name]["properties"]
    }
    assert [key for key in sorted(keys) if key not in text] == []


@pytest.mark.parametrize(
    "line",
    [
        {"id": 1},
        {"id": 1, "returned": None, "raised": {"class": "A", "instance_of": [], "text": ""}},
        {"id": 0, "returned": None},
        {"id": 1, "returned": {"bytes": "eA=="}},
        {"id": 1, "returned": {"$bytes": "?"}},
        {"id": 1, "returned": {"$tuple": [], "$set": []}},
        {"id": 1, "returned": {"type": "Reply"}},
        {"id": 1, "returned": None, "dialed": []},
        {"id": 1, "raised": {"class": "A"}},
        {"id": 1, "op": "fly"},
        {"id": 1, "op": "start"},
        {"id": 1, "op": "start", "protocol": 2, "drive": None},
        {"id": 1, "op": "given"},
        {"id": 1, "op": "given", "hosts": {"names": {"a": ["nowhere"]}, "server": ["h", 1]}},
        {"id": 1, "op": "call", "on": "client", "method": "m", "args": [{"$object": {}}], "kwargs": {}},
        {"id": 1, "op": "call", "on": "client", "method": "m", "args": [{"$bytes": "", "type": "x"}], "kwargs": {}},
        {"id": 1, "op": "close", "now": True},
    ],
)
def test_a_wrong_line_is_wrong_by_the_schema(line: object) -> None:
    with pytest.raises(jsonschema.ValidationError):
        SCHEMA.validate(line)
