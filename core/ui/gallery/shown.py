"""Everything the gallery shows, read in one transaction; and keeping pictures in their places while somebody culls."""

from dataclasses import dataclass

import streamlit as st
from sqlalchemy.orm import Session

from core.identity.sessions import SignedIn
from core.runtime import get_runtime
from core.studio.products import facets, listing
from core.studio.products.errors import ProductChangeRefused
from core.studio.products.listing import Count, ProductPage
from core.studio.products.views import ProductView, views_of
from core.studio.shelves.collections import list_collections
from core.studio.shelves.projects import list_projects
from core.studio.shelves.tags import list_tags
from core.ui.gallery.query import PAGE_SIZE, Query, go_to_page

_KEPT = "gallery.kept"
_KEEP = "gallery.keep"


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to filter by, names by id."""

    projects: dict[str, str]
    collections: dict[str, str]
    tags: dict[str, str]
    models: tuple[str, ...]
    providers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """One page of pictures with what stands around it."""

    page: ProductPage
    count: Count
    choices: Choices

    @property
    def rows(self) -> tuple[ProductView, ...]:
        return self.page.rows

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(row.id for row in self.page.rows)


def keep_places() -> None:
    """Let the next run show the same pictures again: one that was rated just now must not vanish under the hand."""
    st.session_state[_KEEP] = True


def read_shown(user: SignedIn, query: Query) -> Shown:
    """Read what ``query`` asks for; after ``keep_places`` the pictures of before, as they are now."""
    kept: tuple[Query, ProductPage] | None = st.session_state.get(_KEPT)
    stays = st.session_state.pop(_KEEP, False) and kept is not None and kept[0] == query
    with get_runtime().database.read() as session:
        page = _again(session, user, kept[1]) if stays and kept else _page(session, user, query)
        shown = Shown(page, listing.count_products(session, user.actor, query.wanted), _choices(session, user))
    st.session_state[_KEPT] = (query, page)
    return shown


def _page(session: Session, user: SignedIn, query: Query) -> ProductPage:
    def read(cursor: str | None) -> ProductPage:
        return listing.list_products(
            session, user.actor, query.wanted, order=query.order, cursor=cursor, page_size=PAGE_SIZE
        )

    try:
        page = read(query.cursor)
    except ProductChangeRefused:  # an old address
        page = ProductPage((), None, None)
    if not page.rows and query.cursor:
        go_to_page(None)
        return read(None)
    return page


def _again(session: Session, user: SignedIn, page: ProductPage) -> ProductPage:
    return ProductPage(views_of(session, user.user_id, [row.id for row in page.rows]), page.before, page.after)


def _choices(session: Session, user: SignedIn) -> Choices:
    return Choices(
        projects={row.id: row.name for row in list_projects(session, user.actor)},
        collections={row.id: row.name for row in list_collections(session, user.actor) if row.rule is None},
        tags={row.id: row.name for row in list_tags(session, user.actor)},
        models=tuple(facets.list_models(session, user.actor)),
        providers=tuple(facets.list_providers(session, user.actor)),
    )
