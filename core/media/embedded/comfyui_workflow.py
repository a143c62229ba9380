"""ComfyUI's ``workflow``: the drawing of the graph in the browser, for files that lack the ``prompt``.

Nodes keep their settings as a bare list (``widgets_values``); for the common nodes the places are
known, and the drawing can be turned into the graph that the server would have run.
"""

from typing import Any

from core.media.embedded.comfyui import Graph, Node

_MAX_NODES = 5_000

# The names of widgets_values by position, for ComfyUI's own nodes.
_WIDGETS = {
    "KSampler": ("seed", "control_after_generate", "steps", "cfg", "sampler_name", "scheduler", "denoise"),
    "KSamplerAdvanced": (
        "add_noise",
        "noise_seed",
        "control_after_generate",
        "steps",
        "cfg",
        "sampler_name",
        "scheduler",
    ),
    "CLIPTextEncode": ("text",),
    "CheckpointLoaderSimple": ("ckpt_name",),
    "UNETLoader": ("unet_name",),
    "LoraLoader": ("lora_name", "strength_model", "strength_clip"),
    "LoraLoaderModelOnly": ("lora_name", "strength_model"),
    "EmptyLatentImage": ("width", "height", "batch_size"),
    "EmptySD3LatentImage": ("width", "height", "batch_size"),
    "RandomNoise": ("noise_seed",),
    "KSamplerSelect": ("sampler_name",),
    "BasicScheduler": ("scheduler", "steps", "denoise"),
    "FluxGuidance": ("guidance",),
    "CFGGuider": ("cfg",),
    "PrimitiveNode": ("value",),
}


def read_workflow(workflow: object) -> Graph:
    """The drawing as a graph; empty when it is not one."""
    if not isinstance(workflow, dict) or not isinstance(workflow.get("nodes"), list):
        return {}
    origins = _origins(workflow.get("links"))
    nodes: dict[str, Node] = {}
    for node in workflow["nodes"][:_MAX_NODES]:
        if isinstance(node, dict) and isinstance(node.get("type"), str):
            nodes[str(node.get("id"))] = Node(node["type"], _settings(node) | _linked(node, origins))
    return nodes


def _origins(links: object) -> dict[int, list[Any]]:
    """Where each link comes from: ``[id, node, output, node, input, type]``."""
    if not isinstance(links, list):
        return {}
    rows = (link for link in links[: _MAX_NODES * 4] if isinstance(link, list) and len(link) >= 5)
    return {link[0]: [str(link[1]), link[2]] for link in rows if isinstance(link[0], int)}


def _settings(node: dict[str, Any]) -> dict[str, Any]:
    values = node.get("widgets_values")
    if isinstance(values, dict):
        return {str(name): value for name, value in values.items()}
    if not isinstance(values, list):
        return {}
    return dict(zip(_WIDGETS.get(node["type"], ()), values, strict=False))


def _linked(node: dict[str, Any], origins: dict[int, list[Any]]) -> dict[str, Any]:
    sockets = node.get("inputs")
    if not isinstance(sockets, list):
        return {}
    named = (socket for socket in sockets if isinstance(socket, dict) and isinstance(socket.get("link"), int))
    return {str(socket.get("name")): origins[socket["link"]] for socket in named if socket["link"] in origins}
