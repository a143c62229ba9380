"""What the documents say about webhooks is so."""

import re
from datetime import timedelta

import pytest
import time_machine

from core.adapters.webhooks import LATER
from core.system import webhook_secrets
from core.system.deliveries import WAITS
from core.system.topics import TOPICS
from tests.docs.support import read, reference, table_rows
from tests.factories import NOON
from tests.notifications.conftest import Post
from tests.notifications.receivers import Hook
from tests.support.processes import ROOT


def snippet():
    """The function that the guide gives to its readers."""
    (block,) = re.findall(r"```python\n(.*?)```", read("docs/how-to/notifications.md"), re.DOTALL)
    found = {}
    exec(block, found)
    return found["verify"]


def test_the_function_of_the_guide_takes_what_arrives_and_refuses_the_rest(post: Post, hook: Hook) -> None:
    made = post.add_webhook(hook.url)
    post.tell(title="“Dunes” — could not be published")
    post.deliver()
    (call,) = hook.calls
    verify = snippet()
    with time_machine.travel(NOON + timedelta(seconds=30)):
        assert verify(made.secret, call.headers, call.body)["data"]["title"] == "“Dunes” — could not be published"
        for secret, headers, body in (
            (webhook_secrets.new_secret(), call.headers, call.body),
            (made.secret, call.headers | {"webhook-id": "dlv_other"}, call.body),
            (made.secret, call.headers, call.body.replace(b"Dunes", b"Dunce")),
        ):
            with pytest.raises(ValueError, match="not signed"):
                verify(secret, headers, body)
    for seconds in (-301, 301):
        with time_machine.travel(NOON + timedelta(seconds=seconds)), pytest.raises(ValueError, match="too old"):
            verify(made.secret, call.headers, call.body)


def test_every_topic_is_explained_as_the_screen_explains_it() -> None:
    lines = [row for row in table_rows(reference("webhooks.md")) if len(row) == 4]
    rows = {row[0]: row[1:] for row in lines}
    assert len(rows) == len(lines) and len({topic.kind for topic in TOPICS}) == len(TOPICS)
    assert {topic.kind: [topic.name, topic.description, f"{topic.about}_…"] for topic in TOPICS} == {
        kind: cells for kind, cells in rows.items() if "." in kind
    }


def test_the_waits_and_answers_are_those_of_the_code() -> None:
    page = reference("webhooks.md")
    assert "10 seconds, 1 minute, 10 minutes, 1 hour, 6 hours and 24 hours" in page
    assert [wait.total_seconds() for wait in WAITS] == [10, 60, 600, 3600, 6 * 3600, 24 * 3600]
    (row,) = [row for row in table_rows(page) if row[0].startswith("429")]
    assert {int(code) for code in row[0].split(", ")} == LATER


def test_every_kind_of_cause_that_is_told_stands_in_the_list() -> None:
    """They are written as ``f"post.failed:{…}"`` where somebody is told."""
    told = {
        kind
        for path in (ROOT / "core").rglob("*.py")
        for kind in re.findall(r'f"([a-z]+\.[a-z_]+):\{', path.read_text(encoding="utf-8"))
    }
    assert {"account.reconnect", "account.expiring", "channel.disabled", "sale.completed"} <= told
    assert told <= {topic.kind for topic in TOPICS}
