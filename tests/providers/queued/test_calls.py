"""From the submission to the file, and what stands in the way."""

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from core.studio.providers import CallState, ErrorCategory, GenerationError, Handle, ImageProvider, InputFile
from tests.providers.queued.places import Place, ended, failure_of, outcome_of
from tests.providers.support import FAULTS, Fault, StandInControl

E = ErrorCategory
MEGABYTE = 1024**2


def test_a_call_is_begun_once_polled_and_fetched(
    provider: ImageProvider, place: Place, control: StandInControl, sandbox_url: str, tmp_path: Path
) -> None:
    connection = place.connection(sandbox_url)
    request = place.request(provider, connection, images=2, seed="7")
    outcome = outcome_of(ended(provider, connection, request))
    files = [tmp_path / str(place) for place in range(2)]
    for output, into in zip(outcome.outputs, files, strict=True):
        provider.fetch(connection, output, into, max_bytes=MEGABYTE)
        with Image.open(into) as image:
            image.load()
    assert files[0].read_bytes() != files[1].read_bytes()
    assert outcome.returned["seed"] == "7"
    assert [output.seed for output in outcome.outputs] == [None, None]  # nobody says which picture a seed alone gives
    assert outcome.consumption.images == 2
    assert control.begun == 1


def test_one_picture_carries_the_seed_it_was_made_with(
    provider: ImageProvider, place: Place, control: StandInControl, sandbox_url: str
) -> None:
    connection = place.connection(sandbox_url)
    (output,) = outcome_of(ended(provider, connection, place.request(provider, connection, seed=42))).outputs
    assert output.seed == "42"


def test_a_call_that_runs_says_so_and_how_far_it_is(
    provider: ImageProvider, place: Place, control: StandInControl, sandbox_url: str
) -> None:
    connection = place.connection(sandbox_url)
    control.behave(seconds=3600)
    running = provider.submit(connection, place.request(provider, connection)).handle
    status = provider.poll(connection, running)
    assert (status.state, status.progress) == (CallState.RUNNING, pytest.approx(0, abs=0.2))
    control.behave(queue_seconds=3600)
    queued = provider.submit(connection, place.request(provider, connection)).handle
    assert provider.poll(connection, queued).state is CallState.QUEUED


def test_a_call_is_cancelled_while_it_runs_and_not_after(
    provider: ImageProvider, place: Place, control: StandInControl, sandbox_url: str
) -> None:
    connection = place.connection(sandbox_url)
    over = provider.submit(connection, place.request(provider, connection)).handle
    assert not provider.cancel(connection, over)
    assert provider.poll(connection, over).state is CallState.DONE
    control.behave(seconds=3600)
    running = provider.submit(connection, place.request(provider, connection)).handle
    assert provider.cancel(connection, running)
    assert provider.poll(connection, running).state is CallState.CANCELLED


def test_a_call_that_the_provider_forgot_is_lost(
    provider: ImageProvider, place: Place, control: StandInControl, sandbox_url: str
) -> None:
    connection = place.connection(sandbox_url)
    handle = provider.submit(connection, place.request(provider, connection)).handle
    control.behave(forgets_runs=True)
    assert provider.poll(connection, handle).state is CallState.LOST


def test_a_stored_handle_needs_only_its_id(
    provider: ImageProvider, place: Place, control: StandInControl, sandbox_url: str
) -> None:
    connection = place.connection(sandbox_url)
    handle = provider.submit(connection, place.request(provider, connection)).handle
    # Addresses that lead elsewhere, as somebody could write them into the database, are not shown the key.
    elsewhere = {name: "http://127.0.0.1:9/x" for name in handle.details if name.endswith("_url")}
    stored = Handle(handle.request_id, {**handle.details, **elsewhere})
    assert provider.poll(connection, stored).state is CallState.DONE


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_fault_of_a_submission_is_taken_for_what_it_is(
    provider: ImageProvider, place: Place, control: StandInControl, sandbox_url: str, fault: Fault
) -> None:
    connection = place.connection(sandbox_url)
    request = place.request(provider, connection)
    control.fault(fault.kind, place.submission, method="POST", **fault.rule)
    with pytest.raises(GenerationError) as caught:
        provider.submit(connection, request)
    error = caught.value
    assert (error.category, error.effect_possible) == (fault.category, fault.effect_possible)
    if fault.kind != "rate_limit" or fault.retry_after:
        assert error.retry_after == fault.retry_after
    assert control.begun == fault.begun
    assert place.key not in str(error)


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_polling_never_fails_a_call_because_the_way_there_is_broken(
    provider: ImageProvider, place: Place, control: StandInControl, sandbox_url: str, fault: Fault
) -> None:
    connection = place.connection(sandbox_url)
    handle = provider.submit(connection, place.request(provider, connection)).handle
    control.fault(fault.kind, method="GET", **fault.rule)
    with pytest.raises(GenerationError) as caught:
        provider.poll(connection, handle)
    assert not caught.value.effect_possible


@pytest.mark.parametrize(
    ("word", "category"),
    [("blocked", E.CONTENT_POLICY), ("empty", E.NO_IMAGE), ("memory", E.TRANSIENT)],
)
def test_a_call_can_end_without_a_picture(
    provider: ImageProvider, place: Place, control: StandInControl, sandbox_url: str, word: str, category: ErrorCategory
) -> None:
    connection = place.connection(sandbox_url)
    request = place.request(provider, connection, prompt=f"a lighthouse sandbox:{word}")
    assert failure_of(ended(provider, connection, request)).category is category


def test_addresses_of_results_end(
    provider: ImageProvider, place: Place, control: StandInControl, sandbox_url: str, tmp_path: Path
) -> None:
    connection = place.connection(sandbox_url)
    (output,) = outcome_of(ended(provider, connection, place.request(provider, connection))).outputs
    control.behave(output_seconds=0)
    with pytest.raises(GenerationError) as caught:
        provider.fetch(connection, output, tmp_path / "a", max_bytes=MEGABYTE)
    assert caught.value.category is E.EXPIRED
    assert not (tmp_path / "a").exists()


def test_a_result_without_end_is_not_read_to_its_end(
    provider: ImageProvider, place: Place, control: StandInControl, sandbox_url: str, tmp_path: Path
) -> None:
    connection = place.connection(sandbox_url)
    request = place.request(provider, connection, prompt="sandbox:endless")
    (output,) = outcome_of(ended(provider, connection, request)).outputs
    with pytest.raises(GenerationError, match="more than 1 MB") as caught:
        provider.fetch(connection, output, tmp_path / "a", max_bytes=MEGABYTE)
    assert caught.value.category is E.BAD_RESULT
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("word", ["truncated", "rubbish"])
def test_bytes_that_are_no_picture_are_brought_as_they_are(
    provider: ImageProvider, place: Place, control: StandInControl, sandbox_url: str, tmp_path: Path, word: str
) -> None:
    """Whether they are one is judged by whoever decodes them, the same for every provider."""
    connection = place.connection(sandbox_url)
    request = place.request(provider, connection, prompt=f"sandbox:{word}")
    (output,) = outcome_of(ended(provider, connection, request)).outputs
    provider.fetch(connection, output, tmp_path / "a", max_bytes=MEGABYTE)
    with pytest.raises(OSError, match=r"image file|decoder"), Image.open(tmp_path / "a") as image:
        image.load()


@pytest.mark.parametrize("key", [None, "", "wrong-key"])
def test_a_key_that_does_not_do_is_a_matter_of_authentication(
    provider: ImageProvider, place: Place, control: StandInControl, sandbox_url: str, key: str | None
) -> None:
    connection = place.connection(sandbox_url, api_key=key)
    request = place.request(provider, connection)
    for call in (lambda: provider.check(connection), lambda: provider.submit(connection, request)):
        with pytest.raises(GenerationError) as caught:
            call()
        assert (caught.value.category, caught.value.effect_possible) == (E.AUTHENTICATION, False)
    assert control.begun == 0


def test_a_good_key_is_known_and_costs_nothing_to_check(
    provider: ImageProvider, place: Place, control: StandInControl, sandbox_url: str
) -> None:
    assert "knows this key" in provider.check(place.connection(sandbox_url)).message
    assert control.begun == 0


def test_an_empty_purse_is_not_a_wrong_key(
    provider: ImageProvider, place: Place, control: StandInControl, sandbox_url: str
) -> None:
    connection = place.connection(sandbox_url, api_key=f"{place.kind.value.replace('replicate', 'r8')}_sandbox_broke")
    with pytest.raises(GenerationError) as caught:
        provider.submit(connection, place.request(provider, connection))
    assert (caught.value.category, caught.value.effect_possible) == (E.QUOTA, False)


def test_an_input_that_is_gone_stops_a_call_before_it_begins(
    provider: ImageProvider, place: Place, control: StandInControl, sandbox_url: str, picture: InputFile
) -> None:
    connection = place.connection(sandbox_url)
    request = replace(place.request(provider, connection), inputs=(picture,))
    picture.path.unlink()
    with pytest.raises(GenerationError) as caught:
        provider.submit(connection, request)
    assert caught.value.category is E.FILE_SYSTEM
    assert control.begun == 0


def test_every_model_of_the_catalogue_takes_its_own_defaults(
    provider: ImageProvider, place: Place, control: StandInControl, sandbox_url: str, picture: InputFile
) -> None:
    connection = place.connection(sandbox_url)
    control.behave(seconds=3600)  # checked when they are begun, or not at all
    for model in provider.models(connection):
        needed = tuple(
            replace(picture, parameter=spec.name)
            for spec in model.parameters
            if spec.required and spec.name != "prompt"
        )
        one = place.request(provider, connection)
        defaults = {spec.name: spec.default for spec in model.parameters if spec.default is not None}
        ref = replace(one.model, model_id=model.model_id, version=model.version, definition=model.definition)
        request = replace(one, model=ref, parameters={**defaults, "prompt": "a lighthouse"}, inputs=needed)
        assert provider.submit(connection, request).handle.request_id
    assert control.begun == len(provider.models(connection))
