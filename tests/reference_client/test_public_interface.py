"""The names, signatures and classes of the norm."""

from __future__ import annotations

import importlib.metadata
import inspect
import pickle
import socket
from pathlib import Path

import pytest

import reference_client
from reference_client import LMTP, SMTP, SMTP_SSL

REQUIRED = inspect.Parameter.empty
GIVEN = object()  # a default that the norm leaves open

CONSTRUCTORS = [
    (SMTP, {"host": "", "port": 0, "local_hostname": None, "timeout": GIVEN, "source_address": None}),
    (
        SMTP_SSL,
        {
            "host": "",
            "port": 0,
            "local_hostname": None,
            "keyfile": None,
            "certfile": None,
            "timeout": GIVEN,
            "context": None,
            "source_address": None,
        },
    ),
    (
        LMTP,
        {
            "host": "",
            "port": reference_client.LMTP_PORT,
            "local_hostname": None,
            "source_address": None,
            "timeout": GIVEN,
        },
    ),
]

METHODS = {
    "set_debuglevel": {"level": REQUIRED},
    "docmd": {"cmd": REQUIRED, "args": ""},
    "connect": {"host": "localhost", "port": 0, "source_address": None},
    "helo": {"name": ""},
    "ehlo": {"name": ""},
    "ehlo_or_helo_if_needed": {},
    "has_extn": {"name": REQUIRED},
    "verify": {"address": REQUIRED},
    "vrfy": {"address": REQUIRED},
    "expn": {"address": REQUIRED},
    "login": {"user": REQUIRED, "password": REQUIRED, "initial_response_ok": True},
    "auth": {"mechanism": REQUIRED, "authobject": REQUIRED, "initial_response_ok": True},
    "auth_cram_md5": {"challenge": None},
    "auth_plain": {"challenge": None},
    "auth_login": {"challenge": None},
    "starttls": {"keyfile": None, "certfile": None, "context": None},
    "sendmail": {"from_addr": REQUIRED, "to_addrs": REQUIRED, "msg": REQUIRED, "mail_options": (), "rcpt_options": ()},
    "send_message": {"msg": REQUIRED, "from_addr": None, "to_addrs": None, "mail_options": (), "rcpt_options": ()},
    "quit": {},
    "help": {"args": ""},
    "rset": {},
    "noop": {},
    "mail": {"sender": REQUIRED, "options": ()},
    "rcpt": {"recip": REQUIRED, "options": ()},
    "data": {"msg": REQUIRED},
    "close": {},
    "send": {"s": REQUIRED},
    "putcmd": {"cmd": REQUIRED, "args": ""},
    "getreply": {},
}

EXCEPTIONS = {
    "SMTPException": OSError,
    "SMTPNotSupportedError": reference_client.SMTPException,
    "SMTPServerDisconnected": reference_client.SMTPException,
    "SMTPResponseException": reference_client.SMTPException,
    "SMTPSenderRefused": reference_client.SMTPResponseException,
    "SMTPRecipientsRefused": reference_client.SMTPException,
    "SMTPDataError": reference_client.SMTPResponseException,
    "SMTPConnectError": reference_client.SMTPResponseException,
    "SMTPHeloError": reference_client.SMTPResponseException,
    "SMTPAuthenticationError": reference_client.SMTPResponseException,
}


def defaults(function: object) -> dict[str, object]:
    assert callable(function)
    return {name: parameter.default for name, parameter in inspect.signature(function).parameters.items()}


@pytest.mark.parametrize(("kind", "expected"), CONSTRUCTORS)
def test_a_constructor_takes_the_arguments_of_the_norm_in_its_order(kind: type, expected: dict[str, object]) -> None:
    found = defaults(kind)
    assert list(found) == list(expected)
    assert {n: v for n, v in found.items() if n != "timeout"} == {n: v for n, v in expected.items() if n != "timeout"}
    assert found["timeout"] is not REQUIRED


@pytest.mark.parametrize("kind", [SMTP, SMTP_SSL, LMTP])
@pytest.mark.parametrize(("name", "expected"), METHODS.items())
def test_a_method_takes_the_arguments_of_the_norm_in_its_order(
    kind: type, name: str, expected: dict[str, object]
) -> None:
    assert list(defaults(getattr(kind, name)).items()) == [("self", REQUIRED), *expected.items()]


@pytest.mark.parametrize("name", ["login", "auth"])
def test_initial_response_ok_is_keyword_only(name: str) -> None:
    parameter = inspect.signature(getattr(SMTP, name)).parameters["initial_response_ok"]
    assert parameter.kind is inspect.Parameter.KEYWORD_ONLY


@pytest.mark.parametrize(("name", "base"), EXCEPTIONS.items())
def test_an_exception_has_the_base_of_the_norm(name: str, base: type) -> None:
    assert getattr(reference_client, name).__bases__ == (base,)


@pytest.mark.parametrize(
    "error",
    [
        reference_client.SMTPException("x"),
        reference_client.SMTPServerDisconnected("x"),
        reference_client.SMTPDataError(554, b"no"),
        reference_client.SMTPSenderRefused(550, b"no", "a@b"),
        reference_client.SMTPRecipientsRefused({"a@b": (550, b"no")}),
    ],
)
def test_an_exception_survives_pickling_and_has_no_errno(error: OSError) -> None:
    again = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert (type(again), again.args, vars(again)) == (type(error), error.args, vars(error))
    assert error.errno is None
    assert isinstance(str(error), str)


def test_everything_public_has_a_name_in_all() -> None:
    public = {name for name in vars(reference_client) if not name.startswith("_")}
    modules = {name for name in public if inspect.ismodule(getattr(reference_client, name))}
    assert public - modules == set(reference_client.__all__)
    assert not modules


def test_the_ports_are_those_of_the_norm() -> None:
    assert (reference_client.SMTP_PORT, reference_client.SMTP_SSL_PORT, reference_client.LMTP_PORT) == (25, 465, 2003)
    assert (SMTP.default_port, SMTP_SSL.default_port, LMTP.default_port) == (25, 465, 2003)
    assert (reference_client.CRLF, reference_client.bCRLF) == ("\r\n", b"\r\n")


@pytest.mark.parametrize("name", METHODS)
def test_every_public_method_says_what_it_is_for(name: str) -> None:
    assert (getattr(SMTP, name).__doc__ or "").strip()


def test_the_attributes_that_programs_read_are_there_before_connecting() -> None:
    smtp = SMTP(local_hostname="me.example", timeout=3, source_address=("", 0))
    assert (smtp.sock, smtp.file, smtp.ehlo_resp, smtp.helo_resp) == (None, None, None, None)
    assert (smtp.does_esmtp, smtp.esmtp_features, smtp.debuglevel) == (False, {}, 0)
    assert (smtp.local_hostname, smtp.timeout, smtp.source_address) == ("me.example", 3, ("", 0))
    assert (smtp.ehlo_msg.lower(), LMTP.ehlo_msg.lower()) == ("ehlo", "lhlo")
    assert SMTP().timeout is socket._GLOBAL_DEFAULT_TIMEOUT  # type: ignore[attr-defined]


def test_the_package_says_its_version() -> None:
    assert reference_client.__version__ == importlib.metadata.version("smtp-conformance")


def test_the_package_says_that_it_is_typed() -> None:
    assert (Path(reference_client.__file__).parent / "py.typed").exists()


def test_every_module_says_what_it_owns_and_what_it_does_not_know() -> None:
    for path in Path(reference_client.__file__).parent.glob("*.py"):
        header = " ".join(path.read_text().split('"""')[1].split())
        assert "This module owns" in header, path.name
        assert "does not know" in header or path.name == "__init__.py", path.name
