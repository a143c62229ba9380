"""The OpenAPI document as a page for people: no scripts, and nothing fetched from elsewhere."""

from collections.abc import Iterator
from html import escape
from typing import Any

_STYLE = """
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 18%, transparent); }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 3rem auto; padding: 0 1.25rem; }
h1 { line-height: 1.15; } h2 { margin-top: 3rem; font-size: 1.2rem; }
h2 code { overflow-wrap: anywhere; } h3 { font-size: 1rem; margin-bottom: .25rem; }
.method { display: inline-block; min-width: 3.2rem; margin-right: .5rem; font-weight: 700;
  color: #0f766e; }
@media (prefers-color-scheme: dark) { .method { color: #5eead4; } a { color: #7dd3fc; } }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); }
td:first-child { white-space: nowrap; width: 1%; padding-right: 1.25rem; } code { font-size: .92em; }
"""


def render_docs(document: dict[str, Any]) -> str:
    """One page with every endpoint: fields, answers, and what can go wrong."""
    root = document["servers"][0]["url"]
    parts = [
        f"<h1>{escape(document['info']['title'])} API</h1>",
        f"<p>{escape(document['info'].get('summary', ''))}</p>",
        "<p>Send a key with every request: <code>Authorization: Bearer atl_…</code>. Keys are made under "
        f"<em>Connect › API keys</em>. For programs: <a href='{root}/openapi.json'>openapi.json</a>.</p>",
    ]
    usual = _usual(document)
    parts += _table("Whatever is asked, the answer can be", usual)
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            parts += _endpoint(document, method, root + path, operation, {status for status, _ in usual})
    return (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'><meta name='viewport' "
        "content='width=device-width, initial-scale=1'><title>Atelier API</title>"
        f"<style>{_STYLE}</style></head><body>{''.join(parts)}</body></html>"
    )


def _usual(document: dict[str, Any]) -> list[tuple[str, ...]]:
    """Failures that every endpoint has; they are told once."""
    all_of_them = [one["responses"] for path in document["paths"].values() for one in path.values()]
    shared = set.intersection(*(set(one) for one in all_of_them))
    return [(status, _words(all_of_them[0][status]["description"])) for status in sorted(shared) if status >= "400"]


def _endpoint(
    document: dict[str, Any], method: str, path: str, operation: dict[str, Any], usual: set[str]
) -> Iterator[str]:
    yield f"<h2><span class='method'>{escape(method.upper())}</span> <code>{escape(path)}</code></h2>"
    yield f"<p><strong>{escape(operation['summary'])}.</strong> {_words(operation.get('description', ''))}</p>"
    fields = [(one["name"], one["schema"] | one, one["required"]) for one in operation.get("parameters", [])]
    yield from _table("Parameters", [_field(document, *one) for one in fields])
    for body in operation.get("requestBody", {}).get("content", {}).values():
        schema = _resolved(document, body["schema"])
        required = schema.get("required", [])
        rows = [_field(document, name, one, name in required) for name, one in schema.get("properties", {}).items()]
        yield from _table("Fields", rows)
    answers = [(status, _words(one["description"])) for status, one in sorted(operation["responses"].items())]
    yield from _table("Answers", [one for one in answers if one[0] not in usual])


def _table(heading: str, rows: list[tuple[str, ...]]) -> Iterator[str]:
    if not rows:
        return
    yield f"<h3>{heading}</h3><div class='wide'><table>"
    for row in rows:
        yield "<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>"
    yield "</table></div>"


def _field(document: dict[str, Any], name: str, schema: dict[str, Any], is_required: bool) -> tuple[str, ...]:
    kind = _kind(document, schema) + (", required" if is_required else "")
    return f"<code>{escape(name)}</code>", escape(kind), _words(schema.get("description", ""))


def _kind(document: dict[str, Any], schema: dict[str, Any]) -> str:
    schema = _resolved(document, schema)
    kinds = [one for one in schema.get("anyOf", []) if one.get("type") != "null"]
    if kinds:
        return " or ".join(_kind(document, one) for one in kinds)
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"list of {_kind(document, schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type") or "anything")


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    reference = schema.get("$ref", "").rpartition("/")[2]
    return document["components"]["schemas"][reference] if reference else schema


def _words(text: str) -> str:
    """Text with code between backticks."""
    pieces = escape(" ".join(text.split())).split("`")
    return "".join(f"<code>{piece}</code>" if place % 2 else piece for place, piece in enumerate(pieces))
