"""``tidy``: what empty options and commands leave in a prompt."""

import re
from dataclasses import replace

from core.studio.hooks.protocol import Picture, Words

_COMMAS = re.compile(r"\s*,(?:\s*,)*\s*")


class Tidy:
    name = "tidy"
    summary = "Takes doubled blanks and commas out of both prompts, and commas at their ends."

    def words(self, words: Words) -> Words:
        return replace(words, prompt=_tidied(words.prompt), negative_prompt=_tidied(words.negative_prompt))

    def picture(self, picture: Picture, words: Words) -> Picture:
        return picture


def _tidied(text: str) -> str:
    return _COMMAS.sub(", ", " ".join(text.split())).strip(", ")
