"""A person with channels, receivers on loopback, and a clock that a test moves."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from core.adapters.messengers import build_messengers
from core.db.engine import Database
from core.jobs.deliver import Deliverer
from core.jobs.ports import Ports
from core.media.storage import ObjectStore
from core.settings import Settings
from core.system import channels, confirming, outbox
from core.system.actors import Actor
from core.system.channels import C
from core.system.deliveries import D
from core.system.notifications import notify
from core.system.outbox import DeliveryView, OutboxFilter
from tests.factories import NOON, make_user
from tests.notifications.receivers import Hook, Mailbox, mail_server, webhook_receiver

EVERYTHING = ["post.failed", "account.reconnect", "account.expiring", "automation.dry", "sale.completed"]


@dataclass
class Post:
    """The post office of a test: Alice and what she is told, with a clock of its own."""

    ports: Ports
    alice: Actor
    at: list[datetime]
    deliverer: Deliverer = field(default_factory=Deliverer)

    @property
    def database(self) -> Database:
        return self.ports.database

    @property
    def now(self) -> datetime:
        return self.at[0]

    def later(self, wait: timedelta) -> None:
        self.at[0] += wait

    def set(self, **settings: object) -> None:
        """Other settings, as after a restart."""
        changed = Settings(**self.ports.settings.model_dump(exclude_unset=True) | settings)  # type: ignore[arg-type]  # checked by pydantic
        self.ports = replace(self.ports, settings=changed, messengers=build_messengers(changed))
        self.deliverer = Deliverer()

    def add_webhook(
        self, url: str, kinds: list[str] = EVERYTHING, *, actor: Actor | None = None
    ) -> channels.NewWebhook:
        with self.database.session() as session:
            return channels.add_webhook(session, actor or self.alice, url, kinds, allow_private=True, now=self.now)

    def add_mail(
        self, address: str = "alice@example.com", kinds: list[str] = EVERYTHING, *, is_confirmed: bool = True
    ) -> str:
        with self.database.session() as session:
            channel_id = confirming.add_mail(session, self.alice, address, kinds, now=self.now)
            if is_confirmed:
                session.execute(C.update().where(C.c.id == channel_id).values(secret=None))
                session.execute(D.delete().where(D.c.channel_id == channel_id))
            return channel_id

    def tell(
        self, topic: str = "post.failed:dev_1", title: str = "“Dunes” could not be published", **more: str
    ) -> bool:
        with self.database.session() as session:
            return notify(session, self.alice.user_id, topic, title, now=self.now, **more)  # type: ignore[arg-type]  # body, link, level

    def deliver(self) -> str | None:
        return self.deliverer.run(self.ports)

    def sent(self) -> list[DeliveryView]:
        """The outbox, oldest first."""
        with self.database.read() as session:
            return outbox.list_deliveries(session, self.alice, OutboxFilter(), limit=500)[::-1]

    def statuses(self) -> list[str]:
        return [one.status.value for one in self.sent()]

    def channel(self, channel_id: str) -> channels.ChannelView:
        with self.database.read() as session:
            return channels.get_channel(session, self.alice, channel_id)


@pytest.fixture
def post(database: Database, settings: Settings, store: ObjectStore) -> Post:
    with database.session() as session:
        alice = Actor.person(make_user(session, "alice").id)
    at = [NOON]
    ports = Ports(settings, database, store, {}, lambda: at[0], "sidecar", build_messengers(settings))
    return Post(ports, alice, at)


@pytest.fixture
def hook() -> Iterator[Hook]:
    with webhook_receiver() as running:
        yield running


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as running:
        yield running


@pytest.fixture
def mailing(post: Post, mailbox: Mailbox) -> Mailbox:
    """A mail server that the installation knows."""
    post.set(smtp_url=mailbox.url, mail_from="Atelier <atelier@example.com>")
    return mailbox
