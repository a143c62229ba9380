"""The prices of pictures as providers listed them, by kind of provider.

Each line says where it is from and since when it holds. A price that changes gets a new line and the old one an end,
so that a call is reckoned by what held on its day. Tokens are priced by ``tokens.py``.
"""

from datetime import date
from decimal import Decimal

from core.metering.models import PriceUnit
from core.metering.prices.rates import Rate

VERSION = "2026-11-21"
OWN_HARDWARE = frozenset({"local", "comfyui"})

_FAL = "fal.ai/pricing"
_REPLICATE = "replicate.com/pricing"
_OPENAI = "openai.com/api/pricing"
_CIVITAI = "Civitai's list price of 1,000 Buzz"


def _rate(
    source: str, since: date, model: str, unit: PriceUnit, amount: str, *, size: str | None = None,
    quality: str | None = None, whole: bool = False, typical: str | None = None,
) -> Rate:  # fmt: skip
    return Rate(
        unit, Decimal(amount), model, size=size, quality=quality, source=source, version=VERSION, valid_from=since,
        whole=whole, typical=Decimal(typical) if typical else None,
    )  # fmt: skip


def _replicate(model: str, unit: PriceUnit, amount: str, since: date, typical: str | None = None) -> Rate:
    return _rate(_REPLICATE, since, model, unit, amount, typical=typical)


def _fal(model: str, unit: PriceUnit, amount: str, typical: str | None = None) -> Rate:
    # Left to itself fal makes pictures of about one megapixel.
    is_whole = unit is PriceUnit.MEGAPIXEL
    return _rate(_FAL, _FLUX, model, unit, amount, whole=is_whole, typical="1" if is_whole else typical)


def _dall_e(model: str, size: str, quality: str | None, amount: str) -> Rate:
    return _rate(_OPENAI, _DALL_E, model, PriceUnit.IMAGE, amount, size=size, quality=quality)


_FLUX = date(2024, 8, 1)  # when FLUX came out
_FLUX_PRO = date(2024, 10, 1)
_SDXL = date(2023, 7, 26)
_DALL_E = date(2023, 11, 6)
_IMAGE, _MEGAPIXEL, _SECOND = PriceUnit.IMAGE, PriceUnit.MEGAPIXEL, PriceUnit.SECOND

BUNDLED: dict[str, tuple[Rate, ...]] = {
    "replicate": (
        _replicate("black-forest-labs/flux-schnell", _IMAGE, "0.003", _FLUX),
        _replicate("black-forest-labs/flux-dev", _IMAGE, "0.025", _FLUX),
        _replicate("black-forest-labs/flux-1.1-pro", _IMAGE, "0.04", _FLUX_PRO),
        _replicate("recraft-ai/recraft-v3", _IMAGE, "0.04", _FLUX_PRO),
        # By the second on an L40S; a picture of 1024 × 1024 in 30 steps takes about six.
        _replicate("stability-ai/sdxl", _SECOND, "0.000975", _SDXL, "6"),
    ),
    "fal": (
        _fal("fal-ai/flux/schnell", _MEGAPIXEL, "0.003"),
        _fal("fal-ai/flux/dev", _MEGAPIXEL, "0.025"),
        _fal("fal-ai/flux/dev/image-to-image", _MEGAPIXEL, "0.03"),
        _fal("fal-ai/flux-pro/v1.1", _MEGAPIXEL, "0.04"),
        _fal("fal-ai/fast-sdxl", _SECOND, "0.00111", "2"),
    ),
    "openai": (
        _dall_e("dall-e-3", "1024x1024", "standard", "0.04"),
        _dall_e("dall-e-3", "1792x1024", "standard", "0.08"),
        _dall_e("dall-e-3", "1024x1792", "standard", "0.08"),
        _dall_e("dall-e-3", "1024x1024", "hd", "0.08"),
        _dall_e("dall-e-3", "1792x1024", "hd", "0.12"),
        _dall_e("dall-e-3", "1024x1792", "hd", "0.12"),
        _dall_e("dall-e-2", "1024x1024", None, "0.02"),
        _dall_e("dall-e-2", "512x512", None, "0.018"),
        _dall_e("dall-e-2", "256x256", None, "0.016"),
    ),
    "civitai": (_rate(_CIVITAI, _SDXL, "*", PriceUnit.BUZZ, "0.001"),),
}


def bundled(kind: str, model: str, on: date) -> list[Rate]:
    """The lines for a model that held on a day; a version after a colon does not matter."""
    names = {model, model.partition(":")[0], "*"}
    return [
        rate
        for rate in BUNDLED.get(kind, ())
        if rate.model in names
        and (rate.valid_from is None or rate.valid_from <= on)
        and (rate.valid_until is None or on < rate.valid_until)
    ]
