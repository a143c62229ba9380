"""Looking at what others publish: home, a day's choice, watched artists, a tag, a topic, and more like one work."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Generic, TypeVar

from core.identity.account_errors import AccountNeedsReconnect
from core.identity.accounts import get_account
from core.identity.models import Account
from core.publishing import tags
from core.publishing.asking import Line, ask
from core.publishing.inspiration import shapes
from core.publishing.inspiration.cache import Entry, JsonDict, answer
from core.publishing.inspiration.errors import WishRefused, Withdrawn
from core.publishing.inspiration.keys import PERSONAL, Mode, Wish, fresh_for, key_of
from core.publishing.inspiration.providers import Browsed, BrowsePage, Described, Similar, Topic, TopicPage
from core.publishing.site import Site
from core.system.actors import Actor

LISTS = (Mode.HOME, Mode.DAILY, Mode.FOLLOWING, Mode.TAG, Mode.TOPIC)
PAGE_SIZE = 24
TOPICS_PER_PAGE = 10
SHORTEST_BEGINNING = 2
LONGEST_TAG = 100
FURTHEST_OFFSET = 50_000
MORE_LIKE_SCOPE = "browse.mlt"
WITHDRAWN = ("popular", "newest", "hot", "undiscovered", "recommended", "categories")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What was asked for, as of ``cached_at``. ``problem``: older than it should be, and why, in a sentence."""

    value: T
    cached_at: datetime
    problem: str | None = None

    @property
    def is_stale(self) -> bool:
        return self.problem is not None


def mode_of(name: str) -> Mode:
    """The list called ``name``. Raises ``Withdrawn`` for those the site took away, ``WishRefused`` for no such list."""
    if name in WITHDRAWN:
        raise Withdrawn(
            f"DeviantArt took “{name}” away from programs, so it cannot be shown here. Choose another list."
        )
    if name not in {mode.value for mode in LISTS}:
        raise WishRefused("There is no such list. Choose one above.")
    return Mode(name)


def browse(
    line: Line, actor: Actor, account_id: str, wish: Wish, *, now: datetime, refresh: bool = False
) -> Answer[BrowsePage]:
    """One page of a list; ``wish.mode`` is one of ``LISTS``, ``wish.limit`` is set here.

    Makes a call when what is kept is not fresh, so no transaction may be open. ``refresh`` calls in any
    case. Raises ``WishRefused``, ``AccountNotFound``, and, with nothing kept, what ``asking.ask`` raises.
    """
    checked = _checked(wish, now)
    stored = _answer(
        line, actor, account_id, checked, lambda site, token: shapes.page_json(_page(site, token, checked)),
        now=now, refresh=refresh,
    )  # fmt: skip
    return Answer(shapes.read_page(stored.value), stored.cached_at, stored.problem)


def search_tags(line: Line, actor: Actor, account_id: str, beginning: str, *, now: datetime) -> Answer[list[str]]:
    """Tags that begin with ``beginning``; none when it has fewer than two characters that a tag can have."""
    text = tags.site_form(beginning).lower()[:LONGEST_TAG]
    if len(text) < SHORTEST_BEGINNING:
        return Answer([], now)
    wish = Wish(Mode.TAG_SEARCH, beginning=text)
    stored = _answer(
        line, actor, account_id, wish, lambda site, token: {"tags": site.search_tags(token, text)}, now=now
    )
    return Answer(list(stored.value["tags"]), stored.cached_at, stored.problem)


def list_topics(line: Line, actor: Actor, account_id: str, *, offset: int = 0, now: datetime) -> Answer[TopicPage]:
    """Ten topics with examples of their work."""
    wish = Wish(Mode.TOPICS, offset=_offset(offset), limit=TOPICS_PER_PAGE)

    def call(site: Site, token: str) -> JsonDict:
        return shapes.topics_json(site.list_topics(token, offset=wish.offset, limit=wish.limit))

    stored = _answer(line, actor, account_id, wish, call, now=now)
    return Answer(shapes.read_topics(stored.value), stored.cached_at, stored.problem)


def top_topics(line: Line, actor: Actor, account_id: str, *, now: datetime) -> Answer[list[Topic]]:
    """The topics of the hour."""
    stored = _answer(
        line, actor, account_id, Wish(Mode.TOP_TOPICS),
        lambda site, token: shapes.topics_json(TopicPage(site.top_topics(token))), now=now,
    )  # fmt: skip
    return Answer(list(shapes.read_topics(stored.value).topics), stored.cached_at, stored.problem)


def more_like(
    line: Line, actor: Actor, account_id: str, work_id: str, *, mature: bool = False, now: datetime
) -> Answer[Similar]:
    """More of the same artist and of others. Raises ``AccountNeedsReconnect`` when the account may not ask this."""
    account = _account(line, actor, account_id)
    if account.scope is not None and MORE_LIKE_SCOPE not in account.scope.split():
        raise AccountNeedsReconnect(
            f"{account.username} was connected without the permission for “more like this”. "
            "Connect it again on Accounts to ask for it."
        )
    wish = Wish(Mode.SIMILAR, subject=_work(work_id), mature=mature)

    def call(site: Site, token: str) -> JsonDict:
        return shapes.similar_json(site.more_like(token, work_id, mature=mature))

    stored = _answer(line, actor, account_id, wish, call, now=now)
    return Answer(shapes.read_similar(stored.value), stored.cached_at, stored.problem)


def look_at(line: Line, actor: Actor, account_id: str, work_id: str, *, now: datetime) -> Answer[Browsed]:
    """One work."""
    wish = Wish(Mode.WORK, subject=_work(work_id))
    stored = _answer(
        line, actor, account_id, wish, lambda site, token: shapes.work_json(site.look_at(token, work_id)), now=now
    )
    return Answer(shapes.read_work(stored.value["work"]), stored.cached_at, stored.problem)


def describe(line: Line, actor: Actor, account_id: str, work_id: str, *, now: datetime) -> Answer[Described]:
    """A work's tags, description and figures."""
    wish = Wish(Mode.DESCRIPTION, subject=_work(work_id))
    stored = _answer(
        line, actor, account_id, wish, lambda site, token: shapes.described_json(site.describe(token, work_id)), now=now
    )
    return Answer(shapes.read_described(stored.value), stored.cached_at, stored.problem)


def _answer(
    line: Line,
    actor: Actor,
    account_id: str,
    wish: Wish,
    call: Callable[[Site, str], JsonDict],
    *,
    now: datetime,
    refresh: bool = False,
) -> Answer[JsonDict]:
    account = _account(line, actor, account_id)
    owner = account.user_id if wish.mode in PERSONAL else None
    entry = Entry(key_of(wish, account.provider, account.id), wish.mode, fresh_for(wish, now), owner)
    stored = answer(line.database, entry, lambda: ask(line, account, call, now=now), now=now, refresh=refresh)
    return Answer(stored.body, stored.cached_at, stored.problem)


def _account(line: Line, actor: Actor, account_id: str) -> Account:
    with line.database.read() as session:
        return get_account(session, actor, account_id)


def _page(site: Site, token: str, wish: Wish) -> BrowsePage:
    offset, limit, mature = wish.offset, wish.limit, wish.mature
    match wish.mode:
        case Mode.HOME:
            return site.browse_home(token, offset=offset, limit=limit, mature=mature)
        case Mode.FOLLOWING:
            return site.browse_following(token, offset=offset, limit=limit, mature=mature)
        case Mode.TAG:
            return site.browse_tag(token, wish.tag or "", offset=offset, limit=limit, mature=mature)
        case Mode.TOPIC:
            return site.browse_topic(token, wish.topic or "", offset=offset, limit=limit, mature=mature)
        case _:
            assert wish.day is not None  # _checked saw to it
            return site.browse_daily(token, wish.day, mature=wish.mature)


def _checked(wish: Wish, now: datetime) -> Wish:
    """The wish as it can be sent: without what its mode does not take, the rest in the site's form."""
    if wish.mode not in LISTS:
        raise WishRefused("There is no such list. Choose one above.")
    if wish.mode is Mode.DAILY:
        return Wish(Mode.DAILY, day=_day(wish.day, now), mature=wish.mature)
    plain = replace(Wish(wish.mode), mature=wish.mature, offset=_offset(wish.offset), limit=PAGE_SIZE)
    if wish.mode is Mode.TAG:
        tag = tags.site_form((wish.tag or "").lstrip("#"))[:LONGEST_TAG].lower()
        if not tag:
            raise WishRefused("Type a tag of Latin letters, digits or _ to see the work that carries it.")
        return replace(plain, tag=tag)
    if wish.mode is Mode.TOPIC:
        if not wish.topic or len(wish.topic) > LONGEST_TAG:
            raise WishRefused("Choose a topic to see its work.")
        return replace(plain, topic=wish.topic)
    return plain


def _day(day: date | None, now: datetime) -> date:
    # The furthest east it is tomorrow already.
    latest = (now + timedelta(hours=14)).date()
    chosen = day or now.date()
    if chosen > latest:
        raise WishRefused("There is no choice for a day to come. Choose today or an earlier day.")
    return chosen


def _offset(offset: int) -> int:
    if not 0 <= offset <= FURTHEST_OFFSET:
        raise WishRefused("There is no such page. Go back to the first one.")
    return offset


def _work(work_id: str) -> str:
    # It becomes part of an address.
    if not work_id.replace("-", "").isalnum() or len(work_id) > 64:
        raise WishRefused("There is no such work. Go back to the list.")
    return work_id
