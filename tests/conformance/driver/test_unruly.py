"""Whatever a candidate does costs one scenario: one trouble that says what happened, and the next process is fresh."""

from __future__ import annotations

import contextlib
import os
import re
import select
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.driver import channel as channel_module
from conformance.driver import process
from conformance.driver.answers import Observation, Returned, Unsupported
from conformance.driver.candidates import Candidate, CandidateSpec, parse_candidate
from conformance.driver.requests import Call, Close, Open
from conformance.driver.trouble import CandidateTrouble, CandidateTroubleError, TroubleKind
from conformance.errors import CandidateError, HarnessError
from tests.conformance.driver.asking import INTERPRETERS, WITHIN, interpreter_of

BRIEFLY = 0.3  # seconds for a candidate that will never answer


@pytest.fixture
def unruly(miniatures: Path) -> Iterator[Candidate]:
    with Candidate(parse_candidate("unruly", folder=miniatures)) as candidate:
        yield candidate


def hand_written(miniatures: Path, manner: str) -> Candidate:
    command = (sys.executable, str(miniatures / "hand_written.py"), manner)
    return Candidate(CandidateSpec(text="exec:hand", command=command, drive=None, folder=miniatures))


def trouble_of(candidate: Candidate, method: str, *args: object, within: float = WITHIN) -> CandidateTrouble:
    """Play a scenario of one call and return what became of it; then see that the next scenario goes well."""
    with candidate.scenario() as channel:
        channel.request(Open(class_name="SMTP"), within=WITHIN)
        with pytest.raises(CandidateTroubleError) as caught:
            channel.request(Call(method=method, args=args), within=within)
    assert not channel.usable
    with candidate.scenario() as fresh:
        assert fresh is not channel
        assert_fine(candidate)
    return caught.value.trouble


def assert_fine(candidate: Candidate) -> None:
    with candidate.scenario() as channel:
        channel.request(Open(class_name="SMTP"), within=WITHIN)
        answer = channel.request(Call(method="fine"), within=WITHIN)
        assert isinstance(answer, Observation)
        assert answer.outcome == Returned(value=1)
        channel.request(Close(), within=WITHIN)


def assert_gone(pid: int) -> None:
    """The process ends, if it has not ended yet (a killed child is reaped by whoever adopted it)."""
    with contextlib.suppress(ProcessLookupError):
        descriptor = os.pidfd_open(pid)
        try:
            assert select.select([descriptor], [], [], WITHIN)[0], f"process {pid} lives on"
        finally:
            os.close(descriptor)


class TestHanging:
    @pytest.mark.parametrize("method", ["loop", "loop_in_c", "wait_deaf"])
    def test_a_candidate_that_does_not_answer_is_killed_and_its_stack_told(
        self, unruly: Candidate, method: str
    ) -> None:
        trouble = trouble_of(unruly, method, within=BRIEFLY)
        assert (trouble.kind, trouble.request) == (TroubleKind.HUNG, f"call client.{method}")
        assert trouble.detail == "no answer within 0.3 s"
        assert re.search(rf'unruly\.py", line \d+ in {method}', trouble.stack)

    @pytest.mark.parametrize("interpreter", INTERPRETERS)
    def test_the_stack_is_told_by_every_interpreter(self, interpreter: str, miniatures: Path) -> None:
        if not interpreter_of(interpreter):
            pytest.skip(f"no interpreter {interpreter} on this machine")
        with Candidate(parse_candidate(f"unruly@{interpreter_of(interpreter)}", folder=miniatures)) as candidate:
            trouble = trouble_of(candidate, "loop", within=BRIEFLY)
        assert re.search(r'unruly\.py", line \d+ in loop', trouble.stack)

    def test_a_candidate_that_took_the_signal_is_killed_all_the_same(self, unruly: Candidate) -> None:
        trouble = trouble_of(unruly, "wait_with_own_handler", within=BRIEFLY)
        assert (trouble.kind, trouble.stack) == (TroubleKind.HUNG, "my own handler\n")

    def test_a_candidate_that_writes_all_the_while_is_killed_all_the_same(
        self, unruly: Candidate, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(process, "_STACK_WITHIN", 0.2)
        trouble = trouble_of(unruly, "wait_noisily", within=BRIEFLY)
        assert trouble.kind is TroubleKind.HUNG
        assert len(trouble.stderr) < process.STDERR_TAIL + 100

    def test_a_driver_that_reads_no_more_is_killed(self, miniatures: Path) -> None:
        with (
            hand_written(miniatures, "reads no more") as candidate,
            candidate.scenario() as channel,
            pytest.raises(CandidateTroubleError) as caught,
        ):
            channel.request(Call(method="x", args=("y" * 1000000,)), within=BRIEFLY)
        assert caught.value.trouble.kind is TroubleKind.HUNG

    def test_a_driver_that_does_not_know_the_signal_is_not_sent_it(self, miniatures: Path) -> None:
        with (
            hand_written(miniatures, "says nothing") as candidate,
            candidate.scenario() as channel,
            pytest.raises(CandidateTroubleError) as caught,
        ):
            channel.request(Call(method="x"), within=BRIEFLY)
        assert (caught.value.trouble.kind, caught.value.trouble.stack) == (TroubleKind.HUNG, "")


class TestEnding:
    @pytest.mark.parametrize("code", [0, 1, 77])
    def test_an_exit_is_told_with_its_code(self, unruly: Candidate, code: int) -> None:
        trouble = trouble_of(unruly, "exit", code)
        assert (trouble.kind, trouble.detail) == (TroubleKind.EXITED, f"with code {code}")
        assert trouble.stderr == "last words\n"

    def test_a_segfault_is_told_with_its_stack(self, unruly: Candidate) -> None:
        trouble = trouble_of(unruly, "crash")
        assert (trouble.kind, trouble.detail) == (TroubleKind.CRASHED, "by signal SIGSEGV")
        assert re.search(r'unruly\.py", line \d+ in crash', trouble.stderr)

    def test_a_signal_is_told_by_its_name(self, unruly: Candidate) -> None:
        trouble = trouble_of(unruly, "kill")
        assert (trouble.kind, trouble.detail) == (TroubleKind.CRASHED, "by signal SIGKILL")

    def test_closed_descriptors_are_told(self, unruly: Candidate) -> None:
        trouble = trouble_of(unruly, "close_descriptors")
        assert (trouble.kind, trouble.detail) == (TroubleKind.EXITED, "with code 70")

    def test_an_exit_is_seen_though_a_child_holds_the_pipes(self, unruly: Candidate) -> None:
        trouble = trouble_of(unruly, "fork_and_exit")
        assert (trouble.kind, trouble.detail) == (TroubleKind.EXITED, "with code 5")
        assert_gone(int(trouble.stderr.split()[1]))


class TestSpoilingNothing:
    def test_megabytes_on_both_outputs_do_no_harm(self, unruly: Candidate) -> None:
        with unruly.scenario() as channel:
            channel.request(Open(class_name="SMTP"), within=WITHIN)
            answer = channel.request(Call(method="write_megabytes"), within=WITHIN)
            assert isinstance(answer, Observation)
            assert answer.outcome == Returned(value=1)
            channel.request(Close(), within=WITHIN)
        assert_fine(unruly)

    @pytest.mark.parametrize("method", ["own_handlers", "break_python"])
    def test_what_a_candidate_changes_in_its_process_does_no_harm(self, unruly: Candidate, method: str) -> None:
        with unruly.scenario() as channel:
            channel.request(Open(class_name="SMTP"), within=WITHIN)
            answer = channel.request(Call(method=method), within=WITHIN)
            assert isinstance(answer, Observation)
            assert answer.outcome == Returned(value=1)
            channel.request(Close(), within=WITHIN)
        assert_fine(unruly)

    def test_an_object_that_fails_when_it_is_forgotten_does_no_harm(self, unruly: Candidate) -> None:
        with unruly.scenario() as channel:
            channel.request(Open(class_name="LMTP"), within=WITHIN)
            answer = channel.request(Close(), within=WITHIN)
            assert isinstance(answer, Observation)
            assert answer.outcome == Returned(value=None)
            assert "raised in __del__" in answer.printed
        assert_fine(unruly)

    def test_a_child_that_comes_back_from_the_call_says_nothing(self, unruly: Candidate) -> None:
        with unruly.scenario() as channel:
            channel.request(Open(class_name="SMTP"), within=WITHIN)
            answer = channel.request(Call(method="fork_and_return"), within=WITHIN)
            assert isinstance(answer, Observation)
            assert answer.outcome == Returned(value="parent")
            channel.request(Close(), within=WITHIN)
        assert_fine(unruly)

    def test_children_are_killed_with_the_candidate(self, unruly: Candidate) -> None:
        with unruly.scenario() as channel:
            channel.request(Open(class_name="SMTP"), within=WITHIN)
            answer = channel.request(Call(method="fork_and_leave"), within=WITHIN)
            assert isinstance(answer, Observation)
            assert isinstance(answer.outcome, Returned)
            assert isinstance(answer.outcome.value, int)
            child = answer.outcome.value
            os.kill(child, 0)
            channel.request(Close(), within=WITHIN)
        unruly.end()
        assert_gone(child)

    def test_a_scenario_that_was_not_closed_gets_no_successor(self, unruly: Candidate) -> None:
        with unruly.scenario() as channel:
            channel.request(Open(class_name="SMTP"), within=WITHIN)
        assert not channel.usable
        assert_fine(unruly)

    def test_a_process_is_used_again_while_all_is_well(self, unruly: Candidate) -> None:
        assert_fine(unruly)
        with unruly.scenario() as first:
            pass
        with unruly.scenario() as second:
            assert second is first

    def test_a_channel_is_not_used_after_its_end(self, unruly: Candidate) -> None:
        with unruly.scenario() as channel:
            channel.end()
            with pytest.raises(HarnessError, match="used after its end"):
                channel.request(Close(), within=WITHIN)


class TestBreaches:
    @pytest.mark.parametrize(
        ("manner", "detail"),
        [
            ("answers twice", r'it spoke without being asked: \'\{"id": 2'),
            ("answers an older request", r'expected the answer to request 2, got \'\{"id": 1'),
            ("answers a later request", r'expected the answer to request 2, got \'\{"id": 3'),
            ("writes garbage", r"expected an answer in JSON, got 'Traceback, \\xff\\x00"),
            ("writes megabytes of garbage", r"expected an answer in JSON, got 'mmm.*… \(8388608 octets\)"),
            ("writes an endless line", r"an answer of more than 2097152 octets"),
            ("answers with a list", r"expected a JSON object, got '\[1\]'"),
            ("answers without a number", r"expected the answer to request 2"),
            ("has an unknown form", r"\$wonder is no form of a value"),
            ("has a broken form", r"\$bytes does not hold what it must"),
            ("returns and raises", r'exactly one of "returned", "raised" and "unsupported"'),
            ("nests too deep", r"expected an answer in JSON, got"),
            ("closes its output", r"it closed its pipes and runs on"),
        ],
    )
    def test_what_is_no_answer_is_told(
        self, miniatures: Path, manner: str, detail: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        if "endless" in manner:
            monkeypatch.setattr(process, "LONGEST_LINE", 2 * 1024 * 1024)
        monkeypatch.setattr(process, "_LAST_WORDS_WITHIN", BRIEFLY)
        with hand_written(miniatures, manner) as candidate:
            with candidate.scenario() as channel, pytest.raises(CandidateTroubleError) as caught:
                channel.request(Close(), within=WITHIN)
            assert caught.value.trouble.kind is TroubleKind.BREACH
            assert re.search(detail, caught.value.trouble.detail), caught.value.trouble.detail
            with candidate.scenario() as fresh:
                assert fresh is not channel

    def test_a_driver_that_closes_its_input_is_told(self, miniatures: Path) -> None:
        with hand_written(miniatures, "closes its input") as candidate, candidate.scenario() as channel:
            with pytest.raises(CandidateTroubleError) as caught:
                channel.request(Call(method="x"), within=BRIEFLY)
            assert caught.value.trouble.kind in (TroubleKind.HUNG, TroubleKind.BREACH)

    def test_half_an_answer_is_told(self, miniatures: Path) -> None:
        with hand_written(miniatures, "leaves half an answer") as candidate, candidate.scenario() as channel:
            with pytest.raises(CandidateTroubleError) as caught:
                channel.request(Call(method="x"), within=WITHIN)
            assert caught.value.trouble.kind is TroubleKind.EXITED
            assert caught.value.trouble.detail == "with code 0, and left half an answer: '{\"id\": 2, '"

    def test_a_driver_that_speaks_first_cannot_be_driven(self, miniatures: Path) -> None:
        with hand_written(miniatures, "speaks first") as candidate, pytest.raises(CandidateError, match="hello"):
            candidate.channel()

    def test_a_driver_that_has_nothing_says_so(self, miniatures: Path) -> None:
        with hand_written(miniatures, "has no operation but start") as candidate, candidate.scenario() as channel:
            answer = channel.request(Call(method="x"), within=WITHIN)
            assert answer == Unsupported(reason="no call here")

    def test_a_request_that_is_refused_is_our_fault(self, miniatures: Path) -> None:
        with (
            hand_written(miniatures, "refuses") as candidate,
            candidate.scenario() as channel,
            pytest.raises(HarnessError, match=r"did not understand the request call client\.x: no such form"),
        ):
            channel.request(Call(method="x"), within=WITHIN)

    def test_an_excerpt_shows_what_cannot_be_seen(self) -> None:
        assert channel_module.excerpt(b"\x00\xffa") == r"'\x00\xffa'"


class TestStarting:
    @pytest.mark.parametrize(
        ("client", "said"),
        [
            ("unimportable", "exited: with code 9.*no licence"),
            ("hanging", r'hung: no answer within 1 s.*hanging\.py"'),
            ("nosuchmodule", "ModuleNotFoundError: No module named 'nosuchmodule'"),
            ("json", "json has neither SMTP nor SMTP_SSL nor LMTP"),
            ("obliging:nothing", "module 'obliging' has no attribute 'nothing'"),
        ],
    )
    def test_a_candidate_that_cannot_be_started_is_no_verdict(self, miniatures: Path, client: str, said: str) -> None:
        candidate = Candidate(
            parse_candidate(client, folder=miniatures), start_within=1.0 if client == "hanging" else 30
        )
        with pytest.raises(CandidateError) as caught:
            candidate.channel()
        assert re.search(said, str(caught.value), re.DOTALL)
        assert f"to see it by hand: cd {miniatures} && {sys.executable} -c 'import " in str(caught.value)

    def test_a_machine_without_descriptors_is_not_the_candidates_fault(
        self, unruly: Candidate, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def out_of_descriptors(*_args: object, **_kwargs: object) -> None:
            raise OSError(24, "Too many open files")

        monkeypatch.setattr("subprocess.Popen", out_of_descriptors)
        with pytest.raises(HarnessError, match="the machine cannot start a process"):
            unruly.channel()

    def test_a_machine_without_disk_is_not_the_candidates_fault(
        self, unruly: Candidate, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def out_of_space(*_args: object, **_kwargs: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("tempfile.mkdtemp", out_of_space)
        with pytest.raises(HarnessError, match="No space left"):
            unruly.channel()

    def test_a_command_that_is_not_there_cannot_be_driven(self, tmp_path: Path) -> None:
        with pytest.raises(CandidateError, match=r"cannot run no-such-driver --flag: .*No such file"):
            Candidate(parse_candidate("exec:no-such-driver --flag", folder=tmp_path)).channel()

    def test_the_smoke_test_says_how_to_see_it_by_hand(self, unruly: Candidate) -> None:
        with pytest.raises(CandidateError, match=r"(?s)sent nothing at all.*to see it by hand"):
            unruly.smoke_test(lambda _channel: "it sent nothing at all")

    def test_trouble_in_the_smoke_test_means_that_it_cannot_be_driven(self, unruly: Candidate) -> None:
        def play(channel: channel_module.Channel) -> str:
            channel.request(Open(class_name="SMTP"), within=WITHIN)
            channel.request(Call(method="exit", args=(3,)), within=WITHIN)
            return ""

        with pytest.raises(CandidateError, match="exited: with code 3"):
            unruly.smoke_test(play)


def test_nothing_stays_open(unruly: Candidate) -> None:
    descriptors = Path("/proc/self/fd")
    if not descriptors.exists():
        pytest.skip("this system does not list descriptors")
    assert_fine(unruly)
    unruly.end()
    before = len(list(descriptors.iterdir()))
    trouble_of(unruly, "exit", 1)
    unruly.end()
    assert len(list(descriptors.iterdir())) == before
