"""What a product of 10^12 combinations costs to expand to 1,000 items, against 1,000 plain items.

Plain items are made by the same call and the same resolution: a prompt without a mark, the same form, and the seeds 1
to 1,000, so that nothing is chosen, counted or filled in.
"""

import statistics
import time
from collections.abc import Iterator

from benchmarks.support import Row
from core.studio.expansion import Limits, OrderText, expand
from core.studio.parameters import ParameterSpec, ParameterSpecSet, ParameterType

NAME = "expansion"
ITEMS = 1_000
ROUNDS = 25
TARGET_RATIO = 3.0

T = ParameterType
SPECS = ParameterSpecSet.of(
    [
        ParameterSpec("prompt", T.TEXT),
        ParameterSpec("negative_prompt", T.TEXT),
        ParameterSpec("num_inference_steps", T.INTEGER, minimum=1, maximum=50, default=28),
        ParameterSpec("guidance_scale", T.NUMBER, minimum=1, maximum=20, default=3.5),
        ParameterSpec("width", T.INTEGER, minimum=256, maximum=1440, default=1024),
        ParameterSpec("height", T.INTEGER, minimum=256, maximum=1440, default=1024),
        ParameterSpec("seed", T.SEED),
    ]
)
FORM: dict[str, object] = {"steps": "28", "guidance": "3.5", "width": 1024, "height": 1024, "seed": "7"}
PLAIN = "a calm landscape with a river, a farm and two trees, in the light of an evening in late summer"
NEGATIVE = "blurry, low quality"
LOOKUPS = {f"list{number}": [f"word {number} {value}" for value in range(10)] for number in range(12)}
TOKENS = " ".join(f"[list{number}]" for number in range(12))
LINKED = " ".join(["[list0]"] * 5 + [f"[list{number}]" for number in range(1, 9)])
LIMITS = Limits(per_batch=ITEMS, per_order=ITEMS)


def run() -> Iterator[Row]:
    """No database, so once."""
    for name, prompt in (
        ("walk 10^12 combinations", TOKENS),
        ("walk a lookup used five times", LINKED),
        ("draw from 10^12 combinations", f"batch:sample:{ITEMS} {TOKENS}"),
    ):
        yield _measure(name, prompt)


def _measure(name: str, prompt: str) -> Row:
    plain, expanding = [], []
    for _ in range(ROUNDS):  # in turn, so that both meet the same machine
        plain.append(_seconds(PLAIN, {**FORM, "seed": f"1..{ITEMS}"}))
        expanding.append(_seconds(prompt, FORM))
    measured, basis = statistics.median(expanding), statistics.median(plain)
    ratio = measured / basis
    return Row(
        f"{name} to {ITEMS:,} items", "-", f"{measured * 1000:.1f} ms", f"plain items {basis * 1000:.1f} ms",
        ratio, f"≤ {TARGET_RATIO:g}", ratio <= TARGET_RATIO,
    )  # fmt: skip


def _seconds(prompt: str, form: dict[str, object]) -> float:
    started = time.perf_counter()
    made = expand(OrderText(prompt, NEGATIVE, form), LOOKUPS, SPECS, seed=1, limits=LIMITS)
    seconds = time.perf_counter() - started
    assert len(made.items) == ITEMS
    return seconds
