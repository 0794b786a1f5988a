from __future__ import annotations

import email
import email.policy
from email.headerregistry import Address
from email.message import EmailMessage, Message
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_client import SMTP, SMTPNotSupportedError, SMTPRecipientsRefused
from reference_client._message import envelope_of, serialise
from tests.reference_client.scripted import hello, introduced, playing

Fields = list[tuple[str, str]]

LEGACY: type[Message] = Message
BOTH = pytest.mark.parametrize("kind", [Message, EmailMessage])


def message(kind: type[Message], *fields: tuple[str, str], body: str = "body\n") -> Message:
    made = kind()
    for name, value in fields:
        made[name] = value
    made.set_payload(body)
    return made


def parsed(text: str) -> list[Message]:
    """The same message under both families of policies, also with fields that may not be set twice."""
    return [
        email.message_from_string(text),
        email.message_from_string(text, policy=email.policy.default),
    ]


def envelope(text: str) -> list[tuple[str, list[str]]]:
    return [envelope_of(made, None, None) for made in parsed(text + "\nbody\n")]


ENVELOPES = {
    "From and To": ("From: a@x\nTo: b@x\n", "a@x", ["b@x"]),
    "Sender before From": ("From: a@x\nSender: s@x\nTo: b@x\n", "s@x", ["b@x"]),
    "the first of several From": ("From: a@x, z@x\nTo: b@x\n", "a@x", ["b@x"]),
    "display names dropped": ('From: "A, a" <a@x>\nTo: B <b@x>, "C c" <c@x> (cc)\n', "a@x", ["b@x", "c@x"]),
    "the order To, Cc, Bcc": ("From: a@x\nBcc: d@x\nCc: c@x\nTo: b@x\n", "a@x", ["b@x", "c@x", "d@x"]),
    "all fields of a name": ("From: a@x\nTo: b@x\nTo: c@x\nBcc: d@x\nBcc: e@x\n", "a@x", ["b@x", "c@x", "d@x", "e@x"]),
    "an empty group": ("From: a@x\nTo: undisclosed-recipients:;\nCc: c@x\n", "a@x", ["c@x"]),
    "a group with members": ("From: a@x\nTo: team: b@x, C <c@x>;\n", "a@x", ["b@x", "c@x"]),
    "an empty field": ("From: a@x\nTo: \nCc: c@x\n", "a@x", ["c@x"]),
    "an empty Sender": ("Sender: \nFrom: a@x\nTo: b@x\n", "a@x", ["b@x"]),
    "no recipients": ("From: a@x\n", "a@x", []),
    "Resent with date": (
        "From: a@x\nTo: b@x\nResent-Date: d\nResent-From: r@x\nResent-To: s@x\nResent-Cc: t@x\nResent-Bcc: u@x\n",
        "r@x",
        ["s@x", "t@x", "u@x"],
    ),
    "Resent without date": ("From: a@x\nTo: b@x\nResent-From: r@x\nResent-To: s@x\n", "r@x", ["s@x"]),
    "Resent-Sender": ("From: a@x\nResent-From: r@x\nResent-Sender: q@x\nResent-To: s@x\n", "q@x", ["s@x"]),
    "Resent-To twice in one set": (
        "From: a@x\nResent-Date: d\nResent-From: r@x\nResent-To: s@x\nResent-To: t@x\n",
        "r@x",
        ["s@x", "t@x"],
    ),
}


@pytest.mark.parametrize(("text", "sender", "recipients"), ENVELOPES.values(), ids=ENVELOPES.keys())
def test_the_envelope_comes_from_the_fields(text: str, sender: str, recipients: list[str]) -> None:
    assert envelope(text) == [(sender, recipients)] * 2


@pytest.mark.parametrize(
    "text",
    [
        "To: b@x\n",
        "From: \nTo: b@x\n",
        "From: undisclosed:;\nTo: b@x\n",
        "From: a@x\nTo: b@x\nResent-To: s@x\n",
        "From: a@x\nResent-Date: d\nResent-Date: d\nResent-From: r@x\nResent-From: s@x\nResent-To: s@x\n",
        "From: a@x\nResent-From: r@x\nResent-To: s@x\nResent-From: s@x\nResent-To: t@x\n",
        "From: a@x\nResent-Message-ID: <1>\nResent-Message-ID: <2>\nResent-From: r@x\nResent-To: s@x\n",
    ],
)
def test_a_message_without_one_clear_sender_is_refused(text: str) -> None:
    for made in parsed(text + "\nbody\n"):
        with pytest.raises(ValueError, match=r"sender|sets of Resent"):
            envelope_of(made, None, None)


def test_several_resent_sets_are_refused_also_where_both_addresses_are_given() -> None:
    text = "From: a@x\nResent-Date: d\nResent-Date: d\nResent-From: r@x\nResent-To: s@x\n\n"
    for made in parsed(text):
        with pytest.raises(ValueError, match="2 sets"):
            envelope_of(made, "a@x", ["b@x"])


def test_a_field_that_cannot_be_read_is_refused_rather_than_skipped() -> None:
    with pytest.raises(ValueError, match="field To"):
        envelope_of(message(Message, ("From", "a@x"), ("To", "<"), ("Cc", "c@x")), None, None)


POLICIES = pytest.mark.parametrize("policy", [email.policy.compat32, email.policy.default, email.policy.SMTPUTF8])


@POLICIES
def test_octets_of_a_parsed_field_are_utf8_and_are_written_as_they_came(policy: email.policy.Policy) -> None:
    text = "From: é@x\r\nTo: Ü <ü@x>\r\nSubject: naïve\r\n\r\nbody\r\n".encode()
    made = email.message_from_bytes(text, policy=policy)
    assert envelope_of(made, None, None) == ("é@x", ["ü@x"])
    assert serialise(made, international=True) == text


@POLICIES
def test_octets_in_another_encoding_are_refused_rather_than_guessed(policy: email.policy.Policy) -> None:
    made = email.message_from_bytes("From: a@x\nTo: é@x\n\n".encode("latin-1"), policy=policy)
    with pytest.raises(ValueError, match="utf-8"):
        envelope_of(made, None, None)


@BOTH
def test_given_addresses_are_used_as_they_are(kind: type[Message]) -> None:
    made = message(kind, ("From", "a@x"), ("To", "b@x"))
    assert envelope_of(made, "Q <q@x>", None) == ("Q <q@x>", ["b@x"])
    assert envelope_of(made, None, "r@x") == ("a@x", ["r@x"])
    assert envelope_of(made, "", ["r@x", "s@x"]) == ("", ["r@x", "s@x"])


names = st.text("abcXYZ ,.", max_size=12)  # beyond these the email package does not read back what it writes
locals_ = st.from_regex(r"[a-z0-9]+(\.[a-z0-9+_-]+)*", fullmatch=True)


@given(st.lists(st.tuples(names, locals_), min_size=1, max_size=4))
def test_every_address_of_a_field_is_found_whatever_the_display_names(pairs: list[tuple[str, str]]) -> None:
    made = EmailMessage()
    made["From"] = "a@x.example"
    made["To"] = [Address(name, local, "x.example") for name, local in pairs]
    legacy = email.message_from_bytes(bytes(made))
    expected = [f"{local}@x.example" for _, local in pairs]
    assert envelope_of(made, None, None)[1] == envelope_of(legacy, None, None)[1] == expected


@BOTH
def test_lines_end_with_crlf(kind: type[Message]) -> None:
    octets = serialise(message(kind, ("From", "a@x"), body="one\ntwo\n"), international=False)
    assert octets == b"From: a@x\r\n\r\none\r\ntwo\r\n"


def test_blind_fields_are_left_out_and_stay_in_the_callers_message() -> None:
    for made in parsed("From: a@x\nBCC: b@x\nbcc: c@x\nResent-Bcc: d@x\nTo: e@x\n\nBcc: not a field\n"):
        before = made.items()
        assert serialise(made, international=False) == b"From: a@x\r\nTo: e@x\r\n\r\nBcc: not a field\r\n"
        assert made.items() == before


def test_a_body_line_that_begins_with_from_is_as_the_policy_has_it() -> None:
    legacy, modern = parsed("From: a@x\n\nFrom here\n")
    assert serialise(modern, international=False).endswith(b"\r\nFrom here\r\n")
    assert serialise(legacy, international=False).endswith(b"\r\n>From here\r\n")


@BOTH
def test_utf8_stands_in_fields_only_where_it_was_agreed(kind: type[Message]) -> None:
    made = message(kind, ("From", "é@x"), ("Subject", "naïve"))
    assert "From: é@x\r\n".encode() in serialise(made, international=True)
    if kind is EmailMessage:
        assert serialise(made, international=False).isascii()


def test_utf8_does_not_stand_in_fields_because_the_policy_would_allow_it() -> None:
    made = EmailMessage(email.policy.SMTPUTF8)
    made["Subject"] = "naïve"
    assert serialise(made, international=False).isascii()


def test_octets_of_the_body_survive() -> None:
    made = EmailMessage()
    made["From"] = "a@x"
    made.set_content("é\n", cte="8bit")
    assert "é\r\n".encode() in serialise(made, international=False)


def test_a_multipart_message_is_what_the_generator_writes() -> None:
    made = MIMEMultipart(boundary="b")
    made["From"] = "a@x"
    made.attach(MIMEText("é", "plain", "utf-8"))
    octets = serialise(made, international=False)
    assert octets.replace(b"\r\n", b"\n") == made.as_bytes(unixfrom=False)


OK = "S: 250 ok"
FIELDS = [("From", "a@b.example"), ("To", "c@d.example")]


class TestSendMessage:
    @BOTH
    def test_sends_to_the_addresses_of_the_fields(self, kind: type[Message]) -> None:
        script = ["C: MAIL FROM:<a@b.example>", OK, "C: RCPT TO:<c@d.example>", OK, "C: RCPT TO:<e@d.example>", OK]
        text = "C: From: a@b.example\r\nTo: c@d.example\r\n\r\nbody\r\n."
        with introduced(*script, "C: DATA", "S: 354 go", text, OK) as smtp:
            assert smtp.send_message(message(kind, *FIELDS, ("Bcc", "e@d.example"))) == {}

    def test_goes_through_sendmail(self) -> None:
        calls: list[tuple[object, ...]] = []

        class Session(SMTP):
            def sendmail(self, *args: object) -> dict[str, tuple[int, bytes]]:
                calls.append(args)
                return {"x": (550, b"no")}

        with playing(kind=Session) as smtp:
            made = message(Message, *FIELDS)
            assert smtp.send_message(made, mail_options=["A"], rcpt_options=["B"]) == {"x": (550, b"no")}
            octets = b"From: a@b.example\r\nTo: c@d.example\r\n\r\nbody\r\n"
            assert calls == [("a@b.example", ["c@d.example"], octets, ["A"], ["B"])]

    @BOTH
    def test_asks_for_smtputf8_where_an_address_needs_it(self, kind: type[Message]) -> None:
        calls: list[tuple[object, ...]] = []

        class Session(SMTP):
            def sendmail(self, *args: object) -> dict[str, tuple[int, bytes]]:
                calls.append(args)
                return {}

        options = ["RET=HDRS"]
        with playing(kind=Session) as smtp:
            smtp.send_message(message(kind, ("From", "é@b.example"), ("To", "c@d.example")), mail_options=options)
            smtp.send_message(message(kind, *FIELDS), mail_options=["body=8bitmime", "smtputf8"], to_addrs=["ü@x"])
        assert options == ["RET=HDRS"]
        assert [call[3] for call in calls] == [
            ["RET=HDRS", "SMTPUTF8", "BODY=8BITMIME"],
            ["body=8bitmime", "smtputf8"],
        ]
        assert isinstance(calls[0][2], bytes)
        assert calls[0][2].startswith("From: é@b.example\r\n".encode())

    @BOTH
    def test_is_not_supported_where_the_server_does_not_offer_it(self, kind: type[Message]) -> None:
        with playing(*hello("8BITMIME")) as smtp, pytest.raises(SMTPNotSupportedError):
            smtp.send_message(message(kind, ("From", "é@b.example"), ("To", "c@d.example")))

    def test_without_recipients_sends_nothing(self) -> None:
        with playing() as smtp:
            with pytest.raises(SMTPRecipientsRefused) as caught:
                smtp.send_message(message(EmailMessage, ("From", "a@b.example")))
            assert caught.value.recipients == {}
