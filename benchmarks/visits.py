"""Opening screens of a served dashboard in a browser, in turns with a blank page of the same dashboard.

Both pages are served by one process and opened in one browser by clicking the navigation. Measured in the page: from
the click until heading and part stand there, the script has ended and nothing is being redrawn. The first visits are
thrown away, so that imports, caches and connections are warm.
"""

import statistics
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from core.identity import sessions
from tests.support.browser import find_chromium
from tests.support.processes import running

WARM_UP, ROUNDS = 3, 20


@dataclass(frozen=True, slots=True)
class Target:
    """A screen by its address and heading, and a part that must be there; ``host >>> part`` looks into a component."""

    address: str
    heading: str
    part: str


BLANK = Target("blank", "Blank", "h1")
_VIEWPORT = {"width": 1400, "height": 900}

# Clicks a link of the navigation and tells how long it took, in milliseconds, until the page is complete.
_VISIT = """async ([address, heading, part]) => {
  const link = document.querySelector(`[data-testid="stSidebarNav"] a[href$="/${address}"]`);
  const app = document.querySelector('[data-testid="stApp"]');
  const [outer, inner] = part.split(" >>> ");
  const hasPart = () => {
    const node = document.querySelector(outer);
    if (!inner || !node) return node !== null;
    return [...node.querySelectorAll("*")].some((one) => one.shadowRoot && one.shadowRoot.querySelector(inner));
  };
  const isThere = () => app.dataset.testScriptState === "notRunning"
    && [...document.querySelectorAll("h1")].some(node => node.innerText.trim() === heading)
    && hasPart()
    && !document.querySelector('[data-stale="true"]');
  const started = performance.now();
  link.click();
  return await new Promise((resolve, reject) => {
    const patience = setTimeout(() => reject(new Error(`${heading} did not open`)), 30000);
    const look = () => {
      if (!isThere()) { requestAnimationFrame(look); return; }
      clearTimeout(patience);
      resolve(performance.now() - started);
    };
    requestAnimationFrame(look);
  });
}"""


def measure_visits(
    target: Target, check: Callable[[Page], None], *, folder: Path, environment: dict[str, str], port: int, cookie: str
) -> tuple[float, float]:
    """The median time to open ``target`` and to open the blank page, in milliseconds.

    ``check`` looks at the target at the end: what was measured must be the filled screen.
    """
    root = f"http://127.0.0.1:{port}"
    with running("benchmarks.shells.serve", output=folder / "web.log", settings=environment) as web:
        web.wait_until_answers(f"{root}/healthz")
        with _page(root, cookie) as page:
            page.goto(f"{root}/blank")
            page.get_by_role("heading", name="Blank").wait_for()
            page.wait_for_timeout(1500)
            pairs = [(_visit(page, target), _visit(page, BLANK)) for _ in range(WARM_UP + ROUNDS)]
            _visit(page, target)
            check(page)
    measured, blank = zip(*pairs[WARM_UP:], strict=True)
    return statistics.median(measured), statistics.median(blank)


def _visit(page: Page, target: Target) -> float:
    took: float = page.evaluate(_VISIT, [target.address, target.heading, target.part])
    page.wait_for_timeout(150)  # let pictures and what Streamlit tidies up afterwards come to rest
    return took


@contextmanager
def _page(root: str, cookie: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        context = browser.new_context(viewport=_VIEWPORT, locale="en-GB")
        context.add_cookies([{"name": sessions.COOKIE, "value": cookie, "url": root}])
        yield context.new_page()
        browser.close()
