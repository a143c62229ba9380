"""Looking a graph over before it is queued, and what the server answers when it is wrong.

Refusal
└── GraphRefused    becomes the 400 of ``POST /prompt``

The server goes from every output node up its links, as ComfyUI's ``validate_prompt`` does; a graph with at least one
good output is queued and its other nodes' errors come with the answer.
"""

from collections.abc import Sequence
from typing import Any

from core.sandbox.comfyui.nodes import CLASSES, Input, NodeClass, choices
from core.sandbox.refusals import Refusal
from core.sandbox.store import JsonDict

MOST_NODES = 500  # each may stand above the other, and is looked at from within it


class GraphRefused(Refusal):
    """Nothing was queued."""

    def __init__(
        self, kind: str, message: str, details: str = "", *, node_errors: JsonDict | None = None, **extra: Any
    ) -> None:
        error = {"type": kind, "message": message, "details": details, "extra_info": extra}
        super().__init__(400, message, {"error": error, "node_errors": node_errors or {}})


def validate(graph: Any, files: Sequence[str]) -> tuple[list[str], JsonDict]:
    """The output nodes that can be run, and the errors of the others; raises ``GraphRefused``."""
    if not isinstance(graph, dict) or len(graph) > MOST_NODES:
        raise GraphRefused("invalid_prompt", "Cannot execute because the prompt is not a graph of nodes.")
    outputs = [node_id for node_id in graph if _class_of(graph, node_id).is_output]
    if not outputs:
        raise GraphRefused("prompt_no_outputs", "Prompt has no outputs")
    check = _Check(graph, files)
    good = [node_id for node_id in outputs if check.passes(node_id)]
    node_errors = check.report(outputs, good)
    if not good:
        raise GraphRefused(
            "prompt_outputs_failed_validation", "Prompt outputs failed validation", node_errors=node_errors
        )
    return good, node_errors


def _class_of(graph: JsonDict, node_id: str) -> NodeClass:
    node = graph[node_id]
    details = f"Node ID '#{node_id}'"
    if not isinstance(node, dict) or not isinstance(node.get("class_type"), str):
        message = "Cannot execute because a node is missing the class_type property."
        raise GraphRefused("missing_node_type", message, details, node_id=node_id)
    known = CLASSES.get(node["class_type"])
    if known is None:
        message = f"Node '{node['class_type']}' not found. The custom node may not be installed."
        raise GraphRefused("missing_node_type", message, details, node_id=node_id, class_type=node["class_type"])
    return known


def links(inputs: JsonDict) -> dict[str, tuple[str, int]]:
    """The inputs that come from other nodes: node id and output slot by name."""
    return {name: (value[0], value[1]) for name, value in inputs.items() if is_link(value)}


def is_link(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and isinstance(value[0], str)
        and isinstance(value[1], int)
        and not isinstance(value[1], bool)
    )


class _Check:
    """One walk over a graph; each node is looked at once."""

    def __init__(self, graph: JsonDict, files: Sequence[str]) -> None:
        self._graph = graph
        self._files = files
        self._verdicts: dict[str, bool] = {}
        self._errors: dict[str, list[JsonDict]] = {}

    def passes(self, node_id: str) -> bool:
        """Whether the node and everything above it can run."""
        if node_id in self._verdicts:
            return self._verdicts[node_id]
        self._verdicts[node_id] = False  # a circle ends here, and is wrong
        node = self._graph[node_id]
        inputs = node.get("inputs") if isinstance(node.get("inputs"), dict) else {}
        known = CLASSES[node["class_type"]]
        errors = [error for name in known.required for error in self._check(known, name, inputs)]
        above = [self.passes(origin) for origin, _ in links(inputs).values() if origin in self._graph]
        if errors:
            self._errors[node_id] = errors
        self._verdicts[node_id] = not errors and all(above)
        return self._verdicts[node_id]

    def report(self, outputs: list[str], good: list[str]) -> JsonDict:
        failed = [node_id for node_id in outputs if node_id not in good]
        return {
            node_id: {
                "errors": errors,
                "dependent_outputs": failed,
                "class_type": self._graph[node_id]["class_type"],
            }
            for node_id, errors in self._errors.items()
        }

    def _check(self, known: NodeClass, name: str, inputs: JsonDict) -> list[JsonDict]:
        declared = known.declared(name, self._files)
        if name not in inputs:
            return [_error("required_input_missing", "Required input is missing", name, name)]
        value = inputs[name]
        if is_link(value):
            return self._check_link(name, value, declared)
        if declared[0] in LINKED:
            details = f"{name}, expected a length-2 list of [node_id, slot_index]"
            return [_error("bad_linked_input", "Bad linked input, must be a length-2 list", details, name, declared)]
        return _check_value(name, value, declared)

    def _check_link(self, name: str, link: list[Any], declared: Input) -> list[JsonDict]:
        origin, slot = link
        if origin not in self._graph:
            title = "Exception when validating inner node"
            return [_error("exception_during_inner_validation", title, f"'{origin}'", name, declared)]
        given = CLASSES[self._graph[origin]["class_type"]].outputs
        received = given[slot] if 0 <= slot < len(given) else "nothing"
        if received == declared[0]:
            return []
        details = f"{name}, received_type({received}) mismatch input_type({declared[0]})"
        return [_error("return_type_mismatch", "Return type mismatch between linked nodes", details, name, declared)]


LINKED = ("MODEL", "CLIP", "VAE", "CONDITIONING", "LATENT", "IMAGE", "MASK")


def _check_value(name: str, value: Any, declared: Input) -> list[JsonDict]:
    offered = choices(declared)
    if offered is not None:
        return _check_choice(name, value, offered, declared)
    kind, options = declared
    try:
        read = {"INT": int, "FLOAT": float, "STRING": str}[kind](value)
    except (TypeError, ValueError, OverflowError) as error:
        title = f"Failed to convert an input value to a {kind} value"
        return [_error("invalid_input_type", title, f"{name}, {value}, {error}", name, declared, value)]
    if kind != "STRING" and read < options.get("min", read):
        title = f"Value {read} smaller than min of {options['min']}"
        return [_error("value_smaller_than_min", title, name, name, declared, value)]
    if kind != "STRING" and read > options.get("max", read):
        title = f"Value {read} bigger than max of {options['max']}"
        return [_error("value_bigger_than_max", title, name, name, declared, value)]
    return []


def _check_choice(name: str, value: Any, offered: list[Any], declared: Input) -> list[JsonDict]:
    if value in offered:
        return []
    if declared[1].get("image_upload"):  # this class looks its input over itself
        details = f"{name} - Invalid image file: {value}"
        return [_error("custom_validation_failed", "Custom validation failed for node", details, name, declared, value)]
    details = f"{name}: '{value}' not in {offered}"
    return [_error("value_not_in_list", "Value not in list", details, name, declared, value)]


def _error(
    kind: str, message: str, details: str, name: str, declared: Input | None = None, received: Any = None
) -> JsonDict:
    extra: JsonDict = {"input_name": name}
    if declared is not None:
        extra["input_config"] = list(declared)
    if received is not None:
        extra["received_value"] = received
    return {"type": kind, "message": message, "details": details, "extra_info": extra}
