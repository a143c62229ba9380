"""The texts of an XMP packet that may hold a prompt."""

from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

_MAX_CHARACTERS = 1_000_000
_WANTED = {
    "description": "xmp:Description",
    "UserComment": "UserComment",
    "parameters": "parameters",
    "CreatorTool": "Software",
}


def read_xmp(packet: str) -> dict[str, str]:
    """Description, user comment, parameters and creator tool; empty when the packet is no XML or a hostile one."""
    if len(packet) > _MAX_CHARACTERS:
        return {}
    try:
        root = fromstring(packet.strip("\0 \r\n\ufeff"), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError):
        return {}
    texts: dict[str, str] = {}
    for element in root.iter():
        _note(texts, element.tag, _inner_text(element))
        for name, value in element.attrib.items():
            _note(texts, name, value)
    return texts


def _note(texts: dict[str, str], qualified_name: object, text: str) -> None:
    wanted = _WANTED.get(str(qualified_name).rpartition("}")[2])
    if wanted and text.strip():
        texts.setdefault(wanted, text.strip())


def _inner_text(element: Element) -> str:
    """The element's own text, or that of the first entry of the language list in it."""
    own = (element.text or "").strip()
    if own or str(element.tag).rpartition("}")[2] not in _WANTED:
        return own
    return next((text for text in (entry.text or "" for entry in element.iter()) if text.strip()), "")
