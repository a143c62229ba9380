"""No endpoint forgets to ask who is there, what their key may do, and whose the thing is."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from core.api.app import MOUNTED_AT
from core.clock import utc_now
from core.db.engine import Database
from core.identity import users
from core.identity.models import InstanceUserRole, User
from core.identity.scopes import Scope
from core.system.actors import Actor
from tests.api.conftest import MakeKey
from tests.factories import make_deviation, make_user
from tests.sales.support import make_sale

# What any key may ask.
WITHOUT_SCOPE = {"GET /me"}
# Something of a person's for each identifier that stands in an address. A new one needs its line here.
MADE: dict[str, Callable[[Session, User], Any]] = {"deviation_id": make_deviation, "sale_id": make_sale}


@pytest.fixture
def document(client: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"{MOUNTED_AT}/openapi.json").json()
    return found


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Method, path and description of every endpoint."""
    return [(method.upper(), path, told) for path, found in document["paths"].items() for method, told in found.items()]


def test_no_endpoint_is_open_to_who_has_no_key_or_one_without_its_scope(
    client: TestClient, database: Database, alice: User, make_key: MakeKey, document: dict[str, Any]
) -> None:
    keys = {scope: bearer(make_key(alice, [scope.value])) for scope in Scope}
    with database.session() as session:
        dora, root = make_user(session, "dora"), make_user(session, "root", role=InstanceUserRole.ADMIN)
    lost = bearer(make_key(dora))
    with database.session() as session:
        users.disable(session, Actor.person(root.id), dora.id, now=utc_now())
    assert len(operations(document)) >= 9
    for method, path, told in operations(document):
        name, address = f"{method} {path}", MOUNTED_AT + re.sub(r"{\w+}", "x", path)
        answers = {scope: client.request(method, address, headers=key) for scope, key in keys.items()}
        assert {client.request(method, address, headers=one).status_code for one in ({}, lost)} == {401}, name
        enough = {scope for scope, answer in answers.items() if answer.status_code != 403}
        if name in WITHOUT_SCOPE:
            assert enough == set(Scope)
            continue
        assert len(enough) == 1, f"{name} is open to keys with {enough}"
        (needed,) = enough
        lacking = {answer.json()["scope"] for scope, answer in answers.items() if scope is not needed}
        assert lacking == {needed.value} and f"`{needed.value}`" in told["description"].replace("\n", " "), name


def test_what_belongs_to_somebody_else_looks_missing_at_every_endpoint(
    client: TestClient, database: Database, alice: User, charlie: User, make_key: MakeKey, document: dict[str, Any]
) -> None:
    with database.session() as session:
        theirs = {name: make(session, charlie).id for name, make in MADE.items()}
    nobodys = {name: one[:-4] + "zzzz" for name, one in theirs.items()}
    asked = [one for one in operations(document) if "{" in one[1]]
    assert len(asked) >= 4
    key = bearer(make_key(alice))
    for method, path, told in asked:
        body = least_body(document, told)
        answers = [client.request(method, MOUNTED_AT + path.format(**ids), headers=key, **body)
                   for ids in (theirs, nobodys)]  # fmt: skip
        assert [answer.status_code for answer in answers] == [404, 404], f"{method} {path}: {answers[0].text}"
        first, second = (answer.json() | {"correlation_id": None} for answer in answers)
        assert first == second, f"{method} {path}"


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def least_body(document: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    """What the document says that a request must hold, as JSON or as a form."""
    content = told.get("requestBody", {}).get("content", {})
    if not content:
        return {}
    is_json = "application/json" in content
    schema = resolved(document, content["application/json" if is_json else "multipart/form-data"]["schema"])
    fields = {name: least(resolved(document, schema["properties"][name])) for name in schema.get("required", [])}
    return {"json": fields} if is_json else {"files": {name: (None, str(value)) for name, value in fields.items()}}


def least(schema: dict[str, Any]) -> Any:
    if "enum" in schema:
        return schema["enum"][0]
    return {"integer": 1, "number": 1, "boolean": True, "array": [], "object": {}}.get(schema.get("type", ""), "x")


def resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = document["components"]["schemas"][name] if name else schema
    return found
