"""The Python driver in every interpreter that is found. All traffic is checked against the protocol's schema."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator

import pytest

from conformance.driver.answers import Raised, Returned, Unsupported, WarningSeen, WatchedCall
from conformance.driver.candidates import DRIVER
from conformance.driver.channel import Channel
from conformance.driver.requests import MODULE, Call, Close, Get, Open
from conformance.driver.trouble import CandidateTroubleError
from conformance.driver.values import (
    Absent,
    Attribute,
    AuthObject,
    Cut,
    ExceptionValue,
    Iteration,
    Message,
    Named,
    OtherObject,
    Repeat,
)
from tests.conformance.driver.asking import WITHIN, observe, raised, returned


@pytest.fixture
def channel(everywhere: Channel) -> Iterator[Channel]:
    """A channel on which an object is open; the scenario is closed afterwards."""
    everywhere.request(Open(class_name="SMTP"), within=WITHIN)
    yield everywhere
    if everywhere.usable:
        everywhere.request(Close(), within=WITHIN)


def value(channel: Channel, name: str) -> object:
    return returned(channel, Call(method="value", args=(name,)))


class TestIdentity:
    def test_says_what_is_driven_and_by_what(self, everywhere: Channel) -> None:
        identity = everywhere.identity
        assert (identity.implementation, identity.version) == ("obliging", "4.2")
        assert identity.language.split()[0] in ("CPython", "PyPy")
        assert identity.openssl
        assert identity.file.endswith("obliging.py")

    def test_audit_hooks_came_with_python_3_8(self, everywhere: Channel) -> None:
        minor = int(everywhere.identity.language.split(".")[1])
        assert ("audit" in everywhere.identity.capabilities) == (minor >= 8)


class TestOutcomes:
    def test_arguments_arrive_with_their_types(self, channel: Channel) -> None:
        args = (None, True, 1, 1.5, "ü", b"\x00\xff", (1, [2]), {"k": {3}})
        assert returned(channel, Call(method="echo", args=args, kwargs={"word": (1,)})) == (args, {"word": (1,)})

    def test_an_iterator_can_be_used_up_once(self, channel: Channel) -> None:
        seen = returned(channel, Call(method="echo", args=(Iteration((1, 2)),)))
        assert isinstance(seen, tuple)
        assert isinstance(seen[0][0], OtherObject)
        assert seen[0][0].type == "list_iterator" or "iterator" in seen[0][0].type

    def test_a_message_is_a_message(self, channel: Channel) -> None:
        seen = returned(channel, Call(method="echo", args=(Message(octets=b"A: b\n\nc"),)))
        assert isinstance(seen, tuple)
        assert "email.message.Message" in seen[0][0].bases

    def test_an_attribute_of_the_object_can_be_an_argument(self, channel: Channel) -> None:
        assert returned(channel, Call(method="echo", args=(Attribute("port"),))) == ((0,), {})

    def test_an_object_is_known_by_its_name(self, channel: Channel) -> None:
        assert returned(channel, Call(method="echo", args=(Named("client"),))) == ((Named("client"),), {})

    def test_a_huge_text_is_built_where_it_is_used(self, channel: Channel) -> None:
        seen = returned(channel, Call(method="echo", args=(Repeat(value="ab", times=1000000),)))
        assert isinstance(seen, tuple)
        assert seen[0] == (Cut(type="str", length=2000000, start="ab" * 1000),)

    @pytest.mark.parametrize(
        ("name", "plain", "type_name"),
        [
            ("reply", (250, b"ok"), "Reply"),
            ("text", "word", "Text"),
            ("status", 200, "HTTPStatus"),
            ("own list", [1, 2], "Items"),
            ("ordered", {"a": 1}, "OrderedDict"),
        ],
    )
    def test_a_descendant_of_a_builtin_keeps_its_name(
        self, channel: Channel, name: str, plain: object, type_name: str
    ) -> None:
        seen = value(channel, name)
        assert seen == plain
        assert type(seen).__name__ == type_name

    @pytest.mark.parametrize("name", ["surrogate", "long number", "frozen", "mixed"])
    def test_odd_values_travel_whole(self, channel: Channel, name: str) -> None:
        expected = {
            "surrogate": "\ud800",
            "long number": 2**70,
            "frozen": frozenset([1]),
            "mixed": {b"k": (None, True, 1.5, "ü", [{"a"}])},
        }
        assert value(channel, name) == expected[name]

    def test_a_huge_value_is_cut(self, channel: Channel) -> None:
        assert value(channel, "huge bytes") == Cut(type="bytes", length=3145728, start=b"x" * 2000)
        assert value(channel, "many items") == Cut(type="list", length=50000, start=None)
        assert value(channel, "endless number") == Cut(type="int", length=100001, start=0)

    def test_an_answer_is_bounded_as_a_whole(self, channel: Channel) -> None:
        texts = value(channel, "many texts")
        assert isinstance(texts, list)
        assert (texts[0], type(texts[-1])) == ("y" * 1000000, Cut)

    def test_a_value_that_holds_itself_is_cut(self, channel: Channel) -> None:
        assert value(channel, "cycle") == [1, Cut(type="list", length=2, start=None)]

    def test_a_value_too_deep_is_cut(self, channel: Channel) -> None:
        assert "<list of length 1" in repr(value(channel, "deep"))

    def test_an_endless_repr_is_cut(self, channel: Channel) -> None:
        seen = value(channel, "wordy")
        assert isinstance(seen, OtherObject)
        assert seen.repr == "x" * 2000 + "… (1000000 characters)"

    def test_a_repr_that_raises_is_told(self, channel: Channel) -> None:
        assert repr(value(channel, "moody")) == "<repr of Moody raised KeyError>"


class TestExceptions:
    def test_an_exception_is_told_by_all_its_names(self, channel: Channel) -> None:
        error = raised(channel, Call(method="fail", args=("data",)))
        assert error.class_name == "SMTPDataError"
        assert {"SMTPDataError", "SMTPException", "obliging.SMTPException", "OSError", "socket.error"} <= set(
            error.instance_of
        )
        assert error.attributes["smtp_code"] == 550
        assert error.attributes["smtp_error"] == b"no"

    def test_a_timeout_is_known_by_its_old_name(self, channel: Channel) -> None:
        error = raised(channel, Call(method="fail", args=("timeout",)))
        assert {"socket.timeout", "OSError"} <= set(error.instance_of)
        assert error.text == "too slow"

    def test_a_failed_lookup_is_known_by_its_module(self, channel: Channel) -> None:
        assert "socket.gaierror" in raised(channel, Call(method="fail", args=("name",))).instance_of

    def test_the_places_that_it_passed_are_the_clients_own(self, channel: Channel) -> None:
        where = raised(channel, Call(method="fail", args=("data",))).where
        assert len(where) == 1
        assert where[0].endswith(" in fail")

    @pytest.mark.parametrize(
        ("name", "kind"),
        [("exit", "SystemExit"), ("interrupt", "KeyboardInterrupt"), ("generator", "GeneratorExit")],
    )
    def test_what_ends_a_program_does_not_end_the_driver(self, channel: Channel, name: str, kind: str) -> None:
        assert raised(channel, Call(method="fail", args=(name,))).class_name == kind
        assert returned(channel, Call(method="hook", args=(1,))) == 2

    def test_endless_recursion_is_an_exception(self, channel: Channel) -> None:
        error = raised(channel, Call(method="recurse"))
        assert error.class_name == "RecursionError"
        assert len(error.where) == 8

    def test_a_text_that_raises_is_told(self, channel: Channel) -> None:
        error = raised(channel, Call(method="fail", args=("unprintable",)))
        assert error.text == "<str of Unprintable raised SystemExit>"

    def test_a_constructor_that_raises_leaves_no_object(self, channel: Channel) -> None:
        opening = Open(class_name="SMTP", kwargs={"trouble": "no luck"}, name="second")
        assert raised(channel, opening).text == "no luck"
        error = raised(channel, Call(method="hook", args=(1,), on="second"))
        assert (error.class_name, "second" in error.text) == ("NameError", True)

    def test_a_class_that_is_missing_is_an_attribute_error(self, channel: Channel) -> None:
        assert raised(channel, Open(class_name="SMTP_SSL", name="other")).class_name == "AttributeError"

    def test_what_an_adapter_has_not_is_unsupported(self, channel: Channel) -> None:
        answer = channel.request(Call(method="fail", args=("absent",)), within=WITHIN)
        assert answer == Unsupported(reason="this client has no such call")


class TestReports:
    def test_all_output_of_python_code_is_reported_with_the_step(self, channel: Channel) -> None:
        seen = observe(channel, Call(method="speak"))
        assert seen.printed == "printed\ncomplained\n\\xff\nlogged\n"
        assert seen.warnings == (WarningSeen(category="DeprecationWarning", text="old"),)
        assert observe(channel, Call(method="hook", args=(1,))).printed == ""

    def test_output_is_bounded(self, channel: Channel) -> None:
        printed = observe(channel, Call(method="chatter")).printed
        assert printed.endswith("z… (5000001 octets)")
        assert len(printed) < 300000

    def test_output_past_python_does_not_reach_the_channel(self, channel: Channel) -> None:
        assert returned(channel, Call(method="garble")) is None
        assert returned(channel, Call(method="hook", args=(1,))) == 2

    def test_nothing_can_be_read_from_standard_input(self, channel: Channel) -> None:
        assert returned(channel, Call(method="listen")) == 0

    def test_an_authobject_records_what_it_was_asked(self, channel: Channel) -> None:
        authobject = AuthObject(initial=None, answers=("one", "two"))
        seen = observe(channel, Call(method="ask", args=(authobject, b"c1", b"c2")))
        assert seen.outcome == Returned(value=[None, "one", "two"])
        assert seen.authobject_calls == ((), (b"c1",), (b"c2",))

    def test_an_authobject_without_more_answers_raises(self, channel: Channel) -> None:
        seen = observe(channel, Call(method="ask", args=(AuthObject(initial="x"), b"c")))
        assert isinstance(seen.outcome, Raised)
        assert seen.authobject_calls == ((), (b"c",))

    def test_watched_methods_record_their_calls_and_pass_them_on(self, channel: Channel) -> None:
        observe(channel, Open(class_name="SMTP", name="w", watch=("hook", "calls_hook")))
        seen = observe(channel, Call(method="calls_hook", args=(1,), kwargs={"k": b"v"}, on="w"))
        assert seen.outcome == Returned(value=3)
        assert seen.watched == (
            WatchedCall(on="w", method="calls_hook", args=(1,), kwargs={"k": b"v"}),
            WatchedCall(on="w", method="hook", args=(1,), kwargs={}),
        )

    def test_close_reports_the_records_of_the_whole_scenario(self, everywhere: Channel) -> None:
        observe(everywhere, Open(class_name="SMTP", watch=("hook",)))
        observe(everywhere, Call(method="hook", args=(1,)))
        observe(everywhere, Call(method="hook", args=(2,)))
        assert [call.args for call in observe(everywhere, Close()).watched] == [(1,), (2,)]
        assert observe(everywhere, Close()).watched == ()


class TestWithBlocks:
    def test_entering_and_leaving(self, channel: Channel) -> None:
        entered = observe(channel, Call(method="__enter__"))
        assert (entered.outcome, entered.printed) == (Returned(value=Named("client")), "entered\n")
        left = observe(channel, Call(method="__exit__"))
        assert (left.outcome, left.printed) == (Returned(value=None), "left by None\n")

    def test_an_exception_passes_through_the_block(self, channel: Channel) -> None:
        observe(channel, Call(method="__enter__"))
        left = observe(channel, Call(method="__exit__", args=(ExceptionValue(class_name="KeyError", args=("k",)),)))
        assert isinstance(left.outcome, Raised)
        assert (left.outcome.class_name, left.printed) == ("KeyError", "left by KeyError\n")

    def test_an_exception_of_the_clients_own_can_leave_the_block(self, channel: Channel) -> None:
        observe(channel, Call(method="__enter__"))
        own = ExceptionValue(class_name="SMTPDataError", args=(554, b"x"))
        assert raised(channel, Call(method="__exit__", args=(own,))).attributes["smtp_code"] == 554

    def test_a_block_that_swallows_exceptions_is_left_normally(self, channel: Channel) -> None:
        observe(channel, Call(method="__setattr__", args=("host", "swallows")))
        observe(channel, Call(method="__enter__"))
        error = ExceptionValue(class_name="ValueError")
        assert returned(channel, Call(method="__exit__", args=(error,))) is None


class TestLooking:
    def test_attributes_that_are_there_and_one_that_is_not(self, channel: Channel) -> None:
        observe(channel, Call(method="__setattr__", args=("user", "alice")))
        seen = returned(channel, Get(names=("user", "port", "nothing")))
        assert isinstance(seen, dict)
        assert (seen["user"], seen["port"]) == ("alice", 0)
        assert isinstance(seen["nothing"], Absent)

    def test_signatures(self, channel: Channel) -> None:
        names = ("SMTP", "SMTP.connect", "scale")
        assert returned(channel, Get(names=names, on=MODULE, view="signature")) == {
            "SMTP": ["host=''", "port=0", "*", "trouble=''"],
            "SMTP.connect": ["host", "port"],
            "scale": ["number", "factor=2", "*more", "deep=False", "**rest"],
        }

    def test_bases(self, channel: Channel) -> None:
        seen = returned(channel, Get(names=("SMTPDataError",), on=MODULE, view="bases"))
        assert isinstance(seen, dict)
        assert seen["SMTPDataError"][:3] == ["SMTPDataError", "obliging.SMTPDataError", "SMTPException"]
        assert "OSError" in seen["SMTPDataError"]

    def test_a_function_of_the_module_is_called(self, channel: Channel) -> None:
        assert returned(channel, Call(method="scale", args=(1,), on=MODULE)) == (1, 2, (), False, {})


def test_what_the_driver_does_not_understand_is_our_fault(obliging: Channel) -> None:
    obliging.request(Open(class_name="SMTP"), within=WITHIN)
    wrong = Message(octets=b"", policy="nonsense")  # type: ignore[arg-type]
    with pytest.raises(Exception, match="nonsense"):  # the schema refuses it before the driver can
        obliging.request(Call(method="echo", args=(wrong,)), within=WITHIN)


def test_an_error_of_the_whole_machine_is_not_the_candidates_fault(obliging: Channel) -> None:
    obliging.request(Open(class_name="SMTP"), within=WITHIN)
    with pytest.raises(CandidateTroubleError, match=r"out of something: OSError.*call client\.fail"):
        obliging.request(Call(method="fail", args=("system",)), within=WITHIN)
    assert not obliging.usable


class TestTheFile:
    """It is handed to interpreters that have nothing of ours."""

    def test_imports_the_standard_library_only(self) -> None:
        tree = ast.parse(DRIVER.read_text("utf-8"))
        imported = {
            name.partition(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in ([alias.name for alias in node.names] if isinstance(node, ast.Import) else [str(node.module)])
        }
        assert imported <= sys.stdlib_module_names

    def test_keeps_to_the_syntax_of_python_3_6(self) -> None:
        ast.parse(DRIVER.read_text("utf-8"), feature_version=(3, 6))
