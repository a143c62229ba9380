"""The hooks there are, by their names."""

from collections.abc import Mapping

from core.studio.expansion import HookNames
from core.studio.hooks.after.autocontrast import Autocontrast
from core.studio.hooks.after.border import Border
from core.studio.hooks.after.grayscale import Grayscale
from core.studio.hooks.after.jpeg import Jpeg
from core.studio.hooks.after.sharpen import Sharpen
from core.studio.hooks.after.square import Square
from core.studio.hooks.after.strip import Strip
from core.studio.hooks.after.upscale import Upscale
from core.studio.hooks.after.webp import Webp
from core.studio.hooks.before.fit_input import FitInput
from core.studio.hooks.before.square_input import SquareInput
from core.studio.hooks.before.tidy import Tidy
from core.studio.hooks.protocol import AfterHook, BeforeHook

_BEFORE: tuple[BeforeHook, ...] = (Tidy(), SquareInput(), FitInput())
_AFTER: tuple[AfterHook, ...] = (
    Upscale(), Sharpen(), Autocontrast(), Grayscale(), Square(), Border(), Jpeg(), Webp(), Strip(),
)  # fmt: skip

BEFORE: Mapping[str, BeforeHook] = {hook.name: hook for hook in _BEFORE}
AFTER: Mapping[str, AfterHook] = {hook.name: hook for hook in _AFTER}
# What an expansion has to know of them.
NAMES = HookNames(tuple(BEFORE), tuple(AFTER))


def markup_help() -> str:
    """A list of all hooks in Markdown, as it is shown beside the prompt."""
    lines = [f"- `pipeline:before:{hook.name}` {_begun_small(hook.summary)}" for hook in _BEFORE]
    lines += [f"- `pipeline:after:{hook.name}` {_begun_small(hook.summary)}" for hook in _AFTER]
    return "\n".join(lines)


def reference_rows() -> list[str]:
    """The rows of the table in the reference."""
    rows = [f"| `pipeline:before:{hook.name}` | {hook.summary} |" for hook in _BEFORE]
    return [*rows, *(f"| `pipeline:after:{hook.name}` | {hook.summary} |" for hook in _AFTER)]


def _begun_small(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:].rstrip(".")
