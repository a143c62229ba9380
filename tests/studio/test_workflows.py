"""Reading a person's own ComfyUI workflow: what can be set in it, and what is refused."""

import copy
import json
from typing import Any

import pytest

from core.studio.parameters import ParameterSpec, ParameterType
from core.studio.providers import Modality
from core.studio.workflow_parameters import with_choices
from core.studio.workflows import WorkflowRefused, filled_graph, read_workflow

BASIC: dict[str, Any] = {
    "3": {
        "class_type": "KSampler",
        "inputs": {
            "seed": 5, "steps": 20, "cfg": 7.5, "sampler_name": "euler", "scheduler": "normal", "denoise": 1.0,
            "model": ["4", 0], "positive": ["6", 0], "negative": ["7", 0], "latent_image": ["5", 0],
        },
    },
    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "mine.safetensors"}},
    "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 768, "height": 512, "batch_size": 1}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a fox", "clip": ["4", 1]}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "blurry", "clip": ["4", 1]}},
    "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
    "9": {"class_type": "SaveImage", "inputs": {"images": ["8", 0], "filename_prefix": "mine"}},
}  # fmt: skip
# As FLUX is set up: no negative prompt, guidance beside the words, noise and sampler in nodes of their own.
FLUX: dict[str, Any] = {
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a fox", "clip": ["11", 0]}},
    "8": {"class_type": "VAEDecode", "inputs": {"samples": ["13", 0], "vae": ["10", 0]}},
    "9": {"class_type": "SaveImage", "inputs": {"images": ["8", 0], "filename_prefix": "flux"}},
    "10": {"class_type": "VAELoader", "inputs": {"vae_name": "ae.safetensors"}},
    "11": {"class_type": "DualCLIPLoader", "inputs": {"clip_name1": "a", "clip_name2": "b", "type": "flux"}},
    "12": {"class_type": "UNETLoader", "inputs": {"unet_name": "flux1-dev.safetensors", "weight_dtype": "default"}},
    "13": {
        "class_type": "SamplerCustomAdvanced",
        "inputs": {
            "noise": ["25", 0], "guider": ["22", 0], "sampler": ["16", 0], "sigmas": ["17", 0],
            "latent_image": ["27", 0],
        },
    },
    "16": {"class_type": "KSamplerSelect", "inputs": {"sampler_name": "euler"}},
    "17": {
        "class_type": "BasicScheduler",
        "inputs": {"scheduler": "simple", "steps": 20, "denoise": 1, "model": ["12", 0]},
    },
    "22": {"class_type": "BasicGuider", "inputs": {"model": ["12", 0], "conditioning": ["26", 0]}},
    "25": {"class_type": "RandomNoise", "inputs": {"noise_seed": 219670278747233}},
    "26": {"class_type": "FluxGuidance", "inputs": {"guidance": 3.5, "conditioning": ["6", 0]}},
    "27": {"class_type": "EmptySD3LatentImage", "inputs": {"width": 1024, "height": 1024, "batch_size": 1}},
}  # fmt: skip


def changed(**nodes: Any) -> dict[str, Any]:
    """The basic workflow with nodes put in, or taken out with ``None``."""
    graph = {**copy.deepcopy(BASIC), **{name.lstrip("n"): node for name, node in nodes.items()}}
    return {name: node for name, node in graph.items() if node is not None}


def test_what_can_be_set_is_found() -> None:
    workflow = read_workflow(json.dumps(BASIC))
    assert workflow.bindings == {
        "prompt": [["6", "text"]],
        "negative_prompt": [["7", "text"]],
        "seed": [["3", "seed"]],
        "steps": [["3", "steps"]],
        "cfg": [["3", "cfg"]],
        "sampler_name": [["3", "sampler_name"]],
        "scheduler": [["3", "scheduler"]],
        "denoise": [["3", "denoise"]],
        "checkpoint": [["4", "ckpt_name"]],
        "width": [["5", "width"]],
        "height": [["5", "height"]],
        "batch_size": [["5", "batch_size"]],
    }
    assert (workflow.outputs, workflow.modality) == (("9",), Modality.TEXT_TO_IMAGE)


def test_parameters_have_the_workflows_own_values_but_not_its_words_and_seed() -> None:
    specs = {spec.name: spec for spec in read_workflow(BASIC).parameters}
    assert (specs["steps"].default, specs["width"].default, specs["negative_prompt"].default) == (20, 768, "blurry")
    assert (specs["prompt"].default, specs["prompt"].required) == (None, True)
    assert (specs["seed"].default, specs["seed"].type) == (None, ParameterType.SEED)
    assert "batch_size" not in specs  # the order says how many


def test_the_server_brings_choices_and_ranges() -> None:
    known = {
        "KSampler": {
            "input": {
                "required": {
                    "sampler_name": [["euler", "heun"], {}],
                    "scheduler": ["COMBO", {"options": ["karras", "simple"]}],
                    "steps": ["INT", {"min": 1, "max": 150}],
                }
            }
        },
        "SaveImage": {"input": {"required": {}}, "output_node": True},
    }
    workflow = read_workflow(BASIC, known)
    specs = {spec.name: spec for spec in workflow.parameters}
    assert specs["sampler_name"].choices == ("euler", "heun")
    # What the file says is not on this server: the first choice stands in.
    assert (specs["scheduler"].type, specs["scheduler"].default) == (ParameterType.ENUM, "karras")
    assert specs["steps"].maximum == 150
    assert "CheckpointLoaderSimple" in workflow.unknown_classes


def test_other_workflows_of_the_server_lend_their_choices() -> None:
    known = [
        ParameterSpec("sampler_name", ParameterType.ENUM, choices=("heun", "ddim"), default="heun"),
        ParameterSpec("checkpoint", ParameterType.ENUM, choices=("mine.safetensors", "other.safetensors")),
        ParameterSpec("steps", ParameterType.INTEGER),
    ]

    def lent(graph: dict[str, Any]) -> dict[str, ParameterSpec]:
        workflow = read_workflow(graph)
        return {spec.name: spec for spec in with_choices(workflow.parameters, workflow.bindings, known)}

    basic = lent(BASIC)
    assert (basic["sampler_name"].choices, basic["sampler_name"].default) == (("heun", "ddim"), "heun")
    assert basic["checkpoint"].default == "mine.safetensors"
    assert basic["steps"].type is ParameterType.INTEGER
    assert lent(FLUX)["checkpoint"].type is ParameterType.STRING  # it is no checkpoint of that folder


def test_a_workflow_says_what_it_can() -> None:
    can = read_workflow(BASIC).capabilities()
    assert (can["images_per_call"], can["needs_prompt"], can["accepts_negative_prompt"]) == (8, True, True)
    fixed = copy.deepcopy(FLUX)
    fixed["6"]["inputs"]["text"] = ["99", 0]
    fixed["99"] = {"class_type": "Random Words", "inputs": {}}
    fixed["27"]["inputs"]["batch_size"] = ["99", 1]
    can = read_workflow(fixed).capabilities()
    assert (can["images_per_call"], can["needs_prompt"]) == (1, False)


def test_flux_is_read_through_its_guider() -> None:
    bindings = read_workflow(FLUX).bindings
    assert bindings["prompt"] == [["6", "text"]]
    assert bindings["seed"] == [["25", "noise_seed"]]
    assert bindings["guidance"] == [["26", "guidance"]]
    assert bindings["steps"] == [["17", "steps"]]
    assert bindings["checkpoint"] == [["12", "unet_name"]]
    assert "negative_prompt" not in bindings


def test_a_second_pass_gets_the_same_seed_and_keeps_its_own_steps() -> None:
    second = copy.deepcopy(BASIC["3"])
    second["inputs"] |= {"steps": 8, "denoise": 0.4, "latent_image": ["3", 0]}
    graph = changed(n20=second, n8={"class_type": "VAEDecode", "inputs": {"samples": ["20", 0], "vae": ["4", 2]}})
    bindings = read_workflow(graph).bindings
    assert bindings["seed"] == [["3", "seed"], ["20", "seed"]]
    assert bindings["steps"] == [["3", "steps"]]


def test_pictures_to_load_are_parameters() -> None:
    load = {"class_type": "LoadImage", "inputs": {"image": "fox.png"}}
    encode = {"class_type": "VAEEncode", "inputs": {"pixels": ["30", 0], "vae": ["4", 2]}}
    graph = changed(n5=encode, n30=load, n31={**load, "inputs": {"image": "style.png"}})
    workflow = read_workflow(graph)
    assert (workflow.bindings["image"], workflow.bindings["image_2"]) == ([["30", "image"]], [["31", "image"]])
    assert workflow.modality is Modality.IMAGE_TO_IMAGE
    assert workflow.parameters.get("image_2") is not None


def test_what_is_saved_goes_before_what_is_shown() -> None:
    preview = {"class_type": "PreviewImage", "inputs": {"images": ["8", 0]}}
    assert read_workflow(changed(n40=preview)).outputs == ("9",)
    assert read_workflow(changed(n9=None, n40=preview)).outputs == ("40",)


def test_a_graph_as_it_is_sent_to_the_server_is_read_too() -> None:
    assert read_workflow({"prompt": BASIC, "client_id": "x"}).bindings["prompt"] == [["6", "text"]]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"nodes": [{"id": 1, "type": "KSampler"}], "links": []}, "Export \\(API\\)"),
        ("not json", "not a JSON file"),
        ("[1, 2]", "holds no workflow"),
        ("{}", "between 1 and 500 nodes"),
        ({"1": {"inputs": {}}}, "Node 1 does not say what it is"),
        ({"1": {"class_type": "SaveImage"}}, "Node 1 has no inputs"),
        (changed(n9=None), "saves a picture"),
        (changed(n4=None), "which is not in the file"),
        ({"9": {"class_type": "SaveImage", "inputs": {"filename_prefix": "x"}}}, "can be set"),
        (b"[" * 100_000, "not a JSON file"),
    ],
)
def test_what_is_no_workflow_is_refused_with_the_way_out(content: Any, said: str) -> None:
    with pytest.raises(WorkflowRefused, match=said):
        read_workflow(content)


def test_values_go_to_every_place_they_are_bound_to_and_the_workflow_stays() -> None:
    definition = {"workflow": BASIC, "bindings": {"seed": [["3", "seed"]], "prompt": [["6", "text"], ["7", "text"]]}}
    graph = filled_graph(definition, {"seed": 1, "prompt": "a hare", "unbound": 2})
    assert (graph["3"]["inputs"]["seed"], graph["6"]["inputs"]["text"], graph["7"]["inputs"]["text"]) == (
        1,
        "a hare",
        "a hare",
    )
    assert BASIC["6"]["inputs"]["text"] == "a fox"
    with pytest.raises(WorkflowRefused, match="Import the workflow again"):
        filled_graph({**definition, "bindings": {"seed": [["99", "seed"]]}}, {"seed": 1})


def test_what_is_not_offered_stays_as_it_is_in_the_file() -> None:
    found = read_workflow(BASIC).offering({"prompt": "Words", "steps": ""})
    assert {spec.name: spec.title for spec in found.parameters} == {"prompt": "Words", "steps": "Steps"}
    assert "cfg" not in found.definition()["bindings"] and found.capabilities()["images_per_call"] == 8
    assert found.capabilities()["accepts_negative_prompt"] is False
    with pytest.raises(WorkflowRefused, match="Offer at least one"):
        found.offering({})
