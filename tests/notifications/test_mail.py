"""Mails reach a real mail server as they should, whatever stands in a title."""

import socket
import ssl
import threading
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlalchemy import select

from core.adapters.mail import MailMessenger, MailServer, compose, one_line, parse_sender
from core.adapters.messengers import build_messengers
from core.errors import InvalidInputError
from core.settings import Settings
from core.system import channels, confirming, deliveries, outbox
from core.system.channel_errors import ChannelNotReady, InvalidChannel
from core.system.channels import C
from core.system.deliveries import LEASE, STALE
from core.system.messengers import Message, MessengerDown
from tests.factories import DAY, HOUR, NOON
from tests.notifications.certificates import server_context, trusting_context
from tests.notifications.conftest import Post
from tests.notifications.receivers import NAME, PASSWORD, Mailbox, mail_server

SENDER = "Atelier <atelier@example.com>"
MINUTE = timedelta(minutes=1)


def a_message(**changes: object) -> Message:
    values = {"id": "dlv_1", "topic": "post.failed:dev_1", "address": "alice@example.com", "title": "A title",
              "body": "What happened.", "link": "content?open=dev_1", "created_at": NOON}  # fmt: skip
    return Message(**values | changes)  # type: ignore[arg-type]  # values by name


def messenger(url: str, **more: object) -> MailMessenger:
    return MailMessenger(MailServer.from_url(url), SENDER, "http://house.example", **more)  # type: ignore[arg-type]


def test_a_mail_says_what_happened_and_leads_there(post: Post, mailing: Mailbox) -> None:
    post.add_mail()
    post.tell(title="“Dunes” could not be published", body="The title is too long.", link="content?open=dev_1")
    assert post.deliver() == "Notifications: 1 sent."
    (mail,) = mailing.mails
    (delivery,) = post.sent()
    assert (mail["From"], mail["To"]) == ("Atelier <atelier@example.com>", "alice@example.com")
    assert mail["Subject"] == "“Dunes” could not be published"
    assert mail["Message-ID"] == f"<{delivery.id}@example.com>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert parsedate_to_datetime(mail["Date"]) == NOON
    text = mail.get_body(("plain",)).get_content()
    assert "The title is too long." in text and "http://localhost:8501/content?open=dev_1" in text
    assert "http://localhost:8501/notifications" in text
    assert 'href="http://localhost:8501/content?open=dev_1"' in mail.get_body(("html",)).get_content()


@pytest.mark.parametrize(
    "title",
    [
        "Dunes\r\nBcc: victim@example.com",
        "Dunes\nBcc: victim@example.com\n\nA body of my own",
        "Dunes\x00\u2028Bcc: victim@example.com",
        "Dunes\rBcc: victim@example.com",
    ],
)
def test_a_title_with_line_breaks_adds_no_header_and_no_reader(mailbox: Mailbox, title: str) -> None:
    messenger(mailbox.url).send(a_message(title=title, topic="post.failed\r\nBcc: victim@example.com"), now=NOON)
    (mail,), (envelope,) = mailbox.mails, mailbox.envelopes
    assert mail["Bcc"] is None
    assert envelope.rcpt_tos == ["alice@example.com"]
    assert mail["Subject"].startswith("Dunes")
    assert set(mail.keys()) == {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Atelier-Topic",
                                "MIME-Version", "Content-Type"}  # fmt: skip


def test_markup_in_a_title_stays_text() -> None:
    mail = compose(a_message(title="<img src=x>", body="<b>&</b>"), parse_sender(SENDER), "http://h", now=NOON)
    html = mail.get_body(("html",)).get_content()
    assert "<img" not in html and "&lt;img src=x&gt;" in html and "&lt;b&gt;&amp;&lt;/b&gt;" in html


def test_long_titles_and_lone_dots_arrive_as_they_are(mailbox: Mailbox) -> None:
    title, body = "“Żółw” " * 28, "first\n.\nsecond " + "x" * 3000
    messenger(mailbox.url).send(a_message(title=title, body=body), now=NOON)
    (mail,) = mailbox.mails
    assert mail["Subject"] == one_line(title)
    assert body in mail.get_body(("plain",)).get_content().replace("\r\n", "\n")


def test_without_a_mail_server_mails_wait_in_the_outbox_and_go_out_when_one_is_set(
    post: Post, mailbox: Mailbox
) -> None:
    post.add_mail()
    post.tell("post.failed:old", "Old")
    post.later(8 * DAY)
    post.tell("post.failed:new", "New")
    assert post.deliver() is None
    assert post.statuses() == ["pending", "pending"]
    post.set(smtp_url=mailbox.url, mail_from=SENDER)
    assert post.deliver() == "Notifications: 1 sent, 1 too old and thrown away."
    assert [mail["Subject"] for mail in mailbox.mails] == ["New"]
    assert [(one.status.value, one.error_message) for one in post.sent()] == [("discarded", STALE), ("sent", None)]


def test_many_at_once_become_one_mail(post: Post, mailing: Mailbox) -> None:
    channel_id = post.add_mail()
    for number in range(12):
        post.tell(f"post.failed:dev_{number}", f"Post {number}\nfailed", body="It said no.")
    assert post.deliver() == "Notifications: 12 sent."
    (mail,) = mailing.mails
    assert mail["Subject"] == "12 things to know"
    assert mail["Message-ID"] == f"<{post.sent()[0].id}@example.com>"
    text = mail.get_body(("plain",)).get_content()
    assert all(f"Post {number} failed: It said no." in text for number in range(12))
    assert "http://localhost:8501/notifications?show=History" in text
    with post.database.session() as session:
        outbox.send_test(session, post.alice, channel_id, now=post.now)
    for number in range(2):
        post.tell(f"sale.completed:sal_{number}", f"Sale {number}")
    post.deliver()
    assert [one["Subject"] for one in mailing.mails[1:]] == ["A test from Atelier", "Sale 0", "Sale 1"]


def test_many_that_do_not_arrive_are_tried_again_together(post: Post, mailing: Mailbox) -> None:
    post.add_mail()
    for number in range(4):
        post.tell(f"post.failed:dev_{number}", f"Post {number}")
    mailing.answer["DATA"] = "451 4.3.0 Later"
    assert post.deliver() == "Notifications: 4 did not arrive."
    assert {(one.status.value, one.attempts) for one in post.sent()} == {("pending", 1)}
    mailing.answer.clear()
    post.later(MINUTE)
    assert post.deliver() == "Notifications: 4 sent."
    assert len(mailing.mails) == 1


def test_an_address_gets_nothing_but_the_code_until_it_was_typed(post: Post, mailing: Mailbox) -> None:
    channel_id = post.add_mail(is_confirmed=False)
    post.tell()
    post.deliver()
    (mail,) = mailing.mails
    assert mail["Subject"] == "Confirm this address"
    code = next(line for line in mail.get_body(("plain",)).get_content().splitlines() if line.startswith("Code: "))[6:]
    with post.database.session() as session, pytest.raises(InvalidChannel):
        confirming.confirm(session, post.alice, channel_id, "22222222", now=post.now)
    with post.database.session() as session:
        confirming.confirm(session, post.alice, channel_id, f" {code[:4].lower()}-{code[4:]} ", now=post.now)
    post.deliver()
    assert [mail["Subject"] for mail in mailing.mails[1:]] == ["“Dunes” could not be published"]
    with post.database.session() as session, pytest.raises(ChannelNotReady):
        confirming.confirm(session, post.alice, channel_id, code, now=post.now)


def test_the_outbox_does_not_show_the_code(post: Post, mailing: Mailbox) -> None:
    channel_id = post.add_mail(is_confirmed=False)
    with post.database.read() as session:
        code = session.scalar(select(C.c.secret).where(C.c.id == channel_id))
        assert code
        stored = session.execute(select(deliveries.D)).one()
        assert code not in repr(stored) + repr(post.sent()) + repr(post.channel(channel_id))


def test_codes_are_not_sent_one_after_another(post: Post) -> None:
    channel_id = post.add_mail(is_confirmed=False)
    for number in range(4):
        with post.database.session() as session, pytest.raises(ChannelNotReady, match="on its way"):
            confirming.send_code(session, post.alice, channel_id, now=post.now)
        post.later(2 * MINUTE)
        with post.database.session() as session:
            confirming.send_code(session, post.alice, channel_id, now=post.now)
        assert post.statuses().count("pending") == 1, number  # a newer one takes the older one's place
    post.later(2 * MINUTE)
    with post.database.session() as session, pytest.raises(ChannelNotReady, match="tomorrow"):
        confirming.send_code(session, post.alice, channel_id, now=post.now)


def test_an_address_that_is_removed_and_added_again_is_not_written_to_without_end(post: Post) -> None:
    for _ in range(confirming.PER_PERSON):
        channel_id = post.add_mail("stranger@example.com", is_confirmed=False)
        with post.database.session() as session:
            channels.remove(session, post.alice, channel_id, now=post.now)
    with pytest.raises(ChannelNotReady, match="tomorrow"):
        post.add_mail("stranger@example.com", is_confirmed=False)
    post.later(DAY)
    post.add_mail("stranger@example.com", is_confirmed=False)


def test_a_mail_server_that_is_away_costs_no_try_and_is_not_called_all_the_time(post: Post, mailbox: Mailbox) -> None:
    channel_id = post.add_mail()
    post.set(smtp_url="smtp://127.0.0.1:9?starttls=no", mail_from=SENDER)
    post.tell("post.failed:dev_1")
    post.tell("post.failed:dev_2")
    assert post.deliver() == "Notifications: 1 did not arrive."
    assert post.deliver() is None
    (first, second) = post.sent()
    assert (first.status.value, first.attempts, second.attempts) == ("pending", 0, 0)
    assert first.error_message == "The mail server does not answer. Mails wait until it does."
    for _ in range(20):
        post.later(HOUR)
        post.deliver()
    assert post.statuses() == ["pending"] * 2
    assert post.channel(channel_id).failures_in_a_row == 0
    deliverer = post.deliverer
    post.set(smtp_url=mailbox.url)
    post.deliverer = deliverer
    post.later(HOUR)
    assert post.deliver() == "Notifications: 2 sent."


@pytest.mark.parametrize(
    ("step", "answer", "status"),
    [
        ("RCPT", "550 5.1.1 No such user here", "failed"),
        ("RCPT", "450 4.2.0 Greylisted", "pending"),
        ("DATA", "554 5.7.1 Looks like spam", "failed"),
        ("DATA", "451 4.3.0 Later", "pending"),
    ],
)
def test_a_refusal_for_good_is_given_up_and_one_for_now_is_tried_again(
    post: Post, mailing: Mailbox, step: str, answer: str, status: str
) -> None:
    post.add_mail()
    post.tell()
    mailing.answer[step] = answer
    post.deliver()
    (delivery,) = post.sent()
    assert delivery.status.value == status
    assert answer[:3] in (delivery.error_message or "")
    assert "user" not in (delivery.error_message or "")  # the server's own words stay out
    if status == "pending":
        mailing.answer.clear()
        post.later(MINUTE)
        assert post.deliver() == "Notifications: 1 sent."


def test_killed_between_sending_and_writing_the_mail_comes_again_with_the_same_message_id(
    post: Post, mailing: Mailbox
) -> None:
    post.add_mail()
    post.tell()
    with post.database.read() as session:
        (due,) = deliveries.list_due(session, list(post.ports.messengers), now=post.now)
    with post.database.session() as session:
        claimed = deliveries.claim(session, due, "gone", now=post.now)
    assert claimed is not None
    post.ports.messengers[due.kind].send(claimed.message, now=post.now)
    post.later(LEASE + MINUTE)
    post.deliver()
    assert len(mailing.mails) == 2
    assert len({mail["Message-ID"] for mail in mailing.mails}) == 1


def test_a_server_that_hangs_up_after_taking_the_mail_has_taken_it() -> None:
    """The goodbye is not part of the mail."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_rude, args=(server,))
        thread.start()
        messenger(f"smtp://127.0.0.1:{server.getsockname()[1]}?starttls=no").send(a_message(), now=NOON)
        thread.join()


def _rude(server: socket.socket) -> None:
    connection, _ = server.accept()
    with connection, connection.makefile("rwb") as lines:

        def say(text: bytes) -> None:
            lines.write(text + b"\r\n")
            lines.flush()

        say(b"220 here")
        for line in lines:
            if line.upper().startswith(b"QUIT"):
                return
            if line.upper().startswith(b"DATA"):
                say(b"354 go on")
                while lines.readline() != b".\r\n":
                    pass
            say(b"250 ok")


def test_name_and_password_are_used_and_wrong_ones_are_told(tmp_path: Path) -> None:
    with mail_server(with_password=True, tls_context=server_context(tmp_path), require_starttls=True) as mailbox:
        host, trusting = mailbox.url.removeprefix("smtp://").partition("?")[0], trusting_context(tmp_path)
        messenger(f"smtp://{NAME}:p%40ss%20word%2F1@{host}", tls_context=trusting).send(a_message(), now=NOON)
        assert len(mailbox.mails) == 1
        with pytest.raises(MessengerDown, match="name and password"):
            messenger(f"smtp://{NAME}:wrong@{host}", tls_context=trusting).send(a_message(), now=NOON)
    assert PASSWORD not in repr(messenger("smtp://127.0.0.1:9?starttls=no"))


def test_starttls_is_insisted_on(mailbox: Mailbox, tmp_path: Path) -> None:
    with pytest.raises(MessengerDown, match="protected"):
        messenger(mailbox.url.partition("?")[0]).send(a_message(), now=NOON)
    assert mailbox.mails == []
    with mail_server(tls_context=server_context(tmp_path), require_starttls=True) as guarded:
        url = guarded.url.partition("?")[0]
        messenger(url, tls_context=trusting_context(tmp_path)).send(a_message(), now=NOON)
        assert len(guarded.mails) == 1
        with pytest.raises(MessengerDown):  # a certificate nobody knows
            messenger(url, tls_context=ssl.create_default_context()).send(a_message(), now=NOON)


def test_tls_from_the_start(tmp_path: Path) -> None:
    with mail_server(ssl_context=server_context(tmp_path)) as mailbox:
        url = mailbox.url.replace("smtp://", "smtps://").partition("?")[0]
        messenger(url, tls_context=trusting_context(tmp_path)).send(a_message(), now=NOON)
        assert len(mailbox.mails) == 1


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example", MailServer("mail.example", 587, None, None, "starttls")),
        ("smtps://a%40b:c%2Fd@mail.example", MailServer("mail.example", 465, "a@b", "c/d", "implicit")),
        ("smtp://localhost?starttls=no", MailServer("localhost", 25, None, None, "none")),
        ("smtp://a:b@127.0.0.1:2525?starttls=no", MailServer("127.0.0.1", 2525, "a", "b", "none")),
    ],
)
def test_addresses_of_mail_servers(url: str, server: MailServer) -> None:
    assert MailServer.from_url(url) == server


@pytest.mark.parametrize(
    "url",
    ["http://mail.example", "smtp://", "mail.example:25", "smtp://x:99999", "smtp://x?starttls=maybe", "smtp://x?tls=1",
     "smtp://name:secret@mail.example?starttls=no", "smtp://[::1"],
)  # fmt: skip
def test_what_is_no_address_of_a_mail_server_is_refused_without_repeating_it(settings: Settings, url: str) -> None:
    wrong = Settings(**settings.model_dump(exclude_unset=True) | {"smtp_url": url, "mail_from": SENDER})
    with pytest.raises(InvalidInputError, match="ATELIER_SMTP_URL") as refused:
        build_messengers(wrong)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("sender", ["Atelier", "a@b@c <x>", "Atelier <atelier>", "a@example.com\nBcc: b@example.com"])
def test_a_sender_that_cannot_be_one_is_refused(sender: str) -> None:
    with pytest.raises(InvalidInputError, match="ATELIER_MAIL_FROM"):
        parse_sender(sender)


def test_a_mail_server_needs_a_sender(settings: Settings) -> None:
    with pytest.raises(ValidationError, match="ATELIER_MAIL_FROM"):
        Settings(**settings.model_dump(exclude_unset=True) | {"smtp_url": "smtp://mail.example"})
