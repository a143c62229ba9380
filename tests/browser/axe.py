"""What axe-core has to say about a screen in the browser."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files

from playwright.sync_api import Page

SCRIPT = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
ALL = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
# What is half faded in has other colours than what people see.
_IS_CALM = """() =>
  document.querySelector('[data-stale="true"], [data-testid="stSkeleton"]') === null &&
  !document.getAnimations().some((one) => one.playState === "running" && one.effect.getTiming().iterations === 1)
"""
_LOOK_OVER = """async ({known, rules, without}) => {
  const found = await axe.run({exclude: without}, {elementRef: true, resultTypes: ["violations"], runOnly: rules});
  return found.violations
    .filter((rule) => ["serious", "critical"].includes(rule.impact))
    .flatMap((rule) => rule.nodes.map((node) => ({
      rule: rule.id,
      html: node.html.slice(0, 300),
      summary: node.failureSummary.replace(/\\s+/g, " "),
      known: known.findIndex((one) => one.rule === rule.id && node.element.matches(one.selector)),
    })));
}"""


@dataclass(frozen=True)
class Known:
    """A violation that is not ours to mend: the rule, the elements that break it, and why they may."""

    rule: str
    selector: str
    why: str


@dataclass(frozen=True)
class Finding:
    """One element that breaks a rule seriously; ``known`` is its place among the known ones, or -1."""

    rule: str
    html: str
    summary: str
    known: int

    def __str__(self) -> str:
        return f"{self.rule}: {self.html}\n    {self.summary}"


def look_over(
    page: Page, known: Sequence[Known], *, rules: Mapping[str, object], without: Sequence[str] = ()
) -> list[Finding]:
    """What breaks one of ``rules`` seriously or critically on the screen as it is shown; ``without`` are selectors of
    what is passed over. The page has run ``SCRIPT`` before."""
    page.wait_for_function(_IS_CALM)
    wanted = {"known": [asdict(one) for one in known], "rules": rules, "without": list(without)}
    return [Finding(**one) for one in page.evaluate(_LOOK_OVER, wanted)]
