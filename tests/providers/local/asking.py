"""Calls to the painters of the house, small enough to be made by the dozen."""

import hashlib
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from core.adapters.images.local import LocalProvider
from core.studio.providers import (
    Connection,
    GenerationRequest,
    InputFile,
    Modality,
    ModelRef,
    Outcome,
    ProviderKind,
)

KEY = "0190f0d2-7c1e-7bbb-8f0e-5f1a2b3c4d5e"
HERE = Connection("local", ProviderKind.LOCAL)


def request(
    model: str = "local/landscape",
    *,
    images: int = 1,
    inputs: Sequence[InputFile] = (),
    key: str = KEY,
    **parameters: Any,
) -> GenerationRequest:
    """A call for a picture of 256 pixels a side, with the seed 7."""
    given = {"prompt": "mountains at dawn", "width": 256, "height": 256, "seed": "7"} | parameters
    return GenerationRequest(key, ModelRef(model, Modality.TEXT_TO_IMAGE), given, images=images, inputs=inputs)


def outcome(asked: GenerationRequest, connection: Connection = HERE) -> Outcome:
    found = LocalProvider().submit(connection, asked).outcome
    assert found is not None
    return found


def picture(model: str = "local/landscape", **asked: Any) -> bytes:
    """The file of the first picture."""
    data = outcome(request(model, **asked)).outputs[0].data
    assert data is not None
    return data


def pixels(data: bytes) -> npt.NDArray[np.float32]:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), dtype=np.float32)


def start_picture(path: Path, data: bytes) -> InputFile:
    path.write_bytes(data)
    return InputFile("image", path, "image/png", hashlib.sha256(data).hexdigest())
