"""Runs of a workflow from the order of a picture to the file, on a ComfyUI."""

import copy
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from core.adapters.images.comfyui.progress import listen
from core.clock import utc_now
from core.studio.providers import (
    CallState,
    CallStatus,
    CatalogueModel,
    Connection,
    ErrorCategory,
    GenerationError,
    GenerationRequest,
    Handle,
    ImageProvider,
    InputFile,
)
from tests.providers.support import FAULTS, Fault, StandInControl, model_named, new_key, request_for
from tests.sandbox.support import wait_until

OPEN = {CallState.QUEUED, CallState.RUNNING}


def ended(comfy: ImageProvider, connection: Connection, handle: Handle) -> CallStatus:
    """The last word on a call."""
    found: list[CallStatus] = []

    def is_over() -> bool:
        found.append(comfy.poll(connection, handle))
        return found[-1].state not in OPEN

    wait_until(is_over)
    return found[-1]


def is_running(comfy: ImageProvider, connection: Connection, handle: Handle) -> None:
    wait_until(lambda: comfy.poll(connection, handle).state is CallState.RUNNING)


@pytest.fixture
def quiet(connection: Connection) -> Connection:
    """Polls that do not wait for a word about the progress."""
    return replace(connection, settings={"progress_seconds": 0})


def small(words: CatalogueModel, **parameters: Any) -> GenerationRequest:
    return request_for(words, **{"width": 64, "height": 48, "steps": 2, **parameters})


def test_choices_come_from_the_server(words: CatalogueModel) -> None:
    specs = {spec.name: spec for spec in words.parameters}
    assert "sandbox_xl_1.0.safetensors" in specs["checkpoint"].choices
    assert "dpmpp_2m" in specs["sampler_name"].choices
    assert "karras" in specs["scheduler"].choices
    assert (specs["steps"].minimum, specs["steps"].maximum) == (1, 10_000)
    assert "batch_size" not in specs
    assert words.capabilities["images_per_call"] > 1


def test_pictures_from_words(
    comfy: ImageProvider, quiet: Connection, control: StandInControl, words: CatalogueModel, tmp_path: Path
) -> None:
    wanted = replace(small(words, seed="12345678901234567890"), images=2)
    submitted = comfy.submit(quiet, wanted)
    assert submitted.handle.request_id == wanted.key
    status = ended(comfy, quiet, submitted.handle)
    assert status.outcome is not None
    assert [output.seed for output in status.outcome.outputs] == ["12345678901234567890"] * 2
    assert status.outcome.consumption.images == 2
    assert status.outcome.consumption.seconds is not None
    target = tmp_path / "picture.png"
    comfy.fetch(quiet, status.outcome.outputs[0], target, max_bytes=10**6)
    with Image.open(target) as image:
        assert image.size == (64, 48)
        graph = json.loads(image.info["prompt"])  # what made it travels inside
    assert graph["6"]["inputs"]["text"] == "a lighthouse at dusk"
    assert graph["3"]["inputs"]["seed"] == 12345678901234567890
    assert control.state()["generations"][0]["key"] == wanted.key


def test_a_picture_from_a_picture_keeps_its_shape(
    comfy: ImageProvider, quiet: Connection, picture: InputFile, tmp_path: Path
) -> None:
    wanted = request_for(model_named(comfy, quiet, "image-to-image"), picture, steps=2)
    status = ended(comfy, quiet, comfy.submit(quiet, wanted).handle)
    assert status.outcome is not None
    target = tmp_path / "out.png"
    comfy.fetch(quiet, status.outcome.outputs[0], target, max_bytes=10**6)
    with Image.open(target) as image:
        assert image.size == (64, 48)


def test_the_same_picture_is_not_stored_twice(
    comfy: ImageProvider, quiet: Connection, control: StandInControl, picture: InputFile
) -> None:
    model = model_named(comfy, quiet, "image-to-image")
    for _ in range(2):
        comfy.submit(quiet, request_for(model, picture, steps=2))
    assert len(control.state()["uploads"]) == 1


def test_an_upload_is_loaded_by_the_name_it_was_given(
    comfy: ImageProvider, quiet: Connection, control: StandInControl, picture: InputFile, tmp_path: Path
) -> None:
    model = model_named(comfy, quiet, "image-to-image")
    comfy.submit(quiet, request_for(model, picture, steps=2))
    other = tmp_path / "other.png"
    Image.new("RGB", (32, 32)).save(other)
    # Another file under the same digest cannot be, but a person's own file of that name can.
    status = ended(comfy, quiet, comfy.submit(quiet, request_for(model, replace(picture, path=other), steps=2)).handle)
    assert status.state is CallState.DONE
    assert sorted(name[-8:] for name in control.state()["uploads"])[0] == " (1).png"


def test_progress_shows_while_it_samples(
    comfy: ImageProvider,
    connection: Connection,
    quiet: Connection,
    control: StandInControl,
    words: CatalogueModel,
) -> None:
    control.behave(is_held=True)
    handle = comfy.submit(connection, small(words, steps=4)).handle
    wait_until(lambda: comfy.poll(connection, handle).progress == 0.5)
    control.behave(is_held=False)
    assert ended(comfy, quiet, handle).state is CallState.DONE


def test_nobody_listens_longer_than_there_is_something_to_hear(connection: Connection, control: StandInControl) -> None:
    root = str(connection.base_url)
    assert listen(root, "me", new_key(), seconds=3600, headers={}) is None  # nothing runs
    assert listen("http://127.0.0.1:9", "me", new_key(), seconds=3600, headers={}) is None  # nobody there


def test_a_call_waits_behind_others(
    comfy: ImageProvider, quiet: Connection, control: StandInControl, words: CatalogueModel
) -> None:
    control.behave(is_held=True)
    handles = [comfy.submit(quiet, small(words)).handle for _ in range(3)]
    status = comfy.poll(quiet, handles[2])
    assert (status.state, status.queue_position) == (CallState.QUEUED, 2)
    control.behave(is_held=False)
    assert ended(comfy, quiet, handles[2]).state is CallState.DONE


@pytest.mark.parametrize("is_older", [False, True])
def test_cancelling_stops_ours_and_nobody_elses(
    comfy: ImageProvider, quiet: Connection, control: StandInControl, words: CatalogueModel, is_older: bool
) -> None:
    control.behave(is_held=True, is_older=is_older)
    theirs = comfy.submit(quiet, small(words)).handle
    ours = comfy.submit(quiet, small(words)).handle
    is_running(comfy, quiet, theirs)
    assert comfy.cancel(quiet, ours)
    assert comfy.poll(quiet, theirs).state is CallState.RUNNING
    assert comfy.poll(quiet, ours).state is CallState.LOST
    assert control.state()["interrupts"] == 0
    assert comfy.cancel(quiet, theirs)
    assert ended(comfy, quiet, theirs).state is CallState.CANCELLED
    assert not comfy.cancel(quiet, theirs)
    assert control.state()["interrupts"] == 1


@pytest.mark.parametrize("is_older", [False, True])
@pytest.mark.parametrize("is_held", [False, True])
def test_a_run_whose_answer_was_lost_is_found(
    comfy: ImageProvider,
    quiet: Connection,
    control: StandInControl,
    words: CatalogueModel,
    is_held: bool,
    is_older: bool,
) -> None:
    control.behave(is_held=is_held, is_older=is_older)
    wanted, since = small(words), utc_now()
    assert comfy.find(quiet, wanted, since=since) is None
    control.fault("drop_after", "/prompt", count=1)
    with pytest.raises(GenerationError) as caught:
        comfy.submit(quiet, wanted)
    assert caught.value.effect_possible
    handle = comfy.find(quiet, wanted, since=since)
    assert handle is not None
    control.behave(is_held=False)
    status = ended(comfy, quiet, handle)
    assert status.outcome is not None
    assert status.outcome.outputs[0].seed is not None
    assert control.begun == 1


def test_a_seed_left_to_chance_follows_from_the_key(
    comfy: ImageProvider, quiet: Connection, words: CatalogueModel
) -> None:
    first, second = small(words), small(words)
    seeds = {comfy.submit(quiet, request).handle.details["seed"] for request in (first, first, second)}
    assert len(seeds) == 2


def test_the_same_order_again_gives_its_picture_without_painting_it_anew(
    comfy: ImageProvider, quiet: Connection, control: StandInControl, words: CatalogueModel
) -> None:
    for _ in range(2):
        assert ended(comfy, quiet, comfy.submit(quiet, small(words, seed=7)).handle).state is CallState.DONE
    with httpx.Client(trust_env=False) as http:
        *_, last = http.get(f"{quiet.base_url}/history").json().values()
    assert "3" in dict(last["status"]["messages"])["execution_cached"]["nodes"]


def test_a_run_that_is_cached_says_what_to_change(
    comfy: ImageProvider, quiet: Connection, words: CatalogueModel
) -> None:
    graph = copy.deepcopy(words.definition["workflow"])
    graph["9"] = {"class_type": "PreviewImage", "inputs": {"images": ["8", 0]}}
    shown = replace(words, definition={**words.definition, "workflow": graph})
    statuses = [ended(comfy, quiet, comfy.submit(quiet, small(shown, seed=7)).handle) for _ in range(2)]
    assert statuses[0].state is CallState.DONE
    error = statuses[1].error
    assert error is not None
    assert error.category is ErrorCategory.NO_IMAGE
    assert "Change the seed" in str(error)


def test_a_forgotten_run_is_lost(
    comfy: ImageProvider, quiet: Connection, control: StandInControl, words: CatalogueModel
) -> None:
    handle = comfy.submit(quiet, small(words)).handle
    ended(comfy, quiet, handle)
    control.behave(history_kept=1)
    ended(comfy, quiet, comfy.submit(quiet, small(words)).handle)
    assert comfy.poll(quiet, handle).state is CallState.LOST


@pytest.mark.parametrize(
    ("parameters", "category", "words_said"),
    [
        ({"checkpoint": "damaged.safetensors"}, ErrorCategory.UNKNOWN, "CheckpointLoaderSimple"),
        ({"width": 8192, "height": 8192}, ErrorCategory.TRANSIENT, "memory"),
    ],
)
def test_a_run_that_breaks_names_the_node(
    comfy: ImageProvider,
    quiet: Connection,
    words: CatalogueModel,
    parameters: dict[str, Any],
    category: ErrorCategory,
    words_said: str,
) -> None:
    status = ended(comfy, quiet, comfy.submit(quiet, small(words, **parameters)).handle)
    assert status.error is not None
    assert (status.state, status.error.category) == (CallState.FAILED, category)
    assert words_said in str(status.error)


def test_a_wrong_value_is_refused_with_the_node_that_minds(
    comfy: ImageProvider, quiet: Connection, control: StandInControl, words: CatalogueModel
) -> None:
    with pytest.raises(GenerationError, match="KSampler") as caught:
        comfy.submit(quiet, small(words, steps=0))
    assert (caught.value.category, caught.value.provider_code) == (ErrorCategory.VALIDATION, "value_smaller_than_min")
    assert control.begun == 0


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_fault_of_a_submission_is_taken_for_what_it_is(
    comfy: ImageProvider, quiet: Connection, control: StandInControl, words: CatalogueModel, fault: Fault
) -> None:
    control.fault(fault.kind, "/prompt", **fault.rule)
    with pytest.raises(GenerationError) as caught:
        comfy.submit(quiet, small(words))
    error = caught.value
    assert (error.category, error.effect_possible) == (fault.category, fault.effect_possible)
    assert error.retry_after == fault.retry_after
    assert control.begun == fault.begun


def test_a_poll_that_fails_leaves_no_effect_open(
    comfy: ImageProvider, quiet: Connection, control: StandInControl, words: CatalogueModel
) -> None:
    handle = comfy.submit(quiet, small(words)).handle
    control.fault("drop_before", "/queue", count=1)
    with pytest.raises(GenerationError) as caught:
        comfy.poll(quiet, handle)
    assert not caught.value.effect_possible
    assert ended(comfy, quiet, handle).state is CallState.DONE


def test_a_result_larger_than_allowed_is_not_kept(
    comfy: ImageProvider, quiet: Connection, words: CatalogueModel, tmp_path: Path
) -> None:
    status = ended(comfy, quiet, comfy.submit(quiet, small(words)).handle)
    assert status.outcome is not None
    with pytest.raises(GenerationError) as caught:
        comfy.fetch(quiet, status.outcome.outputs[0], tmp_path / "p.png", max_bytes=100)
    assert caught.value.category is ErrorCategory.BAD_RESULT
    assert not (tmp_path / "p.png").exists()


def test_a_missing_picture_has_expired(
    comfy: ImageProvider, quiet: Connection, control: StandInControl, words: CatalogueModel, tmp_path: Path
) -> None:
    status = ended(comfy, quiet, comfy.submit(quiet, small(words)).handle)
    assert status.outcome is not None
    control.post("/reset")
    with pytest.raises(GenerationError) as caught:
        comfy.fetch(quiet, status.outcome.outputs[0], tmp_path / "p.png", max_bytes=10**6)
    assert caught.value.category is ErrorCategory.EXPIRED


def test_checking_names_version_and_device(comfy: ImageProvider, connection: Connection) -> None:
    assert comfy.check(connection).message == "ComfyUI 0.9.0 answers on sandbox:0."


def test_nobody_at_the_address_is_the_network(comfy: ImageProvider, connection: Connection) -> None:
    with pytest.raises(GenerationError) as caught:
        comfy.check(replace(connection, base_url="http://127.0.0.1:9"))
    assert caught.value.category is ErrorCategory.NETWORK
    assert not caught.value.effect_possible


def test_nobody_may_call_back_in_its_name(comfy: ImageProvider, connection: Connection) -> None:
    with pytest.raises(GenerationError) as caught:
        comfy.verify(connection, {}, b"{}", now=utc_now())
    assert caught.value.category is ErrorCategory.AUTHENTICATION
