"""A search that finds nothing has to be able to find something: clients that are wrong in one way do not survive."""

from __future__ import annotations

import importlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_client import SMTP
from tests.fuzzing.profiles import quick
from tests.fuzzing.servers import RandomServer, servers
from tests.fuzzing.test_random_servers import Call, check, login, send_large, sendmail

WRONG = [
    ("transient_refusal_is_success", "SMTP"),
    ("refusals_not_returned", "SMTP"),
    ("stays_open_after_a_timeout", "SMTP"),
    ("lets_resets_out", "SMTP"),
    ("takes_a_cut_line_for_a_reply", "SMTP"),
    ("answers_with_stray_replies", "SMTP"),
    ("takes_every_2yz_for_authenticated", "SMTP"),
    ("reads_one_recipient_reply", "LMTP"),
    ("takes_unanswered_recipients_for_served", "LMTP"),
]


def kind_of(miniature: str, name: str) -> type[SMTP]:
    """Return a class of a miniature."""
    kind = getattr(importlib.import_module(f"tests.miniatures.wrong.{miniature}"), name)
    assert issubclass(kind, SMTP)
    return kind


@pytest.mark.parametrize(("miniature", "name"), WRONG)
def test_a_client_that_is_wrong_is_found_out(miniature: str, name: str) -> None:
    kind = kind_of(miniature, name)

    @settings(quick(150), report_multiple_bugs=False, phases=[settings.default.phases[2]])
    @given(servers(lmtp=name == "LMTP"), st.sampled_from([sendmail, send_large, *([login] if name == "SMTP" else [])]))
    def search(server: RandomServer, call: Call) -> None:
        check(server, kind, call)

    with pytest.raises(Exception) as caught:  # noqa: PT011 - whatever a wrong client raises that it must not
        search()
    print(miniature, type(caught.value), str(caught.value)[:100])
