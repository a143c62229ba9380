"""What a hook is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import pyvips

from core.errors import InvalidInputError
from core.media.sniff import MediaType
from core.studio.parameters import ParameterSpecSet


class HookFailed(InvalidInputError):
    """A hook cannot do this; the message says why. It is skipped, and nothing else is lost."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A hook that was passed over, and why: a line of the generation log."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Words:
    """What one call is to say. ``parameters`` are in the model's own names, without the prompts."""

    prompt: str
    negative_prompt: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    specs: ParameterSpecSet = field(default_factory=lambda: ParameterSpecSet.of(()))


@dataclass(frozen=True, slots=True)
class Picture:
    """A still picture between two hooks: upright, 8 bits, sRGB or grey; and how its file is to be written."""

    image: pyvips.Image
    media_type: MediaType
    keeps_metadata: bool = True


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A picture as a file on this machine."""

    path: Path
    media_type: MediaType


class BeforeHook(Protocol):
    """Changes one call before it is made. The same call must give the same change: it may be asked twice.

    ``summary`` is a sentence for a person. Whatever is raised is logged, and the call is made without the hook.
    """

    name: str
    summary: str

    def words(self, words: Words) -> Words:
        """The prompts and parameters as they are to be sent; called when the call is written down."""

    def picture(self, picture: Picture, words: Words) -> Picture:
        """A picture that goes in, as it is to be sent; called right before the call."""


class AfterHook(Protocol):
    """Changes one picture that was made. The same picture must give the same result: it may be asked twice.

    ``summary`` is a sentence for a person. Whatever is raised is logged, and the picture stays as it was.
    """

    name: str
    summary: str

    def apply(self, picture: Picture) -> Picture:
        """The picture as it is to be kept. libvips computes it later, when its size was found to be in bounds."""
