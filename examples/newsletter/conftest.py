"""Sets Django up: a database in memory, and the mail settings of each test's own server."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import django
import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings

from fake_servers import MailServer

sys.path.insert(0, str(Path(__file__).parent))
settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    INSTALLED_APPS=["newsletter"],
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
    EMAIL_TIMEOUT=5,
)
django.setup()
call_command("migrate", run_syncdb=True, verbosity=0)


@pytest.fixture(autouse=True)
def mail_settings(smtp_server: MailServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let Django send to the fake server of the test, and trust its certificates; begin without letters."""
    from newsletter.models import Letter

    Letter.objects.all().delete()
    monkeypatch.setenv("SSL_CERT_FILE", smtp_server.ca_file)
    with override_settings(EMAIL_HOST="localhost", EMAIL_PORT=smtp_server.port, EMAIL_USE_TLS=True):
        yield
