"""Names, forms, another model."""

from core.studio.parameters import (
    Interpolation,
    Names,
    ParameterSpec,
    ParameterSpecSet,
    ParameterType,
    Severity,
    carry_over,
    merge_defaults,
    resolve,
)

T = ParameterType
FLUX = ParameterSpecSet.of(
    [
        ParameterSpec("prompt", T.TEXT, required=True),
        ParameterSpec("num_inference_steps", T.INTEGER, "Steps", minimum=1, maximum=50, default=28),
        ParameterSpec("guidance_scale", T.NUMBER, minimum=1, maximum=20, default=3.5),
        ParameterSpec("image_size", T.ENUM, choices=("square_hd", "portrait_4_3"), default="square_hd"),
        ParameterSpec("seed", T.SEED),
    ]
)
SDXL = ParameterSpecSet.of(
    [
        ParameterSpec("prompt", T.TEXT, required=True),
        ParameterSpec("steps", T.INTEGER, minimum=1, maximum=30, default=30),
        ParameterSpec("cfgScale", T.NUMBER, minimum=1, maximum=30, aliases=("creativity",)),
        ParameterSpec("scheduler", T.ENUM, choices=("DDIM", "Euler")),
        ParameterSpec("seed", T.SEED),
    ]
)


def name_of(specs: ParameterSpecSet, name: str) -> str | None:
    found = Names(specs).find(name)
    return found.name if found else None


def test_a_parameter_answers_to_name_alias_label_and_common_synonyms():
    for name in ("guidance_scale", "GuidanceScale", "guidance-scale", " cfg ", "Guidance", "CFG Scale"):
        assert name_of(FLUX, name) == "guidance_scale"
    assert name_of(FLUX, "Steps") == "num_inference_steps"
    assert name_of(SDXL, "CREATIVITY") == "cfgScale"
    assert name_of(SDXL, "") is None and name_of(SDXL, "image_size") is None


def test_a_synonym_that_two_parameters_answer_to_means_neither():
    both = ParameterSpecSet.of([ParameterSpec("guidance", T.NUMBER), ParameterSpec("cfg_scale", T.NUMBER)])
    assert name_of(both, "cfg") is None
    assert name_of(both, "guidance") == "guidance"


def test_a_form_comes_back_in_the_names_types_and_order_of_the_model():
    resolved = resolve({"seed": 7, "CFG": "3", "steps": "8,10", "prompt": "a, b"}, FLUX)
    assert resolved.values == {"prompt": "a, b", "num_inference_steps": "8,10", "guidance_scale": 3.0, "seed": "7"}
    assert list(resolved.values) == ["prompt", "num_inference_steps", "guidance_scale", "seed"]
    assert resolved.problems == () and resolved.is_usable


def test_what_a_form_gets_wrong_is_listed_and_left_out():
    resolved = resolve({"stepps": 3, "guidance_scale": 99, "image_size": "huge"}, FLUX)
    assert resolved.values == {} and not resolved.is_usable
    assert {(one.name, one.code, one.severity) for one in resolved.problems} == {
        ("image_size", "not_a_choice", Severity.ERROR),
        ("stepps", "unknown_parameter", Severity.WARNING),
        ("guidance_scale", "out_of_range", Severity.ERROR),
        ("prompt", "missing", Severity.ERROR),
    }


def test_another_model_keeps_what_it_takes_and_says_what_it_does_not():
    given = {"num_inference_steps": 28, "guidance_scale": "2..4", "image_size": "square_hd", "seed": "5"}
    kept, dropped = carry_over({"prompt": "a cat", **given}, FLUX, SDXL)
    assert kept == {"prompt": "a cat", "steps": 28, "cfgScale": "2..4", "seed": "5"}
    assert [one.name for one in dropped] == ["image_size"] and "no parameter “image_size”" in dropped[0].message


def test_another_model_drops_values_out_of_its_range():
    kept, dropped = carry_over({"num_inference_steps": 45}, FLUX, SDXL)
    assert kept == {} and [one.code for one in dropped] == ["out_of_range"]


def test_defaults_fill_what_is_not_given():
    assert merge_defaults(FLUX, {"seed": "5", "guidance_scale": None, "mine": 1}) == {
        "num_inference_steps": 28,
        "guidance_scale": 3.5,
        "image_size": "square_hd",
        "seed": "5",
        "mine": 1,
    }


def test_specs_survive_being_stored():
    assert ParameterSpecSet.from_json(FLUX.to_json()) == FLUX
    assert all("interpolation" not in one for one in FLUX.to_json()["parameters"])
    listed = ParameterSpec("notes", T.TEXT, interpolation=Interpolation.LIST)
    assert ParameterSpec.from_json(listed.to_json()).may_be_several
    assert ParameterSpec("steps", T.INTEGER).interpolation is Interpolation.LIST
