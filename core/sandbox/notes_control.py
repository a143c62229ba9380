"""The part of the control API that is about private notes: whether the site serves them, and a note from somebody."""

from typing import Any

from pydantic import Field
from starlette.requests import Request

from core.sandbox.deviantart import mail
from core.sandbox.deviantart.state import Site
from core.sandbox.orders import Order, read_order


class ServedOrder(Order):
    served: bool


class NoteOrder(Order):
    username: str
    sender: str = "amberquill"
    subject: str = "Hello"
    body: str = Field("A note.", min_length=1)


class NotesControl:
    """The handlers, as those of ``Control``."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def serve(self, request: Request) -> Any:
        self._site.behaviour.notes_served = (await read_order(request, ServedOrder)).served
        self._site.save_behaviour()
        return dict(vars(self._site.behaviour))

    async def deliver(self, request: Request) -> Any:
        order = await read_order(request, NoteOrder)
        user = self._site.add_user(order.username)
        mail.open_mailbox(self._site, user.username)
        note = mail.add_note(
            self._site, user.username, "inbox", order.sender, [user.username], order.subject, order.body, is_unread=True
        )
        return {"noteid": str(note.noteid)}
