"""The same driver in a thread of this process, for debugging."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.driver.answers import Returned
from conformance.driver.candidates import Candidate, parse_candidate
from conformance.driver.requests import Call, Close, Given, Hosts, Open
from conformance.driver.trouble import CandidateTroubleError, TroubleKind
from conformance.driver.values import Named
from conformance.errors import CandidateError
from tests.conformance.driver.asking import WITHIN, observe, raised, returned


@pytest.fixture
def miniature(miniatures: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Candidate]:
    monkeypatch.syspath_prepend(miniatures)
    with Candidate(parse_candidate("obliging", folder=miniatures), in_process=True) as candidate:
        yield candidate
    sys.modules.pop("obliging", None)


def test_steps_are_observed_as_in_a_process_of_its_own(miniature: Candidate) -> None:
    with miniature.scenario() as channel:
        assert returned(channel, Open(class_name="SMTP")) == Named("client")
        assert observe(channel, Call(method="speak")).printed.startswith("printed\ncomplained\n")
        assert raised(channel, Call(method="fail", args=("exit",))).class_name == "SystemExit"
        returned(channel, Close())
    assert "obliging" in sys.modules


def test_only_the_candidates_sockets_are_closed(miniature: Candidate) -> None:
    with miniature.scenario() as channel, socket.create_server(("127.0.0.1", 0)) as server:
        hosts = Hosts(names={"mail.example": ("server",)}, server=server.getsockname())
        returned(channel, Given(hosts=hosts))
        returned(channel, Open(class_name="SMTP", args=("mail.example", 25)))
        server.settimeout(WITHIN)
        peer, _ = server.accept()
        with peer, socket.socket() as ours:
            returned(channel, Close())
            peer.settimeout(WITHIN)
            assert peer.recv(1) == b""
            assert ours.fileno() >= 0
    assert "HostTable" not in repr(socket.getaddrinfo)


def test_a_hung_candidate_is_left_behind_with_its_stack_told(miniatures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(miniatures)
    with Candidate(parse_candidate("unruly", folder=miniatures), in_process=True) as candidate:
        with candidate.scenario() as channel:
            returned(channel, Open(class_name="SMTP"))
            with pytest.raises(CandidateTroubleError) as caught:
                channel.request(Call(method="wait_for_release"), within=0.1)
        sys.modules["unruly"].RELEASED.set()
        assert caught.value.trouble.kind is TroubleKind.HUNG
        assert "in wait_for_release" in caught.value.trouble.stack
        with candidate.scenario() as fresh:
            assert fresh is not channel
            assert observe(fresh, Open(class_name="SMTP")).outcome == Returned(value=Named("client"))


def test_a_module_that_is_not_there_cannot_be_driven(tmp_path: Path) -> None:
    with pytest.raises(CandidateError, match="No module named 'nosuchmodule'"):
        Candidate(parse_candidate("nosuchmodule", folder=tmp_path), in_process=True).channel()
