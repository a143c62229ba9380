"""What the services' own source says: which function calls which, and which of them write.

Read from the syntax tree, without running anything; names are followed through imports.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tests.support.processes import ROOT

CONTEXTS = ("identity", "system", "media", "metering", "studio", "sales", "publishing")
# What a call that writes ends with.
_WRITING = {"add", "add_all", "delete", "update", "insert", "insert_ignoring", "insert_or_update", "setattr"}
# What services put together for themselves around a row.
_NO_COLUMNS = {"account", "outcome_unknown"}


@dataclass
class Function:
    """One function of the services: what it calls, and whether it writes by itself."""

    name: str
    has_actor: bool
    calls: set[str] = field(default_factory=set)
    writes: bool = False

    @property
    def is_public(self) -> bool:
        return not self.name.rpartition(".")[2].startswith("_")


@cache
def functions() -> dict[str, Function]:
    """Every function of the services by its dotted name."""
    found: dict[str, Function] = {}
    for context in CONTEXTS:
        for path in sorted((ROOT / "core" / context).rglob("*.py")):
            found |= {one.name: one for one in _read(path)}
    return found


def reaches(name: str, wanted: set[str]) -> bool:
    """Whether ``name`` calls one of ``wanted``, itself or through other services."""
    seen, waiting = set[str](), [name]
    while waiting:
        here = waiting.pop()
        if here in wanted:
            return True
        if here not in seen and here in functions():
            seen.add(here)
            waiting += functions()[here].calls
    return False


def _read(path: Path) -> Iterator[Function]:
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = dict(_imports(tree)) | {
        node.name: f"{module}.{node.name}" for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield _function(node, f"{module}.{node.name}", names)
        elif isinstance(node, ast.ClassDef):
            methods = [one for one in node.body if isinstance(one, ast.FunctionDef)]
            # Whoever names a class may call any of its methods.
            owned = {f"{module}.{node.name}.{one.name}" for one in methods}
            yield Function(f"{module}.{node.name}", has_actor=False, calls=owned)
            yield from (_function(one, f"{module}.{node.name}.{one.name}", names) for one in methods)


def _imports(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from ((one.asname or one.name, f"{node.module}.{one.name}") for one in node.names)


def _function(node: ast.FunctionDef, name: str, names: dict[str, str]) -> Function:
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    made = Function(name, has_actor=any(one.arg == "actor" for one in arguments))
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name | ast.Attribute):
            # Also functions that are handed on instead of called, as to a batch.
            made.calls.add(_dotted(inner, names))
        if isinstance(inner, ast.Call) and _dotted(inner.func, names).rpartition(".")[2] in _WRITING:
            made.writes = True
        if isinstance(inner, ast.Assign | ast.AugAssign) and _sets_attribute(inner):
            made.writes = True
    return made


def _sets_attribute(node: ast.Assign | ast.AugAssign) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    flat = [one for target in targets for one in (target.elts if isinstance(target, ast.Tuple) else [target])]
    return any(
        isinstance(one, ast.Attribute) and not _is_self(one.value) and one.attr not in _NO_COLUMNS for one in flat
    )


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


def _dotted(node: ast.expr, names: dict[str, str]) -> str:
    if isinstance(node, ast.Name):
        return names.get(node.id, node.id)
    return f"{_dotted(node.value, names)}.{node.attr}" if isinstance(node, ast.Attribute) else ""
