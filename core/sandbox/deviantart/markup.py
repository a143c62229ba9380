"""Safe HTML from what people wrote: a short list of tags passes, everything else is shown as text."""

from html import escape
from html.parser import HTMLParser

ALLOWED = frozenset(
    ("p", "b", "strong", "i", "em", "u", "s", "ul", "ol", "li", "blockquote", "h2", "h3", "h4", "br", "a")
)
VOID = frozenset({"br"})


class _Cleaner(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ALLOWED:
            return
        link = dict(attrs).get("href") or ""
        safe_link = tag == "a" and link.startswith(("https://", "http://"))
        self.parts.append(f'<a href="{escape(link)}" rel="nofollow">' if safe_link else f"<{tag}>")
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self._open:
            return
        while self._open:
            closing = self._open.pop()
            self.parts.append(f"</{closing}>")
            if closing == tag:
                return

    def handle_data(self, data: str) -> None:
        self.parts.append(escape(data))

    def finish(self) -> str:
        self.close()
        self.parts.extend(f"</{tag}>" for tag in reversed(self._open))
        return "".join(self.parts)


def clean_html(written: str) -> str:
    """HTML that can be put into a page; plain text keeps its line breaks."""
    if "<" not in written:
        return escape(written).replace("\n", "<br>")
    cleaner = _Cleaner()
    cleaner.feed(written)
    return cleaner.finish()
