from __future__ import annotations

import json
import math
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.driver.python_driver import Absent as DriverAbsent
from conformance.driver.python_driver import Decoder, Encoder, Scenario, Target
from conformance.driver.values import (
    Absent,
    AuthObject,
    Context,
    Cut,
    FormError,
    Message,
    Named,
    OtherObject,
    Repeat,
    decode,
    encode,
)

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary()
KEYS = st.booleans() | st.integers() | st.text() | st.binary()
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner)
        | st.lists(inner).map(tuple)
        | st.dictionaries(KEYS, inner)
        | st.sets(KEYS)
        | st.dictionaries(st.tuples(KEYS), inner)
    ),
    max_leaves=20,
)


def driver_encoder() -> Encoder:
    return Encoder(lambda _value: None)


def driver_decoder() -> Decoder:
    scenario = Scenario.__new__(Scenario)  # no value below needs what a real one has
    scenario.authobject_calls = []
    return Decoder(scenario, None)


@given(VALUES)
def test_what_a_scenario_passes_arrives_at_the_client(value: object) -> None:
    form = json.loads(json.dumps(encode(value)))
    assert driver_decoder().value(form) == value


@given(VALUES)
def test_what_a_client_returns_arrives_at_the_runner(value: object) -> None:
    form = json.loads(json.dumps(driver_encoder().form(value)))
    arrived = decode(form)
    assert arrived == value
    assert type(arrived) is (frozenset if isinstance(value, set) else type(value))


@pytest.mark.parametrize("value", [True, 1, 1.0, "1", b"1", (1,), [1]])
def test_types_that_compare_equal_stay_apart(value: object) -> None:
    assert type(decode(driver_encoder().form(value))) is type(value)
    assert type(driver_decoder().value(encode(value))) is type(value)


def test_a_value_without_a_form_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(TypeError, match="no JSON form for a value of type object"):
        encode(object())


@pytest.mark.parametrize("value", [math.inf, -math.inf])
def test_infinities_travel_as_text(value: float) -> None:
    assert json.loads(json.dumps(encode(value), allow_nan=False)) == {"$float": repr(value)}
    assert decode(driver_encoder().form(value)) == value


def test_not_a_number_travels_as_text() -> None:
    assert encode(math.nan) == {"$float": "nan"}


def test_repeated_text_travels_once() -> None:
    form = encode(Repeat(value=b"ab", times=1000))
    assert len(json.dumps(form)) < 100
    assert driver_decoder().value(form) == b"ab" * 1000


def test_a_message_is_parsed_under_its_policy() -> None:
    message = driver_decoder().value(encode(Message(octets=b"Subject: hi\r\n\r\nbody\r\n", policy="SMTP")))
    assert (message["Subject"], message.policy.linesep) == ("hi", "\r\n")


@pytest.mark.parametrize("policy", ["default", "compat32"])
def test_the_fields_of_a_composed_message_are_text_that_was_set(policy: Literal["default", "compat32"]) -> None:
    octets = "To: bøb@example.com\nSubject: hi\n\nbody\n".encode()
    message = driver_decoder().value(encode(Message(octets=octets, policy=policy, composed=True)))
    assert message.items() == [("To", "bøb@example.com"), ("Subject", "hi")]
    assert message.get_payload() == "body\n"


def test_a_context_verifies_by_default_and_trusts_nobody() -> None:
    context = driver_decoder().value(encode(Context()))
    assert (context.check_hostname, context.verify_mode.name, context.get_ca_certs()) == (True, "CERT_REQUIRED", [])


def test_a_context_can_verify_nothing() -> None:
    context = driver_decoder().value(encode(Context(verify=False)))
    assert (context.check_hostname, context.verify_mode.name) == (False, "CERT_NONE")


def test_an_authobject_answers_in_order_and_then_has_no_more() -> None:
    authobject = driver_decoder().value(encode(AuthObject(initial="first", answers=("second",))))
    assert [authobject(challenge=None), authobject(challenge=b"challenge")] == ["first", "second"]
    with pytest.raises(RuntimeError, match="no more answers"):
        authobject(b"challenge")


def test_a_descendant_of_a_builtin_compares_like_it_and_keeps_its_name() -> None:
    value = decode({"$tuple": [250, {"$bytes": "b2s="}], "type": "Reply"})
    assert value == (250, b"ok")
    assert isinstance(value, tuple)
    assert type(value) is not tuple
    assert repr(value) == "Reply((250, b'ok'))"


def test_descendants_of_one_name_are_of_one_class() -> None:
    form = {"$int": "250", "type": "Status"}
    assert type(decode(form)) is type(decode(form))


@pytest.mark.parametrize(
    ("form", "value"),
    [
        ({"$self": "client"}, Named("client")),
        ({"$absent": "why"}, Absent("why")),
        (
            {"$object": {"type": "m.T", "bases": ["m.T", "object"], "repr": "<T>"}},
            OtherObject(type="m.T", bases=("m.T", "object"), repr="<T>"),
        ),
        ({"$cut": {"type": "str", "length": 9, "start": "ab"}}, Cut(type="str", length=9, start="ab")),
    ],
)
def test_forms_for_what_cannot_travel(form: object, value: object) -> None:
    assert decode(form) == value


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"bytes": "eA=="},
        {"$bytes": "not base64"},
        {"$bytes": 1},
        {"$tuple": 1},
        {"$tuple": {"$bytes": "eA=="}},
        {"$dict": [[1]]},
        {"$dict": [[[1], 2]]},
        {"$int": "x"},
        {"$object": {}},
        {"$cut": []},
        [{"$wonder": 1}],
    ],
)
def test_what_is_no_form_is_refused(form: object) -> None:
    with pytest.raises(FormError):
        decode(form)


def test_an_absent_attribute_travels() -> None:
    assert driver_encoder().form(DriverAbsent(AttributeError("no x"))) == {"$absent": "AttributeError: no x"}


def test_the_driver_finds_an_attribute_of_the_module() -> None:
    assert Target("smtplib").load().__name__ == "smtplib"
