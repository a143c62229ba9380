"""The one thing that keeps an order from being expanded."""

from core.errors import InvalidInputError


class PairingError(InvalidInputError):
    """The negative prompt has neither one part nor as many as the prompt; both numbers are at hand."""

    def __init__(self, mark: str, what: str, prompt_parts: int, negative_parts: int) -> None:
        super().__init__(
            f"{what}: the prompt has {prompt_parts:,} parts between “{mark}”, the negative prompt {negative_parts:,}. "
            f"Give the negative prompt one, for all of them, or {prompt_parts:,}."
        )
        self.mark = mark
        self.prompt_parts = prompt_parts
        self.negative_parts = negative_parts
