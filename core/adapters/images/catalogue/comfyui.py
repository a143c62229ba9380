"""Two workflows for any ComfyUI with a checkpoint: a picture from words, and a picture from a picture.

Written on 21 November 2026 for ComfyUI's own nodes (its ``nodes.py``); choices and ranges come from the server.
"""

from collections.abc import Mapping
from typing import Any

from core.studio.providers import CatalogueModel
from core.studio.workflows import read_workflow

WRITTEN_ON = "2026-11-21"

_SHARED: dict[str, Any] = {
    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": ""}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "", "clip": ["4", 1]}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "", "clip": ["4", 1]}},
    "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
    "9": {"class_type": "SaveImage", "inputs": {"images": ["8", 0], "filename_prefix": "atelier/picture"}},
}


def _sampler(latent: list[Any], denoise: float) -> dict[str, Any]:
    return {
        "class_type": "KSampler",
        "inputs": {
            "seed": 0,
            "steps": 25,
            "cfg": 7.0,
            "sampler_name": "euler",
            "scheduler": "normal",
            "denoise": denoise,
            "model": ["4", 0],
            "positive": ["6", 0],
            "negative": ["7", 0],
            "latent_image": latent,
        },
    }


TEXT_TO_IMAGE: dict[str, Any] = {
    "3": _sampler(["5", 0], 1.0),
    "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 1024, "height": 1024, "batch_size": 1}},
    **_SHARED,
}
IMAGE_TO_IMAGE: dict[str, Any] = {
    "3": _sampler(["12", 0], 0.6),
    "10": {"class_type": "LoadImage", "inputs": {"image": ""}},
    "11": {"class_type": "VAEEncode", "inputs": {"pixels": ["10", 0], "vae": ["4", 2]}},
    "12": {"class_type": "RepeatLatentBatch", "inputs": {"samples": ["11", 0], "amount": 1}},
    **_SHARED,
}
TEMPLATES = (
    ("text-to-image", "Picture from words", "Any checkpoint of the server", TEXT_TO_IMAGE),
    ("image-to-image", "Picture from a picture", "Any checkpoint; keeps the picture's shape", IMAGE_TO_IMAGE),
)


def models_for(object_info: Mapping[str, Any]) -> list[CatalogueModel]:
    """The bundled workflows with the choices of a server, as its ``/object_info`` gives them."""
    return [_model(model_id, name, about, graph, object_info) for model_id, name, about, graph in TEMPLATES]


def _model(
    model_id: str, name: str, about: str, graph: dict[str, Any], object_info: Mapping[str, Any]
) -> CatalogueModel:
    workflow = read_workflow(graph, object_info)
    return CatalogueModel(
        model_id,
        name,
        "comfyui-workflow",
        workflow.modality,
        workflow.parameters,
        capabilities={**workflow.capabilities(), "about": about, "as_of": WRITTEN_ON},
        pricing={"note": "Made on hardware of the house: nobody charges it."},
        definition=workflow.definition(),
    )
