"""The kinds of provider: what they are called, what they ask for, and the limits they start with."""

from dataclasses import dataclass
from decimal import Decimal

from core.studio.providers import CommercialUse, ProviderKind


@dataclass(frozen=True, slots=True)
class KindFacts:
    """What is true of every provider of a kind.

    ``requests_per_minute`` and ``concurrent`` are where a new one starts; people change them. ``several``: a house can
    have more than one, each with an address of its own. ``commercial_use`` is what its new models start with, and
    ``policy_note`` what is known of what it does to pictures: facts alone, since people decide by them what to sell.
    """

    kind: ProviderKind
    name: str
    description: str
    needs_key: bool = True
    needs_address: bool = False
    several: bool = False
    requests_per_minute: int | None = None
    concurrent: int | None = None
    daily_cap: Decimal | None = None
    key_page: str | None = None
    commercial_use: CommercialUse = CommercialUse.UNKNOWN
    policy_note: str | None = None


KINDS: dict[ProviderKind, KindFacts] = {
    facts.kind: facts
    for facts in (
        KindFacts(
            ProviderKind.LOCAL,
            "On this machine",
            "Draws landscapes, abstracts, geometry and plants by rule: no network, no key, no cost.",
            needs_key=False,
            concurrent=2,
            commercial_use=CommercialUse.ALLOWED,  # its painters are Atelier's own
        ),
        KindFacts(
            ProviderKind.COMFYUI,
            "ComfyUI",
            "A ComfyUI server of your own, with your workflows and checkpoints.",
            needs_key=False,
            needs_address=True,
            several=True,
            concurrent=1,
        ),
        KindFacts(
            ProviderKind.REPLICATE,
            "Replicate",
            "Hosted models, billed by the picture or by the second.",
            requests_per_minute=600,
            concurrent=10,
            daily_cap=Decimal(10),
            key_page="https://replicate.com/account/api-tokens",
        ),
        KindFacts(
            ProviderKind.FAL,
            "fal",
            "Hosted models with a queue, billed by the picture or megapixel.",
            requests_per_minute=600,
            concurrent=10,
            daily_cap=Decimal(10),
            key_page="https://fal.ai/dashboard/keys",
        ),
        KindFacts(
            ProviderKind.CIVITAI,
            "Civitai",
            "Community checkpoints and LoRAs, billed in Buzz.",
            requests_per_minute=60,
            concurrent=4,
            key_page="https://civitai.com/user/account",
        ),
        KindFacts(
            ProviderKind.OPENAI,
            "OpenAI images",
            "The GPT image models, billed by tokens.",
            requests_per_minute=50,
            concurrent=5,
            daily_cap=Decimal(10),
            key_page="https://platform.openai.com/api-keys",
        ),
        KindFacts(
            ProviderKind.GEMINI,
            "Gemini images",
            "Google's image models, billed by tokens.",
            requests_per_minute=60,
            concurrent=5,
            daily_cap=Decimal(10),
            key_page="https://aistudio.google.com/apikey",
            policy_note="Every picture carries an invisible watermark.",
        ),
        KindFacts(
            ProviderKind.OPENAI_COMPATIBLE,
            "OpenAI-compatible",
            "Any server that answers POST /images/generations as OpenAI does.",
            needs_key=False,
            needs_address=True,
            several=True,
            concurrent=2,
        ),
    )
}
