"""The palettes: each a family of colours made by hand, so that every painter finds what fits together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.adapters.images.local.colours import Colour, blend, hexes


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of one light. ``sky`` runs from the top to the horizon, ``land`` from far to near, ``body`` from dark
    to light; ``inks`` are for marks on ``paper``; ``lamp`` is sun, moon and lit windows."""

    sky: tuple[Colour, ...]
    land: tuple[Colour, ...]
    body: tuple[Colour, ...]
    inks: tuple[Colour, ...]
    paper: Colour
    lamp: Colour
    is_dark: bool = False

    def each(self, change: Callable[[Sequence[Colour]], tuple[Colour, ...]]) -> "Palette":
        """The palette with ``change`` done to every family of colours."""
        return Palette(
            sky=change(self.sky),
            land=change(self.land),
            body=change(self.body),
            inks=change(self.inks),
            paper=change([self.paper])[0],
            lamp=change([self.lamp])[0],
            is_dark=self.is_dark,
        )

    def towards(self, other: "Palette", share: float) -> "Palette":
        """Between two palettes: ``share`` 1 is the other."""
        return Palette(
            sky=blend(self.sky, other.sky, share),
            land=blend(self.land, other.land, share),
            body=blend(self.body, other.body, share),
            inks=blend(self.inks, other.inks, share),
            paper=other.paper if share > 0.5 else self.paper,
            lamp=blend([self.lamp], [other.lamp], share)[0],
            is_dark=other.is_dark if share > 0.5 else self.is_dark,
        )

    @property
    def journey(self) -> tuple[Colour, ...]:
        """Dark to light and on through the accents back to dark: for pictures that want many turns of colour."""
        body, inks = self.body, self.inks
        return (body[0], body[1], body[3], body[6], inks[2], inks[3], body[1], body[0])


def _palette(sky: str, land: str, body: str, inks: str, paper_and_lamp: str, *, is_dark: bool = False) -> Palette:
    paper, lamp = hexes(paper_and_lamp)
    return Palette(hexes(sky), hexes(land), hexes(body), hexes(inks), paper, lamp, is_dark)


PALETTES = {
    "dawn": _palette(
        "#2f4a5e #6f8f9b #d9b48c #f6dcb4", "#b9a596 #7d8a8c #3d565f #16262d",
        "#16262d #2f4f5c #6f8f9b #c9a78a #ecc79b #f5dcb6 #fcf1dd", "#1f3a3a #2f5d62 #b5523b #d9a441 #7a8f9b",
        "#f2ead9 #fff0d6",
    ),
    "dusk": _palette(
        "#27304f #5b4f7a #c0706f #f6b483", "#a0768a #5d4b70 #33304f #171a2e",
        "#141629 #33305a #6f4a7d #b75d78 #e98a6b #f8bd86 #ffe9c4", "#2b2a4a #6f4a7d #c75b6b #f0a35e #8c93b8",
        "#f7e9dc #ffdfb0",
    ),
    "night": _palette(
        "#060a1a #0d1a33 #1b3450 #2f5a70", "#274259 #16293d #0c1826 #050b14",
        "#060a1a #0f2038 #1d3f5e #2f6b85 #62a5ad #b5d6cf #eef5ea", "#e9e2c8 #7fb7c4 #3f7fa6 #d9b36a #c96f5f",
        "#0e1726 #eaf2ff", is_dark=True,
    ),
    "aurora": _palette(
        "#070b1c #0d1b33 #16354a #1d5a5a", "#1d4a52 #123040 #0b1b2a #050c14",
        "#070b1c #0e2032 #15404a #1f7a6b #3fc79a #7df0b5 #e9fff4", "#35b58c #2aa58f #7df0b5 #8a4fb0 #5a3f9a",
        "#0b1522 #eafff4", is_dark=True,
    ),
    "storm": _palette(
        "#2a333c #46525b #71797a #b3b0a2", "#7e8583 #525c60 #2f393f #151b20",
        "#12181d #26323a #465660 #6d7d83 #97a19f #c2c3b8 #eceadf", "#1c2b36 #41586a #8a979a #c7a252 #a34a3a",
        "#e6e5dc #f0eede",
    ),
    "calm": _palette(
        "#86adbb #b1cccf #dbe2d6 #f5ebd8", "#b7c7c2 #88a5a3 #567a7c #2c4f55",
        "#24454d #47747a #7ba3a1 #a9c4ba #d1dbcb #ece7d6 #faf5ea", "#2f5d62 #6a9a98 #d8a878 #c97f63 #9db8a0",
        "#f6f1e4 #fffaf0",
    ),
    "neon": _palette(
        "#0a0620 #27104f #7a1f8f #ff4fa0", "#5a2a96 #331a66 #1b0f3f #0a061c",
        "#080418 #2a0f57 #6a1b9a #d61f8f #ff5c7a #35e0e8 #e8fbff", "#ff2e88 #21e6e0 #ffd23f #8a4dff #3dff9e",
        "#0d0820 #9dfbff", is_dark=True,
    ),
    "pastel": _palette(
        "#b0c8ea #d3cdec #f4d1dc #fde9d8", "#d3c3df #b3aed3 #8f9cc4 #6a7fae",
        "#5f74a8 #8f9fd2 #bdb2de #e2bcd6 #f6cfc9 #fbe4cb #fdf6e6", "#7f9bd0 #e592a6 #f2ba7c #86c3a8 #ab90c9",
        "#fdf6ee #fffaf0",
    ),
    "gold": _palette(
        "#3a2a1c #7a5526 #c9963f #f5d98c", "#a87d3c #6d4a24 #3c2816 #1a120b",
        "#140e08 #3a2614 #7a5220 #b8862f #e2b855 #f5dc93 #fff8e0", "#1d1a16 #8a5a1e #d4a02f #e8c46a #5a3a2a",
        "#f6ecd6 #fff3c4",
    ),
    "autumn": _palette(
        "#5a6a72 #a3a08c #dcb27a #f5d8a2", "#b8793f #8a4527 #542a1e #261512",
        "#1f120e #54271a #94421f #c96a24 #e29a3a #efc878 #faecc6", "#6b2d1a #c4561f #e0962e #6f7a3a #33414a",
        "#f5ead3 #fff0cc",
    ),
    "spring": _palette(
        "#7fb6d6 #b4d8dc #dceccf #fbf3d2", "#a8c99a #74a870 #427a50 #1f4a38",
        "#173a30 #2f6a4a #66a061 #a6cb7d #dbe6a4 #f5e7c4 #fdf6ea", "#3f7a4c #8fb85a #ef8fa6 #f0c548 #4f97b4",
        "#fbf8ea #fffbe0",
    ),
    "winter": _palette(
        "#4f7390 #8fb0c4 #c8dbe2 #f3f4f0", "#b4c8d3 #7e9cb0 #48677f #1d3347",
        "#12263a #2c4d69 #5580a0 #8fb2c8 #bfd5df #e2edef #fbfdfd", "#1f3f5c #5d8fb0 #8fb7cc #d9534a #44586a",
        "#f4f7f6 #ffffff",
    ),
    "ocean": _palette(
        "#1c5d86 #4f97b0 #9bcbc8 #f0efd9", "#6fa9ae #2f7a8c #145069 #082a40",
        "#06243a #0d4a66 #17788c #3fa7a4 #8fd0bd #d3ebd2 #f9f7e6", "#0d4a66 #1f8a9a #f08a5d #f0c46c #7cc2b0",
        "#f5f2e4 #fffbe6",
    ),
    "forest": _palette(
        "#5d7d74 #93aa92 #c9cfa8 #f2ebc8", "#8aa287 #557a5f #2c4f3c #10261d",
        "#0c1f18 #1f4532 #3f6e48 #6f9659 #a8b76f #d9d39b #f5efd4", "#1f4532 #5c7a4a #b5693a #c9a83f #3b5560",
        "#f0e9d4 #fff6d0",
    ),
    "rose": _palette(
        "#5a3350 #a35a78 #e59aa0 #fad4c4", "#c98a98 #94536f #5a2d4c #2a1428",
        "#24101f #5a2244 #9a3a62 #cf6685 #eb9ba3 #f7cbc4 #fdeee6", "#7a1f45 #3f5f5a #d2567a #eda39c #d9a94f",
        "#fbeee8 #fff0e4",
    ),
    "desert": _palette(
        "#5f7c98 #b59a92 #e7b98c #f8e1b6", "#e2a46a #bf6f48 #7c4038 #3a2430",
        "#2e1c26 #6b3536 #b3583c #dc8a4e #efb877 #f7dbaa #fdf3dd", "#7c4038 #3e6a70 #c9653e #e9a85a #8a8f7a",
        "#f6ead4 #fff2d0",
    ),
    "ember": _palette(
        "#120a10 #3a1218 #8f2a1c #f2772e", "#6a2a22 #3f1a1a #220f12 #0d0608",
        "#0d0608 #34101a #7a1c1c #c23a1c #f0752a #fbb44c #fff0c0", "#f7e3c0 #c23a1c #f0752a #fbb44c #8a2a34",
        "#160c0f #ffdf8a", is_dark=True,
    ),
    "ink": _palette(
        "#3a3c3e #6f7274 #a9abab #dedddb", "#a3a5a6 #6a6d6f #3a3c3f #141517",
        "#101113 #303235 #5a5d60 #8a8c8d #b5b6b4 #dcdad5 #f7f5f0", "#141517 #3c3f42 #77797a #a83a2c #b0b0ad",
        "#f4f1ea #ffffff",
    ),
}  # fmt: skip
