"""What monitoring asks, and headers on every answer."""

import pytest
from starlette.testclient import TestClient

from core.media.errors import StorageUnavailableError
from core.runtime import Runtime


def test_a_running_process_is_alive(client: TestClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_a_process_with_database_and_storage_is_ready(client: TestClient) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ready", "checks": {"database": True, "storage": True}}


def test_a_process_without_storage_is_alive_but_not_ready(
    client: TestClient, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise StorageUnavailableError("The disk is gone.")

    monkeypatch.setattr(runtime.store, "check", fail)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"] == {"database": True, "storage": False}
    assert "disk" not in answer.text
    assert client.get("/healthz").status_code == 200


def test_metrics_are_for_prometheus(client: TestClient) -> None:
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert "atelier_sessions_opened_total" in answer.text


def test_every_answer_keeps_browsers_from_guessing_and_framing(client: TestClient) -> None:
    for path in ("/healthz", "/nowhere", "/blobs/x/400"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "SAMEORIGIN"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["content-security-policy"].startswith("connect-src 'self' ")


def test_an_outage_is_answered_with_a_sentence_and_a_time_to_come_back(
    client: TestClient, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.db.engine import DatabaseUnavailableError

    def fail() -> None:
        raise DatabaseUnavailableError("The database did not answer.")

    monkeypatch.setattr(runtime.database, "read", fail)
    answer = client.get("/blobs/blb_01k00000000000000000000000/400")
    assert answer.status_code == 503
    assert answer.json() == {"detail": "The database did not answer."}
    assert "retry-after" in answer.headers
