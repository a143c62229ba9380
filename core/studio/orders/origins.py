"""What an order form came from: a template, or an order it repeats."""

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy.orm import Session

from core.errors import NotFoundError
from core.studio.orders.access import get_order
from core.studio.orders.forms import OrderForm
from core.studio.wording.templates import get_template
from core.system.actors import Actor


def with_known_origins(session: Session, actor: Actor, form: OrderForm) -> OrderForm:
    """The form without an origin that is not there for this person: deleted meanwhile, or never theirs.

    Neither is a reason to refuse the order: all that it says stands in the form.
    """
    if form.template_id is not None and not _is_there(lambda one: get_template(session, actor, one), form.template_id):
        form = replace(form, template_id=None)
    if form.repeats_id is not None and not _is_there(lambda one: get_order(session, actor, one), form.repeats_id):
        form = replace(form, repeats_id=None)
    return form


def _is_there(get: Callable[[str], object], key: str) -> bool:
    try:
        get(key)
    except NotFoundError:
        return False
    return True
