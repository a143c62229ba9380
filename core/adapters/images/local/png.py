"""The file: PNG with fixed settings, and the text that Automatic1111 leaves, so that any tool can read the making."""

import io

import numpy as np
import numpy.typing as npt
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from core.adapters.images.local.commission import Commission

# Grain does not compress: more effort costs three times the time and saves a tenth.
_COMPRESSION = 1


def encode(pixels: npt.NDArray[np.uint8], parameters: str) -> bytes:
    """The pixels as a PNG file with its ``parameters`` text."""
    texts = PngInfo()
    texts.add_itxt("parameters", parameters)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", compress_level=_COMPRESSION, pnginfo=texts)
    return file.getvalue()


def settings_text(commission: Commission, seed: int, style: str, width: int, height: int) -> str:
    """Prompt, negative prompt and one line of settings."""
    settings = {
        "Steps": commission.steps,
        "Sampler": f"Atelier {style}",
        "CFG scale": f"{commission.guidance:g}",
        "Seed": seed,
        "Size": f"{width}x{height}",
        "Model": commission.model,
        "Palette": commission.palette,
    }
    if commission.source is not None:
        settings["Denoising strength"] = f"{commission.strength:g}"
    lines = [commission.prompt] if commission.prompt else []
    if commission.negative:
        lines.append(f"Negative prompt: {commission.negative}")
    text = "\n".join([*lines, ", ".join(f"{name}: {value}" for name, value in settings.items())])
    # What no file can hold: NULs, which end a text, and halves of characters.
    return text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")
