"""Asking a provider what a call would cost: rarely, for a moment, and without anybody's words."""

import threading
from datetime import timedelta
from decimal import Decimal

import pytest

from core.studio.catalogue.connections import model_ref
from core.studio.catalogue.models import Model
from core.studio.catalogue.quoting import AGAIN, FRESH, MOST, PROMPT, Question, Quotes, question_of
from core.studio.parameters import ParameterSpec, ParameterSpecSet, ParameterType
from core.studio.providers import Connection, Consumption, ErrorCategory, GenerationError, Modality, ProviderKind
from tests.factories import NOON
from tests.studio.factories import SPECS

WORDS = (ParameterSpec("prompt", ParameterType.TEXT), ParameterSpec("negativePrompt", ParameterType.TEXT))
ALL = ParameterSpecSet.of((*WORDS, *SPECS))
MODEL = Model(provider_id="civitai", model_id="urn:air", modality=Modality.TEXT_TO_IMAGE, definition={})
CONNECTION = Connection("civitai", ProviderKind.CIVITAI)


class Teller:
    """Says a price of ``buzz`` a step, at once or when it is let; or fails."""

    def __init__(self, *, fails: bool = False, buzz: str = "1") -> None:
        self.fails, self.buzz, self.asked = fails, Decimal(buzz), []
        self.may_answer = threading.Event()
        self.may_answer.set()

    def estimate(self, _connection, request):
        self.asked.append(request)
        assert self.may_answer.wait(30)
        if self.fails:
            raise GenerationError("Wrong key. Paste it again.", ErrorCategory.AUTHENTICATION)
        cost = self.buzz * request.parameters["steps"]
        return Consumption(images=request.images, reported_cost=cost, currency="buzz")


def steps(number: int, **more: object) -> Question:
    return question_of(MODEL, ALL, {"steps": number, **more}, 1)


def asked(quotes: Quotes, teller: Teller, *questions: Question, now=NOON, patience: float = 30) -> bool | None:
    """Ask what is due; ``None`` when nothing is."""
    due = quotes.due(questions, now=now)
    return quotes.ask(teller, CONNECTION, model_ref(MODEL), due, now=now, patience_seconds=patience) if due else None


@pytest.fixture
def quotes() -> Quotes:
    return Quotes()


def test_a_call_is_asked_about_once_without_words_and_seed(quotes):
    teller = Teller()
    first, same = steps(20, prompt="my secret", negativePrompt="x", seed=1), steps(20, prompt="another", seed=2)
    assert asked(quotes, teller, first, same, steps(30)) is True
    assert asked(quotes, teller, first, same) is None
    assert [one.parameters["steps"] for one in teller.asked] == [20, 30]
    assert teller.asked[0].parameters == {"prompt": PROMPT, "steps": 20, "width": 512, "height": 512}
    found = quotes.find(same)
    assert found is not None and (found.reported_cost, found.currency) == (20, "buzz")


def test_a_provider_that_fails_is_left_alone_for_a_while(quotes):
    teller = Teller(fails=True)
    assert asked(quotes, teller, steps(20), steps(30)) is False
    assert len(teller.asked) == 1
    assert asked(quotes, teller, steps(40), now=NOON + AGAIN / 2) is None
    teller.fails = False
    assert asked(quotes, teller, steps(20), now=NOON + AGAIN) is True


def test_nobody_waits_for_long_and_a_late_answer_is_there_the_next_time(quotes):
    teller = Teller()
    teller.may_answer.clear()
    assert asked(quotes, teller, steps(20), patience=0) is False
    assert asked(quotes, teller, steps(30)) is None, "one asking at a time"
    teller.may_answer.set()
    for thread in threading.enumerate():
        if thread.name == "quotes":
            thread.join(30)
    assert quotes.find(steps(20)) is not None
    assert asked(quotes, teller, steps(30)) is True


def test_an_old_answer_holds_until_there_is_a_new_one(quotes):
    teller = Teller()
    asked(quotes, teller, steps(20))
    teller.fails = True
    assert asked(quotes, teller, steps(20), now=NOON + FRESH) is True
    assert len(teller.asked) == 2 and quotes.find(steps(20)) is not None


@pytest.mark.parametrize("buzz", ["-1", "1E+400", "NaN"])
def test_a_price_that_cannot_be_is_none(quotes, buzz):
    assert asked(quotes, Teller(buzz=buzz), steps(20)) is False
    assert quotes.find(steps(20)) is None


def test_what_is_too_much_at_once_is_asked_the_next_time(quotes):
    many = [steps(number) for number in range(1, MOST + 3)]
    assert quotes.due(many, now=NOON) == many[:MOST]
    asked(quotes, Teller(), *many)
    assert quotes.due(many, now=NOON + timedelta(seconds=1)) == many[MOST:]
