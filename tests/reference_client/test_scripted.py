"""The scripted socket does what its script says, and fails a test in which the client does something else."""

from __future__ import annotations

import pytest

from tests.reference_client.scripted import EOF, RESET, SILENCE, STUCK, ScriptedSocket, client, playing, server


def test_a_reply_is_there_only_when_the_command_before_it_was_sent() -> None:
    sock = ScriptedSocket(["C: NOOP", "S: 250 ok"])
    assert sock.pending() == 0
    sock.send(b"NOOP\r\n")
    assert sock.pending() == len(b"250 ok\r\n")
    assert sock.recv(100) == b"250 ok\r\n"
    sock.check()


def test_each_step_is_a_segment() -> None:
    sock = ScriptedSocket(["S: 250-a", "S: 250 b", server(b"250 c\r\n250 d\r\n")])
    assert [sock.recv(100) for _ in range(3)] == [b"250-a\r\n", b"250 b\r\n", b"250 c\r\n250 d\r\n"]


def test_another_command_than_the_scripts_fails() -> None:
    with pytest.raises(AssertionError, match="expected"):
        ScriptedSocket(["C: NOOP"]).send(b"RSET\r\n")


def test_a_command_that_is_not_in_the_script_fails() -> None:
    with pytest.raises(AssertionError, match="nothing more"):
        ScriptedSocket([]).send(b"RSET\r\n")


def test_waiting_where_the_script_waits_for_the_client_fails() -> None:
    with pytest.raises(AssertionError, match="waits for a reply"):
        ScriptedSocket(["C: NOOP"]).recv(100)


@pytest.mark.parametrize("script", [["S: 250 ok"], ["C: NOOP"], [EOF]])
def test_a_script_that_is_not_used_up_fails(script: list[str]) -> None:
    with pytest.raises(AssertionError):
        ScriptedSocket(script).check()


def test_half_a_command_fails() -> None:
    sock = ScriptedSocket(["C: NOOP"])
    sock.send(b"NO")
    with pytest.raises(AssertionError, match="not sent"):
        sock.check()


def test_the_faults_are_what_they_are_called() -> None:
    assert ScriptedSocket([EOF]).recv(1) == b""
    with pytest.raises(ConnectionResetError):
        ScriptedSocket([RESET]).recv(1)
    with pytest.raises(TimeoutError):
        ScriptedSocket([SILENCE]).recv(1)
    with pytest.raises(TimeoutError):
        ScriptedSocket([STUCK]).send(b"x")
    with pytest.raises(BrokenPipeError):
        ScriptedSocket([RESET]).send(b"x")


def test_a_client_that_stops_early_fails_its_test() -> None:
    with pytest.raises(AssertionError, match="left over"), playing("C: QUIT", "S: 221 bye"):
        pass


def test_octets_need_no_line_end() -> None:
    sock = ScriptedSocket([client(b"half"), server(b"25")])
    assert sock.send(b"half") == 4
    assert sock.recv(10) == b"25"
