"""Running the hooks of an item on a call before it is made: first its words, later the pictures that go in."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.media.probe import ProbeLimits
from core.studio.hooks import pictures
from core.studio.hooks.finishing import reason_of
from core.studio.hooks.protocol import BeforeHook, HookFailed, Picture, Skipped, Words
from core.studio.hooks.registry import BEFORE
from core.studio.parameters import ParameterSpecSet
from core.studio.providers import InputFile


def prepare_words(generation: Mapping[str, Any], specs: ParameterSpecSet) -> tuple[dict[str, Any], list[Skipped]]:
    """The parameter set of an item with its hooks run on prompts and parameters, and the hooks that were skipped."""
    names = generation.get("before") or ()
    if not names:
        return dict(generation), []
    words = Words(
        generation.get("prompt") or "",
        generation.get("negative_prompt") or "",
        dict(generation.get("parameters") or {}),
        specs,
    )
    skipped = []
    for name in names:
        try:
            words = _hook(name).words(words)
        except Exception as error:
            skipped.append(Skipped(name, reason_of(error, name)))
    said = {"prompt": words.prompt, "negative_prompt": words.negative_prompt, "parameters": dict(words.parameters)}
    return {**generation, **said}, skipped


def prepare_input(
    file: InputFile, names: Sequence[str], words: Words, folder: Path, *, limits: ProbeLimits
) -> tuple[InputFile, list[Skipped]]:
    """A picture that goes in with the hooks run on it: written into ``folder``, or as it was when none changes it.

    Hooks that there are no longer were told of with the words, and are passed over here.
    """
    hooks = [BEFORE[name] for name in names if name in BEFORE]
    if not hooks:
        return file, []
    most = min(limits.max_pixels, limits.max_whole_pixels)
    try:
        folder.mkdir(exist_ok=True)
        opened = picture = pictures.open_for_hooks(file.path, folder, most_pixels=most)
    except Exception as error:
        return file, [Skipped(hook.name, reason_of(error, hook.name)) for hook in hooks]
    skipped, done = [], []
    for number, hook in enumerate(hooks):
        try:
            picture = _applied(hook, picture, words, folder / f"{number}.v", most)
            done.append(hook.name)
        except Exception as error:
            skipped.append(Skipped(hook.name, reason_of(error, hook.name)))
    if picture is opened:
        return file, skipped
    try:
        written = pictures.write(picture, folder, "prepared")
    except Exception as error:
        return file, [*skipped, *(Skipped(name, reason_of(error, name)) for name in done)]
    with written.path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    return replace(file, path=written.path, mime_type=written.media_type.mime, sha256=digest), skipped


def _hook(name: str) -> BeforeHook:
    hook = BEFORE.get(name)
    if hook is None:
        raise HookFailed("There is no hook of this name any more.")
    return hook


def _applied(hook: BeforeHook, picture: Picture, words: Words, into: Path, most: int) -> Picture:
    changed = hook.picture(picture, words)
    if changed is picture:
        return picture
    pictures.check_size(changed, most)
    return replace(changed, image=pictures.computed(changed.image, into))
