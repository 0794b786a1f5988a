"""The page as a file: it needs nothing else, and nothing from a candidate is markup in it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Sequence
from html.parser import HTMLParser
from typing import Any

import pytest

from conformance.report.html import page_of
from conformance.report.merging import collect
from conformance.report.page_data import details_of, index_of, packed
from conformance.runner.verdict import Line, Result
from tests.conformance.report.samples import (
    CLAUSES,
    HARM,
    collected,
    failed,
    file_of,
    harmful,
    of_candidates,
    one_of_each,
    result,
)


class Tags(HTMLParser):
    """Notes all tags with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.fixture(scope="module")
def page() -> str:
    names = ("smtplib", f"exec:{HARM}")
    return page_of(collected(of_candidates([*one_of_each(), harmful()], *names)), CLAUSES)


def unpacked(text: str) -> Any:
    return json.loads(zlib.decompress(base64.b64decode(text)))


def test_the_page_refers_to_nothing_outside_itself(page: str) -> None:
    for tag, attributes in Tags(page).found:
        assert tag not in ("link", "iframe", "object", "embed", "base", "form", "img"), tag
        assert "src" not in attributes
        assert not [name for name in attributes if name.startswith("on")]
        assert str(attributes.get("href", "#")).startswith("#")
    assert "@import" not in page
    assert "url(" not in page


def test_the_policy_allows_just_our_scripts_and_styles(page: str) -> None:
    policies = [a["content"] for tag, a in Tags(page).found if a.get("http-equiv") == "Content-Security-Policy"]
    (policy,) = map(str, policies)
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    for tag in ("script", "style"):
        (text,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_what_a_candidate_sent_is_no_markup(page: str) -> None:
    assert "harmed()>" not in page
    told = page.replace("&lt;script&gt;window.harmed", "").replace("%3Cscript%3Ewindow.harmed", "")
    assert "window.harmed" not in told
    assert not [char for char in page if char < " " and char != "\n"]
    assert [a.get("type") for tag, a in Tags(page).found if tag == "script"] == [
        "text/plain",
        *["text/plain"] * 4,
        None,
    ]


def test_a_name_that_is_no_text_has_an_address() -> None:
    page = page_of(collected(of_candidates([result()], "exec:\udcff")), CLAUSES)
    assert 'href="#:candidate/exec%3A%3F"' in page
    assert index_of(collected(of_candidates([result()], "exec:\udcff")), CLAUSES)["candidates"][0]["key"] == "exec:?"


def test_what_is_packed_is_what_was_told() -> None:
    value = {"a": [1, "é\u2028</script>"]}
    assert unpacked(packed(value)) == value
    assert re.fullmatch(r"[A-Za-z0-9+/=]+", packed(value))


def test_the_index_has_a_sign_for_each_cell() -> None:
    merged = collect(
        [file_of(of_candidates(one_of_each(), "one"), path="1"), file_of(of_candidates([result()], "two"), path="2")]
    )
    index = index_of(merged, CLAUSES)
    ids = [row[0] for row in index["rows"]]
    assert ids == ["auth/breach", "auth/listed", "lmtp/hangs", "lmtp/unix", "sendmail/plain", "sendmail/refused"]
    assert index["grid"] == ["042301", "....0."]
    assert index["tags"] == ["slow"]
    wire = [clause["id"] for clause in index["clauses"]].index("wire.ascii-only")
    assert index["breaches"] == [[0, 0, [wire]]]
    assert index["clauseGrid"][0][wire] == str(index["kept"].index("broken"))


def test_details_keep_what_candidates_have_in_common_once() -> None:
    results = of_candidates([failed()], *(f"c{number}" for number in range(10)))
    family = details_of(collected(results), CLAUSES)["sendmail"]
    assert len(family["cells"]) == 10
    assert len(family["dialogues"]) == len(family["differences"]) == 1
    assert len(family["lines"]) == 3


def test_the_offending_line_is_marked_and_times_add_up() -> None:
    family = details_of(collected([failed()]), CLAUSES)["sendmail"]
    duration, dialogue, times, *_ = family["cells"]["0,0"]
    assert [marked for _, marked in family["dialogues"][dialogue]] == [0, 0, 1]
    assert times == [10, 10, 11]  # tenths of a millisecond, from event to event
    assert duration == 12


def test_a_flood_is_bounded() -> None:
    events = tuple(Line(connection=0, at=n / 1000, kind="C", text="x" * 2000) for n in range(300))
    family = details_of(collected([failed(dialogue=events)]), CLAUSES)["sendmail"]
    assert len(json.dumps(family)) < 4000
    lines = "".join(f"{n}\r\n" for n in range(2000))
    many = Line(connection=0, at=0, kind="S", text=lines)
    assert len(json.dumps(details_of(collected([failed(dialogue=(many,))]), CLAUSES))) < 4000


def test_ten_candidates_and_two_thousand_scenarios_stay_below_three_megabytes() -> None:
    results: list[Result] = []
    for number in range(2000):
        events = tuple(
            Line(connection=0, at=n * 0.00123 + number % 7 / 1e4, kind="SC"[n % 2], text=f"{n} line of {number}\r\n")
            for n in range(16)
        )
        results.append(failed(f"family{number % 25}/scenario-{number}[case]", dialogue=events))
    page = page_of(collected(of_candidates(results, *(f"smtplib@3.{minor}" for minor in range(10)))), CLAUSES)
    assert len(page) < 3_000_000
