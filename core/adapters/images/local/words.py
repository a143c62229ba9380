"""What the words of a prompt mean to the painters: things, moods and colours, wanted or not."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.adapters.images.local.colours import Colour, hexes

_WORD = re.compile(r"[^\W\d_]+")
# “no mist”, “without any birds” in a prompt say what a negative prompt says.
_DENIAL = re.compile(r"\b(?:no|not|without)\s+(?:any\s+|a\s+)?([^\W\d_]+)", re.IGNORECASE)


def _table(text: str) -> dict[str, str]:
    """``"mist: misty fog"`` on each line: the words, and the thing each of them stands for."""
    found: dict[str, str] = {}
    for line in text.strip().splitlines():
        thing, _, words = line.strip().partition(":")
        found.update(dict.fromkeys([thing, *words.split()], thing))
    return found


THINGS = _table(
    """
    mist: misty fog foggy haze hazy
    sun: sunny sunrise sunset sunlight sunlit
    moon: moonlit moonlight moonrise lunar
    star: starry stars constellation
    cloud: cloudy overcast storm stormy thunder
    bird: birds gull gulls flock swallow crane
    tree: fir pine spruce conifer woods treeline
    lake: reflection mirror reflected pond tarn
    boat: sail sailboat ship sailing yacht
    island: isle islands coast cliff headland
    snow: snowy glacier snowcapped
    line: lines lead outline outlines outlined
    rain: rainy drizzle
    gilding: gold golden gilded gilt metallic
    glow: glowing luminous light lights bloom radiant
    texture: paper fibre textured stained
    grain: grainy noise noisy film
    vignette: dark-corners
    petal: petals blossom blossoms sakura cherry
    leaf: leaves foliage leafy
    window: windows lit
    ring: rings circle circles
    """
)

MOODS = _table(
    """
    dawn: sunrise morning daybreak awakening
    dusk: sunset evening twilight sundown
    night: midnight moonlit moonlight starry nocturne dark nightfall
    storm: stormy thunder rain rainy gloomy moody brooding dramatic grey gray overcast
    calm: quiet serene peaceful gentle tranquil still zen silent minimal
    neon: cyberpunk synthwave vaporwave electric futuristic glowing psychedelic
    pastel: soft dreamy candy tender delicate kawaii
    gold: golden gilded luxury luxurious opulent royal
    autumn: fall october november harvest
    spring: may april fresh easter lush
    winter: wintry icy frosty frozen
    rose: romantic love blush valentine rosy
    ember: fire fiery lava flame flames burning volcanic inferno
    ink: monochrome charcoal noir sumi sketch bw
    """
)
# Places carry a light of their own, which gives way to a mood.
PLACES = _table(
    """
    ocean: sea marine lagoon tropical underwater coast wave waves beach reef
    forest: woodland moss jungle woods fern ferns leaf leaves tree
    desert: dune dunes sand sahara canyon mesa arid
    aurora: northern polar borealis arctic
    night: city skyline galaxy cosmos space star stars moon
    winter: snow snowy ice frost glacier iceberg cold
    spring: meadow garden flower flowers
    rose: blossom blossoms sakura cherry peony
    """
)
_NAMED = """
red #c8102e scarlet #d9261c crimson #a8122e vermilion #e0442a ruby #9b1238 maroon #6a1a24
burgundy #6d1730 pink #f08aa8 magenta #d4208c fuchsia #d4208c coral #ff7a5c salmon #f59a80
orange #f2801e amber #f2a81e copper #b56a3a bronze #8f6a34 brown #7a4a2a sepia #8a6a44 ochre #c88a2e
yellow #f4d03a golden #d9a62e gold #d9a62e cream #f4e8c8 beige #e0d0ac olive #7a7a2e lime #a4d43a
green #3f8f4a emerald #108a5a jade #2f9a74 mint #a0dcc0 sage #9aae88 teal #1a8a8a turquoise #30c0bc
cyan #20c4dc aqua #40c8cc azure #3a8ee0 blue #2a5fc4 navy #16264f cobalt #1f44b4 indigo #3a2a8c
sapphire #163a9c violet #7a3ac0 purple #6a2a9a lavender #b49ade lilac #c4a4da plum #70305f
mauve #b088a8 black #0c0c0e white #fbfbf8 grey #808284 gray #808284 silver #b8bcc0 charcoal #2c2e32
"""
COLOURS: Mapping[str, Colour] = {name: hexes(code)[0] for name, code in re.findall(r"(\w+) (#\w{6})", _NAMED)}


@dataclass(frozen=True, slots=True)
class Brief:
    """A prompt and its negative, read."""

    wanted: tuple[str, ...]
    unwanted: frozenset[str]

    @classmethod
    def read(cls, prompt: str, negative: str) -> "Brief":
        denied = _DENIAL.findall(prompt)
        wanted = split(_DENIAL.sub(" ", prompt))
        return cls(tuple(dict.fromkeys(wanted)), frozenset(split(negative)) | frozenset(split(" ".join(denied))))

    def wants(self, thing: str) -> bool:
        return not self.refuses(thing) and any(THINGS.get(word) == thing for word in _forms(self.wanted))

    def refuses(self, thing: str) -> bool:
        return any(THINGS.get(word) == thing for word in _forms(self.unwanted))

    def moods(self) -> list[str]:
        """Names of palettes in the order the prompt names them; places are asked only when there is no mood."""
        for table in (MOODS, PLACES):
            named = dict.fromkeys(table[word] for word in _forms(self.wanted) if word in table)
            welcome = [name for name in named if name not in self.unwelcome_moods()]
            if welcome:
                return welcome
        return []

    def unwelcome_moods(self) -> frozenset[str]:
        return frozenset(MOODS[word] for word in _forms(self.unwanted) if word in MOODS)

    def colours(self) -> list[Colour]:
        return list(dict.fromkeys(COLOURS[word] for word in self.wanted if word in COLOURS))

    def unwelcome_colours(self) -> list[Colour]:
        return [COLOURS[word] for word in sorted(self.unwanted) if word in COLOURS]

    def calls_for(self, name: str, words: Iterable[str]) -> int:
        """How many of a style's own words the prompt holds; below 0 when the negative names the style."""
        if set(_forms([name])) & set(_forms(self.unwanted)):
            return -1
        return len({*_forms([name]), *words} & set(_forms(self.wanted)))


def split(text: str) -> list[str]:
    """The words of a text, small and without accents' variants, in their order."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def strange_words(text: str) -> list[str]:
    """Words that no painter knows."""
    known = (THINGS, MOODS, PLACES, COLOURS)
    return [word for word in split(text) if not any(form in table for form in _forms([word]) for table in known)]


def _forms(words: Iterable[str]) -> list[str]:
    """Each word, and what it may be the plural of: cities and city, birds and bird, beaches and beach."""
    forms: list[str] = []
    for word in words:
        singular = f"{word[:-3]}y" if word.endswith("ies") else word
        forms += dict.fromkeys((word, singular, word.removesuffix("s"), word.removesuffix("es")))
    return forms
