"""A running dashboard with an owner who is signed in, and the first steps on its screens."""

import io
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from core.clock import utc_now
from core.identity import sessions
from core.identity.models import Account, User
from core.media.blobs import thumbnail_key
from core.publishing.models import Deviation
from core.runtime import Runtime
from tests.factories import make_blob, make_deviation
from tests.media.samples import picture


@dataclass(frozen=True)
class Studio:
    """A running dashboard, its owner and their account."""

    runtime: Runtime
    root: str
    owner: User
    account: Account
    cookie: str

    def enter(self, page: Page, screen: str = "Content") -> None:
        """Go to a screen as the owner, by way of Home."""
        page.context.add_cookies([{"name": sessions.COOKIE, "value": self.cookie, "url": self.root}])
        page.goto(self.root)
        page.get_by_test_id("stSidebarNav").get_by_text(screen, exact=True).click()
        expect(page.get_by_role("heading", name=screen, exact=True)).to_be_visible()

    def add(self, **fields) -> str:
        """A post with a picture that can be seen."""
        with self.runtime.database.session() as session:
            blob = make_blob(session, self.owner)
            post = make_deviation(session, self.owner, self.account, blobs=[blob], **fields)
        small = io.BytesIO()
        picture(150, 112).save(small, "WEBP")
        for size in (150, 400, 800):
            key = thumbnail_key(blob.storage_key, size)
            self.runtime.store.put(key, small.getvalue(), content_type="image/webp")
        return post.id

    def change(self, which: str, /, **values) -> None:
        """What the sidecar would have written."""
        with self.runtime.database.session() as session:
            post = session.get(Deviation, which)
            for name, value in (values | {"updated_at": utc_now()}).items():
                setattr(post, name, value)

    def post(self, title: str) -> Deviation:
        with self.runtime.database.read() as session:
            return session.scalars(select(Deviation).where(Deviation.title == title)).one()

    def get(self, deviation_id: str) -> Deviation:
        with self.runtime.database.read() as session:
            row = session.get(Deviation, deviation_id)
            assert row is not None
            return row


def settled(page: Page) -> None:
    """Wait until the screen is drawn and has nothing left to do: only then are shortcuts listened to."""
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    # Chromium may find no idle moment for minutes where nothing is drawn; a second is enough for what was begun.
    page.evaluate("new Promise((done) => requestIdleCallback(done, {timeout: 1000}))")


def the_table(page: Page) -> Locator:
    table = page.get_by_test_id("stDataFrame")
    expect(table.locator("canvas").first).to_be_visible()
    settled(page)
    return table


def cell(page: Page, text: str) -> Locator:
    """A cell of the table; what is drawn on a canvas is told to screen readers."""
    return page.get_by_test_id("stDataFrame").locator("td", has_text=text)
