"""Against Dovecot's LMTP server. (Debian: dovecot-lmtpd.)"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from reference_client import LMTP, SMTPRecipientsRefused

if TYPE_CHECKING:
    from collections.abc import Iterator

DOVECOT = shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin:/usr/bin")
LMTPD = Path("/usr/lib/dovecot/lmtp")
DEADLINE = 20.0

pytestmark = [
    pytest.mark.skipif(DOVECOT is None or not LMTPD.exists(), reason="not installed (Debian: dovecot-lmtpd)"),
    pytest.mark.skipif(os.getuid() != 0, reason="Dovecot's master process wants to be root"),
]

# full@d.example has room for nothing: its replies come after the data, and are refusals.
CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = lmtp
ssl = no
default_internal_user = dovecot
default_login_user = dovenull
mail_location = maildir:{folder}/mail/%u
mail_uid = nobody
mail_gid = nogroup
first_valid_uid = 1
first_valid_gid = 1
mail_plugins = quota
lmtp_save_to_detail_mailbox = no
lmtp_hdr_delivery_address = none
lmtp_add_received_header = no
plugin {{
  quota = maildir:User quota
}}
passdb {{
  driver = static
  args = nopassword=y
}}
userdb {{
  driver = passwd-file
  args = {folder}/users
}}
service lmtp {{
  unix_listener {folder}/lmtp {{
    mode = 0666
  }}
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
"""


@contextmanager
def dovecot() -> Iterator[Path]:
    """Yield a folder in which Dovecot listens on the socket ``lmtp`` and keeps maildirs in ``mail``."""
    assert DOVECOT is not None
    folder = Path(tempfile.mkdtemp(prefix="dovecot"))  # not tmp_path: user nobody has to get there
    folder.chmod(0o755)
    nobody = pwd.getpwnam("nobody")
    (folder / "mail").mkdir()
    os.chown(folder / "mail", nobody.pw_uid, nobody.pw_gid)
    lines = [f"{name}@d.example:::::{folder}::" for name in ("c", "e")]
    lines.append(f"full@d.example:::::{folder}::userdb_quota_rule=*:bytes=1")
    (folder / "users").write_text("\n".join(lines) + "\n")
    (folder / "users").chmod(0o644)
    (folder / "conf").write_text(CONFIGURATION.format(folder=folder))
    process = subprocess.Popen([DOVECOT, "-F", "-c", str(folder / "conf")])  # noqa: S603
    try:
        _await_listener(process, folder)
        yield folder
    finally:
        process.terminate()
        process.wait(DEADLINE)
        shutil.rmtree(folder)


def _await_listener(process: subprocess.Popen[bytes], folder: Path) -> None:
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(folder / "lmtp"))
            except OSError:
                assert process.poll() is None, "dovecot has ended"
                time.sleep(0.02)
            else:
                return
    pytest.fail(f"dovecot does not listen after {DEADLINE} seconds")


def delivered(folder: Path, user: str) -> list[bytes]:
    """The messages of a user, without the fields that Dovecot puts before them."""
    paths = sorted((folder / "mail" / user / "new").glob("*"))
    texts = [path.read_bytes() for path in paths]
    return [text[text.index(b"Subject:") :] for text in texts]


MESSAGE = b"Subject: dots\r\n\r\n.\r\n..\r\n.two\r\nlast\r\n"
STORED = MESSAGE.replace(b"\r\n", b"\n")


def test_messages_are_delivered_octet_for_octet_and_each_recipient_has_its_reply() -> None:
    with dovecot() as folder, LMTP(str(folder / "lmtp"), timeout=DEADLINE) as lmtp:
        addresses = ["c@d.example", "nobody@d.example", "full@d.example", "e@d.example"]
        refused = lmtp.sendmail("a@b.example", addresses, MESSAGE)
        assert set(refused) == {"nobody@d.example", "full@d.example"}
        assert refused["nobody@d.example"][0] == 550
        assert refused["full@d.example"][0] in (452, 552)
        assert lmtp.sendmail("a@b.example", "e@d.example", MESSAGE) == {}
        assert lmtp.noop()[0] == 250
        assert delivered(folder, "c@d.example") == [STORED]
        assert delivered(folder, "e@d.example") == [STORED] * 2
        assert delivered(folder, "full@d.example") == []


def test_a_message_that_nobody_gets_is_refused() -> None:
    with dovecot() as folder, LMTP(str(folder / "lmtp"), timeout=DEADLINE) as lmtp:
        with pytest.raises(SMTPRecipientsRefused) as caught:
            lmtp.sendmail("a@b.example", ["nobody@d.example", "full@d.example"], MESSAGE)
        assert set(caught.value.recipients) == {"nobody@d.example", "full@d.example"}
        assert lmtp.sendmail("a@b.example", "c@d.example", MESSAGE) == {}
