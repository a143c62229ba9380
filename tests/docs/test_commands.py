"""Commands that documents tell people to type exist."""

import re
import shlex
from importlib.util import find_spec

import pytest

from scripts.docs_cli import commands
from tests.docs.support import NAMES, code_spans, read, shell_lines
from tests.support.processes import ROOT

TARGETS = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
# Programs that are not ours and that guides may use.
OTHERS = {"aws", "cd", "createdb", "createuser", "curl", "docker", "git", "rsync"}
OTHERS |= {"pg_dump", "pg_restore", "python3", "sqlite3"}


def require_atelier(words: list[str]) -> None:
    """The command that ``words`` begin with exists, and has the options that follow it."""
    known = dict(commands())
    name = max((one for one in known if words[: len(one.split())] == one.split()), key=len)
    rest = words[len(name.split()) :]
    is_group = bool(getattr(known[name], "commands", None))
    assert not (is_group and rest), f"no such command: {' '.join(words)}"
    options = {option for parameter in known[name].params for option in parameter.opts}
    unknown = [word for word in rest if word.startswith("-") and word not in options]
    assert not unknown, f"{name} has no option {unknown}"


def require_command(line: str) -> None:
    """One command line, with what runs inside of another program."""
    words = shlex.split(line, comments=True)
    if words[:2] == ["scripts/uv", "run"]:
        words = words[2:]
    elif words[:3] == ["docker", "compose", "exec"]:
        words = words[words.index("web") + 1 :]
    match words:
        case ["make", *targets]:
            assert set(targets) <= TARGETS
        case ["atelier", *_]:
            require_atelier(words)
        case ["python", "-m", module, *_]:
            assert find_spec(module)
        case ["python", script, *_]:
            assert (ROOT / script).exists()
        case ["pytest", path, *_]:
            assert (ROOT / path).exists()
        case [program, *_]:
            assert program in OTHERS, f"what is {program}?"


@pytest.mark.parametrize("name", NAMES)
def test_shell_blocks_hold_only_commands_that_exist(name: str) -> None:
    for line in shell_lines(read(name)):
        require_command(line)


@pytest.mark.parametrize("name", NAMES)
def test_commands_named_in_a_sentence_exist(name: str) -> None:
    for span in code_spans(read(name)):
        # A line above a table of the sandbox shows optional parts in brackets; those are no command lines.
        if span.startswith(("make ", "atelier ", "python -m ")) and "[" not in span:
            require_command(span)


def test_a_command_that_does_not_exist_is_noticed() -> None:
    for line in ("make coffee", "atelier user promote NAME", "atelier demo --everything", "python -m core.nothing"):
        with pytest.raises(AssertionError):
            require_command(line)
