"""fal's own ways: errors inside results, flagged pictures, storage, history, and what a request used."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from core.adapters.images.fal import FalImages
from core.adapters.images.fal.answers import DIALECT, outcome_of
from core.adapters.images.fal.hosts import hosts_of
from core.adapters.images.http import Line
from core.clock import utc_now
from core.studio.providers import (
    CallState,
    Connection,
    ErrorCategory,
    GenerationError,
    Handle,
    ImageProvider,
    InputFile,
    ProviderKind,
)
from tests.providers.queued import places
from tests.providers.queued.places import ended, failure_of
from tests.providers.support import StandInControl, model_named, other_input, request_for

E = ErrorCategory
SCHNELL = "fal-ai/flux/schnell"


def small(provider: ImageProvider, connection: Connection, model_id: str = SCHNELL, **given: Any) -> Any:
    return request_for(model_named(provider, connection, model_id), **{"width": 256, "height": 256, **given})


def test_a_result_says_sizes_and_how_long_the_model_ran(
    fal: ImageProvider, connection: Connection, control: StandInControl
) -> None:
    control.behave(seconds=0.05)
    request = replace(small(fal, connection, width=512), images=3)
    handle = fal.submit(connection, request).handle
    while (status := fal.poll(connection, handle)).state is not CallState.DONE:
        pass
    used = places.outcome_of(status).consumption
    assert (used.images, used.megapixels) == (3, Decimal(3 * 512 * 256) / 1_000_000)
    assert (used.seconds, used.size, used.reported_cost) == (Decimal("0.05"), "512x256", None)


def test_the_position_in_the_queue_is_told(fal: ImageProvider, connection: Connection, control: StandInControl) -> None:
    control.behave(queue_seconds=3600)
    handle = fal.submit(connection, small(fal, connection)).handle
    assert fal.poll(connection, handle).queue_position == 0


def test_the_addresses_of_a_request_leave_the_path_of_the_endpoint_out(
    fal: ImageProvider, connection: Connection, control: StandInControl
) -> None:
    request = small(fal, connection, "fal-ai/flux-pro/v1.1", safety_tolerance="6")
    handle = fal.submit(connection, request).handle
    assert "/fal-ai/flux-pro/requests/" in handle.details["status_url"]
    bare = Handle(handle.request_id, {"model": "fal-ai/flux-pro/v1.1"})  # as found in the history
    assert fal.poll(connection, bare).state is CallState.DONE


@pytest.mark.parametrize(
    ("parameters", "category", "code", "said"),
    [
        ({"num_inference_steps": 99}, E.VALIDATION, "less_than_equal", "num_inference_steps: Input should be"),
        ({"width": 0}, E.VALIDATION, "literal_error", "image_size"),
        ({"prompt": "sandbox:failed"}, E.PROVIDER_OUTAGE, "internal_server_error", ""),
        ({"prompt": "sandbox:memory"}, E.TRANSIENT, "runner_disconnected", ""),
        ({"prompt": "sandbox:blocked"}, E.CONTENT_POLICY, "has_nsfw_concepts", ""),
        ({"prompt": "sandbox:empty"}, E.NO_IMAGE, None, ""),
    ],
)
def test_a_completed_request_may_have_failed(
    fal: ImageProvider,
    connection: Connection,
    control: StandInControl,
    parameters: dict[str, Any],
    category: ErrorCategory,
    code: str | None,
    said: str,
) -> None:
    error = failure_of(ended(fal, connection, small(fal, connection, **parameters)))
    assert (error.category, error.provider_code) == (category, code)
    assert said in str(error)
    assert not error.effect_possible


@pytest.mark.parametrize(
    ("word", "category", "code"),
    [("blocked", E.CONTENT_POLICY, "content_policy_violation"), ("empty", E.NO_IMAGE, "no_media_generated")],
)
def test_some_models_refuse_with_an_error_of_their_own(
    fal: ImageProvider,
    connection: Connection,
    control: StandInControl,
    word: str,
    category: ErrorCategory,
    code: str,
) -> None:
    request = small(fal, connection, "fal-ai/flux-pro/v1.1", prompt=f"sandbox:{word}")
    error = failure_of(ended(fal, connection, request))
    assert (error.category, error.provider_code, error.http_status) == (category, code, 422)


def test_flagged_pictures_are_left_out_and_paid_for() -> None:
    pictures = [{"url": f"https://x.test/{name}", "width": 1000, "height": 1000} for name in "abc"]
    status = outcome_of({"images": pictures, "has_nsfw_concepts": [False, True, False], "seed": 1}, seconds=None)
    outcome = places.outcome_of(status)
    assert [output.url for output in outcome.outputs] == ["https://x.test/a", "https://x.test/c"]
    assert (outcome.consumption.images, outcome.consumption.megapixels, outcome.returned["flagged"]) == (3, 3, 1)
    all_flagged = outcome_of({"images": pictures, "has_nsfw_concepts": [True] * 3}, seconds=None)
    assert all_flagged.consumption is not None
    assert all_flagged.consumption.images == 3


def test_pictures_inside_the_answer_are_taken_out(
    fal: ImageProvider, connection: Connection, control: StandInControl, tmp_path: Path
) -> None:
    request = small(fal, connection, sync_mode=True, output_format="png")
    (output,) = places.outcome_of(ended(fal, connection, request)).outputs
    fal.fetch(connection, output, tmp_path / "a.png", max_bytes=1024**2)
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(GenerationError) as caught:
        fal.fetch(connection, output, tmp_path / "b.png", max_bytes=1000)
    assert caught.value.category is E.BAD_RESULT


def test_a_picture_that_goes_in_is_put_into_storage_for_a_day(
    fal: ImageProvider, connection: Connection, control: StandInControl, picture: InputFile
) -> None:
    model = model_named(fal, connection, "fal-ai/flux/dev/image-to-image")
    request = request_for(model, other_input(picture, "image_url"))
    assert ended(fal, connection, request).state is CallState.DONE
    state = control.state()
    assert state["uploads"] == 1
    put = [row for row in state["requests"] if row["method"] == "PUT"]
    assert [row["status"] for row in put] == [200]


def test_a_request_that_is_not_over_is_looked_up_again_later(
    fal: ImageProvider, connection: Connection, control: StandInControl
) -> None:
    request = small(fal, connection)
    control.behave(seconds=3600)
    fal.submit(connection, request)
    with pytest.raises(GenerationError) as caught:
        fal.find(connection, request, since=utc_now() - timedelta(minutes=1))
    assert (caught.value.category, caught.value.retry_after, caught.value.effect_possible) == (E.TRANSIENT, 60, True)
    with pytest.raises(GenerationError) as caught:
        fal.find(connection, request, since=utc_now() - timedelta(hours=2))
    assert (caught.value.category, caught.value.effect_possible) == (E.UNKNOWN, True)


@pytest.mark.parametrize(
    ("status", "body", "category"),
    [
        (401, {"detail": "No key"}, E.AUTHENTICATION),
        (403, {"detail": "Not for you"}, E.AUTHENTICATION),
        (403, {"detail": "User is locked. Reason: Exhausted balance."}, E.QUOTA),
        (404, {"detail": "Application 'x' not found"}, E.VALIDATION),
        (422, {"detail": [{"loc": ["body"], "msg": "no", "type": "content_policy_violation"}]}, E.CONTENT_POLICY),
    ],
)
def test_a_refusal_is_sorted_by_status_and_type(status: int, body: Any, category: ErrorCategory) -> None:
    provider = answering(lambda _: httpx.Response(status, json=body))
    connection = Connection("prv", ProviderKind.FAL, "http://127.0.0.1:9", "k")
    with pytest.raises(GenerationError) as caught:
        provider.submit(connection, small(provider, connection))
    assert (caught.value.category, caught.value.http_status) == (category, status)


def test_the_key_goes_to_no_host_but_the_connections_own() -> None:
    seen: list[tuple[str, bool]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append((request.url.host, "authorization" in request.headers))
        return httpx.Response(200, json={"status": "IN_PROGRESS"})

    connection = Connection("prv", ProviderKind.FAL, "http://127.0.0.1:9", "k")
    details = {"model": SCHNELL, "status_url": "https://evil.test/status"}
    answering(answer).poll(connection, Handle("r", details))
    assert seen == [("127.0.0.1", True)]


def test_the_other_hosts_follow_from_the_queues() -> None:
    own = hosts_of(Connection("prv", ProviderKind.FAL), "https://queue.fal.run")
    assert (own.rest, own.platform) == ("https://rest.fal.ai", "https://api.fal.ai/v1")
    other = hosts_of(Connection("prv", ProviderKind.FAL, "http://here/fal/"), "https://queue.fal.run")
    assert (other.rest, other.platform) == ("http://here/fal/-/rest", "http://here/fal/-/platform")
    said = Connection("prv", ProviderKind.FAL, "http://here", settings={"rest_url": "http://rest/"})
    assert hosts_of(said, "https://queue.fal.run").rest == "http://rest"


def answering(answer: Callable[[httpx.Request], httpx.Response]) -> FalImages:
    """An adapter whose calls end in ``answer``."""
    return FalImages(Line("fal", DIALECT, transport=httpx.MockTransport(answer)))
