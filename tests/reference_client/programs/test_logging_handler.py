"""``logging.handlers.SMTPHandler``, with this package under the name that it imports."""

from __future__ import annotations

import gc
import logging
import sys
from logging.handlers import SMTPHandler
from typing import TYPE_CHECKING, Any

import pytest
import trustme

import reference_client
from tests.reference_client.peers.aiosmtpd_servers import PASSWORD, USER, aiosmtpd_server, authenticate

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def logger(monkeypatch: pytest.MonkeyPatch) -> logging.Logger:
    monkeypatch.setitem(sys.modules, "smtplib", reference_client)
    monkeypatch.setattr(logging, "raiseExceptions", True)
    return logging.Logger("program")


class Handler(SMTPHandler):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802 - logging's name
        raise  # noqa: PLE0704 - called within an except clause


def handler(port: int, **arguments: Any) -> Handler:
    return Handler(("127.0.0.1", port), "log@b.example", ["c@d.example"], "trouble", **arguments)


def test_a_record_is_mailed(logger: logging.Logger) -> None:
    with aiosmtpd_server() as (port, mailbox):
        logger.addHandler(handler(port))
        logger.error("it %s", "broke")
    assert mailbox.contents[0].endswith(b"\r\n\r\nit broke\r\n")
    assert (mailbox.envelopes[0].mail_from, mailbox.envelopes[0].rcpt_tos) == ("log@b.example", ["c@d.example"])


def test_a_record_is_mailed_under_tls_after_login(
    logger: logging.Logger, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    server = aiosmtpd_server(authority, authenticator=authenticate, auth_required=True, require_starttls=True)
    with server as (port, mailbox):
        logger.addHandler(handler(port, credentials=(USER, PASSWORD), secure=(), timeout=10))
        logger.error("it broke")
    assert len(mailbox.contents) == 1
    assert mailbox.sessions[0].authenticated
    assert mailbox.sessions[0].ssl is not None


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")  # the handler leaves its connection to the collector
def test_a_failure_is_an_exception_that_the_handler_reports(logger: logging.Logger) -> None:
    with aiosmtpd_server() as (port, _):
        failing = handler(port)
        failing.toaddrs = ["e@refused.example"]
        logger.addHandler(failing)
        with pytest.raises(reference_client.SMTPRecipientsRefused) as caught:
            logger.error("it broke")
        assert set(caught.value.recipients) == {"e@refused.example"}
        del caught
        gc.collect()
