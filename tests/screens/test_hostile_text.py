"""Names, titles and messages come from anywhere: a screen shows them as they are and makes nothing of them."""

import re
from collections.abc import Iterator
from html import escape

import pytest
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from markdown_it import MarkdownIt
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from core.clock import utc_now
from core.identity import invitations
from core.identity.models import AccountState, InstanceUserRole, User
from core.publishing.models import Deviation, DeviationStatus
from core.runtime import Runtime
from core.sales.models import SaleQueue, SaleQueueStatus
from core.system import channels, notifications
from core.system.models import NotificationChannel, NotificationDelivery
from core.ui.navigation import SCREENS
from core.ui.words import plain
from tests.factories import (
    NOON,
    make_account,
    make_attempt,
    make_blob,
    make_deviation,
    make_file,
    make_preset,
    make_user,
)
from tests.identity.support import acting
from tests.sales.support import make_sale
from tests.screens.conftest import SignIn
from tests.screens.support import open_screen, run

# A picture that tells somebody it was looked at, a link that says something else than it does, a formula, a colour.
MARKUP = "![a](//evil.example/p)[b](//evil.example)$c$:red[d]<img src=x onerror=e()>"
# One of them is still alive: a sign of it without a backslash before it.
ALIVE = re.compile(r"(?<!\\)(?:\[a\]|\[b\]|\$c|\[d\]|<img src=x)")
# Parts that Streamlit reads as markdown, whatever the element; in these elements it reads none.
PARTS = {"body", "label", "help", "title", "text", "caption"}
WITHOUT_MARKDOWN = {"html", "code", "text"}
ALL = [screen for group in SCREENS.values() for screen in group]
ADDRESSES = [
    *((screen.script, {}) for screen in ALL if not screen.is_front),
    *(("pages/publish/content.py", {"view": view, "layout": "grid"}) for view in ("draft", "scheduled", "failed")),
    ("pages/publish/content.py", {"open": "first"}),
    ("pages/publish/review.py", {"layout": "grid"}),
    ("pages/sell/queue.py", {"mode": "hand"}),
    *(("pages/connect/notifications.py", {"show": show}) for show in ("Outbox", "History")),
]


@pytest.fixture
def mallory(runtime: Runtime, sign_in: SignIn) -> User:
    """An administrator all of whose texts are hostile, as if they came out of a file, a site or a program."""
    with runtime.database.session() as session:
        user = make_user(session, "mallory", role=InstanceUserRole.ADMIN)
        make_user(session, MARKUP[:60]).name = None
        user.name = MARKUP
        _fill(session, user)
        invitations.invite(session, acting(user), InstanceUserRole.MEMBER, note=MARKUP, now=utc_now())
    sign_in(user)
    return user


@pytest.mark.parametrize(("script", "query"), ADDRESSES, ids=[f"{script} {query}" for script, query in ADDRESSES])
def test_nothing_on_a_screen_becomes_markup(
    runtime: Runtime, mallory: User, script: str, query: dict[str, str]
) -> None:
    query = {name: _first_post(runtime, mallory) if value == "first" else value for name, value in query.items()}
    shown = open_screen("Home.py")
    for name, value in query.items():
        shown.query_params[name] = value
    shown = run(shown.switch_page(script))
    texts = list(markdown_of(shown))
    assert texts
    assert [text for text in texts if ALIVE.search(text)] == []
    assert [text for text in html_of(shown) if "<img src=x" in text] == []


@pytest.mark.parametrize(
    ("script", "query"), [("pages/publish/content.py", {"open": "first"}), ("pages/sell/queue.py", {"mode": "hand"})]
)
def test_an_address_that_is_none_of_the_web_is_no_link(
    runtime: Runtime, mallory: User, script: str, query: dict[str, str]
) -> None:
    with runtime.database.session() as session:
        for column in (Deviation.deviation_url, SaleQueue.url):
            session.execute(update(column.class_).values({column: "javascript:e()"}))
    query = {name: _first_post(runtime, mallory) if value == "first" else value for name, value in query.items()}
    shown = open_screen("Home.py")
    shown.query_params.update(query)
    nodes = [run(shown.switch_page(script))._tree]
    while nodes:
        node = nodes.pop()
        nodes += getattr(node, "children", {}).values()
        assert "javascript:e()" not in str(getattr(node, "proto", ""))


def test_home_and_its_frame_show_names_as_they_are(mallory: User) -> None:
    shown = open_screen("Home.py")
    assert [text for text in markdown_of(shown) if ALIVE.search(text)] == []


def test_an_error_shows_what_it_names_as_it_is() -> None:
    def script(markup: str) -> None:
        from core.errors import ConflictError
        from core.ui.errors import guarded

        with guarded():
            raise ConflictError(f"“{markup}” is being sent right now.")

    shown = run(AppTest.from_function(script, args=(MARKUP,)))
    (error,) = shown.error
    assert not ALIVE.search(str(error.value))


@pytest.mark.parametrize(
    "text", ["- a", "1. a", "1) a", "# a", "> a", "+ a", "= a", "a\n\n# b", "    a", "--- ", "~~~"]
)
def test_plain_text_begins_no_list_heading_or_block(text: str) -> None:
    assert MarkdownIt("commonmark").render(plain(text)) == f"<p>{escape(' '.join(text.split()))}</p>\n"


def markdown_of(shown: AppTest) -> Iterator[str]:
    """Every text of a screen that Streamlit reads as markdown."""
    return (text for kind, text in _texts(shown) if kind not in WITHOUT_MARKDOWN)


def html_of(shown: AppTest) -> Iterator[str]:
    return (text for kind, text in _texts(shown) if kind == "html")


def _texts(shown: AppTest) -> Iterator[tuple[str, str]]:
    nodes = [shown._tree]
    while nodes:
        node = nodes.pop()
        nodes += getattr(node, "children", {}).values()
        if isinstance(proto := getattr(node, "proto", None), Message):
            yield from ((node.type, text) for text in _parts(proto))


def _parts(message: Message) -> Iterator[str]:
    for field, value in message.ListFields():
        if field.type == FieldDescriptor.TYPE_MESSAGE and not field.is_repeated:
            yield from _parts(value)
        elif field.name in PARTS and isinstance(value, str):
            yield value


def _first_post(runtime: Runtime, user: User) -> str:
    with runtime.database.read() as session:
        mine = select(Deviation.id).where(Deviation.user_id == user.id, Deviation.status == DeviationStatus.DRAFT)
        return session.scalars(mine).one()


def _fill_sales(session: Session, user: User) -> None:
    """A preset, an archived one, and a sale in every state with a client and a reason."""
    make_preset(session, user, name=MARKUP, description=MARKUP, archived_at=utc_now())
    preset = make_preset(session, user, name=MARKUP, description=MARKUP)
    held = {"processing_by": MARKUP, "locked_at": NOON}
    done = {"completed_by": MARKUP, "completed_at": NOON}
    more = {SaleQueueStatus.PROCESSING: held, SaleQueueStatus.COMPLETED: done}
    for status in SaleQueueStatus:
        values = {"title": MARKUP, "url": f"https://example.test/{MARKUP}", "error_message": MARKUP}
        make_sale(session, user, preset, status=status, **values | more.get(status, {}))


def _fill(session: Session, user: User) -> None:
    _fill_sales(session, user)
    account = make_account(session, user, username=MARKUP[:64], is_default=True)
    cut_off = make_account(
        session, user, username=MARKUP[:64], state=AccountState.RECONNECT, state_reason=MARKUP, is_default=False
    )
    for status in DeviationStatus:
        blob = make_blob(session, user, embedded={"prompt": MARKUP, "model": MARKUP, "raw": {MARKUP: MARKUP}})
        post = make_deviation(
            session, user, cut_off if status is DeviationStatus.SCHEDULED else account, status=status, blobs=[blob],
            title=MARKUP, description=MARKUP, tags=[MARKUP], error_message=MARKUP,
        )  # fmt: skip
        make_file(session, post, make_blob(session, user), sort_order=1, original_filename=MARKUP)
        make_attempt(session, post, message=MARKUP, outcome="failed", step="publish", category="validation")
    _fill_notifications(session, user)


def _fill_notifications(session: Session, user: User) -> None:
    now, address = utc_now(), f"https://evil.example/{MARKUP.replace(' ', '')}"
    made = channels.add_webhook(session, acting(user), address, ["post.failed"], allow_private=False, now=now)
    notifications.notify(session, user.id, "a.topic", MARKUP, body=MARKUP, link="content", level="error", now=now)
    notifications.notify(session, user.id, "post.failed:dev_1", MARKUP, body=MARKUP, now=now)
    session.get_one(NotificationChannel, made.id).disabled_reason = MARKUP
    session.execute(update(NotificationDelivery).values(error_message=MARKUP, attempts=1))
    session.get_one(NotificationChannel, made.id).enabled = False
