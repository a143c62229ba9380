"""What pictures and films say about their making."""

import json

import pytest

from core.media.embedded import EmbeddedMetadata
from core.media.probe import probe
from tests.media import samples

PARAMETERS = """a fox in the snow, <lora:fur_detail:0.8>,
golden hour
Negative prompt: blurry,
low quality
Steps: 28, Sampler: DPM++ 2M Karras, CFG scale: 6.5, Seed: 1234567890123, Size: 832x1216, \
Model hash: 31e35c80fc, Model: sd_xl_base_1.0, Clip skip: 2, \
Lora hashes: "fur_detail: 0a1b, glow: 2c3d", Version: v1.9.4"""

UNDERSTOOD = EmbeddedMetadata(
    generator="automatic1111",
    prompt="a fox in the snow, <lora:fur_detail:0.8>,\ngolden hour",
    negative_prompt="blurry,\nlow quality",
    seed=1234567890123,
    model="sd_xl_base_1.0",
    model_hash="31e35c80fc",
    sampler="DPM++ 2M Karras",
    steps=28,
    cfg_scale=6.5,
    size=(832, 1216),
    loras=("fur_detail", "glow"),
)

GRAPH = {
    "3": {
        "class_type": "KSampler",
        "inputs": {
            "seed": 2**64 - 1,
            "steps": 20,
            "cfg": 8,
            "sampler_name": "euler",
            "scheduler": "normal",
            "denoise": 1,
            "model": ["10", 0],
            "positive": ["6", 0],
            "negative": ["7", 0],
            "latent_image": ["5", 0],
        },
    },
    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "dreamshaper_8.safetensors"}},
    "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 512, "height": 768, "batch_size": 1}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a fox in the snow", "clip": ["10", 1]}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "blurry", "clip": ["10", 1]}},
    "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
    "9": {"class_type": "SaveImage", "inputs": {"filename_prefix": "fox", "images": ["8", 0]}},
    "10": {"class_type": "LoraLoader", "inputs": {"lora_name": "fur.safetensors", "model": ["4", 0], "clip": ["4", 1]}},
}


def embedded_in_png(on_disk, **texts: str) -> EmbeddedMetadata:
    return probe(on_disk(samples.make_png(64, 64, texts=texts))).embedded


def without_raw(found: EmbeddedMetadata) -> dict[str, object]:
    return {name: value for name, value in found.to_json().items() if name != "raw"}


def of_graph(on_disk, graph: object) -> EmbeddedMetadata:
    return embedded_in_png(on_disk, prompt=json.dumps(graph))


class TestAutomatic1111:
    def test_the_parameters_of_a_png_are_understood(self, on_disk):
        found = embedded_in_png(on_disk, parameters=PARAMETERS)
        assert without_raw(found) == UNDERSTOOD.to_json()
        assert found.raw == {"parameters": PARAMETERS}

    @pytest.mark.parametrize("make", [samples.make_jpeg, samples.make_webp])
    @pytest.mark.parametrize("coding", ["utf-16-be", "utf-16-le"])
    def test_a_user_comment_is_understood_in_either_byte_order(self, on_disk, make, coding):
        exif = samples.exif_block(user_comment=b"UNICODE\0" + PARAMETERS.encode(coding))
        found = probe(on_disk(make(64, 64, exif=exif))).embedded
        assert without_raw(found) == UNDERSTOOD.to_json()

    def test_a_description_or_comment_is_understood_too(self, on_disk):
        for data in (
            samples.make_jpeg(64, 64, exif=samples.exif_block({0x010E: PARAMETERS})),
            samples.make_jpeg(64, 64, comment=PARAMETERS),
            samples.make_png(64, 64, compressed_texts={"parameters": PARAMETERS}),
        ):
            assert without_raw(probe(on_disk(data)).embedded) == UNDERSTOOD.to_json()

    def test_letters_of_all_languages_survive(self, on_disk):
        text = "雪の中の狐, né 🦊\nSteps: 5, Seed: 7"
        assert embedded_in_png(on_disk, parameters=text).prompt == "雪の中の狐, né 🦊"
        exif = samples.exif_block(user_comment=b"UNICODE\0" + text.encode("utf-16-be"))
        assert probe(on_disk(samples.make_jpeg(64, 64, exif=exif))).embedded.prompt == "雪の中の狐, né 🦊"

    def test_a_prompt_alone_is_a_prompt(self, on_disk):
        found = embedded_in_png(on_disk, parameters="just a fox")
        assert (found.prompt, found.negative_prompt, found.seed) == ("just a fox", None, None)

    def test_values_with_commas_stand_in_quotes(self, on_disk):
        text = 'fox\nSteps: 5, Sampler: "one, \\"two\\": three", Seed: 7'
        found = embedded_in_png(on_disk, parameters=text)
        assert (found.sampler, found.seed) == ('one, "two": three', 7)

    @pytest.mark.parametrize(
        "settings", ["Steps: many, Seed: -1, CFG scale: nan, Size: 512", "Steps: 9e9, Seed: 1" + "0" * 30, "Steps: "]
    )
    def test_nonsense_is_left_out(self, on_disk, settings):
        found = embedded_in_png(on_disk, parameters=f"fox\n{settings}")
        assert without_raw(found) == {"generator": "automatic1111", "prompt": "fox"}


class TestComfyUI:
    def test_the_graph_is_followed_from_the_sampler(self, on_disk):
        assert without_raw(of_graph(on_disk, GRAPH)) == {
            "generator": "comfyui",
            "prompt": "a fox in the snow",
            "negative_prompt": "blurry",
            "seed": 2**64 - 1,
            "model": "dreamshaper_8.safetensors",
            "sampler": "euler",
            "steps": 20,
            "cfg_scale": 8.0,
            "size": [512, 768],
            "loras": ["fur.safetensors"],
        }

    def test_a_refining_sampler_is_not_the_one_that_made_it(self, on_disk):
        refiner = {**GRAPH["3"]["inputs"], "seed": 1, "steps": 5, "denoise": 0.3, "latent_image": ["3", 0]}
        found = of_graph(on_disk, {"1": {"class_type": "KSampler", "inputs": refiner}, **GRAPH})
        assert (found.seed, found.steps) == (2**64 - 1, 20)

    def test_values_from_primitive_nodes_and_joined_prompts_are_found(self, on_disk):
        graph = {
            **GRAPH,
            "3": {**GRAPH["3"], "inputs": {**GRAPH["3"]["inputs"], "seed": ["20", 0], "positive": ["21", 0]}},
            "20": {"class_type": "PrimitiveInt", "inputs": {"value": 99}},
            "21": {
                "class_type": "ConditioningCombine",
                "inputs": {"conditioning_1": ["6", 0], "conditioning_2": ["22", 0]},
            },
            "22": {"class_type": "CLIPTextEncode", "inputs": {"text": ["23", 0], "clip": ["4", 1]}},
            "23": {"class_type": "StringNode", "inputs": {"string": "golden hour"}},
        }
        found = of_graph(on_disk, graph)
        assert (found.seed, found.prompt) == (99, "a fox in the snow, golden hour")

    def test_controlnet_keeps_the_roles_apart(self, on_disk):
        graph = {
            **GRAPH,
            "3": {
                **GRAPH["3"],
                "inputs": {**GRAPH["3"]["inputs"], "positive": ["30", 0], "negative": ["30", 1]},
            },
            "30": {"class_type": "ControlNetApplyAdvanced", "inputs": {"positive": ["6", 0], "negative": ["7", 0]}},
        }
        found = of_graph(on_disk, graph)
        assert (found.prompt, found.negative_prompt) == ("a fox in the snow", "blurry")

    def test_the_samplers_in_pieces_of_newer_models_are_put_together(self, on_disk):
        graph = {
            "1": {
                "class_type": "SamplerCustomAdvanced",
                "inputs": {
                    "noise": ["2", 0],
                    "guider": ["3", 0],
                    "sampler": ["4", 0],
                    "sigmas": ["5", 0],
                    "latent_image": ["6", 0],
                },
            },
            "2": {"class_type": "RandomNoise", "inputs": {"noise_seed": 42}},
            "3": {"class_type": "BasicGuider", "inputs": {"model": ["7", 0], "conditioning": ["8", 0]}},
            "4": {"class_type": "KSamplerSelect", "inputs": {"sampler_name": "euler"}},
            "5": {"class_type": "BasicScheduler", "inputs": {"steps": 28, "scheduler": "simple", "model": ["7", 0]}},
            "6": {"class_type": "EmptySD3LatentImage", "inputs": {"width": 1024, "height": 1024}},
            "7": {"class_type": "UNETLoader", "inputs": {"unet_name": "flux1-dev.safetensors"}},
            "8": {"class_type": "FluxGuidance", "inputs": {"guidance": 3.5, "conditioning": ["9", 0]}},
            "9": {"class_type": "CLIPTextEncode", "inputs": {"text": "a fox", "clip": ["10", 0]}},
            "10": {"class_type": "DualCLIPLoader", "inputs": {"clip_name1": "t5xxl.safetensors"}},
        }
        assert without_raw(of_graph(on_disk, graph)) == {
            "generator": "comfyui",
            "prompt": "a fox",
            "seed": 42,
            "model": "flux1-dev.safetensors",
            "sampler": "euler",
            "steps": 28,
            "cfg_scale": 3.5,
            "size": [1024, 1024],
        }

    def test_a_workflow_alone_is_understood_for_the_common_nodes(self, on_disk):
        workflow = {
            "nodes": [
                {
                    "id": 3,
                    "type": "KSampler",
                    "inputs": [
                        {"name": "positive", "link": 1},
                        {"name": "negative", "link": 2},
                        {"name": "latent_image", "link": 3},
                        {"name": "model", "link": None},
                    ],
                    "widgets_values": [77, "randomize", 25, 7.5, "dpmpp_2m", "karras", 1],
                },
                {"id": 6, "type": "CLIPTextEncode", "widgets_values": ["a fox"]},
                {"id": 7, "type": "CLIPTextEncode", "widgets_values": ["blurry"]},
                {"id": 5, "type": "EmptyLatentImage", "widgets_values": [640, 480, 1]},
            ],
            "links": [[1, 6, 0, 3, 1, "CONDITIONING"], [2, 7, 0, 3, 2, "CONDITIONING"], [3, 5, 0, 3, 3, "LATENT"]],
        }
        found = embedded_in_png(on_disk, workflow=json.dumps(workflow))
        assert (found.prompt, found.negative_prompt, found.seed) == ("a fox", "blurry", 77)
        assert (found.steps, found.cfg_scale, found.sampler, found.size) == (25, 7.5, "dpmpp_2m", (640, 480))

    def test_json_in_free_exif_fields_is_found(self, on_disk):
        exif = samples.exif_block({0x0110: f"Prompt:{json.dumps(GRAPH)}", 0x010F: 'Workflow:{"nodes": []}'})
        found = probe(on_disk(samples.make_webp(64, 64, exif=exif))).embedded
        assert (found.generator, found.prompt) == ("comfyui", "a fox in the snow")
        assert set(found.raw) == {"prompt", "workflow"}

    def test_not_a_number_in_the_json_does_no_harm(self, on_disk):
        graph = json.dumps(GRAPH).replace('"denoise": 1', '"denoise": NaN, "is_changed": [Infinity]')
        found = embedded_in_png(on_disk, prompt=graph)
        assert found.prompt == "a fox in the snow"

    def test_parameters_written_beside_the_graph_know_better(self, on_disk):
        found = embedded_in_png(on_disk, prompt=json.dumps(GRAPH), parameters=PARAMETERS)
        assert found.generator == "comfyui"
        assert (found.prompt, found.seed) == (UNDERSTOOD.prompt, UNDERSTOOD.seed)
        assert found.loras == UNDERSTOOD.loras

    @pytest.mark.parametrize("container", ["mp4", "webm"])
    def test_a_film_carries_its_graph_in_a_comment(self, on_disk, container):
        make = {"mp4": samples.make_mp4, "webm": samples.make_webm}[container]
        data = make(0.2, 64, 64, tags={"comment": json.dumps({"prompt": json.dumps(GRAPH), "workflow": {}})})
        found = probe(on_disk(data)).embedded
        assert (found.generator, found.prompt) == ("comfyui", "a fox in the snow")


class TestOthers:
    def test_novelai(self, on_disk):
        comment = {
            "steps": 28,
            "seed": 5,
            "sampler": "k_euler",
            "scale": 6,
            "uc": "blurry",
            "width": 832,
            "height": 1216,
        }
        found = embedded_in_png(on_disk, Software="NovelAI", Description="a fox", Comment=json.dumps(comment))
        assert (found.generator, found.prompt, found.negative_prompt) == ("novelai", "a fox", "blurry")
        assert (found.seed, found.steps, found.cfg_scale, found.size) == (5, 28, 6.0, (832, 1216))

    def test_invokeai(self, on_disk):
        settings = {
            "positive_prompt": "a fox",
            "negative_prompt": "blurry",
            "seed": 5,
            "cfg_scale": 7.5,
            "scheduler": "euler",
            "model": {"name": "sdxl", "hash": "blake3:abc"},
        }
        found = embedded_in_png(on_disk, invokeai_metadata=json.dumps(settings))
        assert (found.generator, found.model, found.model_hash) == ("invokeai", "sdxl", "blake3:abc")

    def test_swarmui(self, on_disk):
        settings = {"sui_image_params": {"prompt": "a fox", "negativeprompt": "blurry", "cfgscale": 5, "seed": 8}}
        found = embedded_in_png(on_disk, parameters=json.dumps(settings))
        assert (found.generator, found.prompt, found.negative_prompt) == ("swarmui", "a fox", "blurry")
        assert (found.cfg_scale, found.seed) == (5.0, 8)

    def test_xmp(self, on_disk):
        packet = (
            b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
            b'<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" '
            b'xmp:CreatorTool="Fox Painter"><dc:description><rdf:Alt><rdf:li xml:lang="x-default">a fox\n'
            b"Steps: 5, Seed: 9</rdf:li></rdf:Alt></dc:description></rdf:Description></rdf:RDF></x:xmpmeta>"
        )
        for data in (samples.make_jpeg(64, 64, xmp=packet), samples.make_webp(64, 64, xmp=packet)):
            found = probe(on_disk(data)).embedded
            assert (found.prompt, found.seed, found.raw["Software"]) == ("a fox", 9, "Fox Painter")


def test_a_camera_says_nothing_about_a_making(on_disk):
    exif = samples.exif_block({0x010F: "Nikon", 0x0110: "D850"})
    found = probe(on_disk(samples.make_jpeg(64, 64, exif=exif))).embedded
    assert not found
    assert found == EmbeddedMetadata()
    assert found.to_json() == {}


def test_the_record_survives_being_stored(on_disk):
    found = embedded_in_png(on_disk, parameters=PARAMETERS, prompt=json.dumps(GRAPH))
    stored = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert EmbeddedMetadata.from_json(stored) == found
    assert EmbeddedMetadata.from_json({**stored, "of a later version": 1}) == found
    assert EmbeddedMetadata.from_json(None) == EmbeddedMetadata()
