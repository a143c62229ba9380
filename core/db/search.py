"""Full-text search: one question, asked of a tsvector on PostgreSQL and of FTS5 on SQLite, with the same answers.

What can be found is the column ``search_text`` of a table, written as :func:`text_of` puts it: plain words with one
blank between them. Neither engine then has anything to interpret, and nothing that somebody types is syntax: triggers
(see the migration ``…_search``) hand the words on to the index as they stand. A word is found by its beginning.

SQLite's index needs a number for each row that stays the same for ever. The rows of tables whose key is no integer have
none (VACUUM may number them anew), so ``search_<table>_keys`` gives each one.
"""

import enum
import unicodedata

from sqlalchemy import ColumnElement, and_, bindparam, func, literal, text, true
from sqlalchemy.orm import Session
from sqlalchemy.sql.expression import TextualSelect

from core.db.base import Base

WORD_LENGTH = 60
TEXT_LENGTH = 20_000
MOST_WORDS = 12
# More hits than this are not listed but asked for row by row: a page of a list is full long before.
FEW = 2_000
# PostgreSQL: so many of the newest rows are looked at; what share of them makes words common, and what rare.
SAMPLE = 1_000
COMMON, RARE = 0.1, 0.01
# Cast, not to_tsquery: that one would read the words once more, by rules of its own.
_TSQUERY = "CAST(:search_words AS tsquery)"


class Searchable(enum.StrEnum):
    """The tables with a ``search_text``."""

    PRODUCTS = "products"
    ORDERS = "orders"

    @property
    def key_column(self) -> str:
        return f"{self.value.removesuffix('s')}_id"


def words_of(text: str) -> list[str]:
    """The words in a text: letters and digits, in lower case, without accents; each Chinese or Japanese character is
    a word, since nothing stands between them."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(_as_written(one) for one in plain).split()


def text_of(*parts: str | None) -> str:
    """What ``search_text`` is to hold for a row with these texts, each word once, in the order they come."""
    words: dict[str, None] = {}
    length = 0
    for word in words_of(" ".join(part for part in parts if part)):
        short = word[:WORD_LENGTH]
        if short not in words:
            length += len(short) + 1
            if length > TEXT_LENGTH:
                break
            words[short] = None
    return " ".join(words)


def matching(session: Session, kind: Searchable, words: str) -> ColumnElement[bool]:
    """That a row of ``kind`` holds a word beginning with each of ``words``; true for all when there are none."""
    wanted = [word[:WORD_LENGTH] for word in dict.fromkeys(words_of(words))][:MOST_WORDS]
    if not wanted:
        return true()
    if session.get_bind().dialect.name == "postgresql":
        return _by_vector(session, kind, " & ".join(f"'{word}':*" for word in wanted))
    return _by_fts5(session, kind, wanted)


def _by_vector(session: Session, kind: Searchable, query: str) -> ColumnElement[bool]:
    """PostgreSQL takes every beginning of a word for equally common, so it is told by what way to look.

    Its index gives all hits together, 40,000 as readily as 40; walking along the newest gives up too late when there
    are next to none. The newest rows tell which it is.
    """
    share = _share_of_newest(session, kind, query)
    if share >= COMMON:  # by a function, which no index answers
        asked = f"ts_match_vq({kind.value}.search_vector, {_TSQUERY})"
    elif share < RARE:  # an array, which is made first
        hits = f"SELECT h.id FROM {kind.value} h WHERE h.search_vector @@ {_TSQUERY}"  # noqa: S608 - names of our own
        asked = f"{kind.value}.id = ANY(ARRAY({hits}))"
    else:
        asked = f"{kind.value}.search_vector @@ {_TSQUERY}"
    return and_(true(), text(asked).bindparams(bindparam("search_words", query, unique=True)))


def _share_of_newest(session: Session, kind: Searchable, query: str) -> float:
    """How many of the newest rows match; asked once in a session, which asks for a page and for how many there are."""
    known: dict[tuple[Searchable, str], float] = session.info.setdefault("search_shares", {})
    if (kind, query) not in known:
        newest = text(
            f"SELECT count(*) FROM (SELECT search_vector v FROM {kind.value} ORDER BY created_at DESC LIMIT {SAMPLE}) s"  # noqa: S608 - names of our own
            f" WHERE v @@ {_TSQUERY}"
        )
        known[kind, query] = (session.execute(newest, {"search_words": query}).scalar() or 0) / SAMPLE
    return known[kind, query]


def _by_fts5(session: Session, kind: Searchable, wanted: list[str]) -> ColumnElement[bool]:
    table = Base.metadata.tables[kind.value]
    query = " AND ".join(f'"{word}"*' for word in wanted)
    # Whole words first: to ask for beginnings, FTS5 puts all hits together before it tells of the first.
    if all(_has_few(session, kind, asking) for asking in (query.replace("*", ""), query)):
        condition: ColumnElement[bool] = table.c.id.in_(_hits(kind, query))
        return condition
    return _row_by_row(kind, wanted)


def _as_written(character: str) -> str:
    category = unicodedata.category(character)
    if category[0] == "M":
        return ""
    if category[0] not in "LN":
        return " "
    return f" {character} " if _stands_alone(character) else character


def _stands_alone(character: str) -> bool:
    """Whether it belongs to a script that is written without blanks."""
    return "\u3040" <= character <= "\u30ff" or "\u3400" <= character <= "\u9fff" or character >= "\U00020000"


def _hits(kind: Searchable, query: str) -> TextualSelect:
    table = Base.metadata.tables[kind.value]
    found = text(
        f"SELECT k.{kind.key_column} AS id FROM search_{kind} s JOIN search_{kind}_keys k ON k.key = s.rowid"  # noqa: S608 - names of our own
        f" WHERE s.search_{kind} MATCH :search_words"
    )
    return found.bindparams(bindparam("search_words", query, unique=True)).columns(id=table.c.id.type)


def _has_few(session: Session, kind: Searchable, query: str) -> bool:
    counted = text(
        f"SELECT count(*) FROM (SELECT 1 FROM search_{kind} WHERE search_{kind} MATCH :words LIMIT {FEW + 1})"  # noqa: S608 - names of our own
    )
    return (session.execute(counted, {"words": query}).scalar() or 0) <= FEW


def _row_by_row(kind: Searchable, words: list[str]) -> ColumnElement[bool]:
    """The same without the index; the words are plain by now, so a blank in front of one is where it begins."""
    text_column = Base.metadata.tables[kind.value].c.search_text
    return and_(*(func.instr(literal(" ").concat(text_column), f" {word}") > 0 for word in words))
