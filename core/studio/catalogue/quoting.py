"""What a provider itself says a call would cost: asked where no price is known, before anything is ordered."""

import threading
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog

from core.studio import tidying
from core.studio.catalogue.models import Model
from core.studio.parameters import ParameterSpecSet, ParameterType, merge_defaults
from core.studio.providers import (
    Connection,
    Consumption,
    GenerationError,
    GenerationRequest,
    ModelRef,
    QuotingProvider,
)

log = structlog.get_logger(__name__)

PATIENCE_SECONDS = 1.5
FRESH = timedelta(hours=1)
AGAIN = timedelta(minutes=1)  # after a failure
MOST = 8  # at once; what is left is asked next time
# Stands for a person's words: no price depends on them, and they go nowhere before they are ordered.
PROMPT = "a picture"
_LEFT_OUT = (ParameterType.TEXT, ParameterType.SEED, ParameterType.IMAGE)


@dataclass(frozen=True, slots=True)
class Question:
    """One call to be priced, by everything but its words, its seed and the pictures that go in."""

    provider_id: str
    model_id: str
    images: int
    values: tuple[tuple[str, str], ...]
    parameters: Mapping[str, Any] = field(compare=False)

    def request(self, model: ModelRef) -> GenerationRequest:
        """The call itself, with words that are nobody's."""
        return GenerationRequest(str(uuid.uuid4()), model, {"prompt": PROMPT, **self.parameters}, self.images)


def question_of(model: Model, specs: ParameterSpecSet, parameters: Mapping[str, Any], images: int) -> Question:
    """What to ask about a call of this model; ``parameters`` are in its own names, its defaults come to them."""
    left_out = {spec.name for spec in specs if spec.type in _LEFT_OUT}
    sent = {name: value for name, value in merge_defaults(specs, parameters).items() if name not in left_out}
    return Question(
        model.provider_id, model.model_id, images, tuple((name, str(value)) for name, value in sent.items()), sent
    )


class Quotes:
    """The answers of one visit. Asking waits a moment; what comes later is there the next time somebody looks."""

    def __init__(self) -> None:
        self._told: dict[Question, Consumption] = {}
        self._asked: dict[Question, datetime] = {}
        self._failed: dict[str, datetime] = {}
        self._asking: threading.Thread | None = None

    def find(self, question: Question) -> Consumption | None:
        """What the provider told, ``reported_cost`` among it; ``None`` when it has not."""
        return self._told.get(question)

    def due(self, questions: Iterable[Question], *, now: datetime) -> list[Question]:
        """Those to be asked now: nobody knows yet, or the answer is old, and the provider did not fail just before."""
        if self._asking is not None and self._asking.is_alive():
            return []
        return [one for one in dict.fromkeys(questions) if self._is_due(one, now)][:MOST]

    def ask(
        self,
        provider: QuotingProvider,
        connection: Connection,
        model: ModelRef,
        questions: Sequence[Question],
        *,
        now: datetime,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> bool:
        """Ask them all, and wait for the answers that long; whether there are any. Failure is no answer."""

        def tell(question: Question) -> Consumption:
            return tidying.consumption(provider.estimate(connection, question.request(model)))

        self._asking = threading.Thread(target=self._ask, args=(tell, questions, now), name="quotes", daemon=True)
        self._asking.start()
        self._asking.join(patience_seconds)
        return any(one in self._told for one in questions)

    def _is_due(self, question: Question, now: datetime) -> bool:
        failed, asked = self._failed.get(question.provider_id), self._asked.get(question)
        return (failed is None or now - failed >= AGAIN) and (asked is None or now - asked >= FRESH)

    def _ask(self, tell: Callable[[Question], Consumption], questions: Sequence[Question], now: datetime) -> None:
        provider_id = questions[0].provider_id
        self._failed[provider_id] = now  # until all has ended well
        for one in questions:
            try:
                told = tell(one)
            except GenerationError as error:
                category = error.category.value
                log.warning("A provider did not say what a call costs.", provider=provider_id, category=category)
                return
            self._asked[one] = now
            if told.reported_cost is not None:
                self._told[one] = told
        del self._failed[provider_id]
