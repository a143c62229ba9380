"""``strip``: only pixels."""

from dataclasses import replace

from core.studio.hooks.protocol import Picture


class Strip:
    name = "strip"
    summary = "Leaves out what the file says about its making, such as the prompt; Atelier knows it all the same."

    def apply(self, picture: Picture) -> Picture:
        return replace(picture, keeps_metadata=False)
