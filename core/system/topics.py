"""The kinds of cause a person can be told about: the one list that screens, channels and documents read."""

from dataclasses import dataclass

from core.system.channel_errors import InvalidChannel

# Sent to one channel on request; nobody chooses them.
CONFIRM, TEST = "channel.confirm", "channel.test"


@dataclass(frozen=True, slots=True)
class Topic:
    """One kind of cause. ``kind`` is the part before the colon of a notification's topic, ``about`` what stands behind
    it: the prefix of an id."""

    kind: str
    name: str
    description: str
    about: str


TOPICS = (
    Topic("post.failed", "Post failed", "A post was given up; it says why.", "dev"),
    Topic("post.late", "Post is late", "A post is late and waits for you, as you asked.", "dev"),
    Topic("post.lookalike", "Lookalike planned", "An automation chose a post that looks like another.", "dev"),
    Topic("post.agreement", "Agreement needed", "DeviantArt asks to accept its terms before a post.", "dev"),
    Topic("account.expiring", "Access ends soon", "The access to an account ends within 14 days.", "acc"),
    Topic("account.reconnect", "Reconnect needed", "An account must be connected again; its posts wait.", "acc"),
    Topic("automation.dry", "Drafts run out", "An automation has few drafts left, or none.", "aut"),
    Topic("automation.failed", "Automation failed", "An automation could not do what it was to do.", "aut"),
    Topic("sale.completed", "Price set", "A work was priced and is for sale.", "sal"),
    Topic("sale.failed", "Price not set", "A work could not be priced; it says why.", "sal"),
    Topic("gallery.taken_over", "Gallery taken over", "Everything an account shows was looked through.", "gim"),
    Topic("order.done", "Order done", "An order that took longer than a minute has ended.", "ord"),
    Topic("order.failed", "Order failed", "Items of an order were given up; each says why.", "ord"),
    Topic("provider.stopped", "Provider stopped", "A provider takes nothing more until somebody acts.", "prv"),
    Topic("usage.drift", "Usage sums differ", "Sums of usage are not what the events say.", "chk"),
    Topic("channel.disabled", "Channel switched off", "A mail address or webhook failed too long.", "chn"),
)
BY_KIND = {topic.kind: topic for topic in TOPICS}


def kind_of(topic: str) -> str:
    """``account.reconnect`` of ``account.reconnect:acc_…``."""
    return topic.partition(":")[0]


def subject_of(topic: str) -> str | None:
    """``acc_…`` of ``account.reconnect:acc_…``; ``None`` when it names nothing."""
    return topic.partition(":")[2] or None


def name_of(topic: str) -> str:
    """What people call this kind of cause; what the list does not have goes by its own word."""
    kind = kind_of(topic)
    return {CONFIRM: "Confirmation", TEST: "Test"}.get(kind) or (BY_KIND[kind].name if kind in BY_KIND else kind)


def clean_kinds(kinds: list[str]) -> list[str]:
    """Known kinds in the order of the list, each once; raises ``InvalidChannel``."""
    unknown = set(kinds) - set(BY_KIND)
    if unknown:
        raise InvalidChannel(f"“{min(unknown)}” is not a topic. Choose from the list.")
    return [topic.kind for topic in TOPICS if topic.kind in kinds]
