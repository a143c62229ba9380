"""Webhooks arrive signed, once, and at last; what answers badly is tried again, or no more."""

import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from ipaddress import ip_address

import httpx
import pytest
import time_machine
from standardwebhooks import Webhook, WebhookVerificationError

from core.adapters.webhooks import WebhookMessenger, payload, signature_headers
from core.jobs.deliver import Deliverer
from core.system import channels, deliveries, webhook_secrets
from core.system.deliveries import LEASE, WAITS
from core.system.messengers import Message, MessageDelayed, MessageRefused
from tests.factories import DAY, HOUR, NOON
from tests.notifications.conftest import Post
from tests.notifications.receivers import Hook

SECOND = timedelta(seconds=1)


def a_message(url: str, **changes: object) -> Message:
    values = {"id": "dlv_1", "topic": "post.failed:dev_1", "address": url, "title": "A title", "body": None,
              "link": None, "created_at": NOON, "secrets": (webhook_secrets.new_secret(),)}  # fmt: skip
    return Message(**values | changes)  # type: ignore[arg-type]  # values by name


def test_what_arrives_is_signed_and_says_what_happened(post: Post, hook: Hook) -> None:
    made = post.add_webhook(hook.url)
    post.tell(
        "post.failed:dev_1", "“Dunes” could not be published", body="The title is too long.", link="content?open=1"
    )
    assert post.deliver() == "Notifications: 1 sent."
    (call,) = hook.calls
    with time_machine.travel(NOON):
        body = Webhook(made.secret).verify(call.body, call.headers)
    assert body == {
        "type": "post.failed",
        "timestamp": "2026-06-01T12:00:00.000Z",
        "data": {
            "subject_id": "dev_1",
            "title": "“Dunes” could not be published",
            "body": "The title is too long.",
            "url": "http://localhost:8501/content?open=1",
        },
    }
    assert call.path == "/hooks/atelier"
    assert call.headers["content-type"] == "application/json"
    (delivery,) = post.sent()
    assert (delivery.status.value, delivery.id, delivery.attempts) == ("sent", call.headers["webhook-id"], 1)
    assert post.channel(made.id).last_delivered_at == NOON


def test_another_secret_or_another_body_does_not_verify(post: Post, hook: Hook) -> None:
    made = post.add_webhook(hook.url)
    post.tell()
    post.deliver()
    (call,) = hook.calls
    with time_machine.travel(NOON):
        for secret, body in ((webhook_secrets.new_secret(), call.body), (made.secret, call.body + b" ")):
            with pytest.raises(WebhookVerificationError):
                Webhook(secret).verify(body, call.headers)


def test_for_a_day_the_old_secret_verifies_beside_the_new_one(post: Post, hook: Hook) -> None:
    made = post.add_webhook(hook.url)
    with post.database.session() as session:
        fresh = channels.rotate_secret(session, post.alice, made.id, now=post.now)
    assert fresh != made.secret
    for wait, good in ((HOUR, [made.secret, fresh]), (DAY, [fresh])):
        post.later(wait)
        post.tell(f"post.failed:{wait}")
        post.deliver()
        with time_machine.travel(post.now):
            for secret in good:
                Webhook(secret).verify(hook.calls[-1].body, hook.calls[-1].headers)
    with time_machine.travel(post.now), pytest.raises(WebhookVerificationError):
        Webhook(made.secret).verify(hook.calls[-1].body, hook.calls[-1].headers)


def test_our_signature_is_that_of_the_reference_library() -> None:
    message = a_message("http://x.example")
    body = payload(message, "http://house.example")
    theirs = Webhook(message.secrets[0]).sign(message.id, NOON, body.decode())
    assert signature_headers(message, body, now=NOON)["webhook-signature"] == theirs


def test_a_bad_answer_is_tried_again_with_the_same_id_at_growing_distances_and_then_given_up(
    post: Post, hook: Hook
) -> None:
    made = post.add_webhook(hook.url)
    post.tell()
    hook.status = 500
    for wait in WAITS:
        assert post.deliver() == "Notifications: 1 did not arrive."
        post.later(wait - SECOND)
        assert post.deliver() is None
        post.later(SECOND)
    post.deliver()
    (delivery,) = post.sent()
    assert (delivery.status.value, delivery.attempts) == ("failed", len(WAITS) + 1)
    assert delivery.error_message == "Given up after 7 tries. It answered 500."
    assert len(hook.ids) == len(WAITS) + 1 and len(set(hook.ids)) == 1
    assert post.channel(made.id).failures_in_a_row == len(WAITS) + 1
    post.later(7 * DAY)
    assert post.deliver() is None


def test_it_arrives_once_the_receiver_is_well_again(post: Post, hook: Hook) -> None:
    made = post.add_webhook(hook.url)
    post.tell()
    hook.status = 503
    post.deliver()
    hook.status = 200
    post.later(WAITS[0])
    assert post.deliver() == "Notifications: 1 sent."
    assert post.channel(made.id).failures_in_a_row == 0


def test_the_receiver_may_ask_for_more_time(post: Post, hook: Hook) -> None:
    post.add_webhook(hook.url)
    post.tell()
    hook.status, hook.headers = 429, {"Retry-After": "1800"}
    post.deliver()
    post.tell("post.failed:dev_2", "A second one")
    post.later(timedelta(seconds=1799))
    (first, _) = post.sent()
    assert first.next_attempt_at == NOON + timedelta(seconds=1800)
    hook.status, hook.headers = 429, {"Retry-After": "Mon, 01 Jun 2026 14:00:00 GMT"}
    post.later(SECOND)
    post.deliver()
    assert post.sent()[0].next_attempt_at == NOON + 2 * HOUR


@pytest.mark.parametrize("value", ["soon", "-5", "99999999999999999999", "", "Mon, 99 Foo"])
def test_a_wish_that_makes_no_sense_is_passed_over(post: Post, hook: Hook, value: str) -> None:
    post.add_webhook(hook.url)
    post.tell()
    hook.status, hook.headers = 429, {"Retry-After": value}
    post.deliver()
    (delivery,) = post.sent()
    assert delivery.next_attempt_at is not None and delivery.next_attempt_at <= NOON + DAY


def test_410_switches_the_channel_off_and_tells_by_the_bell_and_the_other_channels(post: Post, hook: Hook) -> None:
    made = post.add_webhook(hook.url)
    mail_id = post.add_mail(kinds=["channel.disabled"])
    post.tell()
    hook.status = 410
    post.deliver()
    channel = post.channel(made.id)
    assert not channel.enabled
    assert channel.disabled_reason == "It answered 410: nobody wants anything there any more."
    told = [one for one in post.sent() if one.topic.startswith("channel.disabled")]
    assert [one.channel_id for one in told] == [mail_id]
    assert "hooks" not in told[0].subject  # the path may be a secret
    post.tell("post.failed:dev_2")
    post.deliver()
    assert len(hook.calls) == 1


def test_a_redirect_is_not_followed(post: Post, hook: Hook) -> None:
    post.add_webhook(hook.url)
    post.tell()
    hook.status, hook.headers = 302, {"Location": hook.url + "/elsewhere"}
    post.deliver()
    assert [call.path for call in hook.calls] == ["/hooks/atelier"]
    assert post.sent()[0].error_message == "It answered 302, which leads elsewhere. Give the address it leads to."


def test_a_slow_receiver_is_left_and_holds_up_nobody_else(post: Post, hook: Hook) -> None:
    release = threading.Event()
    hook.before_answer = lambda: release.wait(30)
    message = a_message(hook.url)
    try:
        with pytest.raises(MessageDelayed, match="within"):
            WebhookMessenger("http://x", allow_private=True, timeout_seconds=0.3).send(message, now=NOON)
    finally:
        release.set()


def test_a_receiver_that_answers_one_byte_at_a_time_is_left_too() -> None:
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            connection, _ = server.accept()
            with connection:
                while not stop.wait(0.05):
                    try:
                        connection.sendall(b"H")
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        try:
            message = a_message(f"http://127.0.0.1:{server.getsockname()[1]}/")
            with pytest.raises(MessageDelayed):
                WebhookMessenger("http://x", allow_private=True, timeout_seconds=0.5).send(message, now=NOON)
        finally:
            stop.set()
            thread.join()


def test_nothing_listening_and_no_such_host_are_told_apart() -> None:
    messenger = WebhookMessenger("http://x", allow_private=True)
    with pytest.raises(MessageDelayed, match="Nothing answers"):
        messenger.send(a_message("http://127.0.0.1:9/"), now=NOON)

    def unknown(_host: str, _port: int) -> list[str]:
        raise socket.gaierror("unknown")

    with pytest.raises(MessageDelayed, match=r"no host called nowhere\.example"):
        WebhookMessenger("http://x", allow_private=True, resolve=unknown).send(
            a_message("http://nowhere.example/"), now=NOON
        )


@pytest.mark.parametrize(
    ("address", "allow_private"),
    [("169.254.169.254", True), ("10.0.0.5", False), ("127.0.0.1", False), ("fd00:ec2::254", True), ("fe80::1", True)],
)
def test_a_name_that_leads_inside_is_refused_when_it_is_sent(address: str, allow_private: bool) -> None:
    calls = []
    transport = httpx.MockTransport(lambda request: calls.append(request) or httpx.Response(200))
    messenger = WebhookMessenger(
        "http://x", allow_private=allow_private, resolve=lambda *_: ["93.184.216.34", address], transport=transport
    )
    with pytest.raises(MessageRefused):
        messenger.send(a_message("https://harmless.example/"), now=NOON)
    assert calls == []


def test_the_connection_goes_to_the_address_that_was_looked_at() -> None:
    calls: list[httpx.Request] = []
    transport = httpx.MockTransport(lambda request: calls.append(request) or httpx.Response(200))
    for found in ("93.184.216.34", "2606:2800:21f::1"):
        messenger = WebhookMessenger(
            "http://x", allow_private=False, resolve=lambda *_, found=found: [found], transport=transport
        )
        messenger.send(a_message("https://hooks.example:8443/in?x=1"), now=NOON)
        request = calls[-1]
        assert ip_address(request.url.host) == ip_address(found)
        assert (request.headers["host"], request.extensions["sni_hostname"]) == ("hooks.example:8443", "hooks.example")
        assert (request.url.port, request.url.raw_path) == (8443, b"/in?x=1")


def test_two_deliverers_at_once_send_each_message_once(post: Post, hook: Hook) -> None:
    post.add_webhook(hook.url)
    for number in range(30):
        post.tell(f"post.failed:dev_{number}")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: Deliverer().run(post.ports), range(8)))
    assert len(hook.ids) == 30 == len(set(hook.ids))
    assert set(post.statuses()) == {"sent"}


def test_killed_between_sending_and_writing_it_goes_again_with_the_same_id(post: Post, hook: Hook) -> None:
    post.add_webhook(hook.url)
    post.tell()
    with post.database.read() as session:
        (due,) = deliveries.list_due(session, list(post.ports.messengers), now=post.now)
    with post.database.session() as session:
        claimed = deliveries.claim(session, due, "of a process that is gone", now=post.now)
    assert claimed is not None
    post.ports.messengers[due.kind].send(claimed.message, now=post.now)
    post.later(LEASE - SECOND)
    assert post.deliver() is None  # it may be alive
    post.later(2 * SECOND)
    assert post.deliver() == "Notifications: 1 sent."
    assert hook.ids == [due.id, due.id]
    with post.database.session() as session:  # and if it was alive after all, its word counts no more
        assert not deliveries.settle_refused(session, claimed, "too late", now=post.now)
    assert post.statuses() == ["sent"]


def test_while_one_does_not_arrive_the_others_wait_at_most_ten_minutes(post: Post, hook: Hook) -> None:
    post.add_webhook(hook.url)
    hook.status = 500
    for number in range(3):
        post.tell(f"post.failed:dev_{number}")
    post.deliver()
    assert len(hook.calls) == 1
    hook.status = 200
    post.later(timedelta(minutes=10))
    post.deliver()
    assert post.statuses() == ["sent"] * 3
