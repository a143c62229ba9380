"""The API keeps to what its own OpenAPI document says, whatever is thrown at it."""

from typing import Any

import hypothesis
import pytest
import schemathesis
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance
from starlette.applications import Starlette

from core.db.engine import Database
from core.identity.models import User
from core.runtime import Runtime
from core.settings import Settings
from core.web.app import EXCEPTION_HANDLERS, build_routes
from tests.api.conftest import MakeKey, picture
from tests.sales.support import make_sale

EXAMPLES = 25
_SELF_MADE = hypothesis.settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,  # a suite that fails on some days only helps nobody
    suppress_health_check=list(hypothesis.HealthCheck),
    database=None,
)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"api_requests_per_minute": 0})


@pytest.fixture
def headers(alice: User, make_key: MakeKey) -> dict[str, str]:
    return {"Authorization": f"Bearer {make_key(alice)}"}


@pytest.fixture
def operations(runtime: Runtime, database: Database, alice: User) -> list[Any]:
    with database.session() as session:
        for _ in range(3):
            make_sale(session, alice)
    app = Starlette(routes=build_routes(runtime), exception_handlers=EXCEPTION_HANDLERS)
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)
    return [found.ok() for found in schema.get_all_operations()]


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["sound", "spoilt"])
def test_every_endpoint_answers_as_it_says(
    operations: list[Any], headers: dict[str, str], mode: GenerationMode
) -> None:
    assert len(operations) >= 9
    for operation in operations:

        @_SELF_MADE
        @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
        def throw(case: Any) -> None:
            # A form has no types, and what is sound by its shape need not be a picture or a sale that is held.
            excluded = [positive_data_acceptance]
            if case.media_type == "multipart/form-data":
                excluded.append(negative_data_rejection)
            case.call_and_validate(headers=headers, excluded_checks=excluded)

        throw()


def test_a_picture_with_any_fields_that_are_sound_is_taken(operations: list[Any], headers: dict[str, str]) -> None:
    (deliver,) = [one for one in operations if one.label == "POST /deviations"]

    @_SELF_MADE
    @hypothesis.given(case=deliver.as_strategy(generation_mode=GenerationMode.POSITIVE))
    def throw(case: Any) -> None:
        case.body["file"] = picture()
        case.body.pop("account", None)  # only a linked one can be named
        if not case.body.get("is_mature"):
            case.body.pop("mature_level", None)
        for name in ("tags", "gallery_ids"):  # a bracket in front announces a JSON array, a comma parts two
            if name in case.body:
                case.body[name] = [f"t{value.replace(',', '')}" for value in case.body[name] if len(value) < 60]
        case.headers.pop("Idempotency-Key", None)
        case.call_and_validate(headers=headers)

    throw()
