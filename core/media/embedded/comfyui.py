"""ComfyUI's ``prompt``: a graph of nodes as the server ran it, ``{"3": {"class_type": …, "inputs": {…}}}``.

An input is a value or a link ``["node id", output]``. There is no list of the settings that mattered,
so they are looked for upstream of the sampler that made the picture. Best effort: custom nodes may
call anything anything.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from core.media.embedded.metadata import (
    EmbeddedMetadata,
    as_count,
    as_name,
    as_prompt,
    as_scale,
    as_seed,
    as_size,
)

_MAX_NODES = 5_000
_MAX_TEXTS = 20
_MAX_LORAS = 50

_TEXT_INPUTS = (
    "text",
    "text_g",
    "text_l",
    "clip_l",
    "t5xxl",
    "prompt",
    "populated_text",
    "wildcard_text",
    "string",
    "value",
)
_MODEL_INPUTS = ("ckpt_name", "unet_name", "model_name", "gguf_name", "base_ckpt_name")
_LITERAL_INPUTS = ("value", "int", "float", "string", "text", "seed", "noise_seed", "number")
# Links that lead away from the words of a prompt.
_NOT_WORDS = frozenset({"clip", "model", "vae", "image", "mask", "control_net", "clip_vision", "style_model", "latent"})

Found = TypeVar("Found")


@dataclass(frozen=True)
class Node:
    """One node; ``inputs`` as in the file."""

    class_type: str
    inputs: Mapping[str, Any]


Graph = Mapping[str, Node]


def read_graph(prompt: object) -> Graph:
    """The nodes of a ``prompt`` object; empty when it is not one."""
    if not isinstance(prompt, dict):
        return {}
    nodes: dict[str, Node] = {}
    for identifier, node in list(prompt.items())[:_MAX_NODES]:
        if isinstance(node, dict) and isinstance(node.get("class_type"), str) and isinstance(node.get("inputs"), dict):
            nodes[str(identifier)] = Node(node["class_type"], node["inputs"])
    return nodes


def parse_graph(graph: Graph) -> EmbeddedMetadata:
    """Fields of the picture's sampler and of what feeds it."""
    sampler = _main_sampler(graph)
    if sampler is None:
        return EmbeddedMetadata(generator="comfyui")
    return EmbeddedMetadata(
        generator="comfyui",
        prompt=_words(graph, sampler, "positive") or _words(graph, sampler, "conditioning"),
        negative_prompt=_words(graph, sampler, "negative"),
        seed=_find(graph, sampler, ("seed", "noise_seed"), as_seed),
        model=_find(graph, sampler, _MODEL_INPUTS, as_name),
        sampler=_find(graph, sampler, ("sampler_name",), as_name),
        steps=_find(graph, sampler, ("steps",), as_count),
        cfg_scale=_find(graph, sampler, ("cfg", "guidance"), as_scale),
        size=_latent_size(graph, sampler),
        loras=_loras(graph, sampler),
    )


def _main_sampler(graph: Graph) -> str | None:
    """The sampler that starts from noise: a second one at low denoise only refines its picture."""
    samplers = [identifier for identifier, node in graph.items() if _is_sampler(node)]
    return min(samplers, key=lambda identifier: (-_denoise(graph, identifier), _order(identifier)), default=None)


def _is_sampler(node: Node) -> bool:
    name = node.class_type.lower()
    if "ksamplerselect" in name:
        return False
    has_latent = any(key in node.inputs for key in ("latent_image", "latent", "samples"))
    return has_latent and ("sampler" in name or {"positive", "negative", "seed"} <= node.inputs.keys())


def _denoise(graph: Graph, sampler: str) -> float:
    value = as_scale(_resolved(graph, graph[sampler].inputs.get("denoise", 1.0)))
    return 1.0 if value is None else value


def _order(identifier: str) -> tuple[int, str]:
    return (int(identifier), "") if identifier.isdecimal() and len(identifier) < 10 else (10**9, identifier)


def _links(graph: Graph, node: Node) -> Iterator[tuple[str, str]]:
    for name, value in node.inputs.items():
        target = _target(graph, value)
        if target is not None:
            yield name, target


def _target(graph: Graph, value: object) -> str | None:
    if isinstance(value, list) and len(value) == 2 and isinstance(value[1], int) and isinstance(value[0], str | int):
        identifier = str(value[0])
        return identifier if identifier in graph else None
    return None


def _resolved(graph: Graph, value: object) -> object:
    """A literal, or the literal of the primitive node that a link leads to."""
    for _ in range(16):
        target = _target(graph, value)
        if target is None:
            return value
        inputs = graph[target].inputs
        value = next((inputs[name] for name in _LITERAL_INPUTS if name in inputs), None)
    return None


def _upstream(graph: Graph, start: str) -> Iterator[Node]:
    """The node and all it depends on, nearest first."""
    seen, waiting = {start}, deque([start])
    while waiting:
        node = graph[waiting.popleft()]
        yield node
        for _, target in _links(graph, node):
            if target not in seen:
                seen.add(target)
                waiting.append(target)


def _find(graph: Graph, start: str, names: tuple[str, ...], read: Callable[[object], Found | None]) -> Found | None:
    for node in _upstream(graph, start):
        for name in names:
            found = read(_resolved(graph, node.inputs.get(name)))
            if found is not None:
                return found
    return None


def _latent_size(graph: Graph, sampler: str) -> tuple[int, int] | None:
    for node in _upstream(graph, sampler):
        if "latent" in node.class_type.lower():
            size = as_size(*(_resolved(graph, node.inputs.get(name)) for name in ("width", "height")))
            if size:
                return size
    return None


def _loras(graph: Graph, sampler: str) -> tuple[str, ...]:
    names = (as_name(node.inputs.get("lora_name")) for node in _upstream(graph, sampler))
    return tuple(dict.fromkeys(name for name in names if name))[:_MAX_LORAS]


def _words(graph: Graph, sampler: str, role: str) -> str | None:
    """The texts that reach the sampler's input of this role, in reading order."""
    for node in _upstream(graph, sampler):
        target = _target(graph, node.inputs.get(role))
        if target is not None:
            texts = dict.fromkeys(islice(_texts(graph, target, role), _MAX_TEXTS))
            return as_prompt(", ".join(texts))
    return None


def _texts(graph: Graph, start: str, role: str) -> Iterator[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        identifier = waiting.pop()
        if identifier in seen:
            continue
        seen.add(identifier)
        node = graph[identifier]
        if "zeroout" in node.class_type.lower():
            continue  # its words are thrown away
        own = [text for name in _TEXT_INPUTS if (text := _text(graph, node.inputs.get(name)))]
        yield from own
        if not own:
            waiting.extend(reversed(_towards_words(graph, node, role)))


def _text(graph: Graph, value: object) -> str | None:
    return as_prompt(_resolved(graph, value))


def _towards_words(graph: Graph, node: Node, role: str) -> list[str]:
    same_role = _target(graph, node.inputs.get(role))
    if same_role is not None:  # ControlNet and its like pass both roles through
        return [same_role]
    return [target for name, target in _links(graph, node) if name not in _NOT_WORDS]
