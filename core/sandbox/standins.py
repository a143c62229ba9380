"""Which providers of pictures are imitated."""

from collections.abc import Callable

from core.sandbox.comfyui.app import ComfyUi
from core.sandbox.gemini.app import Gemini
from core.sandbox.openai.app import OpenAi
from core.sandbox.standin import StandIn


def build_standins(clock: Callable[[], float]) -> list[StandIn]:
    """One of each; ``clock`` gives Unix seconds."""
    return [ComfyUi(), OpenAi(clock), Gemini()]
