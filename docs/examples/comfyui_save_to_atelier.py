"""A node for ComfyUI: send pictures to Atelier, with the prompt and the workflow inside of them.

Put this file into ComfyUI/custom_nodes and start ComfyUI with the environment variables ATL_URL and ATL_KEY. The node
stands under image › Save to Atelier. Pictures go out as PNG, pixel for pixel, with the texts that ComfyUI's own Save
Image writes: Atelier reads prompt, seed, model and workflow from them, and dragging the file back into ComfyUI brings
the workflow. The key is better kept in the environment: what stands in a field is saved with every workflow.
"""

import hashlib
import io
import json
import os
import time
import urllib.error
import urllib.request
import uuid
from typing import Any

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

PATIENCE = 180.0  # seconds
AGAIN = {408, 409, 429, 500, 502, 503, 504}


class SaveToAtelier:
    """Sends each picture of a batch; they wait under Review."""

    CATEGORY = "image"
    FUNCTION = "save"
    RETURN_TYPES = ()
    OUTPUT_NODE = True

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:  # noqa: N802 - ComfyUI's name
        return {
            "required": {
                "images": ("IMAGE",),
                "title": ("STRING", {"default": ""}),
                "tags": ("STRING", {"default": ""}),
            },
            "optional": {
                "project": ("STRING", {"default": ""}),
                "mature_level": (["none", "moderate", "strict"],),
                "url": ("STRING", {"default": ""}),
                "key": ("STRING", {"default": ""}),
            },
            "hidden": {"prompt": "PROMPT", "extra_pnginfo": "EXTRA_PNGINFO"},
        }

    def save(
        self,
        images: Any,
        title: str,
        tags: str,
        project: str = "",
        mature_level: str = "none",
        url: str = "",
        key: str = "",
        prompt: Any = None,
        extra_pnginfo: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """``images`` is a batch, height × width × 3, from 0 to 1."""
        address = os.environ.get("ATL_URL") or url or "http://localhost:8501"
        secret = os.environ.get("ATL_KEY") or key
        if not secret:
            raise ValueError("Start ComfyUI with ATL_KEY set to a key from Atelier's Connect › API keys.")
        level = "" if mature_level == "none" else mature_level
        fields = {"title": title.strip()[:200], "tags": tags, "project": project, "mature_level": level}
        texts = {"prompt": prompt} if prompt is not None else {}
        texts |= extra_pnginfo or {}
        sent = [_send(address, secret, encode(image, texts), fields) for image in images]
        return {"ui": {"text": [f"{one['title']}: {one['id']}" for one in sent]}}


def encode(image: Any, texts: dict[str, Any]) -> bytes:
    """One picture as PNG with ``texts`` as ComfyUI writes them."""
    pixels = np.clip(np.asarray(image) * 255.0 + 0.5, 0, 255).astype(np.uint8)
    notes = PngInfo()
    for name, value in texts.items():
        notes.add_text(name, json.dumps(value))
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", pnginfo=notes, compress_level=4)
    return buffer.getvalue()


def _send(url: str, key: str, png: bytes, fields: dict[str, str]) -> dict[str, Any]:
    """Send one picture; the same one again, after an answer that was lost, has no second effect."""
    digest = hashlib.sha256(png + json.dumps(fields, sort_keys=True).encode()).hexdigest()
    boundary = uuid.uuid4().hex
    head = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
        if value
    )
    head += f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="ComfyUI.png"\r\n\r\n'
    body = head.encode() + png + f"\r\n--{boundary}--\r\n".encode()
    request = urllib.request.Request(
        f"{url.rstrip('/')}/api/v1/deviations",
        body,
        {
            "Authorization": f"Bearer {key}",
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Idempotency-Key": digest,
        },
    )
    give_up_at, pause = time.monotonic() + PATIENCE, 1.0
    while True:
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return dict(json.load(answer))
        except urllib.error.HTTPError as error:
            problem = _detail(error)
            if error.code not in AGAIN or time.monotonic() > give_up_at:
                raise RuntimeError(f"Atelier refused the picture: {problem}") from error
            time.sleep(float(error.headers.get("Retry-After") or pause))
        except OSError as error:
            if time.monotonic() > give_up_at:
                raise RuntimeError(f"Atelier could not be reached at {url}: {error}") from error
            time.sleep(pause)
        pause = min(pause * 2, 30.0)


def _detail(error: urllib.error.HTTPError) -> str:
    try:
        return str(json.load(error)["detail"])
    except (ValueError, KeyError, TypeError):
        return f"it answered {error.code}"


NODE_CLASS_MAPPINGS = {"SaveToAtelier": SaveToAtelier}
NODE_DISPLAY_NAME_MAPPINGS = {"SaveToAtelier": "Save to Atelier"}
