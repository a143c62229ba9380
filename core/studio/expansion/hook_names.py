"""Which hooks there are, as far as a text can know: their names, and what to say about a name that is none."""

import difflib
from dataclasses import dataclass

from core.studio.parameters.escaping import cleaned
from core.studio.parameters.names import plain

_LONGEST_NAME = 60
_OTHER = {"before": "after", "after": "before"}


@dataclass(frozen=True, slots=True)
class HookNames:
    """The names of all hooks, by when they run."""

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()

    def find(self, when: str, written: str) -> str | None:
        """The hook that is meant; case, blanks, hyphens and underscores do not matter."""
        return next((name for name in self._of(when) if plain(name) == plain(written)), None)

    def unknown(self, when: str, written: str) -> str:
        """What to say about a name that is no hook."""
        shown = cleaned(written if len(written) <= _LONGEST_NAME else f"{written[:_LONGEST_NAME]}…")
        said = f"There is no hook “{shown}” to run {when} the call; it is skipped."
        other = _OTHER[when]
        if found := self.find(other, written):
            return f"{said} Write “pipeline:{other}:{found}”."
        near = difflib.get_close_matches(plain(written)[:_LONGEST_NAME], map(plain, self._of(when)), n=1, cutoff=0.6)
        if near:
            return f"{said} Did you mean “{self.find(when, near[0])}”?"
        return f"{said} There are {', '.join(self._of(when))}."

    def _of(self, when: str) -> tuple[str, ...]:
        return self.before if when == "before" else self.after
