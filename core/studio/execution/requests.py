"""From an item to what is sent: the model's names, its defaults, and a seed where it takes one."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from core.studio.execution.work import Work
from core.studio.parameters import Names, ParameterSpecSet, ParameterType, merge_defaults
from core.studio.providers import GenerationRequest, InputFile

PROMPT, NEGATIVE = "prompt", "negative_prompt"
# What every provider takes as a seed: some refuse more than 31 bits.
HIGHEST_SEED = 2**31 - 1


def actual_parameters(specs: ParameterSpecSet, generation: Mapping[str, Any], item_id: str) -> dict[str, Any]:
    """The parameters of one call in the model's own names: defaults, what was chosen over them, the prompt.

    A seed that was left to chance is drawn here, from the item's id: each item its own, and the same one whenever the
    call has to be repeated.
    """
    names = Names(specs)
    chosen = dict(generation.get("parameters") or {})
    chosen[_named(names, PROMPT)] = generation.get("prompt") or ""
    negative = generation.get("negative_prompt")
    if negative:
        chosen[_named(names, NEGATIVE)] = negative
    actual = merge_defaults(specs, chosen)
    for spec in specs:
        if spec.type is ParameterType.SEED and actual.get(spec.name) in (None, ""):
            actual[spec.name] = _seed(item_id, int(spec.maximum) if spec.maximum else HIGHEST_SEED)
    return actual


def request_of(work: Work, inputs: Sequence[InputFile], webhook_url: str | None) -> GenerationRequest:
    """What the attempt says was, or is to be, sent."""
    return GenerationRequest(
        key=work.attempt.key,
        model=work.model,
        parameters=work.attempt.request.get("parameters", {}),
        images=work.images,
        inputs=tuple(inputs),
        webhook_url=webhook_url,
    )


def seed_sent(work: Work) -> str | None:
    """The seed of the call, as text; ``None`` when the model takes none."""
    parameters = work.attempt.request.get("parameters", {})
    for spec in work.specs:
        if spec.type is ParameterType.SEED and parameters.get(spec.name) is not None:
            return str(parameters[spec.name])
    return None


def prompts_sent(work: Work) -> tuple[str, str]:
    """The prompt and the negative prompt: as ordered, or as hooks made them before the call."""
    if not work.before:
        return work.prompt, work.negative_prompt
    names, sent = Names(work.specs), work.attempt.request.get("parameters", {})
    ordered = ((PROMPT, work.prompt), (NEGATIVE, work.negative_prompt))
    prompt, negative = (str(sent.get(_named(names, name)) or "") if words else "" for name, words in ordered)
    return prompt, negative


def _named(names: Names, name: str) -> str:
    spec = names.find(name)
    return spec.name if spec else name


def _seed(item_id: str, highest: int) -> str:
    digest = hashlib.sha256(item_id.encode()).digest()
    return str(int.from_bytes(digest[:8], "big") % (min(highest, HIGHEST_SEED) + 1))
