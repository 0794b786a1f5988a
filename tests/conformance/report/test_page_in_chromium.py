"""The page in a browser: what a reader clicks, types and follows, and that nothing from a candidate runs or calls home.

Debian's ``chromium`` and ``chromium-driver`` are enough; where there is no Chromium these tests are skipped.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from conformance.report.html import page_of
from conformance.runner.verdict import Line
from tests.conformance.report.samples import (
    CLAUSES,
    HARM,
    collected,
    failed,
    harmful,
    of_candidates,
    one_of_each,
    result,
)

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
pytestmark = [
    pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="there is no Chromium with chromedriver on this machine"),
    pytest.mark.xdist_group("chromium"),
]
WITHIN = 60.0
"""Seconds for anything on the page to come about; it takes milliseconds, on a machine that has nothing else to do."""
SETTINGS = (
    "--headless=new --no-sandbox --disable-gpu --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --window-size=1280,900"
)
ENCRYPTED = (
    Line(connection=0, at=0.001, kind="C", text="STARTTLS\r\n"),
    Line(connection=0, at=0.002, kind="S", text="220 go\r\n"),
    Line(connection=0, at=0.003, kind="C", text="EHLO x\r\n", encrypted=True),
)
HARMFUL_NAME = "exec:sh -c '<script>harmed()</script>'"


class Page:
    """The page, opened in a browser."""

    def __init__(self, browser: WebDriver, file: Path) -> None:
        self.browser = browser
        self.address = file.as_uri()

    def open(self, fragment: str = "") -> None:
        self.browser.get("about:blank")
        self.browser.get(self.address + fragment)
        self.until(lambda: self.run("return document.documentElement.dataset.ready") == "true", "the page to be ready")

    def run(self, script: str, *arguments: object) -> Any:
        return self.browser.execute_script(script, *arguments)

    def until(self, condition: Callable[[], object], what: str) -> None:
        WebDriverWait(self.browser, WITHIN, poll_frequency=0.05).until(lambda _: condition(), f"waited for {what}")

    def one(self, selector: str) -> Any:
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def rows(self) -> list[str]:
        """Return the ids of the scenarios or clauses that are shown."""
        return list(
            self.run("return [...document.querySelectorAll('tbody:not([hidden]) .member .id')].map(e => e.textContent)")
        )

    def detail(self) -> str:
        """Return the text of the panel, once it is there."""
        self.until(
            lambda: self.run("return document.querySelector('dialog[open] #detail-title') !== null"), "the panel"
        )
        return str(self.one("dialog").text)

    def type(self, *keys: str) -> None:
        self.browser.switch_to.active_element.send_keys(*keys)

    def focused(self) -> str:
        return str(self.run("return document.activeElement.textContent"))


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebDriver]:
    options = Options()
    options.binary_location = str(CHROMIUM)
    for setting in SETTINGS.split():
        options.add_argument(setting)
    options.add_argument(f"--user-data-dir={tmp_path_factory.mktemp('profile')}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    browser = webdriver.Chrome(options=options, service=Service(str(DRIVER)))
    yield browser
    browser.quit()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    many = [result(f"sendmail/scenario-{number:03}[case]") for number in range(200)]
    cases = [result("tls/versions[1.2]"), failed("tls/versions[1.3]", dialogue=ENCRYPTED)]
    results = of_candidates([*one_of_each(), harmful(), *many, *cases], "smtplib", "smtplib@3.8", HARMFUL_NAME)
    path = tmp_path_factory.mktemp("page") / "page.html"
    path.write_text(page_of(collected(results), CLAUSES), encoding="utf-8")
    return path


@contextlib.contextmanager
def opened(browser: WebDriver, file: Path) -> Iterator[Page]:
    """Open a page; behind what is done with it there must be no script error and no request."""
    for kind in ("browser", "performance"):
        browser.get_log(kind)  # type: ignore[no-untyped-call]
    page = Page(browser, file)
    page.open()
    yield page
    assert page.run("return window.harmed") is None
    assert browser.get_log("browser") == []  # type: ignore[no-untyped-call]
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]  # type: ignore[no-untyped-call]
    sent = [event["params"] for event in events if event["method"] == "Network.requestWillBeSent"]
    ours = [
        each for each in sent if each["documentURL"].startswith(page.address)
    ]  # others: the browser's own first tab
    assert {each["request"]["url"].partition("#")[0] for each in ours} == {page.address}


@pytest.fixture
def page(browser: WebDriver, file: Path) -> Iterator[Page]:
    """Return the page of the samples, open."""
    with opened(browser, file) as page:
        yield page


def test_families_open_and_close(page: Page) -> None:
    assert page.rows() == []
    page.one("tr.group th").click()
    assert page.rows() == ["auth/breach", "auth/listed"]
    assert page.one("tr.group th").get_attribute("aria-expanded") == "true"
    page.one("tr.group th").click()
    assert page.rows() == []


def test_the_cases_of_a_file_open_and_close(page: Page) -> None:
    page.one("#text").send_keys("tls/versions")
    assert page.rows() == ["tls/versions[1.2]", "tls/versions[1.3]"]
    assert page.one("tr.file .id").text == "tls/versions"
    assert page.one("tr.file td").get_attribute("aria-label") == "1 of 2 passed"
    page.one("tr.file th").click()
    assert page.rows() == []
    page.one("tr.file td").click()
    assert page.rows() == ["tls/versions[1.2]", "tls/versions[1.3]"]


def test_totals_and_badges_are_there_without_a_click(page: Page) -> None:
    assert len(page.browser.find_elements(By.CSS_SELECTOR, ".card .badge.no")) == 3
    assert "does not conform" in page.one(".card").text
    assert page.one(".top .sum").text.startswith("0 of 3 candidates conform.")
    bars = [bar.get_attribute("aria-label") for bar in page.browser.find_elements(By.CSS_SELECTOR, ".card .bar")]
    assert bars[:3] == ["203 pass, 3 fail", "1 error, 1 unsupported", "1 known"]
    assert page.one("#shown").text == "209 scenarios"


def test_text_filters_id_title_and_clause(page: Page) -> None:
    page.one("#text").send_keys("lmtp hangs")
    assert page.rows() == ["lmtp/hangs"]
    assert page.one("#shown").text == "1 of 209 scenarios"
    page.one("#reset").click()
    page.one("#text").send_keys("LMTP.no-helo")
    assert page.rows() == ["lmtp/hangs", "lmtp/unix"]


@pytest.mark.parametrize(
    ("control", "rows"),
    [
        ("#verdicts input[value='2']", ["lmtp/hangs"]),
        ("#verdicts input[value='4']", ["auth/listed"]),
        ("#levels input[value='2']", ["auth/listed"]),
        ("#tag option[value='0']", ["sendmail/plain"]),
    ],
)
def test_verdict_level_and_tag_filter(page: Page, control: str, rows: list[str]) -> None:
    page.one(control).click()
    assert page.rows() == rows


def test_a_candidate_is_a_link_to_what_it_did_not_pass(page: Page) -> None:
    page.one("#grid thead")  # the page is there
    page.one(".card .name").click()
    page.until(lambda: page.one("#who").get_attribute("value") == "0", "the candidate to be chosen")
    assert page.rows() == ["auth/listed", "hostile/harm", "lmtp/hangs", "sendmail/refused", "tls/versions[1.3]"]
    assert page.browser.current_url.endswith("#:candidate/smtplib")
    assert page.one("#verdicts .count").text == "203"
    page.one("#reset").click()
    assert page.one("#shown").text == "209 scenarios"
    assert page.one("#verdicts .count").text == "609"


def test_filters_that_leave_nothing_say_so(page: Page) -> None:
    page.one("#text").send_keys("no such scenario")
    assert page.one("#nothing").text == "Nothing fits these filters."


def test_a_clause_filters(page: Page) -> None:
    page.one("#clause").send_keys("lmtp.no-helo")
    assert page.rows() == ["lmtp/hangs", "lmtp/unix"]


def test_candidates_that_differ_can_be_asked_for(page: Page) -> None:
    page.one("#differ").click()
    assert page.rows() == []
    assert page.one("#shown").text == "0 of 209 scenarios"


def test_a_click_on_a_cell_tells_all_of_it(page: Page) -> None:
    page.one("#text").send_keys("sendmail/refused")
    page.one("tr.member td.fail").click()
    text = page.detail()
    for told in (
        "A refused sender raises SMTPSenderRefused",
        "sendmail.sender-refused",
        "smtplib.SMTP.sendmail, line",
        "the return value 250",
        "the return value 299",
        "220 ready",
        "smtp-conformance run --client smtplib sendmail/refused",
    ):
        assert told in text
    assert page.one("dialog .offending .what").text.endswith("ehlo [127.0.0.1]")
    assert page.one("dialog .offending .time").text == "3.1 ms"
    assert page.one("dialog .remark").text.endswith("expected: the return value 250")
    assert [page.one("dialog del").text, page.one("dialog ins").text] == ["250", "299"]
    link = page.one("dialog .clause a").get_attribute("href")
    assert link == "https://docs.python.org/3.8/library/smtplib.html#smtplib.SMTP.sendmail"
    assert page.browser.current_url.endswith("#smtplib/sendmail/refused")


def test_escape_closes_and_gives_the_focus_back(page: Page) -> None:
    page.one("#text").send_keys("sendmail/refused")
    page.one("tr.member td.fail").click()
    page.detail()
    page.type(Keys.ESCAPE)
    page.until(lambda: not page.run("return document.querySelector('dialog').open"), "the panel to close")
    assert page.run("return document.activeElement.className") == "v fail"
    page.until(lambda: "#" not in page.browser.current_url, "the address to be the page's")


def test_behind_a_deep_link_its_cell_is_found(page: Page) -> None:
    page.open("#smtplib%403.8/tls/versions[1.3]")
    assert "tls/versions[1.3]" in page.detail()
    page.type(Keys.ESCAPE)
    page.until(lambda: page.run("return document.activeElement.title") == "smtplib@3.8: fail", "the focus on the cell")
    assert page.rows() == ["tls/versions[1.2]", "tls/versions[1.3]"]


def test_a_link_to_a_file_leads_to_its_first_case(page: Page) -> None:
    page.open("#smtplib/tls/versions")
    assert "tls/versions[1.2]" in page.detail()


def test_where_encryption_begins_is_told(page: Page) -> None:
    page.open("#smtplib/tls/versions[1.3]")
    page.detail()
    rows = page.browser.find_elements(By.CSS_SELECTOR, "dialog .dialogue tbody tr")
    assert [row.get_attribute("class") for row in rows] == [
        "client",
        "server",
        "divider tls",
        "client offending encrypted",
        "remark client",
    ]
    assert rows[2].text == "encrypted from here (TLS)"


def test_buttons_go_to_the_next_scenario_and_the_one_before(page: Page) -> None:
    page.open("#smtplib/lmtp/hangs")
    page.detail()
    page.one("dialog .steps button:last-child").click()
    page.until(lambda: "lmtp/unix" in page.detail(), "the next scenario")
    page.one("dialog .steps button").click()
    page.until(lambda: "lmtp/hangs" in page.detail(), "the scenario before")
    page.open("#smtplib/auth/breach")
    page.detail()
    assert page.one("dialog .steps button").get_attribute("disabled")


@pytest.mark.parametrize("candidate", ["smtplib@3.8", HARMFUL_NAME])
def test_a_deep_link_opens_its_cell(page: Page, candidate: str) -> None:
    page.open(f"#{quote(candidate, safe='')}/sendmail/scenario-007[case]")
    assert "sendmail/scenario-007[case]" in page.detail()
    assert f"{candidate}: smtplib 3.11.7" in page.detail()
    page.one("dialog .candidates button").click()
    page.until(lambda: page.browser.current_url.endswith("#smtplib/sendmail/scenario-007[case]"), "the other candidate")


def test_going_back_goes_back(page: Page) -> None:
    page.open("#smtplib/lmtp/unix")
    assert "lmtp/unix" in page.detail()
    page.type("n")
    page.until(lambda: "sendmail/plain" in page.detail(), "the next scenario")
    page.browser.back()
    page.until(lambda: "lmtp/unix" in page.detail(), "the scenario before")


def test_a_link_that_leads_nowhere_is_told(page: Page) -> None:
    page.open("#smtplib/no/such")
    assert page.one("#trouble").text == "There is nothing here that is called smtplib/no/such."


def test_the_second_view_tells_who_keeps_a_clause(page: Page) -> None:
    page.one("#tab-clauses").click()
    assert page.browser.current_url.endswith("#:clauses")
    page.one("#text").send_keys("lmtp.no-helo")
    assert page.rows() == ["lmtp.no-helo"]
    cells = page.browser.find_elements(By.CSS_SELECTOR, "tr.member td")
    assert [cell.get_attribute("aria-label") for cell in cells] == ["broken"] * 3
    cells[0].click()
    text = page.detail()
    assert "broken by\nsmtplib, smtplib@3.8" in text
    assert "lmtp/hangs" in text
    page.one("dialog .scenarios button").click()
    page.until(lambda: "the candidate hung" in page.detail(), "the scenario")


def test_keys_do_what_the_mouse_does(page: Page) -> None:
    page.type("/")
    assert page.run("return document.activeElement.id") == "text"
    page.type("lmtp", Keys.ESCAPE)
    assert "lmtp" in page.focused()
    page.type(Keys.ARROW_DOWN)
    assert "lmtp/hangs" in page.focused()
    page.type(Keys.ARROW_RIGHT)
    assert page.focused() == "!"
    assert page.run("return document.activeElement.getAttribute('aria-label')") == "error"
    page.type(Keys.END, Keys.HOME, Keys.ARROW_RIGHT, Keys.ENTER)
    assert "the candidate hung" in page.detail()
    assert len(page.browser.find_elements(By.CSS_SELECTOR, "#grid [tabindex='0']")) == 1


def test_no_verdict_is_told_by_colour_alone(page: Page) -> None:
    page.one("#open-all").click()
    cells = page.run(
        "return [...document.querySelectorAll('tr.member td')].map(e => [e.textContent, e.getAttribute('aria-label')])"
    )
    assert {(sign, label.partition(",")[0]) for sign, label in cells} == {
        ("✓", "pass"),
        ("✕", "fail"),
        ("!", "error"),
        ("–", "unsupported"),  # noqa: RUF001 - the sign is meant
        ("≈", "known"),
    }
    assert page.run("return document.querySelectorAll('.legend .sign').length") == 7


def test_harmful_octets_are_shown_as_text(page: Page) -> None:
    page.open("#smtplib/hostile/harm")
    text = page.detail()
    assert "<script>window.harmed = 1</script>" in text
    assert r"\x1b[31m\x1b]0;harm\x07\x00\x08\xff\xfe]]>&amp;{{ 7*7 }}\u2028" in text
    assert page.run("return document.querySelectorAll('dialog img, dialog script, .card script').length") == 0
    assert HARM[:34] in page.one("dialog .dialogue").text


def test_on_a_phone_nothing_is_wider_than_the_screen(page: Page) -> None:
    page.browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": 360, "height": 740, "deviceScaleFactor": 1, "mobile": True}
    )
    try:
        page.open()
        page.one("#open-all").click()
        assert page.run("return document.documentElement.scrollWidth") <= 360
        page.open("#smtplib/hostile/harm")
        page.detail()
        assert page.run("return document.querySelector('dialog').scrollWidth") <= 360
    finally:
        page.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_in_both_colour_schemes(page: Page, scheme: str) -> None:
    page.browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )
    page.open()
    page.one("#open-all").click()
    pairs = page.run(CONTRAST)
    page.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert len(pairs) > 8
    assert {what: ratio for what, ratio in pairs.items() if ratio < 4.5} == {}  # WCAG 2 AA


def test_the_page_of_all_candidates_of_this_machine(browser: WebDriver, tmp_path: Path) -> None:
    file, scenario = tmp_path / "matrix.html", "lmtp/refused-after-data[first,lmtp]"
    done = subprocess.run(  # noqa: S603 - our own command line
        [
            sys.executable,
            "-m",
            "conformance",
            "matrix",
            "lmtp/refused-after-data",
            "auth/plain-object",
            "--html",
            str(file),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    with opened(browser, file) as page:
        names = [name.text for name in page.browser.find_elements(By.CSS_SELECTOR, ".card .name")]
        assert "reference_client" in names
        page.one("#text").send_keys("refused-after-data[first")
        assert page.rows() == ["lmtp/refused-after-data[first,lmtp]", "lmtp/refused-after-data[first,unix]"]
        page.one("tr.member.case td").click()
        assert "A recipient that is refused after the mail data is returned" in page.detail()
        for name in names:
            page.open(f"#{quote(name, safe='')}/{scenario}")
            text = page.detail()
            assert f"{name}:" in text
            again = "smtp-conformance run" if name == "reference_client" else f"smtp-conformance run --client {name}"
            assert f"{again} '{scenario}'" in text
        assert "250 2.0.0 Delivered" in page.one("dialog .dialogue").text


CONTRAST = """
const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
const linear = (c) => (c <= 10 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);
const light = ([r, g, b]) => [r, g, b].map(linear)
  .reduce((sum, c, place) => sum + c * [0.2126, 0.7152, 0.0722][place], 0);
const behind = (element) => {
  for (let e = element; e; e = e.parentElement) {
    const found = channels(getComputedStyle(e).backgroundColor);
    if (found.length === 3 || found[3] > 0) return found;
  }
  return [255, 255, 255];
};
const ratios = {};
for (const selector of ['h1', '.facts', '.words', '.badge', '.of', '.title', '.level', 'td.pass', 'td.fail', 'td.error',
  'td.unsupported', 'td.known', '.sum.all', '.sum.some', '.legend', '.status', '.chip .count']) {
  const element = document.querySelector(selector);
  if (!element) continue;
  const [one, other] = [light(channels(getComputedStyle(element).color)), light(behind(element))];
  ratios[selector] = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}
return ratios;
"""
