"""The Accounts screen: empty, filled, in trouble, and what its buttons do."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.clock import utc_now
from core.identity import sessions
from core.identity.models import Account, AccountState, User
from core.runtime import Runtime, build_runtime, get_runtime, install_runtime
from core.settings import Settings
from core.ui import gate
from tests.factories import DAY, HOUR, make_account, make_deviation, make_user
from tests.identity_accounts.support import read_account

PAGE = Path(__file__).parents[2] / "pages" / "connect" / "accounts.py"


@pytest.fixture
def runtime(settings: Settings) -> Iterator[Runtime]:
    # Nobody listens there: these tests are about the screen, not about the site.
    built = build_runtime(settings.model_copy(update={"sandbox_url": "http://127.0.0.1:9", "call_gap_seconds": 3}))
    install_runtime(built)
    assert get_runtime() is built
    yield built
    built.close()


@pytest.fixture
def alice(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> User:
    with runtime.database.session() as session:
        user = make_user(session)
        cookie, _ = sessions.open_session(session, user.id, user_agent=None, idle_days=30, now=utc_now())
    monkeypatch.setattr(gate, "session_cookie", lambda: cookie)
    return user


def account_of(runtime: Runtime, user: User, **fields: object) -> Account:
    now = utc_now()
    values = {"expires_at": now + HOUR, "refresh_token_expires_at": now + 60 * DAY - HOUR, **fields}
    with runtime.database.session() as session:
        return make_account(session, user, **values)


def open_page(**query: str) -> AppTest:
    page = AppTest.from_file(str(PAGE), default_timeout=60)
    for name, value in query.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception
    return page


def said(page: AppTest) -> str:
    kinds = (page.markdown, page.caption, page.warning, page.success, page.error, page.code)
    return "\n".join(str(element.value) for kind in kinds for element in kind)


def labels(page: AppTest) -> list[str]:
    return [button.label for button in page.button]


def test_without_an_account_the_screen_offers_to_connect_one(alice: User) -> None:
    page = open_page()
    assert "No account connected" in said(page)
    assert labels(page) == ["Connect a sandbox account"]


def test_connecting_leaves_for_the_site_in_the_same_tab(alice: User) -> None:
    page = open_page()
    page.button(key="connect-deviantart-sandbox").click().run()
    scripts = [element.proto.body for element in page.get("html")]
    assert '<script>window.location.assign("/auth/deviantart/start?provider=deviantart-sandbox");</script>' in scripts


def test_without_a_client_the_screen_gives_the_exact_redirect_uri(alice: User, runtime: Runtime) -> None:
    page = open_page()
    assert [code.value for code in page.code] == [f"{runtime.settings.resolved_public_url}/auth/deviantart/callback"]
    assert "ATELIER_DEVIANTART_CLIENT_ID" in said(page)


def test_a_card_tells_name_site_health_and_pace(alice: User, runtime: Runtime) -> None:
    account_of(runtime, alice, username="moon_lit", is_default=True)
    text = said(open_page())
    assert r"**moon\_lit**" in text
    assert "Connection good for 60 more days" in text
    assert "One call every 3 s, free now" in text
    assert "Sandbox" in text


def test_a_held_account_says_how_many_posts_wait_and_how_to_go_on(alice: User, runtime: Runtime) -> None:
    account = account_of(runtime, alice, state=AccountState.RECONNECT, state_reason="The site said no.")
    with runtime.database.session() as session:
        for _ in range(2):
            make_deviation(session, alice, account, status="scheduled")
    page = open_page()
    assert "The site said no. 2 posts keep their times and wait." in said(page)
    assert page.button(key=f"attention-connect-{account.id}").label == "Reconnect"


def test_somebody_elses_accounts_are_not_shown(alice: User, runtime: Runtime) -> None:
    with runtime.database.session() as session:
        make_account(session, make_user(session, "charlie"), username="charlies-art")
    assert "charlies" not in said(open_page())


def test_the_word_in_the_address_becomes_a_sentence_and_other_words_never_show(alice: User) -> None:
    assert "You said no at the site" in said(open_page(connect_error="denied"))
    assert "<b>Call" not in said(open_page(connect_error="<b>Call this number</b>"))


def test_a_new_account_is_welcomed_by_name(alice: User, runtime: Runtime) -> None:
    account = account_of(runtime, alice)
    assert "is connected." in said(open_page(connected=account.id))


def test_the_owner_agrees_with_a_toggle(alice: User, runtime: Runtime) -> None:
    account = account_of(runtime, alice, agreed_submission_at=None, agreed_terms_at=None)
    page = open_page()
    page.toggle(key=f"agree-submission-{account.id}").set_value(True).run()
    assert not page.exception
    stored = read_account(runtime.database, account.id)
    assert stored.agreed_submission_at is not None
    assert stored.agreed_terms_at is None


def test_another_account_is_made_the_default(alice: User, runtime: Runtime) -> None:
    first = account_of(runtime, alice, is_default=True)
    second = account_of(runtime, alice)
    open_page().button(key=f"default-{second.id}").click().run()
    assert read_account(runtime.database, second.id).is_default
    assert not read_account(runtime.database, first.id).is_default


def test_disconnecting_works_although_the_site_cannot_be_told(alice: User, runtime: Runtime) -> None:
    account = account_of(runtime, alice)
    page = open_page()
    page.button(key=f"disconnect-now-{account.id}").click().run()
    stored = read_account(runtime.database, account.id)
    assert stored.state is AccountState.DISCONNECTED
    assert (stored.access_token, stored.refresh_token) == (None, None)
    assert "Connect again" in labels(page)


def test_folders_that_cannot_be_read_are_an_error_in_place(alice: User, runtime: Runtime) -> None:
    account = account_of(runtime, alice)
    page = open_page()
    page.button(key=f"folders-{account.id}").click().run()
    assert not page.exception
    assert any("could not be reached" in error.value for error in page.error)
