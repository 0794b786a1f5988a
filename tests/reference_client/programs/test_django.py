"""Django's e-mail backend, with this package in place of the module that it imports. (PyPI: django.)"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import trustme

import reference_client
from tests.reference_client.peers.aiosmtpd_servers import PASSWORD, USER, aiosmtpd_server, authenticate

if TYPE_CHECKING:
    from pathlib import Path

WHY = "Django is not installed (PyPI: django)"
settings = pytest.importorskip("django.conf", reason=WHY).settings
mail = pytest.importorskip("django.core.mail", reason=WHY)
smtp_backend = pytest.importorskip("django.core.mail.backends.smtp", reason=WHY)

# Django deprecates ways of its own from release to release.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"),
]

if not settings.configured:
    settings.configure(USE_TZ=True)


@pytest.fixture(autouse=True)
def _swapped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp_backend, "smtplib", reference_client)


def backend(port: int, **arguments: Any) -> Any:
    return smtp_backend.EmailBackend(host="127.0.0.1", port=port, timeout=10, **arguments)


def message(*to: str, **arguments: Any) -> Any:
    made = mail.EmailMultiAlternatives("Grüße", "Hällo\n.\nBye", "Al <a@b.example>", list(to), **arguments)
    made.attach_alternative("<p>Hällo</p>", "text/html")
    made.attach("data.bin", bytes(range(256)), "application/octet-stream")
    return made


def test_messages_are_sent_on_one_connection() -> None:
    with aiosmtpd_server() as (port, mailbox), backend(port) as connection:
        assert connection.send_messages([message("c@d.example", bcc=["s@d.example"]), message("e@d.example")]) == 2
    assert [envelope.rcpt_tos for envelope in mailbox.envelopes] == [["c@d.example", "s@d.example"], ["e@d.example"]]
    assert len({id(session) for session in mailbox.sessions}) == 1
    assert b"s@d.example" not in mailbox.contents[0]


@pytest.mark.parametrize("implicit_tls", [False, True])
def test_messages_are_sent_under_tls_after_login(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, implicit_tls: bool
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    requirements = {"auth_require_tls": False} if implicit_tls else {"auth_required": True, "require_starttls": True}
    server = aiosmtpd_server(authority, implicit_tls=implicit_tls, authenticator=authenticate, **requirements)
    arguments = {"username": USER, "password": PASSWORD, "use_tls": not implicit_tls, "use_ssl": implicit_tls}
    with server as (port, mailbox), backend(port, **arguments) as connection:
        assert connection.send_messages([message("c@d.example")]) == 1
    assert mailbox.sessions[0].authenticated


def test_refused_credentials_are_the_exception_that_django_knows() -> None:
    server = aiosmtpd_server(authenticator=authenticate, auth_require_tls=False)
    with server as (port, _):
        connection = backend(port, username=USER, password="wrong")
        with pytest.raises(reference_client.SMTPAuthenticationError):
            connection.open()
        connection.close()


def test_a_refusal_is_an_exception_or_fails_silently() -> None:
    with aiosmtpd_server() as (port, _):
        with pytest.raises(reference_client.SMTPRecipientsRefused):
            backend(port).send_messages([message("e@refused.example")])
        assert backend(port, fail_silently=True).send_messages([message("e@refused.example")]) == 0
