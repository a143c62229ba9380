"""The twelve pictures of the demo studio: who paints each, and what it is called."""

from dataclasses import dataclass

from core.demo.painters import Painter, painter

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
        "Ridge behind ridge, each a little paler than the one before.",
        ("mountains", "sunrise", "mist", "landscape"),
        painter("landscape", "mountains", "dawn", "mist, sun, no lake"), LANDSCAPE, 7, for_review=True,
    ),
    DemoPicture(
        "Walking sands",
        "The dunes move by a hand's breadth each day.",
        ("desert", "dunes", "sand", "landscape"),
        painter("landscape", "dunes", "desert"), LANDSCAPE, 8, for_review=True,
    ),
    DemoPicture(
        "The road on the water",
        "An hour before dark the sea has a road on it.",
        ("sea", "sunset", "seascape", "light"),
        painter("landscape", "sea", "dusk", "sun, birds, no boat"), LANDSCAPE, 9, for_review=False,
    ),
    DemoPicture(
        "Green fire",
        "Northern lights above the firs.",
        ("aurora", "night", "stars", "forest"),
        painter("landscape", "aurora", "aurora", "stars, firs"), PORTRAIT, 10, for_review=True,
    ),
    DemoPicture(
        "Blue hour",
        "Everybody is home, or nearly.",
        ("city", "night", "windows", "architecture"),
        painter("landscape", "city", "dusk", "mist"), LANDSCAPE, 11, for_review=False,
    ),
    DemoPicture(
        "Currents",
        "Some two thousand lines that follow the same wind.",
        ("generative", "ink", "flowfield", "lines"),
        painter("abstract", "currents", "dawn"), SQUARE, 12, for_review=True,
    ),
    DemoPicture(
        "Window in the north aisle",
        "Late sun through lead and glass.",
        ("stainedglass", "voronoi", "colour", "abstract"),
        painter("abstract", "glass", "ocean"), PORTRAIT, 13, for_review=False,
    ),
    DemoPicture(
        "Slow river",
        "Colours that ran into each other and dried.",
        ("marble", "fluid", "abstract", "texture"),
        painter("abstract", "marble", "ocean"), LANDSCAPE, 34, for_review=True,
    ),
    DemoPicture(
        "Orbit study",
        "A Julia set, coloured by how near its points come to a circle.",
        ("fractal", "julia", "mathematics", "abstract"),
        painter("abstract", "fractal", "dusk"), LANDSCAPE, 55, for_review=False,
    ),
    DemoPicture(
        "Balance in five colours",
        "Discs, bars and one arc, weighed against each other.",
        ("geometric", "constructivism", "minimal", "abstract"),
        painter("geometric", "balance", "autumn"), SQUARE, 16, for_review=True,
    ),
    DemoPicture(
        "Herbarium sheet",
        "Stems from the edge of a field.",
        ("botanical", "plants", "vintage", "illustration"),
        painter("botanical", "herbarium", "forest"), LANDSCAPE, 57, for_review=False,
    ),
    DemoPicture(
        "Unsurveyed",
        "Contour lines of a land nobody has walked.",
        ("map", "contours", "topography", "generative"),
        painter("abstract", "contours", "dawn"), SQUARE, 18, for_review=False,
    ),
)  # fmt: skip
