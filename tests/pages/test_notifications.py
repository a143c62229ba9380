"""Connect › Notifications: channels, outbox and history, for one person."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import select, update

from core.clock import utc_now
from core.runtime import install_runtime
from core.system import channels, confirming, outbox
from core.system.actors import Actor
from core.system.channels import C
from core.system.deliveries import D
from core.system.models import DeliveryStatus
from core.system.notifications import count_unread, notify
from core.system.outbox import OutboxFilter
from tests.factories import make_user
from tests.screens.support import press, run, said, scripts

SCREEN = "pages/connect/notifications.py"
URL = "https://hooks.example/in"


def of(user) -> Actor:
    return Actor.person(user.id)


@pytest.fixture
def webhook(runtime, anna):
    with runtime.database.session() as session:
        return channels.add_webhook(session, of(anna), URL, ["post.failed"], allow_private=True, now=utc_now())


@pytest.fixture
def mail(runtime, anna):
    """A confirmed address."""
    with runtime.database.session() as session:
        made = confirming.add_mail(session, of(anna), "anna@example.com", ["post.failed"], now=utc_now())
        session.execute(update(C).where(C.c.id == made).values(secret=None))
        session.execute(D.delete())
        return made


def tell(runtime, user, number: int = 1) -> None:
    with runtime.database.session() as session:
        for place in range(number):
            notify(session, user.id, f"post.failed:dev_{place}", f"Title {place:03}", now=utc_now())


def mine(runtime, user):
    with runtime.database.read() as session:
        return channels.list_channels(session, of(user))


def sent(runtime, user):
    with runtime.database.read() as session:
        return outbox.list_deliveries(session, of(user), OutboxFilter(), limit=99)


def test_with_no_channel_there_is_one_thing_to_do(anna, open_page):
    screen = open_page(SCREEN)
    assert "Only the bell tells you so far" in said(screen)
    assert [one.label for one in screen.button if one.label.startswith("Add this")] == [
        "Add this address", "Add this webhook",
    ]  # fmt: skip
    assert "No mail server" not in said(screen)


def test_the_address_of_the_profile_is_proposed(runtime, anna, open_page):
    with runtime.database.session() as session:
        session.get(type(anna), anna.id).email = "anna@home.example"
    assert open_page(SCREEN).text_input(key="add-mail-0").value == "anna@home.example"


def test_a_webhook_is_added_and_its_secret_shown_once(runtime, anna, open_page):
    screen = open_page(SCREEN)
    screen.text_input(key="add-webhook-0").set_value(URL)
    screen = press(screen, "Add this webhook")
    (secret,) = [block.value for block in screen.code]
    assert secret.startswith("whsec_")
    assert [one.address for one in mine(runtime, anna)] == [URL]
    screen = run(screen)
    assert secret not in said(screen) + scripts(screen)
    assert URL in scripts(screen)


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("hooks.example", "beginning with https"),
        ("http://169.254.169.254/", "belongs to the machine"),
        ("https://a:b@hooks.example", "Leave name and password out"),
    ],
)
def test_an_address_that_cannot_be_is_refused_and_stays_to_be_mended(runtime, anna, open_page, address, says):
    screen = open_page(SCREEN)
    screen.text_input(key="add-webhook-0").set_value(address)
    screen = press(screen, "Add this webhook")
    (error,) = screen.error
    assert says in error.value
    assert screen.text_input(key="add-webhook-0").value == address
    assert mine(runtime, anna) == []


def test_private_addresses_are_refused_where_others_can_come_in(runtime, anna, open_page):
    public = runtime.settings.model_copy(update={"public_url": "https://atelier.example.com"})
    install_runtime(replace(runtime, settings=public))
    screen = open_page(SCREEN)
    screen.text_input(key="add-webhook-0").set_value("http://192.168.1.5/hook")
    screen = press(screen, "Add this webhook")
    assert "ATELIER" in screen.error[0].value and "PRIVATE" in screen.error[0].value


def test_a_mail_address_is_added_and_confirmed_with_its_code(runtime, anna, open_page):
    screen = open_page(SCREEN)
    screen.text_input(key="add-mail-0").set_value("anna@example.com")
    screen = press(screen, "Add this address")
    (channel,) = mine(runtime, anna)
    assert "Code: waits" in said(screen)
    with runtime.database.read() as session:
        code = session.scalar(select(C.c.secret))
    assert code not in said(screen) + scripts(screen)
    screen.text_input(key=f"code-{channel.id}").set_value("WRONG234")
    screen = press(screen, "Confirm")
    assert "not the code" in screen.error[0].value
    screen.text_input(key=f"code-{channel.id}").set_value(code.lower())
    screen = press(screen, "Confirm")
    assert mine(runtime, anna)[0].is_confirmed
    assert not [one for one in screen.button if one.label == "Confirm"]


def test_without_a_mail_server_the_screen_says_who_can_set_one(runtime, anna, mail, open_page):
    tell(runtime, anna, 2)
    (note,) = open_page(SCREEN).info
    assert "(2 mails so far)" in note.value and "An administrator can set one" in note.value
    assert "ATELIER_SMTP_URL" in note.value
    with_server = runtime.settings.model_copy(
        update={"smtp_url": SecretStr("smtp://127.0.0.1:9"), "mail_from": "a@example.com"}
    )
    install_runtime(replace(runtime, settings=with_server))
    assert not open_page(SCREEN).info


def test_that_nothing_is_sent_without_a_sidecar_is_said(runtime, anna, webhook, open_page):
    assert any("unattended work" in one.value for one in open_page(SCREEN).warning)


def test_topics_are_chosen_by_ticking(runtime, anna, webhook, open_page):
    screen = open_page(SCREEN)
    screen.checkbox(key=f"topic-{webhook.id}-sale.completed").check()
    screen.checkbox(key=f"topic-{webhook.id}-post.failed").uncheck()
    run(screen)
    assert mine(runtime, anna)[0].topics == ("sale.completed",)


def test_a_test_goes_into_the_outbox_and_the_card_says_what_becomes_of_it(runtime, anna, webhook, open_page):
    screen = press(open_page(SCREEN), "Send a test")
    (delivery,) = sent(runtime, anna)
    assert delivery.topic == "channel.test"
    assert "Test: waits" in said(screen)
    with runtime.database.session() as session:
        session.execute(update(D).values(status=DeliveryStatus.SENT, sent_at=utc_now()))
    assert "Test: sent" in said(open_page(SCREEN))


def test_a_channel_that_was_switched_off_asks_to_be_looked_at(runtime, anna, webhook, open_page):
    with runtime.database.session() as session:
        session.execute(update(C).values(enabled=False, disabled_reason="It answered 410."))
    screen = open_page(SCREEN)
    assert "Nothing goes to hooks.example any more" in said(screen)
    press(screen, "Switch on again")
    assert mine(runtime, anna)[0].enabled


def test_the_outbox_says_what_became_of_each_message(runtime, anna, webhook, mail, open_page):
    tell(runtime, anna, 2)
    with runtime.database.session() as session:
        failed = {"status": DeliveryStatus.FAILED, "attempts": 7, "error_message": "It answered 500."}
        session.execute(update(D).where(D.c.channel_id == webhook.id).values(failed))
    screen = open_page(SCREEN, show="Outbox")
    shown = scripts(screen)
    assert "4 messages" in said(screen)
    for part in ("Title 000", "Title 001", "Failed", "It answered 500.", "7 tries", "for a mail server to be set",
                 "Webhook to hooks.example", "Mail to anna@example.com"):  # fmt: skip
        assert part in shown
    press(screen, "Retry")
    assert sorted(one.status.value for one in sent(runtime, anna)) == ["failed", "pending", "pending", "pending"]


def test_the_filters_of_the_address_are_applied_and_can_be_cleared(runtime, anna, webhook, open_page):
    tell(runtime, anna)
    assert "Title 000" in scripts(open_page(SCREEN, show="Outbox", state="Waiting"))
    screen = open_page(SCREEN, show="Outbox", state="Failed")
    assert "Nothing matches" in said(screen)
    assert "Title 000" in scripts(press(screen, "Clear filters"))


def test_what_waits_is_thrown_away_and_put_back(runtime, anna, webhook, open_page):
    tell(runtime, anna, 3)
    screen = press(open_page(SCREEN, show="Outbox"), "Throw them away")
    assert {one.status.value for one in sent(runtime, anna)} == {"discarded"}
    press(screen, "Put back")
    assert sorted(one.status.value for one in sent(runtime, anna)) == ["discarded", "discarded", "pending"]


def test_a_message_that_was_sent_meanwhile_is_not_thrown_away(runtime, anna, webhook, open_page):
    tell(runtime, anna)
    screen = open_page(SCREEN, show="Outbox")
    with runtime.database.session() as session:
        session.execute(update(D).values(status=DeliveryStatus.SENT, sent_at=utc_now()))
    screen = press(screen, "Throw away")
    assert sent(runtime, anna)[0].status is DeliveryStatus.SENT


def test_the_outbox_goes_page_by_page(runtime, anna, webhook, open_page):
    tell(runtime, anna, 30)
    first, second = (scripts(open_page(SCREEN, show="Outbox", page=page)) for page in ("1", "2"))
    assert "Title 029" in first and "Title 004" not in first
    assert "Title 004" in second and "Title 029" not in second


def test_the_history_shows_read_and_unread_and_marks_all_as_read(runtime, anna, open_page):
    tell(runtime, anna, 3)
    screen = open_page(SCREEN, show="History")
    assert "3 notifications, 3 unread in all" in said(screen)
    screen.button(key="history-read-all").click()
    screen = run(screen)
    with runtime.database.read() as session:
        assert count_unread(session, anna.id) == 0
    assert "Title 002" in said(screen)
    assert "3 notifications, 0 unread in all" in said(screen)
    assert "Nothing matches" in said(open_page(SCREEN, show="History", unread="true"))


def test_an_empty_outbox_and_an_empty_history_say_what_will_be_there(anna, open_page):
    assert "Nothing sent yet" in said(open_page(SCREEN, show="Outbox"))
    assert "Nothing to tell yet" in said(open_page(SCREEN, show="History"))


def test_the_bell_leads_here(runtime, anna, open_page):
    tell(runtime, anna)
    links = [one.proto.label for one in open_page().get("page_link")]
    assert "History, mail and webhooks" in links


def test_another_persons_channels_messages_and_history_are_not_seen(runtime, anna, open_page):
    with runtime.database.session() as session:
        charlie = make_user(session, "charlie")
        channels.add_webhook(session, of(charlie), URL, ["post.failed"], allow_private=True, now=utc_now())
    tell(runtime, charlie)
    for show in ("Channels", "Outbox", "History"):
        screen = open_page(SCREEN, show=show)
        assert "Title 000" not in said(screen) + scripts(screen)
        assert "hooks.example" not in said(screen) + scripts(screen)


def test_health_counts_what_waits_and_failed_of_everybody(runtime, admin, open_page):
    with runtime.database.session() as session:
        charlie = make_user(session, "charlie")
        channels.add_webhook(session, of(charlie), URL, ["post.failed"], allow_private=True, now=utc_now())
    tell(runtime, charlie, 2)
    with runtime.database.session() as session:
        session.execute(update(D).where(D.c.topic == "post.failed:dev_0").values(status=DeliveryStatus.FAILED))
    screen = open_page("pages/admin/health.py")
    assert "1 message waiting, 1 failed." in said(screen)
    assert "No mail server is set" in said(screen)
    assert "Title" not in said(screen)


def test_an_old_sidecar_is_named(runtime, anna, webhook, open_page):
    from core.system import heartbeats

    then = utc_now() - timedelta(hours=2)
    with runtime.database.session() as session:
        heartbeats.beat(session, "sidecar", heartbeats.SCHEDULER, started_at=then, now=then)
    assert any("2 h ago" in one.value for one in open_page(SCREEN).warning)
