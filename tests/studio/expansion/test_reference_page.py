"""What the reference says of the language is what the language does."""

import re

import pytest

from core.studio.expansion import Expansion, Limits
from core.studio.hooks.registry import NAMES, reference_rows
from tests.docs.support import reference, table_rows
from tests.studio.expansion.support import ALL, codes, expanded
from tests.support.processes import ROOT

PAGE = reference("expansion.md")
EXAMPLES = re.findall(r"^```expansion\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
(LISTED,) = re.findall(r"^```lookups\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
LOOKUPS = {key: values.split(", ") for key, _, values in (line.partition(": ") for line in LISTED.splitlines())}
_CODE = re.compile(
    r'(?:\.add|_remark|_literal|CastError|_complain|Problem)\(\s*(?:\w+, |self\.name, |spec\.name, )?"([a-z_]+)"'
)


def field(example: str, name: str, default: str = "") -> str:
    found = re.search(rf"^{name}: (.*)$", example, re.MULTILINE)
    return found[1] if found else default


def expansion_of(example: str) -> Expansion:
    form = dict(re.findall(r"^form (\w+): (.*)$", example, re.MULTILINE))
    limits = ALL if field(example, "limits") == "none" else Limits()
    prompt, negative = field(example, "prompt"), field(example, "negative")
    return expanded(prompt, negative, limits=limits, lookups=LOOKUPS, hooks=NAMES, **form)


def shown(expansion: Expansion) -> list[str]:
    """The items as the page writes them."""
    lines = []
    for item in expansion.items:
        negative = f" − {item.negative_prompt}" if item.negative_prompt else ""
        settings = " ".join(f"{name}={value}" for name, value in item.parameters.items())
        lines.append(f"{item.prompt}{negative}" + (f" · {settings}" if settings else ""))
    return lines


@pytest.mark.parametrize("example", EXAMPLES, ids=[field(one, "prompt")[:40] for one in EXAMPLES])
def test_an_example_comes_out_as_it_is_printed(example):
    expansion = expansion_of(example)
    arrows = re.findall(r"^→ (.*)$", example, re.MULTILINE)
    if "…" in arrows:
        assert arrows[-1] == "…" and len(arrows) <= len(expansion.items)
        assert shown(expansion)[: len(arrows) - 1] == arrows[:-1]
    elif arrows:
        assert shown(expansion) == arrows
    assert str(expansion.possible) == field(example, "possible", str(expansion.possible))
    assert str(len(expansion.items)) == field(example, "items", str(len(expansion.items)))
    assert codes(expansion) == re.findall(r"^warning: (\w+)$", example, re.MULTILINE)


def test_every_warning_is_listed_and_no_other():
    folders = (ROOT / "core" / "studio" / name for name in ("expansion", "parameters"))
    used = {code for folder in folders for path in folder.glob("*.py") for code in _CODE.findall(path.read_text())}
    rows = [row for row in table_rows(PAGE) if len(row) == 3]
    listed = {code for code, severity, _ in rows if severity.startswith(("info", "warning", "error"))}
    assert used == listed


def test_every_hook_is_listed_with_its_sentence_and_no_other():
    assert [
        line for line in PAGE.splitlines() if re.match(r"\| `pipeline:(?:before|after):[\w-]+` \|", line)
    ] == reference_rows()
