"""Webhooks of providers: hints that bring the next look forward."""

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.clock import utc_now
from core.media.incoming import Incoming
from core.settings import Settings
from core.studio.execution.calls import Calls
from core.studio.orders.models import ItemStatus
from core.studio.providers import (
    ADDRESS_SECRET_HEADER,
    Connection,
    ErrorCategory,
    GenerationError,
    Notice,
    ProviderKind,
)
from core.web.provider_hooks import LONGEST_BODY, provider_hook_routes
from tests.studio.execution.house import House

GOOD = {"signature": "good", "delivery": "msg_1"}


@pytest.fixture
def client(house: House) -> TestClient:
    house.scripted.traits = type(house.scripted.traits)(has_webhooks=True, finds_lost_calls=True)
    runtime = SimpleNamespace(database=house.database, image_providers={house.scripted.kind: house.scripted})
    return TestClient(Starlette(routes=provider_hook_routes(runtime)))  # type: ignore[arg-type]


def submitted(house: House) -> str:
    """An order whose call is asked about in an hour, by the wall clock that requests go by."""
    order_id = house.place()
    house.turn()
    house.set_items(order_id, due_at=utc_now() + timedelta(hours=1))
    return order_id


def test_a_good_webhook_has_the_call_asked_about_at_once_and_counts_once(client: TestClient, house: House) -> None:
    order_id = submitted(house)
    for again in (False, True):
        answer = client.post("/hooks/providers/replicate/key", content=b"call-1", headers=GOOD)
        assert answer.status_code == 204
        due_at = house.item(order_id).due_at
        assert due_at is not None and (due_at <= utc_now()) is not again
        house.set_items(order_id, due_at=utc_now() + timedelta(hours=1))
    assert house.item(order_id).status is ItemStatus.GENERATING  # what it says is not believed


def test_a_forged_webhook_changes_nothing(client: TestClient, house: House) -> None:
    order_id = submitted(house)
    answer = client.post("/hooks/providers/replicate/key", content=b"call-1", headers={**GOOD, "signature": "bad"})
    assert answer.status_code == 401
    due_at = house.item(order_id).due_at
    assert due_at is not None and due_at > utc_now()


@pytest.mark.parametrize(
    ("address", "content", "status"),
    [
        ("/hooks/providers/replicate/key", b"call-of-somebody-else", 204),
        ("/hooks/providers/nobody/key", b"call-1", 404),
        ("/hooks/providers/replicate/key", bytes(LONGEST_BODY + 1), 413),
    ],
    ids=["unknown call", "unknown provider", "too long"],
)
def test_what_does_not_concern_us_is_answered_and_forgotten(
    client: TestClient, address: str, content: bytes, status: int
) -> None:
    assert client.post(address, content=content, headers=GOOD).status_code == status


def test_one_that_cannot_be_checked_now_is_to_be_sent_again(
    client: TestClient, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def verify(*_: object, **__: object) -> Notice:
        raise GenerationError("Its keys could not be fetched.", ErrorCategory.NETWORK)

    monkeypatch.setattr(house.scripted, "verify", verify)
    assert client.post("/hooks/providers/replicate/key", content=b"call-1", headers=GOOD).status_code == 503


def test_the_end_of_the_address_is_handed_on_and_nobody_can_put_it_into_a_header(
    client: TestClient, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def verify(_: Connection, headers: dict[str, str], *__: object, **___: object) -> Notice:
        seen.append(headers[ADDRESS_SECRET_HEADER])
        return Notice("msg", "call")

    monkeypatch.setattr(house.scripted, "verify", verify)
    client.post("/hooks/providers/replicate/real", headers={ADDRESS_SECRET_HEADER.title(): "forged"})
    assert seen == ["real"]


def test_providers_get_an_address_only_when_they_can_reach_us(client: TestClient, house: House, tmp_path: Path) -> None:
    house.place()
    (work,) = house.begin()
    providers = {house.scripted.kind: house.scripted}

    def address(root: str | None) -> str | None:
        calls = Calls(providers, house.store, Incoming(tmp_path), house.clock, root)
        return calls._webhook_url(work)

    assert address("https://art.example.com") == (
        f"https://art.example.com/hooks/providers/replicate/{work.attempt.key}"
    )
    assert address(None) is None
    house.scripted.kind = ProviderKind.CIVITAI
    providers[ProviderKind.CIVITAI] = house.scripted
    work.connection = Connection("civitai", ProviderKind.CIVITAI, settings={"webhook_secret": "s3cret"})
    assert address("https://art.example.com") == "https://art.example.com/hooks/providers/civitai/s3cret"


@pytest.mark.parametrize(
    ("public_url", "choice", "root"),
    [
        ("", "auto", None),
        ("", "yes", None),
        ("http://10.0.0.2:8501", "auto", None),
        ("http://10.0.0.2:8501", "yes", "http://10.0.0.2:8501"),
        ("https://art.example.com/", "auto", "https://art.example.com"),
        ("https://art.example.com", "no", None),
    ],
)
def test_whether_providers_call_back_is_a_setting(public_url: str, choice: str, root: str | None) -> None:
    settings = Settings(public_url=public_url, provider_webhooks=choice)  # type: ignore[arg-type]
    assert settings.provider_webhook_root == root


def test_names_that_no_database_takes_are_turned_away_like_unknown_ones(client: TestClient, house: House) -> None:
    assert client.post("/hooks/providers/re%00plicate/key", content=b"call-1", headers=GOOD).status_code == 404
    order_id = submitted(house)
    answer = client.post("/hooks/providers/replicate/key", content=b"call-1\x00", headers=GOOD)
    assert answer.status_code == 204
    due_at = house.item(order_id).due_at
    assert due_at is not None and due_at <= utc_now()
