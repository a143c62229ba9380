"""``docs/reference/cli.md``, from the commands that typer knows."""

from collections.abc import Iterator
from typing import Any

import typer

from core.cli import app

HEAD = """# Commands

`atelier` starts, looks after and fills an installation. In a checkout, put `scripts/uv run` in front of it. Settings
come from the environment, see [Settings](settings.md). Every command but `sandbox` brings the database to the schema of
this version before it does anything else.

An expected problem is one line that begins with `error:`, and exit code 1. A setting that cannot be used ends a command
with exit code 2.

`python -m core.scheduler` is `atelier scheduler` for process managers that start modules. `python -m core.sandbox` is
the sandbox with [options of its own](sandbox.md).
"""


def commands() -> Iterator[tuple[str, Any]]:
    """Every command with its full name, groups before what is in them."""
    # typer brings its own edition of click, whose types it does not export.
    yield from _below("atelier", typer.main.get_command(app))


def render() -> str:
    """The page."""
    parts = [HEAD]
    for name, command in commands():
        if name != "atelier":
            parts.append(_section(name, command))
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _below(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    yield name, command
    for child_name, child in getattr(command, "commands", {}).items():
        yield from _below(f"{name} {child_name}", child)


def _section(name: str, command: Any) -> str:
    if getattr(command, "commands", None):
        return f"## `{name}`\n\n{command.help}"
    level = "##" if name.count(" ") == 1 else "###"
    rows = [_row(one) for one in command.params if one.name != "help"]
    table = ["", "| Argument or option | Default | Meaning |", "|---|---|---|", *rows] if rows else []
    return "\n".join([f"{level} `{_usage(name, command)}`", "", " ".join(command.help.split()), *table])


def _usage(name: str, command: Any) -> str:
    arguments = [_argument(one) for one in command.params if one.param_type_name == "argument"]
    return " ".join([name, *arguments])


def _argument(parameter: Any) -> str:
    return str(parameter.metavar or parameter.name.upper())


def _row(parameter: Any) -> str:
    is_argument = parameter.param_type_name == "argument"
    name = _argument(parameter) if is_argument else ", ".join(parameter.opts)
    if not is_argument and not parameter.is_flag:
        name += f" {_argument(parameter)}"
    return f"| `{name}` | {_default(parameter)} | {parameter.help} |"


def _default(parameter: Any) -> str:
    if parameter.required:
        return "required"
    return "" if parameter.default in (None, False) else f"`{parameter.default}`"
