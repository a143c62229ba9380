"""Which styles each model of the house paints, and the words that call for them."""

from collections.abc import Callable
from dataclasses import dataclass

from core.adapters.images.local.canvas import Field
from core.adapters.images.local.scene import Scene
from core.adapters.images.local.styles import (
    aurora,
    balance,
    bauhaus,
    bloom,
    city,
    contours,
    currents,
    dunes,
    fern,
    fractal,
    glass,
    herbarium,
    marble,
    mountains,
    packing,
    rosette,
    sea,
    silk,
    tree,
    truchet,
)
from core.adapters.images.local.words import Brief

Painter = Callable[[Scene], Field]


@dataclass(frozen=True, slots=True)
class Style:
    """One way to paint. ``words`` call for it, ``palettes`` suit it when the prompt names no light or mood."""

    painter: Painter
    words: frozenset[str]
    palettes: tuple[str, ...]
    grain: float = 3.0
    vignette: float = 0.12


def _style(painter: Painter, words: str, palettes: str, *, grain: float = 3.0, vignette: float = 0.12) -> Style:
    return Style(painter, frozenset(words.split()), tuple(palettes.split()), grain, vignette)


_PLACES = {
    "mountains": _style(
        mountains.paint,
        "mountain hill ridge alp peak valley summit misty mist fog lake forest snow glacier highland",
        "dawn dusk calm storm winter rose ocean",
    ),
    "dunes": _style(dunes.paint, "dune desert sand sahara mesa canyon arid camel", "desert dusk gold rose dawn calm"),
    "sea": _style(
        sea.paint,
        "sea ocean water wave coast beach island boat sail ship harbour lagoon shore tide seascape",
        "dusk ocean dawn storm calm night",
    ),
    "aurora": _style(
        aurora.paint, "aurora northern polar arctic borealis cosmos galaxy star starry", "aurora", grain=3.5
    ),
    "city": _style(
        city.paint,
        "city skyline town street urban building skyscraper window metropolis cyberpunk architecture downtown",
        "dusk night neon rose winter dawn",
    ),
}
_ABSTRACTS = {
    "currents": _style(
        currents.paint,
        "current flow wind line ink stroke field movement hair river brush",
        "dawn dusk ocean night ember spring autumn",
        vignette=0.06,
    ),
    "marble": _style(
        marble.paint, "marble fluid liquid agate stone ink pour acrylic vein geode", "dawn ocean rose gold dusk storm"
    ),
    "silk": _style(
        silk.paint,
        "silk satin cloth fold smooth wave drape velvet soft gradient fabric",
        "rose ocean gold neon dusk calm",
    ),
    "glass": _style(
        glass.paint,
        "glass mosaic stained cathedral voronoi crystal cell leaded shard window",
        "spring dusk ocean autumn rose",
    ),
    "fractal": _style(
        fractal.paint,
        "fractal julia mandelbrot spiral cosmic infinite mathematics psychedelic lightning",
        "dusk ocean neon ember night gold",
    ),
    "contours": _style(
        contours.paint,
        "contour map topography topographic terrain layer paper cut relief island",
        "dawn ocean desert autumn calm forest",
        vignette=0.08,
    ),
}
_GEOMETRY = {
    "bauhaus": _style(
        bauhaus.paint,
        "bauhaus grid poster square modern tile pattern retro modernist",
        "dawn dusk autumn ink spring ocean",
        grain=2.5,
        vignette=0.04,
    ),
    "balance": _style(
        balance.paint,
        "balance constructivism constructivist suprematism kandinsky minimal disc bar composition",
        "dawn ink autumn dusk desert",
        grain=4.5,
        vignette=0.05,
    ),
    "truchet": _style(
        truchet.paint,
        "truchet maze labyrinth weave knot band ribbon endless loop interlaced",
        "ocean dusk spring neon ink desert",
        vignette=0.08,
    ),
    "rosette": _style(
        rosette.paint,
        "rosette sacred mandala star flower compass symmetry gold line zodiac occult",
        "gold night rose ocean dusk",
    ),
    "packing": _style(
        packing.paint,
        "packing circle bubble dot pebble ring round sphere confetti",
        "dawn spring dusk pastel autumn ocean",
        vignette=0.05,
    ),
}
_PLANTS = {
    "herbarium": _style(
        herbarium.paint,
        "herbarium pressed stem vintage specimen herb leaf botanical paper wildflower",
        "forest dawn autumn spring calm",
        grain=4.0,
        vignette=0.12,
    ),
    "bloom": _style(
        bloom.paint,
        "bloom flower dahlia rose petal chrysanthemum peony sunflower floral bouquet lotus",
        "rose dusk gold spring ocean autumn",
    ),
    "fern": _style(
        fern.paint, "fern frond jungle forest leaf undergrowth moss tropical", "forest spring calm autumn ocean"
    ),
    "tree": _style(
        tree.paint,
        "tree blossom sakura cherry bonsai oak maple branch orchard park",
        "rose dusk autumn dawn spring winter",
    ),
}

REPERTOIRE: dict[str, dict[str, Style]] = {
    "local/landscape": _PLACES,
    "local/abstract": _ABSTRACTS,
    "local/geometric": _GEOMETRY,
    "local/botanical": _PLANTS,
}


def choose(model: str, brief: Brief, toss: float) -> str:
    """The style that the words call for most; among equals ``toss`` (0 to 1) decides."""
    styles = REPERTOIRE[model]
    scores = {name: brief.calls_for(name, style.words) for name, style in styles.items()}
    best = max(scores.values())
    candidates = [name for name, score in scores.items() if score == best]
    return candidates[min(int(toss * len(candidates)), len(candidates) - 1)]
