"""From words to a palette: a mood chooses it, colours pull it, unwanted ones leave it, the seed turns it a little."""

import math
from collections.abc import Sequence

from core.adapters.images.local.canvas import Rng
from core.adapters.images.local.colours import Colour, blend, drain, pull, shade, turn
from core.adapters.images.local.palettes import PALETTES, Palette
from core.adapters.images.local.words import Brief

AUTO = "auto"


def strictness(guidance: float) -> float:
    """How far a palette gives in to the words, 0 to 1: half at 3, nearly all from 10 on."""
    return 1 - math.exp(-guidance / 4.2)


def light(brief: Brief, rng: Rng, chosen: str, suited: Sequence[str], guidance: float) -> Palette:
    """The palette of a picture. ``chosen`` is a palette's name or ``auto``; ``suited`` are the style's own."""
    strict = strictness(guidance)
    welcome = [name for name in suited if name not in brief.unwelcome_moods()] or list(suited)
    drift, pick = float(rng.normal(0, 0.14)), float(rng.random())
    own = welcome[int(pick * len(welcome))]
    named = [chosen] if chosen != AUTO else brief.moods()
    palette = PALETTES[own]
    if named:
        palette = palette.towards(PALETTES[named[0]], math.sqrt(strict) if chosen == AUTO else 1.0)
    if chosen == AUTO and len(named) > 1:
        palette = palette.towards(PALETTES[named[1]], 0.32 * strict)
    colours = brief.colours()
    if colours:
        palette = _coloured(palette, colours, strict)
    elif chosen == AUTO:
        palette = palette.each(lambda family: turn(family, drift * (1.15 - strict)))
    unwanted = brief.unwelcome_colours()
    return palette.each(lambda family: drain(family, unwanted, 0.95)) if unwanted else palette


def _coloured(palette: Palette, colours: Sequence[Colour], share: float) -> Palette:
    """Every family pulled towards the named colours; several colours share a family from its one end to the other."""

    def pulled(family: Sequence[Colour]) -> tuple[Colour, ...]:
        partners = [colours[place * len(colours) // len(family)] for place in range(len(family))]
        return pull(family, partners, share)

    return Palette(
        sky=pulled(palette.sky),
        land=pulled(palette.land),
        body=pulled(palette.body),
        inks=_inks(palette, colours, share),
        paper=pull([palette.paper], colours[:1], share * 0.3)[0],
        lamp=pull([palette.lamp], colours[-1:], share * 0.35)[0],
        is_dark=palette.is_dark,
    )


def _inks(palette: Palette, colours: Sequence[Colour], share: float) -> tuple[Colour, ...]:
    """The named colours themselves among the inks, then darker ones of them; what is left takes their hues."""
    if len(colours) == 1:
        inks = pull(palette.inks, list(colours) * 5, share)
        # One ink keeps its own hue: a sheet in one colour alone is dull.
        return (inks[0], inks[1], blend([inks[2]], colours, share)[0], palette.inks[3], inks[4])
    wanted = [*colours, *(shade(colour, -0.15) for colour in colours)]
    inks = pull(palette.inks, [colours[place % len(colours)] for place in range(5)], share)
    # The third ink first: painters give it the largest shapes.
    for place, colour in zip((2, 3, 0, 1, 4), wanted, strict=False):
        inks = (*inks[:place], blend([inks[place]], [colour], share)[0], *inks[place + 1 :])
    return inks
