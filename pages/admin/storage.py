"""Storage & trash: how much room is used, what lies in the trash, and files that nothing refers to."""

from core.clock import utc_now
from core.ui.errors import guarded
from core.ui.gate import require_admin
from core.ui.page import page_header, zone_note
from core.ui.storage.orphans import show_orphans
from core.ui.storage.room import show_room
from core.ui.storage.trash import SAID, show_trash

user = require_admin()
page_header("Storage & trash", f"How much room is used, and what can be cleared away. {zone_note(user.timezone)}")
SAID.show()
with guarded():
    show_room(user)
with guarded():
    show_trash(user, utc_now())
with guarded():
    show_orphans(user)
