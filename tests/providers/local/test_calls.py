"""Calls from outside: what is refused, what is said about the rest, and what the file tells."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from core.adapters.images.local import LocalProvider
from core.media.embedded import read_embedded
from core.media.sniff import MediaType
from core.studio.parameters import ParameterSpecSet
from core.studio.providers import (
    CallState,
    Connection,
    ErrorCategory,
    GenerationError,
    ImageProvider,
    Output,
    ProviderKind,
)
from tests.media import samples
from tests.providers.local.asking import HERE, outcome, picture, pixels, request, start_picture

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def connected(**settings: object) -> Connection:
    return Connection("local", ProviderKind.LOCAL, settings=settings)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"width": 255}, "width must be a whole number from 256 to 2048"),
        ({"height": 2056}, "height must be a whole number from 256 to 2048"),
        ({"width": 300}, "width must be a multiple of 8: 304 would do"),
        ({"steps": 0}, "steps must be a whole number from 1 to 50"),
        ({"steps": 2.5}, "steps must be a whole number"),
        ({"guidance": "strong"}, "guidance must be a number from 1 to 20"),
        ({"guidance": float("nan")}, "guidance must be a number"),
        ({"strength": 1.01}, "strength must be a number from 0 to 1"),
        ({"seed": str(2**64)}, "seed must be a whole number from 0 to"),
        ({"seed": "٣"}, "seed must be a whole number"),
        ({"style": "marble"}, "style must be one of: auto, mountains"),
        ({"palette": "beige"}, "palette must be one of: auto, dawn"),
        ({"prompt": 7}, "prompt must be text"),
        ({"prompt": "x" * 10_001}, "10,000 are the most"),
        ({"sampler": "euler"}, "no parameter “sampler”"),
        ({"images": 5}, "Ask for 1 to 4 pictures"),
        ({"image": "prod_1"}, "did not come with the call"),
        ({"model": "local/portrait"}, "no model “local/portrait”"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_painted_is_refused_with_a_sentence(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(GenerationError) as refused:
        outcome(request(**wrong))  # type: ignore[arg-type]  # wrong on purpose
    assert message in str(refused.value)
    assert refused.value.category is ErrorCategory.VALIDATION
    assert not refused.value.effect_possible


def test_the_file_tells_its_making(tmp_path: Path) -> None:
    path = tmp_path / "made.png"
    prompt = "Küste im Nebel, 海\nzweite Zeile"
    output = outcome(
        request(prompt=prompt, negative_prompt="birds, rain", steps=30, guidance=4.5, style="sea")
    ).outputs[0]
    LocalProvider().fetch(HERE, output, path, max_bytes=10_000_000)
    told = read_embedded(path, MediaType.PNG)
    assert (told.prompt, told.negative_prompt) == (prompt, "birds, rain")
    assert (told.seed, told.steps, told.cfg_scale, told.size) == (7, 30, 4.5, (256, 256))
    assert (told.model, told.sampler) == ("local/landscape", "Atelier sea")


def test_half_characters_in_a_prompt_do_no_harm() -> None:
    assert picture(prompt="sea \ud83d\0 at dusk", negative_prompt="\udc00")


def test_a_call_says_what_it_used() -> None:
    found = outcome(request(width=512, images=2))
    used = found.consumption
    assert (used.images, used.megapixels, used.reported_cost) == (2, Decimal("0.262144"), Decimal(0))
    assert used.seconds is not None
    assert used.seconds > 0
    assert (found.returned["seed"], found.returned["style"]) == ("7", "mountains")
    assert found.model_answered == "local/landscape"


def test_every_model_describes_itself_and_accepts_its_own_defaults() -> None:
    provider: ImageProvider = LocalProvider()
    for model in provider.models(HERE):
        assert ParameterSpecSet.from_json(model.parameters.to_json()) == model.parameters
        assert all(spec.label and spec.hint and spec.group for spec in model.parameters)
        defaults = {spec.name: spec.default for spec in model.parameters if spec.default is not None}
        assert outcome(request(model.model_id, **(defaults | {"width": 256, "height": 256}))).outputs


def test_the_picture_to_start_from_gives_size_and_likeness(tmp_path: Path) -> None:
    start = picture(prompt="sea at dusk", height=320)
    given = start_picture(tmp_path / "start.png", start)
    unlike = []
    for strength in (0, 0.3, 1):
        made = pixels(picture("local/abstract", image="prod_1", inputs=[given], strength=strength))
        assert made.shape == (320, 256, 3)
        unlike.append(float(np.abs(made - pixels(start)).mean()))
    assert unlike[0] < 20
    assert unlike[0] < unlike[1] < unlike[2]
    assert np.corrcoef(pixels(start).mean(axis=2).ravel(), made.mean(axis=2).ravel())[0, 1] > 0.05


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is no JPEG, PNG, GIF or WebP"),
        (b"%PDF-1.7 not a picture", "is no JPEG, PNG, GIF or WebP"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 64, "is damaged"),
        (samples.make_jpeg()[:9000], "is damaged"),
        (samples.make_png(12, 300), "smaller than 16 pixels"),
    ],
)
def test_a_start_picture_that_is_none_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(GenerationError, match=message) as refused:
        outcome(request(image="prod_1", inputs=[start_picture(tmp_path / "start.png", content)]))
    assert refused.value.category is ErrorCategory.VALIDATION


def test_a_start_picture_that_is_gone_is_refused(tmp_path: Path) -> None:
    given = start_picture(tmp_path / "start.png", b"x")
    given.path.unlink()
    with pytest.raises(GenerationError, match="not there any more"):
        outcome(request(image="prod_1", inputs=[given]))


def test_a_connection_can_refuse_words_and_take_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("core.adapters.images.local.provider.time.sleep", slept.append)
    with pytest.raises(GenerationError) as refused:
        outcome(request(prompt="A Dragon, asleep"), connected(refuse="dragon", seconds=30))
    assert refused.value.category is ErrorCategory.CONTENT_POLICY
    assert slept == []
    outcome(request(prompt="snapdragons"), connected(refuse=["dragon"], seconds=30))
    assert 0 < slept[0] <= 30


@pytest.mark.parametrize("settings", [{"seconds": -1}, {"seconds": "soon"}, {"refuse": 3}])
def test_settings_that_make_no_sense_are_told_by_the_check(settings: dict[str, object]) -> None:
    with pytest.raises(GenerationError, match="The setting"):
        LocalProvider().check(connected(**settings))
    assert "ready" in LocalProvider().check(connected(seconds=0.5, refuse="dragon")).message


def test_nothing_is_kept_of_a_call(tmp_path: Path) -> None:
    provider = LocalProvider()
    submitted = provider.submit(HERE, request())
    assert provider.poll(HERE, submitted.handle).state is CallState.LOST
    assert provider.find(HERE, request(), since=NOON) is None
    assert not provider.cancel(HERE, submitted.handle)
    with pytest.raises(GenerationError, match="forged"):
        provider.verify(HERE, {}, b"", now=NOON)
    with pytest.raises(GenerationError, match="at most 10 are taken") as refused:
        provider.fetch(HERE, Output(data=b"x" * 11), tmp_path / "made.png", max_bytes=10)
    assert refused.value.category is ErrorCategory.BAD_RESULT
    with pytest.raises(GenerationError, match="could not be written"):
        provider.fetch(HERE, Output(data=b"x"), tmp_path / "no" / "folder.png", max_bytes=10)
