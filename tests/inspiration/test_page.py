"""The screen Inspiration, run by AppTest with the sandbox at the other end."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from core.clock import utc_now
from core.identity import sessions
from core.identity.models import AccountState, User
from core.publishing.inspiration.models import BrowseCache
from core.publishing.templates.models import MetadataTemplate
from core.runtime import Runtime, build_runtime, install_runtime
from core.sandbox.server import running
from core.settings import Settings
from core.ui import gate
from tests.factories import make_account, make_user
from tests.sandbox.support import ControlClient
from tests.screens.support import open_screen, press, run, said, scripts

PAGE = "pages/publish/inspiration.py"
Open = Callable[..., AppTest]


@pytest.fixture(scope="module")
def sandbox_url() -> Iterator[str]:
    with running() as url:
        yield url


@pytest.fixture
def control(sandbox_url: str) -> Iterator[ControlClient]:
    client = ControlClient(sandbox_url)
    client.post("/reset")
    yield client
    client.close()


@pytest.fixture
def runtime(settings: Settings, sandbox_url: str) -> Iterator[Runtime]:
    built = build_runtime(settings.model_copy(update={"sandbox_url": sandbox_url, "call_gap_seconds": 0}))
    install_runtime(built)
    yield built
    built.close()


@pytest.fixture
def anna(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> User:
    with runtime.database.session() as session:
        user = make_user(session, "anna", timezone="Europe/Vienna")
        cookie, _ = sessions.open_session(session, user.id, user_agent=None, idle_days=30, now=utc_now())
    monkeypatch.setattr(gate, "session_cookie", lambda: cookie)
    return user


@pytest.fixture
def connected(runtime: Runtime, anna: User, control: ControlClient) -> str:
    """Anna's account, connected to the sandbox; its id."""
    tokens = control.post("/grant", username="anna-paints")
    with runtime.database.session() as session:
        return make_account(
            session, anna, username="anna-paints", access_token=tokens["access_token"], scope=tokens["scope"],
            expires_at=utc_now() + timedelta(hours=1), is_default=True,
        ).id  # fmt: skip


@pytest.fixture
def open_page() -> Open:
    def opened(**query: str) -> AppTest:
        screen = open_screen("Home.py")
        for name, value in query.items():
            screen.query_params[name] = value
        return run(screen.switch_page(PAGE))

    return opened


def asked(control: ControlClient) -> list[str]:
    return [row["endpoint"] for row in control.state("requests") if row["endpoint"].startswith("/browse")]


def age(runtime: Runtime, hours: float) -> None:
    """Let everything that is kept be that old."""
    with runtime.database.session() as session:
        for row in session.query(BrowseCache):
            row.cached_at = utc_now() - timedelta(hours=hours)


def test_without_an_account_the_way_to_one_is_shown(anna: User, open_page: Open) -> None:
    screen = open_page()
    assert "No account to look around with" in said(screen)
    assert [button.label for button in screen.button if button.key == "inspiration-accounts"] == ["Go to Accounts"]


def test_an_account_to_be_reconnected_cannot_look_around(runtime: Runtime, anna: User, open_page: Open) -> None:
    with runtime.database.session() as session:
        make_account(session, anna, state=AccountState.RECONNECT)
    assert "No account to look around with" in said(open_page())


def test_home_shows_cards_that_lead_to_the_site(connected: str, open_page: Open, sandbox_url: str) -> None:
    shown = scripts(open_page())
    assert f'href="{sandbox_url}/skylarkpress/art/Distant-Harbour-900000001"' in shown
    assert 'rel="noopener noreferrer"' in shown and 'referrerpolicy="no-referrer"' in shown


def test_a_second_look_asks_nobody(connected: str, open_page: Open, control: ControlClient) -> None:
    open_page()
    open_page()
    assert asked(control) == ["/browse/home"]


def test_mature_work_is_held_back_until_it_is_switched_on(connected: str, open_page: Open) -> None:
    assert ">Mature<" not in scripts(open_page())
    assert ">Mature<" in scripts(open_page(mature="yes"))


@pytest.mark.parametrize(
    ("query", "endpoint"),
    [
        ({"list": "daily", "day": "2026-03-01"}, "/browse/dailydeviations"),
        ({"list": "following"}, "/browse/deviantsyouwatch"),
        ({"list": "tag", "tag": "fox"}, "/browse/tags"),
        ({"list": "topic", "topic": "sea"}, "/browse/topics"),
    ],
)
def test_each_list_is_asked_for_as_the_address_says(
    connected: str, open_page: Open, control: ControlClient, query: dict[str, str], endpoint: str
) -> None:
    open_page(**query)
    assert endpoint in asked(control)


def test_pages_go_forth_and_back_by_the_sites_own_offsets(connected: str, open_page: Open) -> None:
    screen = open_page(list="tag", tag="landscape")
    first = scripts(screen)
    screen = press(screen, "Next")
    assert screen.query_params["was"] == "0" and int(screen.query_params["offset"]) > 24
    assert scripts(screen) != first
    screen = press(screen, "Previous")
    assert "offset" not in screen.query_params and scripts(screen) == first


def test_a_page_with_nothing_on_it_says_that_more_follows(
    connected: str, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.publishing.inspiration.browsing.PAGE_SIZE", 5)
    screen = open_page(list="topic", topic="surreal")
    assert "Nothing on this page" in said(screen)
    assert not next(button for button in screen.button if button.label == "Next").disabled


def test_when_limited_the_last_page_is_shown_with_its_age_and_the_reason(
    runtime: Runtime, connected: str, open_page: Open, control: ControlClient
) -> None:
    open_page()
    age(runtime, 1)
    control.fault("rate_limit", "/browse/*")
    screen = open_page()
    assert "This is from 1 h ago" in said(screen) and "slow down" in said(screen)
    assert "Distant Harbour" in scripts(screen)


def test_with_nothing_kept_the_reason_and_another_try_are_offered(
    connected: str, open_page: Open, control: ControlClient
) -> None:
    control.fault("error_before", "/browse/*", status=503, count=1)
    screen = open_page()
    assert "not reachable" in said(screen)
    assert "Try again" in [button.label for button in screen.button]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"list": "popular"}, "took “popular” away"),
        ({"list": "nonsense"}, "no such list"),
        ({"list": "daily", "day": "2199-01-01"}, "day to come"),
        ({"list": "tag", "tag": "日本"}, "Latin letters"),
        ({"list": "tag"}, "Choose a tag"),
        ({"list": "topic"}, "Choose a topic"),
        ({"list": "topic", "topic": "no-such-topic"}, "refused"),
        ({"list": "daily", "day": "yesterday", "offset": "x", "was": "1,,x"}, "As of"),
    ],
)
def test_an_odd_address_is_answered_with_a_sentence(
    connected: str, open_page: Open, query: dict[str, str], words: str
) -> None:
    assert words in said(open_page(**query))


def test_more_like_this_keeps_the_same_artist_apart(connected: str, open_page: Open) -> None:
    screen = press(open_page(), "More like this")
    assert "More from the same artist" in said(screen) and "More like this from others" in said(screen)
    assert "like" not in press(screen, "Back to the list").query_params


def test_details_show_the_tags_to_copy(connected: str, open_page: Open) -> None:
    screen = press(open_page(), "Details")
    assert "landscape, nature, scenery" in said(screen)


def test_another_persons_account_in_the_address_is_not_used(
    runtime: Runtime, connected: str, open_page: Open, control: ControlClient
) -> None:
    with runtime.database.session() as session:
        theirs = make_account(session, make_user(session, "charlie"), username="charlie-art")
    screen = open_page(account=theirs.id)
    assert "Distant Harbour" in scripts(screen) and "charlie-art" not in said(screen)


def test_the_tags_of_a_work_are_kept_as_a_template_once(runtime: Runtime, connected: str, open_page: Open) -> None:
    screen = press(press(open_page(), "Details"), "Keep as a tag template")
    assert "is among your templates now" in said(screen)
    with runtime.database.read() as session:
        (kept,) = session.query(MetadataTemplate)
    assert kept.name == "Distant Harbour by skylarkpress" and "landscape" in kept.tags
    press(screen, "Keep as a tag template")
    with runtime.database.read() as session:
        assert session.query(MetadataTemplate).count() == 1
