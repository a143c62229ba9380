"""A person's own ComfyUI workflow: which of its inputs an order can set, and the graph with them set.

A workflow in API format is a graph ``{node id: {"class_type": …, "inputs": {name: value or [node id, slot]}}}``. What
is bound to a parameter is a list of ``[node id, input name]``. Names and habits of nodes: ComfyUI's own and the common
custom ones; whatever is not recognised stays as it is in the file.
"""

import copy
import json
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from core.errors import InvalidInputError
from core.studio.parameters import ParameterSpecSet
from core.studio.providers import Modality
from core.studio.workflow_parameters import spec_of

MOST_BYTES = 5 * 1024 * 1024
MOST_NODES = 500
LONGEST_LABEL = 60
# How many pictures a run makes is not a parameter: the order says it with every call.
BATCH = "batch_size"
IMAGES_PER_CALL = 8  # ComfyUI takes thousands; graphics cards do not
IMAGE = "image"

TEXT_INPUTS = ("text", "text_g", "text_l", "clip_l", "t5xxl", "prompt")
SEED_INPUTS = ("seed", "noise_seed")
CHECKPOINT_INPUTS = ("ckpt_name", "unet_name")
# Parameter and the inputs that may hold it, at the sampler or above it.
SAMPLER_INPUTS = {
    "steps": ("steps",),
    "cfg": ("cfg",),
    "guidance": ("guidance",),
    "sampler_name": ("sampler_name",),
    "scheduler": ("scheduler",),
    "denoise": ("denoise",),
}
UI_FORMAT = (
    "This is the drawing of a workflow, which only ComfyUI's own screen can read. In ComfyUI choose Workflow › Export "
    "(API) and take that file; in older versions switch on “Dev mode” in the settings first, then “Save (API Format)”."
)

Graph = Mapping[str, Mapping[str, Any]]
Bindings = dict[str, list[list[str]]]


class WorkflowRefused(InvalidInputError):
    """The file is no workflow that can be run as it is."""


@dataclass(frozen=True, slots=True)
class Workflow:
    """A graph, what can be set in it, and the nodes that give pictures. ``unknown_classes``: what the server lacks."""

    graph: Graph
    bindings: Bindings
    outputs: tuple[str, ...]
    parameters: ParameterSpecSet
    modality: Modality
    unknown_classes: tuple[str, ...] = field(default=())

    def definition(self) -> dict[str, Any]:
        """As :class:`core.studio.providers.ModelRef` carries it."""
        return {"workflow": self.graph, "bindings": self.bindings, "outputs": list(self.outputs)}

    def offering(self, labels: Mapping[str, str]) -> "Workflow":
        """With only these parameters to be set, under these labels; all others stay as they are in the file.

        Raises ``WorkflowRefused`` when nothing is left to set.
        """
        specs = [
            replace(spec, label=" ".join(labels[spec.name].split())[:LONGEST_LABEL] or spec.label)
            for spec in self.parameters
            if spec.name in labels
        ]
        if not specs:
            raise WorkflowRefused(
                "Offer at least one parameter: a workflow in which nothing can be set makes one picture."
            )
        bindings = {name: places for name, places in self.bindings.items() if name in labels or name == BATCH}
        return replace(self, parameters=ParameterSpecSet.of(specs), bindings=bindings)

    def capabilities(self) -> dict[str, Any]:
        """As a model of the catalogue says them."""
        return {
            "images_per_call": IMAGES_PER_CALL if BATCH in self.bindings else 1,
            "modalities": [self.modality.value],
            "needs_prompt": "prompt" in self.bindings,
            "accepts_negative_prompt": "negative_prompt" in self.bindings,
        }


def read_workflow(content: str | bytes | Mapping[str, Any], object_info: Mapping[str, Any] | None = None) -> Workflow:
    """A workflow in API format with proposed bindings and parameters; ``object_info`` brings choices and ranges.

    Raises ``WorkflowRefused`` for anything else, the format of ComfyUI's own screen above all.
    """
    graph = _graph(_json(content))
    outputs = _outputs(graph, object_info)
    bindings = _bindings(graph)
    if not any(name in bindings for name in ("prompt", "seed", IMAGE)):
        raise WorkflowRefused(
            "Nothing in this workflow can be set: there is no prompt, no seed and no picture to load. If they come "
            "from other nodes, put them into the sampler's and the text nodes' own fields and export again."
        )
    specs = [spec_of(name, places, graph, object_info) for name, places in bindings.items() if name != BATCH]
    unknown = {str(node["class_type"]) for node in graph.values()} - set(object_info) if object_info else set()
    modality = _modality(graph, outputs, has_image=IMAGE in bindings)
    return Workflow(graph, bindings, outputs, ParameterSpecSet.of(specs), modality, tuple(sorted(unknown)))


def filled_graph(definition: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The graph with ``values`` in the places of their names; raises ``WorkflowRefused`` for a stale binding."""
    graph: dict[str, Any] = copy.deepcopy(dict(definition["workflow"]))
    for name, value in values.items():
        for node, slot in definition.get("bindings", {}).get(name, ()):
            if node not in graph:
                raise WorkflowRefused(f"The workflow has no node {node} for “{name}”. Import the workflow again.")
            graph[node]["inputs"][slot] = value
    return graph


def _json(content: str | bytes | Mapping[str, Any]) -> Any:
    if isinstance(content, Mapping):
        return content
    if len(content) > MOST_BYTES:
        raise WorkflowRefused("This file is too large for a workflow. Export it again without pictures inside.")
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise WorkflowRefused("This is not a JSON file. Export the workflow from ComfyUI as API format.") from error


def _graph(found: Any) -> dict[str, dict[str, Any]]:
    if not isinstance(found, Mapping):
        raise WorkflowRefused("This file holds no workflow. Export one from ComfyUI as API format.")
    if isinstance(found.get("nodes"), list):
        raise WorkflowRefused(UI_FORMAT)
    if isinstance(found.get("prompt"), Mapping) and "class_type" not in found["prompt"]:
        found = found["prompt"]  # as it is sent to the server
    if not found or len(found) > MOST_NODES:
        raise WorkflowRefused(f"A workflow has between 1 and {MOST_NODES} nodes; this file has {len(found)}.")
    return {str(node_id): _node(str(node_id), node, found) for node_id, node in found.items()}


def _node(node_id: str, node: Any, graph: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(node, Mapping) or not isinstance(node.get("class_type"), str):
        raise WorkflowRefused(
            f"Node {node_id} does not say what it is. Export the workflow from ComfyUI as API format."
        )
    if not isinstance(node.get("inputs"), Mapping):
        raise WorkflowRefused(f"Node {node_id} has no inputs. Export the workflow from ComfyUI as API format.")
    for name, value in node["inputs"].items():
        if is_link(value) and str(value[0]) not in graph:
            raise WorkflowRefused(
                f"Node {node_id} takes “{name}” from node {value[0]}, which is not in the file. "
                "Export the whole workflow again."
            )
    kept = {"class_type": node["class_type"], "inputs": dict(node["inputs"])}
    return {**kept, "_meta": node["_meta"]} if isinstance(node.get("_meta"), Mapping) else kept


def is_link(value: Any) -> bool:
    """Whether an input comes from another node: ``[node id, slot]``."""
    return (
        isinstance(value, list)
        and len(value) == 2
        and isinstance(value[0], str | int)
        and isinstance(value[1], int)
        and not isinstance(value[1], bool)
    )


def _outputs(graph: Graph, object_info: Mapping[str, Any] | None) -> tuple[str, ...]:
    """The nodes whose pictures are wanted: what is saved rather than what is only shown."""
    ends = [node_id for node_id, node in graph.items() if _is_output(str(node["class_type"]), object_info)]
    saving = [node_id for node_id in ends if "preview" not in graph[node_id]["class_type"].lower()]
    if not ends:
        raise WorkflowRefused("Nothing in this workflow saves a picture. Add a “Save Image” node and export again.")
    return tuple(saving or ends)


def _is_output(class_type: str, object_info: Mapping[str, Any] | None) -> bool:
    known = (object_info or {}).get(class_type)
    if isinstance(known, Mapping):
        return bool(known.get("output_node"))
    name = class_type.lower()
    return name.startswith(("save", "preview")) or "saveimage" in name or "videocombine" in name


def _modality(graph: Graph, outputs: tuple[str, ...], *, has_image: bool) -> Modality:
    kinds = " ".join(graph[node_id]["class_type"].lower() for node_id in outputs)
    if any(word in kinds for word in ("video", "webm", "animated")):
        return Modality.IMAGE_TO_VIDEO if has_image else Modality.TEXT_TO_VIDEO
    if "audio" in kinds:
        return Modality.TEXT_TO_AUDIO
    return Modality.IMAGE_TO_IMAGE if has_image else Modality.TEXT_TO_IMAGE


def _bindings(graph: Graph) -> Bindings:
    found: Bindings = {}
    sampler = _main_sampler(graph)
    if sampler is not None:
        found |= _prompts(graph, sampler)
        found |= _settings(graph, sampler)
    seeds = [[node_id, name] for node_id in graph for name in SEED_INPUTS if _is_whole(graph, node_id, name)]
    if seeds:  # all of them: a second pass with the old seed would give the old details
        found["seed"] = seeds
    loaders = [node_id for node_id, node in graph.items() if node["class_type"].startswith("LoadImage")]
    named = [node_id for node_id in loaders if isinstance(graph[node_id]["inputs"].get("image"), str)]
    for place, node_id in enumerate(named, start=1):
        found[IMAGE if place == 1 else f"{IMAGE}_{place}"] = [[node_id, "image"]]
    return found


def _prompts(graph: Graph, sampler: str) -> Bindings:
    positive = _texts(graph, sampler, ("positive", "conditioning"))
    negative = [place for place in _texts(graph, sampler, ("negative",)) if place not in positive]
    named = {"prompt": positive, "negative_prompt": negative}
    return {name: places for name, places in named.items() if places}


def _settings(graph: Graph, sampler: str) -> Bindings:
    """What the sampler and the nodes above it are set to; the nearest place of each."""
    found: Bindings = {}
    for node_id in _upstream(graph, sampler):
        inputs, kind = graph[node_id]["inputs"], graph[node_id]["class_type"].lower()
        for parameter, names in SAMPLER_INPUTS.items():
            for name in names:
                if _is_literal(inputs.get(name)):
                    found.setdefault(parameter, [[node_id, name]])
        for name in CHECKPOINT_INPUTS:
            if isinstance(inputs.get(name), str):
                found.setdefault("checkpoint", [[node_id, name]])
        if "latent" in kind and all(_is_whole(graph, node_id, side) for side in ("width", "height")):
            found.setdefault("width", [[node_id, "width"]])
            found.setdefault("height", [[node_id, "height"]])
        for name in ("batch_size", "amount"):
            if "latent" in kind and _is_whole(graph, node_id, name):
                found.setdefault(BATCH, [[node_id, name]])
    return found


def _main_sampler(graph: Graph) -> str | None:
    """The sampler that starts from noise: a second one at low denoise only refines its picture."""
    samplers = [node_id for node_id, node in graph.items() if _samples(node)]
    return min(samplers, key=lambda node_id: (-_denoise(graph[node_id]), len(node_id), node_id), default=None)


def _samples(node: Mapping[str, Any]) -> bool:
    inputs = node["inputs"]
    takes_latent = any(is_link(inputs.get(name)) for name in ("latent_image", "latent"))
    return takes_latent and (is_link(inputs.get("positive")) or is_link(inputs.get("guider")))


def _denoise(node: Mapping[str, Any]) -> float:
    value = node["inputs"].get("denoise", 1.0)
    return float(value) if _is_literal(value) and not isinstance(value, str) else 1.0


def _texts(graph: Graph, sampler: str, roles: tuple[str, ...]) -> list[list[str]]:
    """The written words that reach the sampler's input of this role."""
    for node_id in _upstream(graph, sampler):
        for role in roles:
            link = graph[node_id]["inputs"].get(role)
            if is_link(link):
                return list(_words(graph, str(link[0])))
    return []


def _words(graph: Graph, start: str) -> Iterator[list[str]]:
    for node_id in _upstream(graph, start):
        for name in TEXT_INPUTS:
            if isinstance(graph[node_id]["inputs"].get(name), str):
                yield [node_id, name]


def _upstream(graph: Graph, start: str) -> Iterator[str]:
    """The node and all it depends on, nearest first."""
    seen, waiting = {start}, deque([start])
    while waiting:
        node_id = waiting.popleft()
        yield node_id
        for value in graph[node_id]["inputs"].values():
            origin = str(value[0]) if is_link(value) else node_id
            if origin not in seen:
                seen.add(origin)
                waiting.append(origin)


def _is_literal(value: Any) -> bool:
    return isinstance(value, int | float | str) and not isinstance(value, bool)


def _is_whole(graph: Graph, node_id: str, name: str) -> bool:
    value = graph[node_id]["inputs"].get(name)
    return isinstance(value, int) and not isinstance(value, bool)
