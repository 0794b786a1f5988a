"""What a command pattern matches, and what it says where it does not."""

from __future__ import annotations

import pytest

from fake_servers.matching import exact, one_of, parse_pattern, regular_expression

SAME = [
    ("EHLO *", "EHLO client.example.org"),
    ("EHLO client.example.org", "ehlo Client.Example.ORG"),
    ("HELO *", "HELO [127.0.0.1]"),
    ("MAIL FROM:<alice@example.com>", "mail from:<alice@EXAMPLE.com>"),
    ("MAIL FROM:<alice@example.com>", "MAIL FROM:<alice@example.com>  "),
    ("MAIL FROM:<>", "MAIL FROM:<>"),
    ("MAIL FROM:<> BODY=8BITMIME SIZE=39", "MAIL FROM:<> SIZE=39  BODY=8bitmime"),
    ("MAIL FROM:<> [BODY=8BITMIME]", "MAIL FROM:<>"),
    ("MAIL FROM:<> [BODY=8BITMIME]", "MAIL FROM:<> body=8BITMIME"),
    ("MAIL FROM:<> SIZE=*", "MAIL FROM:<> SIZE=1234"),
    ("MAIL FROM:<> *", "MAIL FROM:<> SIZE=1234 SMTPUTF8"),
    ("MAIL FROM:<> RET=HDRS ENVID=Qq1", "MAIL FROM:<> ENVID=Qq1 RET=hdrs"),
    ("MAIL FROM:<> SMTPUTF8", "MAIL FROM:<> smtputf8"),
    ("MAIL FROM:<*@example.com>", "MAIL FROM:<anyone@example.com>"),
    ("MAIL *", "MAIL FROM:whatever"),
    ("MAIL FROM:*", "MAIL FROM:<a@b>"),
    ("RCPT TO:<postmaster>", "RCPT TO:<Postmaster>"),
    ("RCPT TO:<@one.example,@two.example:bob@example.com>", "RCPT TO:<@ONE.example,@two.example:bob@example.com>"),
    ('RCPT TO:<"a > b"@example.com>', 'RCPT TO:<"a > b"@EXAMPLE.com>'),
    ('RCPT TO:<"a\\" @ b"@example.com> NOTIFY=NEVER', 'RCPT TO:<"a\\" @ b"@example.com> NOTIFY=NEVER'),
    ("RCPT TO:<bøb@exämple.com>", "RCPT TO:<bøb@exämple.com>"),
    ("RCPT TO:<a@b> NOTIFY=SUCCESS,FAILURE", "RCPT TO:<a@b> NOTIFY=failure,success"),
    ("RCPT TO:<a@b> ORCPT=rfc822;a@b", "RCPT TO:<a@b> ORCPT=rfc822;a@b"),
    ("AUTH PLAIN AGEAYg==", "auth plain AGEAYg=="),
    ("AUTH PLAIN *", "AUTH PLAIN AGEAYg=="),
    ("AUTH *", "AUTH CRAM-MD5"),
    ("STARTTLS", "starttls"),
    ("DATA", "DATA "),
    ("VRFY bob", "VRFY bob"),
    ("NOOP", "NOOP"),
    ("XFOO a * c", "XFOO a b c"),
    ("*", "anything at all"),
]

DIFFERENT = [
    ("EHLO a.example", "EHLO b.example", 'the argument is "b.example", not "a.example"'),
    ("EHLO *", "HELO a", 'the command is "HELO", not EHLO'),
    ("MAIL FROM:<alice@example.com>", "MAIL FROM:<Alice@example.com>", "the path is <Alice@example.com>"),
    ("MAIL FROM:<>", "MAIL FROM: <>", "a space stands before the path"),
    ("MAIL FROM:<a@b>", "MAIL FROM:a@b", "does not stand in angle brackets"),
    ("MAIL FROM:<a@b>", "MAIL FROM:<a@b", "no closing angle bracket"),
    ("MAIL FROM:<a@b>", "MAIL FROM:<a@b>SIZE=1", "no space stands between"),
    ("MAIL FROM:<a@b>", "MAIL TO:<a@b>", "not by FROM:"),
    ("MAIL FROM:<> SIZE=39", "MAIL FROM:<> SIZE=40", "the parameter is SIZE=40, not SIZE=39"),
    ("MAIL FROM:<> SIZE=39", "MAIL FROM:<>", "the parameter SIZE is missing"),
    ("MAIL FROM:<>", "MAIL FROM:<> SIZE=40", "the parameter SIZE=40 is not expected"),
    ("MAIL FROM:<> [SIZE=39]", "MAIL FROM:<> SIZE=40", "SIZE=40, not SIZE=39"),
    ("MAIL FROM:<> SMTPUTF8", "MAIL FROM:<> SMTPUTF8=1", "SMTPUTF8=1, not SMTPUTF8"),
    ("MAIL FROM:<> *", "MAIL FROM:<> SIZE=1 SIZE=1", "comes 2 times"),
    ("MAIL FROM:<> ENVID=Qq1", "MAIL FROM:<> ENVID=QQ1", "ENVID=QQ1, not ENVID=Qq1"),
    ("RCPT TO:<a@b> NOTIFY=SUCCESS", "RCPT TO:<a@b> NOTIFY=SUCCESS,DELAY", "NOTIFY=SUCCESS,DELAY, not"),
    ("RCPT TO:<@one.example:a@b>", "RCPT TO:<a@b>", "the path is <a@b>"),
    ('RCPT TO:<"a b"@c>', "RCPT TO:<a b@c>", "the path is <a b@c>"),
    ("AUTH PLAIN AGEAYg==", "AUTH PLAIN ageayg==", "the initial response is"),
    ("AUTH PLAIN AGEAYg==", "AUTH PLAIN", "the initial response is missing"),
    ("AUTH LOGIN", "AUTH LOGIN dXNlcg==", "is not expected"),
    ("AUTH LOGIN", "AUTH PLAIN", 'the mechanism is "PLAIN", not LOGIN'),
    ("QUIT", "QUIT now", "it takes no argument"),
    ("VRFY bob", "VRFY Bob", 'the argument is "Bob"'),
]

NO_PATTERNS = [
    ("", "none is written"),
    ("NOOP\r\n", "without its line end"),
    ("<a@b>", "no verb"),
    ("QUIT now", "QUIT takes no argument"),
    ("EHLO", "EHLO \\*"),
    ("AUTH", "takes a mechanism"),
    ("MAIL FROM: <a@b>", "!exact"),
    ("MAIL TO:<a@b>", "not by FROM:"),
    ("MAIL FROM:<a@b> SIZE=1 SIZE=2", "named twice"),
    ("MAIL FROM:<a@b> =1", "no parameter"),
]


@pytest.mark.parametrize(("pattern", "line"), SAME)
@pytest.mark.parametrize("line_end", ["\r\n", "\n", ""])
def test_a_command_of_the_same_meaning_matches(pattern: str, line: str, line_end: str) -> None:
    assert parse_pattern(pattern).mismatch((line + line_end).encode()) is None


@pytest.mark.parametrize(("pattern", "line", "words"), DIFFERENT)
def test_a_mismatch_says_what_differs(pattern: str, line: str, words: str) -> None:
    assert words in str(parse_pattern(pattern).mismatch(line.encode() + b"\r\n"))


def test_all_that_differs_is_said_at_once() -> None:
    words = parse_pattern("MAIL FROM:<a@b> SIZE=1").mismatch(b"MAIL FROM:<c@d> BODY=7BIT\r\n")
    assert words == (
        "the path is <c@d>, not <a@b>; the parameter SIZE is missing; the parameter BODY=7BIT is not expected"
    )


@pytest.mark.parametrize(("text", "message"), NO_PATTERNS)
def test_what_is_no_command_is_refused_with_a_reason(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_pattern(text)


def test_a_pattern_shows_itself_as_it_was_written() -> None:
    assert str(parse_pattern("mail FROM:<a@b> [SIZE=*]")) == "mail FROM:<a@b> [SIZE=*]"


@pytest.mark.parametrize(
    ("octets", "line", "same"),
    [
        (b"mail FROM:<a@b>", b"mail FROM:<a@b>\r\n", True),
        (b"mail FROM:<a@b>\r\n", b"mail FROM:<a@b>\r\n", True),
        (b"mail FROM:<a@b>\r\n", b"mail FROM:<a@b>\n", False),
        (b"mail FROM:<a@b>", b"MAIL FROM:<a@b>\r\n", False),
        (b"*\r\n", b"*\r\n", True),
        (b"\r\n", b"\r\n", True),
    ],
)
def test_exact_compares_octets_and_a_line_end_only_if_it_has_one(octets: bytes, line: bytes, same: bool) -> None:
    assert (exact(octets).mismatch(line) is None) is same


def test_a_regular_expression_must_match_the_whole_line_without_its_end() -> None:
    pattern = regular_expression(r"(?i)mail from:<.*>")
    assert pattern.mismatch(b"MAIL FROM:<a@b>\r\n") is None
    assert pattern.mismatch(b"MAIL FROM:<a@b> SIZE=1\r\n") == "the line does not match /(?i)mail from:<.*>/"
    assert pattern.same_verb(b"MAIL FROM:<a@b> SIZE=1\r\n")


@pytest.mark.parametrize("expression", ["(", r"\p", pytest.param("[[:foo:]]", id="taken by re alone")])
@pytest.mark.filterwarnings("ignore:Possible nested set")
def test_what_is_no_regular_expression_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match="no regular expression"):
        regular_expression(expression)


def test_one_of_matches_what_one_of_them_matches() -> None:
    pattern = one_of([parse_pattern("EHLO *"), parse_pattern("HELO *")])
    assert pattern.mismatch(b"HELO a\r\n") is None
    assert "EHLO *: the command is" in str(pattern.mismatch(b"QUIT\r\n"))
    assert str(pattern) == "EHLO * or HELO *"


def test_one_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="one of nothing"):
        one_of([])


@pytest.mark.parametrize(
    ("pattern", "line", "same"),
    [
        ("MAIL FROM:<a@b>", b"mail nonsense\r\n", True),
        ("MAIL FROM:<a@b>", b"RCPT TO:<a@b>\r\n", False),
        ("*", b"X\r\n", True),
    ],
)
def test_the_verb_alone_can_be_asked_for(pattern: str, line: bytes, same: bool) -> None:
    assert parse_pattern(pattern).same_verb(line) is same


def test_octets_that_are_no_utf8_are_a_mismatch_and_no_error() -> None:
    assert "the path is" in str(parse_pattern("MAIL FROM:<ä@b>").mismatch(b"MAIL FROM:<\xe4@b>\r\n"))
