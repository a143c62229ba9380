"""Which screens there are, in which group, and who sees them."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Screen:
    """One entry of the navigation. ``script`` is relative to the folder of ``Home.py``."""

    script: str
    title: str
    icon: str
    address: str = ""
    admins_only: bool = False
    hidden: bool = False

    @property
    def is_front(self) -> bool:
        return not self.address


# An empty heading is the group without one, at the top.
SCREENS: dict[str, tuple[Screen, ...]] = {
    "": (
        Screen("pages/home.py", "Home", ":material/home:"),
        Screen("pages/account/profile.py", "My profile", ":material/person:", "profile", hidden=True),
    ),
    "Create": (
        Screen("pages/create/generate.py", "Generate", ":material/brush:", "generate"),
        Screen("pages/create/orders.py", "Orders", ":material/list_alt:", "orders"),
        Screen("pages/create/gallery.py", "Gallery", ":material/photo_library:", "gallery"),
        Screen("pages/create/collections.py", "Collections", ":material/collections_bookmark:", "collections"),
        Screen("pages/create/wording.py", "Lookups & templates", ":material/data_array:", "wording"),
        Screen("pages/create/product.py", "Picture", ":material/image:", "product", hidden=True),
    ),
    "Publish": (
        Screen("pages/publish/review.py", "Review", ":material/rate_review:", "review"),
        Screen("pages/publish/content.py", "Content", ":material/imagesmode:", "content"),
        Screen("pages/publish/calendar.py", "Calendar", ":material/calendar_month:", "calendar"),
        Screen("pages/publish/automations.py", "Automations", ":material/autorenew:", "automations"),
        Screen("pages/publish/templates.py", "Templates", ":material/bookmarks:", "templates"),
        Screen("pages/publish/galleries.py", "Galleries", ":material/folder_open:", "galleries"),
        Screen("pages/publish/inspiration.py", "Inspiration", ":material/travel_explore:", "inspiration"),
        Screen("pages/publish/notes.py", "Notes", ":material/mail:", "notes"),
    ),
    "Sell": (
        Screen("pages/sell/presets.py", "Price presets", ":material/sell:", "presets"),
        Screen("pages/sell/queue.py", "Sale queue", ":material/point_of_sale:", "sales"),
    ),
    "Insights": (
        Screen("pages/insights/usage.py", "Usage & costs", ":material/payments:", "usage"),
        Screen("pages/insights/statistics.py", "Statistics", ":material/monitoring:", "statistics"),
        Screen("pages/insights/making.py", "Making of", ":material/insights:", "making"),
        Screen("pages/insights/logs.py", "Execution logs", ":material/receipt_long:", "logs"),
    ),
    "Connect": (
        Screen("pages/connect/accounts.py", "Accounts", ":material/link:", "accounts"),
        Screen("pages/connect/providers.py", "Providers & models", ":material/hub:", "providers"),
        Screen("pages/connect/keys.py", "API keys", ":material/key:", "keys"),
        Screen("pages/connect/notifications.py", "Notifications", ":material/notifications_active:", "notifications"),
    ),
    "Admin": (
        Screen("pages/admin/people.py", "People", ":material/group:", "people", admins_only=True),
        Screen("pages/admin/settings.py", "Settings", ":material/tune:", "settings", admins_only=True),
        Screen("pages/admin/health.py", "Health & jobs", ":material/monitor_heart:", "health", admins_only=True),
        Screen("pages/admin/storage.py", "Storage & trash", ":material/hard_drive:", "storage", admins_only=True),
        Screen("pages/admin/audit.py", "Audit", ":material/history:", "audit", admins_only=True),
    ),
}


def listed(screens: Iterable[Screen], *, is_admin: bool) -> list[Screen]:
    """The screens that stand in the navigation for a person of this role."""
    return [screen for screen in screens if not screen.hidden and (is_admin or not screen.admins_only)]


def navigation(*, is_admin: bool) -> st.Page:
    """Draw the navigation for a role; the page to run."""
    pages: dict[str, list[st.Page]] = {}
    for heading, screens in SCREENS.items():
        shown = listed(screens, is_admin=is_admin)
        # What is not listed has its address all the same; one that is for others says so.
        pages[heading] = [_page(screen, is_listed=screen in shown) for screen in screens]
    return st.navigation(pages, expanded=True)


def _page(screen: Screen, *, is_listed: bool) -> st.Page:
    return st.Page(
        ROOT / screen.script,
        title=screen.title,
        icon=screen.icon,
        url_path=screen.address or None,
        default=screen.is_front,
        visibility="visible" if is_listed else "hidden",
    )
