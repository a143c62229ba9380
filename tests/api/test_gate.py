"""Who is let in, with what, and how often."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from starlette.testclient import TestClient

from core.api.rates import RateLimiter
from core.clock import utc_now
from core.db.engine import Database
from core.errors import UnavailableError
from core.identity import api_keys
from core.identity.models import ApiKey, User
from core.runtime import Runtime
from core.settings import Settings
from core.system.actors import Actor
from tests.api.conftest import MakeKey, picture, send

ME = "/api/v1/me"


def ask(client: TestClient, key: str | None, path: str = ME):  # type: ignore[no-untyped-def]  # of the test client's own httpx
    return client.get(path, headers={} if key is None else {"Authorization": f"Bearer {key}"})


def test_a_client_learns_whose_its_key_is_and_what_it_may_do(
    client: TestClient, alice: User, make_key: MakeKey
) -> None:
    answer = ask(client, make_key(alice, ["deviations:write"]))
    assert answer.status_code == 200
    body = answer.json()
    assert body["username"] == "alice"
    assert body["key"]["scopes"] == ["deviations:write"]
    assert body["limits"] == {"max_file_bytes": 50 * 1024 * 1024, "requests_per_minute": 300}
    assert answer.headers["cache-control"] == "no-store"


def test_every_key_that_opens_nothing_is_answered_alike(
    client: TestClient, database: Database, alice: User, make_key: MakeKey
) -> None:
    revoked, expired, good = make_key(alice), make_key(alice), make_key(alice)
    with database.session() as session:
        views = api_keys.list_keys(session, Actor.person(alice.id), now=utc_now())
        api_keys.revoke(session, Actor.person(alice.id), views[2].id, now=utc_now())
        session.execute(
            update(ApiKey).where(ApiKey.id == views[1].id).values(expires_at=utc_now() - timedelta(seconds=1))
        )
    wrong = good[:-1] + ("a" if good[-1] != "a" else "b")
    answers = [ask(client, key) for key in (None, "", "nonsense", wrong, revoked, expired)]
    answers.append(client.get(ME, headers={"Authorization": f"Basic {good}"}))
    answers.append(client.get(ME, params={"api_key": good}))
    assert {answer.status_code for answer in answers} == {401}
    assert len({(answer.json()["title"], answer.json()["detail"]) for answer in answers}) == 1
    assert {answer.headers["www-authenticate"] for answer in answers} == {"Bearer"}
    assert ask(client, good).status_code == 200


def test_a_revoked_key_is_refused_at_the_very_next_request(
    client: TestClient, database: Database, alice: User, make_key: MakeKey
) -> None:
    key = make_key(alice)
    assert ask(client, key).status_code == 200
    with database.session() as session:
        (view,) = api_keys.list_keys(session, Actor.person(alice.id), now=utc_now())
        api_keys.revoke(session, Actor.person(alice.id), view.id, now=utc_now())
    assert ask(client, key).status_code == 401


@pytest.mark.parametrize(
    ("scopes", "method", "path", "lacking"),
    [
        (["deviations:write"], "GET", "/deviations", "deviations:read"),
        (["deviations:write"], "GET", "/deviations/dev_x", "deviations:read"),
        (["deviations:read", "sales"], "POST", "/deviations", "deviations:write"),
        (["deviations:read", "deviations:write"], "GET", "/sales", "sales"),
        (["deviations:read", "deviations:write"], "POST", "/sales/sal_x/fail", "sales"),
    ],
)
def test_a_key_without_the_scope_is_told_which_it_lacks(
    client: TestClient, alice: User, make_key: MakeKey, scopes: list[str], method: str, path: str, lacking: str
) -> None:
    headers = {"Authorization": f"Bearer {make_key(alice, scopes)}"}
    answer = client.request(method, f"/api/v1{path}", headers=headers)
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert (body["type"], body["scope"]) == ("urn:atelier:problem:scope-missing", lacking)
    assert lacking in body["detail"]


def test_nobody_without_a_key_is_listened_to(client: TestClient, runtime: Runtime) -> None:
    answer = send(client, picture())
    assert answer.status_code == 401
    assert client.get("/api/v1/nothing/here").status_code == 401


def test_a_session_of_the_screens_opens_nothing_here(client: TestClient, alice: User, runtime: Runtime) -> None:
    client.cookies.set(runtime.cookie_name, "whatever")
    assert client.get(ME).status_code == 401


def test_use_of_a_key_is_written_down(client: TestClient, database: Database, alice: User, make_key: MakeKey) -> None:
    ask(client, make_key(alice))
    with database.read() as session:
        used_at = session.scalar(select(ApiKey.last_used_at))
    assert used_at is not None
    assert utc_now() - used_at < timedelta(minutes=1)


def test_a_key_is_good_even_if_its_use_cannot_be_written_down(
    client: TestClient, alice: User, make_key: MakeKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = make_key(alice)

    def away(*_: object, **__: object) -> None:
        raise UnavailableError("The database is busy.")

    monkeypatch.setattr(api_keys, "touch", away)
    assert ask(client, key).status_code == 200


def test_without_a_database_a_program_is_told_to_come_back(
    client: TestClient, alice: User, make_key: MakeKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = make_key(alice)

    def away(*_: object, **__: object) -> None:
        raise UnavailableError("The database did not answer.")

    monkeypatch.setattr(api_keys, "authenticate", away)
    answer = ask(client, key)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.json()["detail"] == "The database did not answer."


class TestWithFewRequests:
    """Three requests a minute."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"api_requests_per_minute": 3})

    def test_a_key_that_asks_too_often_is_told_when_to_come_back(
        self, client: TestClient, alice: User, make_key: MakeKey
    ) -> None:
        key, other = make_key(alice), make_key(alice)
        assert [ask(client, key).status_code for _ in range(5)] == [200, 200, 200, 429, 429]
        refused = ask(client, key)
        assert refused.json()["type"] == "urn:atelier:problem:too-many-requests"
        assert 1 <= int(refused.headers["retry-after"]) <= 20
        assert ask(client, other).status_code == 200


def test_permits_come_back_evenly() -> None:
    clock = [0.0]
    limiter = RateLimiter(60, lambda: clock[0])
    assert all(limiter.take("key") is None for _ in range(60))
    assert limiter.take("key") == pytest.approx(1)
    clock[0] = 2.5
    assert [limiter.take("key") is None for _ in range(3)] == [True, True, False]
    clock[0] = 1e6
    assert sum(limiter.take("key") is None for _ in range(100)) == 60


def test_no_limit_is_no_limit() -> None:
    limiter = RateLimiter(0)
    assert all(limiter.take("key") is None for _ in range(1000))


def test_a_correlation_id_goes_in_and_out(alices: TestClient) -> None:
    given = alices.get(ME, headers={"X-Correlation-ID": "my-run:42"})
    assert given.headers["x-correlation-id"] == "my-run:42"
    odd = alices.get("/api/v1/nothing", headers={"X-Correlation-ID": "a b<script>"})
    assert odd.headers["x-correlation-id"] == odd.json()["correlation_id"]
    assert "script" not in odd.headers["x-correlation-id"]


def test_something_unexpected_is_a_problem_with_a_reference_and_no_traceback(
    alices: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("core.publishing.records.list_records", broken)
    answer = alices.get("/api/v1/deviations")
    assert answer.status_code == 500
    assert answer.json()["correlation_id"] in answer.json()["detail"]
    assert "secret" not in answer.text


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nothing", 404), ("PUT", "/me", 405)])
def test_wrong_addresses_and_methods_are_problems(alices: TestClient, method: str, path: str, status: int) -> None:
    answer = alices.request(method, f"/api/v1{path}")
    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_extension_of_a_browser_may_ask_and_another_site_may_not(client: TestClient) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    ours = client.options("/api/v1/sales/next", headers={"Origin": "chrome-extension://abcdef", **asked})
    assert ours.headers["access-control-allow-origin"] == "chrome-extension://abcdef"
    theirs = client.options("/api/v1/sales/next", headers={"Origin": "https://evil.example", **asked})
    assert "access-control-allow-origin" not in theirs.headers


def test_how_to_use_it_can_be_read_without_a_key(client: TestClient) -> None:
    page = client.get("/api/v1/docs")
    assert page.status_code == 200
    assert "/api/v1/deviations" in page.text
    # Nothing is fetched from elsewhere, and nothing runs.
    assert "<script" not in page.text
    assert "https://" not in page.text
    assert client.get("/api/v1/openapi.json").json()["info"]["title"] == "Atelier"
