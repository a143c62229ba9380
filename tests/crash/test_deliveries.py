"""A real sidecar killed while a webhook and a mail are on their way: both come again, each with its own id."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from core.clock import utc_now
from core.system import channels, confirming
from core.system.actors import Actor
from core.system.channels import C
from core.system.deliveries import LEASE, D
from core.system.models import DeliveryStatus
from core.system.notifications import notify
from tests.crash.installation import Installation
from tests.factories import make_user
from tests.notifications.receivers import mail_server, webhook_receiver

pytestmark = pytest.mark.crash
KINDS = ["post.failed"]


def _prepare(place: Installation, url: str | None) -> None:
    """Somebody with a webhook, or a mail address, and something to be told."""
    with place.database.session() as session:
        alice, now = Actor.person(make_user(session).id), utc_now()
        if url:
            channels.add_webhook(session, alice, url, KINDS, allow_private=True, now=now)
        else:
            confirming.add_mail(session, alice, "alice@example.com", KINDS, now=now)
            session.execute(update(C).values(secret=None))
            session.execute(D.delete())
        notify(session, alice.user_id, "post.failed:dev_1", "“Dunes” could not be published", now=now)


def _let_the_mark_grow_old(place: Installation) -> None:
    with place.database.session() as session:
        session.execute(update(D).values(locked_at=utc_now() - LEASE - timedelta(minutes=1)))


def _all_sent(place: Installation) -> bool:
    with place.database.read() as session:
        return set(session.scalars(select(D.c.status))) == {DeliveryStatus.SENT}


def test_a_webhook_whose_sender_was_killed_comes_again_with_the_same_id(place: Installation) -> None:
    with webhook_receiver() as hook:
        _prepare(place, hook.url)
        with place.scheduler() as dying:
            hook.before_answer = dying.kill
            dying.wait()
        assert not _all_sent(place)
        hook.before_answer = lambda: None
        _let_the_mark_grow_old(place)
        with place.scheduler() as scheduler:
            place.wait(lambda: _all_sent(place), scheduler)
            assert scheduler.terminate() == 0
        assert len(hook.ids) == 2 and len(set(hook.ids)) == 1


def test_a_mail_whose_sender_was_killed_comes_again_with_the_same_message_id(place: Installation) -> None:
    with mail_server() as mailbox:
        place.environment = {
            **place.environment,
            "ATELIER_SMTP_URL": mailbox.url,
            "ATELIER_MAIL_FROM": "Atelier <atelier@example.com>",
        }
        _prepare(place, None)
        with place.scheduler() as dying:
            mailbox.before_answer = dying.kill
            dying.wait()
        mailbox.before_answer = lambda: None
        _let_the_mark_grow_old(place)
        with place.scheduler() as scheduler:
            place.wait(lambda: _all_sent(place), scheduler)
        assert len(mailbox.mails) == 2
        assert len({mail["Message-ID"] for mail in mailbox.mails}) == 1
