"""What the reference client makes of a message, however hostile: an envelope and octets, or ValueError."""

from __future__ import annotations

import contextlib
import email
import email.policy
import re
from email.message import Message
from email.policy import Policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_client._message import envelope_of, serialise
from tests.fuzzing.profiles import quick

_NAMES = st.sampled_from(
    [
        b"From",
        b"Sender",
        b"To",
        b"Cc",
        b"Bcc",
        b"bCC",
        b"Resent-From",
        b"Resent-To",
        b"Resent-Bcc",
        b"Resent-Date",
        b"Subject",
    ]
)
_TOKENS = st.sampled_from(
    [
        *(
            b"a@example.org",
            b"b@example.org",
            b"Name <c@example.org>",
            b'"q, q" <d@example.org>',
            b"group:",
            b";",
            b",",
        ),
        *(
            b"<",
            b">",
            b'"',
            b"(",
            b")",
            b"=?utf-8?q?x?=",
            b"=?utf-8?b?",
            b"\xc3\xa9@example.org",
            b"\xff",
            b"\r\n ",
            b" ",
            b"@",
        ),
        *(b"undisclosed-recipients:;", b"<>", b"\\", b"[", b"]", b":", b".", b"\0"),
    ]
)
_VALUES = st.one_of(st.lists(_TOKENS, max_size=6).map(b"".join), st.binary(max_size=20))
_FIELDS = st.lists(st.tuples(_NAMES, _VALUES), max_size=8)
_POLICIES = st.sampled_from([email.policy.default, email.policy.compat32, email.policy.SMTP, email.policy.SMTPUTF8])


@st.composite
def messages(draw: st.DrawFn) -> Message:
    """Messages as they are parsed from octets that a stranger wrote."""
    fields = b"".join(name + b": " + value + b"\r\n" for name, value in draw(_FIELDS))
    body = draw(st.one_of(st.binary(max_size=40), st.just(b"--x\r\n\r\n.\r\n--x--\r\n")))
    return email.message_from_bytes(fields + b"\r\n" + body, policy=draw(_POLICIES))


@given(messages())
@quick(150)
def test_a_message_gives_an_envelope_or_a_value_error(message: Message) -> None:
    """Fields that cannot be read raise ValueError; what is found stands in a field of the message."""
    try:
        sender, recipients = envelope_of(message, None, None)
    except ValueError:
        return
    told = "\n".join(str(value) for _, value in message.raw_items()).encode("utf-8", "surrogateescape")
    assert sender
    for address in (sender, *recipients):
        assert not re.search(r"[\r\n]", address)
        local, _, domain = address.rpartition("@")
        assert re.sub(rb'["\\\s]', b"", (local or domain).encode()) in re.sub(rb'["\\\s]', b"", told)


@given(messages(), st.booleans())
@quick(150)
def test_what_is_transmitted_names_no_blind_recipient(message: Message, international: bool) -> None:
    """The norm: Bcc and Resent-Bcc are not transmitted, whatever their case; the caller's message is left as it is."""
    before = list(message.raw_items())
    try:
        octets = serialise(message, international=international)
    except ValueError:
        return
    head = b"" if octets.startswith(b"\r\n") else octets.partition(b"\r\n\r\n")[0]
    assert not re.search(rb"(?im)^(?:resent-)?bcc[ \t]*:", head)
    assert list(message.raw_items()) == before


HOSTILE = ["<", "(" * 3000, "a:b <", "=?utf-8?q?=", '"', "<a@[", ":;<"]


@pytest.mark.parametrize("policy", [email.policy.default, email.policy.compat32])
@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("name", ["Resent-From", "To", "From"])
def test_a_field_that_the_email_package_chokes_on_is_a_value_error(name: str, value: str, policy: Policy) -> None:
    """Found by search: IndexError, RecursionError and AttributeError came out of the parser of fields."""
    others = "".join(f"{other}: a@example.org\n" for other in ("From", "To") if other != name)
    message = email.message_from_string(f"{others}{name}: {value}\n\nhi\n", policy=policy)
    for act in (lambda: envelope_of(message, None, None), lambda: serialise(message, international=False)):
        with contextlib.suppress(ValueError):
            act()
