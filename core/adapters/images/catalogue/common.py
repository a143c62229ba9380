"""Parameters that many models share."""

from dataclasses import replace

from core.studio.parameters import Interpolation, ParameterSpec, ParameterType

T = ParameterType

PROMPT = ParameterSpec(
    "prompt", T.TEXT, "Prompt", required=True, hint="What the picture shows.", interpolation=Interpolation.TOKENS,
    order=10,
)  # fmt: skip
PICTURE = ParameterSpec(
    "image", T.IMAGE, "Picture", hint="Without one the picture is made from the words alone.",
    interpolation=Interpolation.NONE, order=30,
)  # fmt: skip


def prompt(most_characters: int) -> ParameterSpec:
    return replace(PROMPT, max_length=most_characters)


def pictures(count: int) -> tuple[ParameterSpec, ...]:
    """Places for pictures that go in: ``image``, ``image_2`` and so on; none of them needed."""
    more = (
        replace(PICTURE, name=f"image_{place}", label=f"Picture {place}", hint="", advanced=True, order=29 + place)
        for place in range(2, count + 1)
    )
    return (PICTURE, *more)


def choice(name: str, label: str, choices: tuple[str, ...], default: str, *, order: int, **more: str) -> ParameterSpec:
    """A value out of a few."""
    return ParameterSpec(name, T.ENUM, label, choices=choices, default=default, order=order, hint=more.get("hint", ""))
