"""The order form: what a person typed, before anything is made of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class OrderForm:
    """An order as it is typed. ``parameters`` are raw: text may stand for several values; ``inputs`` are product ids.

    ``seed`` is that of the expansion: what the preview shows with it is what is ordered with it. ``client_token`` is
    unlike any other form's: sending the same form twice places one order.
    """

    provider_id: str
    model_id: str
    prompt: str
    negative_prompt: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    images_per_item: int = 1
    seed: int = 0
    project_id: str | None = None
    template_id: str | None = None
    repeats_id: str | None = None
    client_token: str | None = None

    def parameter_set(self) -> dict[str, Any]:
        """The shape that orders and templates keep."""
        return {
            "prompt": self.prompt,
            "negative_prompt": self.negative_prompt,
            "parameters": dict(self.parameters),
            "inputs": dict(self.inputs),
            "images_per_item": self.images_per_item,
        }

    @classmethod
    def of_set(cls, provider_id: str, model_id: str, kept: Mapping[str, Any], **fields: Any) -> Self:
        """A form from what an order or a template kept."""
        return cls(
            provider_id,
            model_id,
            prompt=str(kept.get("prompt", "")),
            negative_prompt=str(kept.get("negative_prompt", "")),
            parameters=dict(kept.get("parameters") or {}),
            inputs=dict(kept.get("inputs") or {}),
            images_per_item=int(kept.get("images_per_item") or 1),
            **fields,
        )
