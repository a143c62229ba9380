"""Several notifications for one mail address become one mail: a bad night must not fill somebody's inbox."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from core.system import topics
from core.system.deliveries import Due
from core.system.messengers import Message
from core.system.models import ChannelKind

FROM = 3  # two mails are no burden, and each leads straight to what it is about
ALONE = {topics.CONFIRM, topics.TEST}


def batches(due: Sequence[Due]) -> list[list[Due]]:
    """One channel's deliveries as they leave: each alone, or several in one mail."""
    if len(due) < FROM or due[0].kind is not ChannelKind.MAIL:
        return [[one] for one in due]
    runs = [(alone, list(run)) for alone, run in groupby(due, key=lambda one: one.topic in ALONE)]
    return [batch for alone, run in runs for batch in ([[one] for one in run] if alone or len(run) < FROM else [run])]


def together(messages: Sequence[Message]) -> Message:
    """One message that says it all; it goes by the id of the oldest, so that a repetition can be recognised."""
    first = messages[0]
    if len(messages) == 1:
        return first
    lines = [f"{one.title}: {one.body}" if one.body else one.title for one in messages]
    return replace(
        first,
        topic="several",
        title=f"{len(messages)} things to know",
        body="\n\n".join(" ".join(line.split()) for line in lines),
        link="notifications?show=History",
    )
