"""Which providers of pictures are imitated."""

from collections.abc import Callable

from core.sandbox.civitai.app import Civitai
from core.sandbox.comfyui.app import ComfyUi
from core.sandbox.fal.app import Fal
from core.sandbox.gemini.app import Gemini
from core.sandbox.openai.app import OpenAi
from core.sandbox.replicate.app import Replicate
from core.sandbox.standin import StandIn


def build_standins(clock: Callable[[], float]) -> list[StandIn]:
    """One of each; ``clock`` gives Unix seconds."""
    return [Replicate(clock), Fal(clock), Civitai(clock), ComfyUi(), OpenAi(clock), Gemini()]
