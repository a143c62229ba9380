"""The reference of the API says what its OpenAPI document says."""

import re
from typing import Any

import pytest

from core.api.app import build_api
from core.api.delivery_form import DeliveryFields
from core.api.problems import PROBLEMS
from core.db.engine import Database
from core.identity.scopes import Scope
from core.media.storage import ObjectStore
from core.runtime import Runtime
from core.settings import Settings
from tests.docs.support import read, reference, table_rows
from tests.support.databases import only_sqlite

PAGE = reference("api.md")


@pytest.fixture
def document(settings: Settings, database: Database, store: ObjectStore) -> dict[str, Any]:
    return build_api(Runtime(settings, database, store)).openapi()


@only_sqlite
def test_every_endpoint_is_listed_with_its_scope(document: dict[str, Any]) -> None:
    listed = {(row[0], row[1]): row[2].strip("`") for row in table_rows(PAGE) if row[0] in {"GET", "POST"}}
    found = {
        (method.upper(), path): operation
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    }
    assert set(listed) == set(found)
    for place, operation in found.items():
        named = re.findall(r"scope\s+`([a-z:]+)`", operation["description"])
        assert [listed[place]] == (named or ["any"])
        assert ("403" in operation["responses"]) == (listed[place] != "any")


def test_every_scope_and_every_field_is_explained() -> None:
    explained = {row[0] for row in table_rows(PAGE)}
    assert {scope.value for scope in Scope} <= explained
    assert set(DeliveryFields.model_fields) <= explained


def test_every_problem_is_listed_with_its_status() -> None:
    listed = {row[0]: row[1] for row in table_rows(PAGE) if len(row) == 4 and row[1].isdecimal()}
    assert listed == {code: str(status) for code, (status, _) in PROBLEMS.items()}


def test_the_limits_are_those_of_the_code() -> None:
    assert f"`ATELIER_MAX_FILE_MB`, {Settings().max_file_mb} MB unless set" in PAGE
    assert f"`ATELIER_API_REQUESTS_PER_MINUTE`, {Settings().api_requests_per_minute} unless set" in PAGE


def test_the_guide_names_the_frequent_refusals_with_their_status() -> None:
    statuses = {row[0] for row in table_rows(read("docs/how-to/send-pictures-from-scripts.md")) if row[0].isdecimal()}
    assert statuses <= {str(status) for status, _ in PROBLEMS.values()}
