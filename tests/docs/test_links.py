"""Whatever a document points to is there."""

import re
from pathlib import Path

import pytest

from tests.docs.support import NAMES, paths_named, prose, read
from tests.support.processes import ROOT

_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def anchors_of(path: Path) -> set[str]:
    """The anchors of a page as GitHub makes them of its headings."""
    headings = _HEADING.findall(prose(path.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links_of(name: str) -> list[str]:
    targets = _LINK.findall(prose(read(name)))
    return [target for target in targets if not target.startswith(("http://", "https://"))]


@pytest.mark.parametrize("name", NAMES)
def test_every_link_leads_somewhere(name: str) -> None:
    here = ROOT / name
    for target in links_of(name):
        file, _, anchor = target.partition("#")
        path = (here.parent / file).resolve() if file else here
        assert path.exists(), f"{name} links to {target}"
        assert not anchor or anchor in anchors_of(path), f"{name} links to {target}"


@pytest.mark.parametrize("name", NAMES)
def test_every_path_that_is_named_exists(name: str) -> None:
    missing = [str(path.relative_to(ROOT)) for path in paths_named(name) if not path.exists()]
    assert missing == []


def test_every_document_can_be_reached_from_the_map() -> None:
    seen: set[Path] = set()
    waiting = [ROOT / "docs" / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in seen or page.suffix != ".md":
            continue
        seen.add(page)
        targets = links_of(str(page.relative_to(ROOT)))
        waiting += [(page.parent / target.partition("#")[0]).resolve() for target in targets if target[0] != "#"]
    documents = set((ROOT / "docs").rglob("*.md"))
    assert documents - seen == set()


def test_the_index_of_decisions_has_each_with_its_title() -> None:
    index = read("docs/decisions/README.md")
    for path in sorted((ROOT / "docs" / "decisions").glob("0*.md")):
        number, _, title = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ").partition(". ")
        assert f"| [{number}]({path.name}) | {title} |" in index
