"""The providers of pictures this process can speak with."""

from core.adapters.images.civitai.adapter import CivitaiImages
from core.adapters.images.civitai.answers import DIALECT as CIVITAI
from core.adapters.images.comfyui.adapter import ComfyUi
from core.adapters.images.comfyui.calls import DIALECT as COMFYUI
from core.adapters.images.fal.adapter import FalImages
from core.adapters.images.fal.answers import DIALECT as FAL
from core.adapters.images.gemini.adapter import GeminiImages
from core.adapters.images.gemini.answers import DIALECT as GEMINI
from core.adapters.images.http import Line
from core.adapters.images.local.provider import LocalProvider
from core.adapters.images.openai.adapter import NAME as OPENAI
from core.adapters.images.openai.adapter import OpenAiImages
from core.adapters.images.openai.calls import dialect as openai_dialect
from core.adapters.images.openai_compatible import NAME as OPENAI_COMPATIBLE
from core.adapters.images.openai_compatible import OpenAiCompatibleImages
from core.adapters.images.refusals import Dialect
from core.adapters.images.replicate.adapter import ReplicateImages
from core.adapters.images.replicate.answers import DIALECT as REPLICATE
from core.settings import Settings
from core.studio.providers import ImageProvider, ProviderKind

SPARE_THREADS = 16  # for screens, beside the workers


def build_image_providers(settings: Settings) -> dict[ProviderKind, ImageProvider]:
    """One adapter for each protocol; which account is at the other end comes with every call."""
    seconds, threads = settings.provider_timeout_seconds, settings.workers + SPARE_THREADS

    def line(kind: ProviderKind, dialect: Dialect) -> Line:
        return Line(kind.value, dialect, timeout_seconds=seconds, threads=threads)

    return {
        ProviderKind.LOCAL: LocalProvider(),
        ProviderKind.REPLICATE: ReplicateImages(line(ProviderKind.REPLICATE, REPLICATE), settings.replicate_url),
        ProviderKind.FAL: FalImages(line(ProviderKind.FAL, FAL), settings.fal_url),
        ProviderKind.CIVITAI: CivitaiImages(line(ProviderKind.CIVITAI, CIVITAI), settings.civitai_url),
        ProviderKind.COMFYUI: ComfyUi(line(ProviderKind.COMFYUI, COMFYUI), settings.comfyui_url),
        ProviderKind.OPENAI: OpenAiImages(line(ProviderKind.OPENAI, openai_dialect(OPENAI)), settings.openai_url),
        ProviderKind.GEMINI: GeminiImages(line(ProviderKind.GEMINI, GEMINI), settings.gemini_url),
        ProviderKind.OPENAI_COMPATIBLE: OpenAiCompatibleImages(
            line(ProviderKind.OPENAI_COMPATIBLE, openai_dialect(OPENAI_COMPATIBLE)), ""
        ),
    }
