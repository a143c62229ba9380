"""A real Chromium for tests of the screens.

``browser_page`` is a Playwright page that notes what the console complained about. A test that
fails leaves a picture of the screen and these notes in ``test-results/``.
"""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.support.processes import ROOT

RESULTS = ROOT / "test-results"
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_PATIENCE_MS = 30_000


class ChromiumMissingError(Exception):
    """There is no Chromium on this machine."""


@dataclass
class Complaints:
    """What a page complained about: errors on its console and exceptions nobody caught."""

    messages: list[str] = field(default_factory=list)

    def listen_to(self, page: Page) -> None:
        page.on("console", self._note_console)
        page.on("pageerror", lambda error: self.messages.append(f"uncaught: {error}"))

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            where = message.location.get("url", "")
            self.messages.append(f"console: {message.text} {where}".rstrip())


def find_chromium() -> str:
    """The path of Chromium, by its usual names."""
    for name in _NAMES:
        path = shutil.which(name)
        if path:
            return path
    raise ChromiumMissingError("Chromium was not found; run scripts/system_packages.")


# Playwright keeps an event loop in the thread as long as it is open, and asyncio.run() elsewhere
# would refuse to start under it: so it is open for one module, not for the whole run.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, one for all tests of a module."""
    expect.set_options(timeout=_PATIENCE_MS)  # a busy machine draws slowly; it says nothing about the screen
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=list(_FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture
def complaints() -> Complaints:
    """What ``browser_page`` complained about so far."""
    return Complaints()


@pytest.fixture
def browser_page(browser: Browser, complaints: Complaints, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page of its own context: no cookies, English, UTC, 1400 by 900 pixels."""
    context = browser.new_context(viewport={"width": 1400, "height": 900}, locale="en-GB", timezone_id="UTC")
    context.set_default_timeout(_PATIENCE_MS)
    page = context.new_page()
    complaints.listen_to(page)
    yield page
    if _has_failed(request.node):
        _keep_evidence(page, complaints, request.node.nodeid)
    context.close()


_FAILED = pytest.StashKey[bool]()


def note_outcome(item: pytest.Item, report: pytest.TestReport) -> None:
    """Remember a failure until the fixtures of its test are torn down; a second try begins without one."""
    item.stash[_FAILED] = report.failed or (report.when != "setup" and _has_failed(item))


def _has_failed(item: pytest.Item) -> bool:
    return item.stash.get(_FAILED, False)


def _keep_evidence(page: Page, complaints: Complaints, nodeid: str) -> None:
    RESULTS.mkdir(exist_ok=True)
    evidence = RESULTS / re.sub(r"[^A-Za-z0-9_.-]+", "-", Path(nodeid).name)
    page.screenshot(path=f"{evidence}.png", full_page=True)
    notes = [page.url, *complaints.messages]
    Path(f"{evidence}.txt").write_text("\n".join(notes) + "\n", encoding="utf-8")
