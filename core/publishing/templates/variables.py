"""The variables of a template: some it declares itself, the others are filled from the post."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from core.publishing.errors import PatternRefused
from core.publishing.patterns import Pattern, read_pattern
from core.publishing.post_values import BUILT_IN
from core.publishing.templates.errors import TemplateRefused

MAX_VARIABLES = 20
NAME_LENGTH = 40
LABEL_LENGTH = 80
VALUE_LENGTH = 1_000

_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class TemplateVariable:
    """A variable that a template declares: ``label`` asks for it, ``default`` is the answer to begin with."""

    name: str
    label: str = ""
    default: str = ""

    @property
    def question(self) -> str:
        return self.label or self.name.replace("_", " ").capitalize()

    def stored(self) -> dict[str, Any]:
        """As the column takes it."""
        return asdict(self)


def read_variables(declared: Iterable[Mapping[str, Any]]) -> tuple[TemplateVariable, ...]:
    """Declared variables from a form or a column; raises :class:`TemplateRefused` naming the one that cannot be."""
    found: dict[str, TemplateVariable] = {}
    for number, one in enumerate(declared, start=1):
        variable = _variable(one, number)
        if variable.name in found:
            raise TemplateRefused(f"Variable {number}: “{variable.name}” is declared twice. Remove one of them.")
        found[variable.name] = variable
    if len(found) > MAX_VARIABLES:
        raise TemplateRefused(f"A template declares at most {MAX_VARIABLES} variables; these are {len(found)}.")
    return tuple(found.values())


def read_text(text: str, variables: Sequence[TemplateVariable]) -> Pattern:
    """The text with its variables found.

    Raises ``PatternRefused`` naming the spot of a variable that nobody declared, and
    :class:`TemplateRefused` for a declared one that the text does not use.
    """
    names = [*BUILT_IN, *(one.name for one in variables)]
    pattern = read_pattern(text, names, advice=", or declare it as a variable")
    for number, one in enumerate(variables, start=1):
        if one.name not in pattern.names:
            raise TemplateRefused(
                f"Variable {number}, {{{one.name}}}, is not used in the text. Use it there, or remove it."
            )
    return pattern


def undeclared(text: str, declared: Collection[str]) -> list[str]:
    """The names in braces that could be declared and are not, in their order; none for a text that cannot be read."""
    try:
        pattern = read_pattern(text, _Everything())
    except PatternRefused:
        return []
    names = dict.fromkeys(part.name for part in pattern.parts if not isinstance(part, str))
    return [one for one in names if one not in declared and one not in BUILT_IN and _NAME.fullmatch(one)]


def answers_to(variables: Sequence[TemplateVariable], given: Mapping[str, str]) -> dict[str, str]:
    """A value for each variable: as given, else its default. Raises :class:`TemplateRefused`."""
    known = {one.name: one for one in variables}
    stranger = next((name for name in given if name not in known), None)
    if stranger is not None:
        raise TemplateRefused(f"This template has no variable “{stranger}”. Reload the page; it was changed.")
    answers = {name: given.get(name, one.default) for name, one in known.items()}
    for name, answer in answers.items():
        if len(answer) > VALUE_LENGTH:
            raise TemplateRefused(f"{known[name].question}: at most {VALUE_LENGTH:,} characters, not {len(answer):,}.")
    return answers


class _Everything(Collection[str]):
    """Every name there could be; as a list it is what a text may use without declaring it."""

    def __contains__(self, name: object) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(BUILT_IN)

    def __len__(self) -> int:
        return len(BUILT_IN)


def _variable(one: Mapping[str, Any], number: int) -> TemplateVariable:
    name, label, default = (_text(one, key) for key in ("name", "label", "default"))
    name = name.removeprefix("{").removesuffix("}")
    label = " ".join(label.split())
    if not _NAME.fullmatch(name) or len(name) > NAME_LENGTH:
        raise TemplateRefused(
            f"Variable {number}: “{name[:NAME_LENGTH]}” cannot be a name. Use small letters, digits and _, beginning "
            f"with a letter, at most {NAME_LENGTH} characters."
        )
    if name in BUILT_IN:
        raise TemplateRefused(f"Variable {number}: {{{name}}} is filled from the post already. Choose another name.")
    if len(label) > LABEL_LENGTH:
        raise TemplateRefused(f"Variable {number}: a label has at most {LABEL_LENGTH} characters.")
    if len(default) > VALUE_LENGTH:
        raise TemplateRefused(f"Variable {number}: a default has at most {VALUE_LENGTH:,} characters.")
    return TemplateVariable(name, label, default)


def _text(one: Mapping[str, Any], key: str) -> str:
    # A row of a table on screen has ``None``, or not a number, where nothing was typed.
    value = one.get(key)
    return value.replace("\0", "").strip() if isinstance(value, str) else ""
