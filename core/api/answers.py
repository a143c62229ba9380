"""Which failures an endpoint can answer with, for OpenAPI."""

from typing import Any

from core.api.problems import MEDIA_TYPE, PROBLEMS, ProblemOut

# Every endpoint that asks for a key can answer with these.
ALWAYS = ("key-refused", "body-too-slow", "invalid", "too-large", "too-many-requests", "unexpected", "unavailable")


def failures(*codes: str) -> dict[int | str, dict[str, Any]]:
    """The responses of an endpoint that can fail with ``codes``, and as every endpoint can."""
    found: dict[int | str, dict[str, Any]] = {}
    for code in dict.fromkeys([*codes, *ALWAYS]):
        status, title = PROBLEMS[code]
        said = found.setdefault(status, {"description": title, "model": ProblemOut})
        if title not in said["description"]:
            said["description"] += f"; {title.lower()}"
    return found


def as_problems(schema: dict[str, Any]) -> dict[str, Any]:
    """FastAPI describes every answer as plain JSON, and says little of it; failures are problems."""
    for path in schema["paths"].values():
        for operation in path.values():
            for status, response in operation["responses"].items():
                if response["description"] == "Successful Response":
                    response["description"] = "Done."
                if int(status) >= 400 and "application/json" in response.get("content", {}):
                    response["content"] = {MEDIA_TYPE: response["content"]["application/json"]}
    return schema
