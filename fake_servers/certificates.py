"""This module owns keys and certificates: an authority of its own, and what the fake servers show.

trustme makes them. Which certificate is shown when is a script's business.
"""

from __future__ import annotations

import datetime
import shutil
import ssl
import tempfile
import threading
import weakref
from functools import cache, cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from fake_servers.steps import Certificate
from fake_servers.tls_stream import ServerNameKeeper, keep_server_name

if TYPE_CHECKING:
    import trustme

SERVER_NAMES = ("localhost", "127.0.0.1", "::1", "*.example.test", "mail.example.test")
"""For whom the trusted certificate is valid: the server's addresses, and names that scenarios make up."""

WRONG_NAMES = ("wrong-host.invalid",)
"""For whom the certificate with the wrong host is valid."""

CLIENT_NAME = "client.example.test"
"""The common name of the client certificate."""

_LONG_AGO = datetime.datetime(2001, 1, 1, tzinfo=datetime.UTC)
_EXPIRED_SINCE = datetime.datetime(2002, 1, 1, tzinfo=datetime.UTC)


class Authority:
    """A certificate authority for tests, and the certificates that it issues.

    Everything is made when it is first asked for, and once. Files live in a directory of their own, which is removed by
    ``close``, at the latest when the process ends.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._contexts: dict[tuple[Certificate, bool], ssl.SSLContext] = {}

    def __enter__(self) -> Authority:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @cached_property
    def _authority(self) -> trustme.CA:
        return _new_authority("Fake servers")

    @cached_property
    def _directory(self) -> Path:
        directory = Path(tempfile.mkdtemp(prefix="smtp-conformance-ca-"))
        self._removal = weakref.finalize(self, shutil.rmtree, directory, ignore_errors=True)
        return directory

    @cached_property
    def _client_certificate(self) -> trustme.LeafCert:
        return self._authority.issue_cert(CLIENT_NAME, common_name=CLIENT_NAME)

    @cached_property
    def ca_file(self) -> str:
        """The path of the authority's own certificate: what a client trusts."""
        with self._lock:
            path = self._directory / "ca.pem"
            self._authority.cert_pem.write_to_path(path)
            return str(path)

    @cached_property
    def client_certificate_file(self) -> str:
        """The path of a certificate that a client can show."""
        with self._lock:
            path = self._directory / "client-certificate.pem"
            for number, blob in enumerate(self._client_certificate.cert_chain_pems):
                blob.write_to_path(path, append=number > 0)
            return str(path)

    @cached_property
    def client_key_file(self) -> str:
        """The path of the key that belongs to ``client_certificate_file``."""
        with self._lock:
            path = self._directory / "client-key.pem"
            self._client_certificate.private_key_pem.write_to_path(path)
            return str(path)

    def trust(self, context: ssl.SSLContext) -> None:
        """Let a client's context trust this authority."""
        with self._lock:
            self._authority.configure_trust(context)

    def server_context(
        self, certificate: Certificate = Certificate.TRUSTED, *, require_client_certificate: bool = False
    ) -> ssl.SSLContext:
        """Return the context with which a server shows a certificate; made once and shared."""
        key = (certificate, require_client_certificate)
        with self._lock:
            if key not in self._contexts:
                self._contexts[key] = self._new_context(*key)
            return self._contexts[key]

    def _new_context(self, certificate: Certificate, require_client_certificate: bool) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.num_tickets = 0  # nothing is resumed here, and nothing is sent behind a script's back
        context.sslobject_class = ServerNameKeeper
        context.sni_callback = keep_server_name
        self._issued(certificate).configure_cert(context)
        if require_client_certificate:
            self.trust(context)
            context.verify_mode = ssl.CERT_REQUIRED
        return context

    def _issued(self, certificate: Certificate) -> trustme.LeafCert:
        if certificate is Certificate.UNTRUSTED:
            return _new_authority("Nobody trusts this").issue_cert(*SERVER_NAMES)
        if certificate is Certificate.EXPIRED:
            return self._authority.issue_cert(*SERVER_NAMES, not_before=_LONG_AGO, not_after=_EXPIRED_SINCE)
        names = WRONG_NAMES if certificate is Certificate.WRONG_HOST else SERVER_NAMES
        return self._authority.issue_cert(*names)

    def close(self) -> None:
        """Remove the files; idempotent."""
        removal = self.__dict__.get("_removal")
        if removal is not None:
            removal()


@cache
def shared_authority() -> Authority:
    """Return the authority of this process, for servers that were given none."""
    return Authority()


def _new_authority(name: str) -> trustme.CA:
    import trustme  # noqa: PLC0415 - as dear as all of our own modules, and many servers have no TLS

    return trustme.CA(organization_name=name)
