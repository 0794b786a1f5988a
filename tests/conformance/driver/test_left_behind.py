"""What a scenario arranged is gone behind it, also where the candidate could not stand it."""

from __future__ import annotations

from pathlib import Path

from conformance.driver.answers import Observation, Raised, Returned
from conformance.driver.candidates import Candidate, parse_candidate
from conformance.driver.requests import Call, Close, Given

CLIENT = "import ssl\n\nclass SMTP:\n    pass\n\ndef library():\n    return ssl.OPENSSL_VERSION\n"


def test_a_client_that_cannot_be_imported_without_ssl_has_it_again_in_the_next_scenario(tmp_path: Path) -> None:
    (tmp_path / "needs_ssl.py").write_text(CLIENT)
    ask = Call(method="library", on="module")
    with Candidate(spec=parse_candidate("needs_ssl", folder=tmp_path)) as candidate:
        with candidate.scenario() as channel:
            channel.request(Given(without=("ssl",)), within=10)
            without = channel.request(ask, within=10)
            channel.request(Close(), within=10)
        with candidate.scenario() as channel:
            again = channel.request(ask, within=10)
            channel.request(Close(), within=10)
    assert isinstance(without, Observation)
    assert isinstance(without.outcome, Raised)
    assert isinstance(again, Observation)
    assert isinstance(again.outcome, Returned)
