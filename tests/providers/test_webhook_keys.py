"""What providers sign their webhooks with."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.adapters.images.webhook_keys import WebhookKeys
from core.studio.providers import ErrorCategory, GenerationError, Notice

REFUSED = GenerationError("forged", ErrorCategory.AUTHENTICATION)


class Provider:
    """Hands its current keys out."""

    def __init__(self, keys: str) -> None:
        self.keys = keys
        self.asked = 0

    def ask(self) -> str:
        self.asked += 1
        return self.keys


def fits(wanted: str, keys: str) -> Notice:
    if keys != wanted:
        raise REFUSED
    return Notice(keys, keys)


def test_webhooks_at_once_ask_for_the_keys_once() -> None:
    provider, keys, together = Provider("a"), WebhookKeys[str, str](), threading.Barrier(8)

    def receive(_: int) -> Notice:
        together.wait(60)
        return keys.verified("here", provider.ask, lambda found: fits("a", found))

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(receive, range(8))) == [Notice("a", "a")] * 8
    assert provider.asked == 1


def test_forged_webhooks_do_not_ask_again_and_again() -> None:
    provider, keys = Provider("a"), WebhookKeys[str, str]()
    for _ in range(5):
        with pytest.raises(GenerationError):
            keys.verified("here", provider.ask, lambda found: fits("b", found))
    assert provider.asked == 1


def test_keys_that_were_changed_are_asked_for_after_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    provider, keys, clock = Provider("a"), WebhookKeys[str, str](), [0.0]
    monkeypatch.setattr("core.adapters.images.webhook_keys.time.monotonic", lambda: clock[0])
    keys.verified("here", provider.ask, lambda found: fits("a", found))
    provider.keys = "b"
    clock[0] = 61.0
    assert keys.verified("here", provider.ask, lambda found: fits("b", found)) == Notice("b", "b")
    assert provider.asked == 2


def test_a_provider_that_is_away_says_so_and_nothing_is_kept() -> None:
    keys = WebhookKeys[str, str]()

    def away() -> str:
        raise GenerationError("away", ErrorCategory.NETWORK)

    with pytest.raises(GenerationError, match="away"):
        keys.verified("here", away, lambda found: fits("a", found))
    assert keys.verified("here", lambda: "a", lambda found: fits("a", found)) == Notice("a", "a")


def test_webhooks_that_waited_for_keys_in_vain_do_not_ask_one_after_another(monkeypatch: pytest.MonkeyPatch) -> None:
    keys, asking, arrived = WebhookKeys[str, str](), threading.Event(), threading.Semaphore(0)
    asked: list[str] = []

    def clock() -> float:
        arrived.release()
        return float(asking.is_set())  # whoever comes later comes while the first asks

    def away() -> str:
        asked.append("once")
        asking.set()
        for _ in range(8):
            assert arrived.acquire(timeout=60)
        raise GenerationError("away", ErrorCategory.NETWORK)

    def receive(number: int) -> str:
        assert number == 0 or asking.wait(60)
        with pytest.raises(GenerationError) as caught:
            keys.verified("here", away, lambda found: fits("a", found))
        return str(caught.value)

    monkeypatch.setattr("core.adapters.images.webhook_keys.time.monotonic", clock)
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(receive, range(8))) == ["away"] * 8
    assert asked == ["once"]


def test_keys_that_are_kept_are_used_while_new_ones_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    provider, keys, now = Provider("a"), WebhookKeys[str, str](), [0.0]
    monkeypatch.setattr("core.adapters.images.webhook_keys.time.monotonic", lambda: now[0])
    keys.verified("here", provider.ask, lambda found: fits("a", found))
    now[0] = 61.0

    def slow() -> str:  # a forged webhook made us ask; a good one comes meanwhile
        with ThreadPoolExecutor(1) as pool:
            good = pool.submit(keys.verified, "here", provider.ask, lambda found: fits("a", found))
            assert good.result(timeout=60) == Notice("a", "a")
        return "a"

    with pytest.raises(GenerationError):
        keys.verified("here", slow, lambda found: fits("forged", found))
