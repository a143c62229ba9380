"""The twelve pictures of the demo studio: who paints each, and what it is called."""

from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from core.demo import abstracts, landscapes
from core.demo.canvas import Rng

Painter = Callable[[Rng, int, int], Image.Image]
LANDSCAPE, PORTRAIT, SQUARE = (1600, 1200), (1200, 1500), (1400, 1400)


@dataclass(frozen=True, slots=True)
class DemoPicture:
    """One picture: the same ``seed`` paints the same pixels. ``size`` is width and height in pixels."""

    title: str
    description: str
    tags: tuple[str, ...]
    painter: Painter
    size: tuple[int, int]
    seed: int
    for_review: bool

    @property
    def filename(self) -> str:
        return f"{self.title.lower().replace(' ', '-')}.png"


PICTURES = (
    DemoPicture(
        "First light on the ridge",
        "Seven ridges, each a little paler than the one before.",
        ("mountains", "sunrise", "mist", "landscape"),
        landscapes.ridges, LANDSCAPE, 7, for_review=True,
    ),
    DemoPicture(
        "Walking sands",
        "The dunes move by a hand's breadth each day.",
        ("desert", "dunes", "sand", "landscape"),
        landscapes.dunes, LANDSCAPE, 8, for_review=True,
    ),
    DemoPicture(
        "The road on the water",
        "An hour before dark the sea has a road on it.",
        ("sea", "sunset", "seascape", "light"),
        landscapes.sea, LANDSCAPE, 9, for_review=False,
    ),
    DemoPicture(
        "Green fire",
        "Northern lights above the firs.",
        ("aurora", "night", "stars", "forest"),
        landscapes.aurora, PORTRAIT, 10, for_review=True,
    ),
    DemoPicture(
        "Blue hour",
        "Everybody is home, or nearly.",
        ("city", "night", "windows", "architecture"),
        landscapes.blue_hour, LANDSCAPE, 11, for_review=False,
    ),
    DemoPicture(
        "Currents",
        "Fifteen hundred lines that follow the same wind.",
        ("generative", "ink", "flowfield", "lines"),
        abstracts.currents, SQUARE, 12, for_review=True,
    ),
    DemoPicture(
        "Window in the north aisle",
        "Late sun through lead and glass.",
        ("stainedglass", "voronoi", "colour", "abstract"),
        abstracts.glass, PORTRAIT, 13, for_review=False,
    ),
    DemoPicture(
        "Slow river",
        "Colours that ran into each other and dried.",
        ("marble", "fluid", "abstract", "texture"),
        abstracts.marble, LANDSCAPE, 14, for_review=True,
    ),
    DemoPicture(
        "Orbit study",
        "A Julia set, coloured by how near its points come to a circle.",
        ("fractal", "julia", "mathematics", "abstract"),
        abstracts.orbit, LANDSCAPE, 15, for_review=False,
    ),
    DemoPicture(
        "Balance in five colours",
        "Discs, bars and one arc, weighed against each other.",
        ("geometric", "constructivism", "minimal", "abstract"),
        abstracts.shapes, SQUARE, 16, for_review=True,
    ),
    DemoPicture(
        "Herbarium sheet",
        "Six stems from the edge of a field.",
        ("botanical", "plants", "vintage", "illustration"),
        abstracts.herbarium, LANDSCAPE, 17, for_review=False,
    ),
    DemoPicture(
        "Unsurveyed",
        "Contour lines of a land nobody has walked.",
        ("map", "contours", "topography", "generative"),
        abstracts.tides, SQUARE, 18, for_review=False,
    ),
)  # fmt: skip
