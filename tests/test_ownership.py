"""Another person's id answers like a missing one, whatever the service; and nothing of theirs changes.

Every public service that takes an id for an acting person is called twice, with somebody else's id and
with one that nobody has. New services are found by themselves.
"""

import importlib
import inspect
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.db.base import Base
from core.db.engine import Database
from core.db.ids import new_id
from core.errors import AtelierError
from core.identity import api_keys, sessions
from core.identity.models import InstanceUserRole, User
from core.media.storage import ObjectStore
from core.publishing.asking import Line
from core.publishing.automations import editing, limits_editing
from core.publishing.automations.forms import (
    AutomationForm,
    BlackoutForm,
    Blueprint,
    DefaultForm,
    LimitsForm,
    RuleForm,
)
from core.publishing.automations.lookup import list_rules
from core.publishing.automations.models import BlackoutKind, RuleType
from core.publishing.automations.rules import RuleSpec
from core.publishing.bulk import BulkChanges
from core.publishing.calendar.moving import Target
from core.publishing.changes import DeviationChanges
from core.publishing.inspiration.keys import Mode, Wish
from core.publishing.models import DeviationStatus
from core.publishing.reports import Change
from core.publishing.scheduling import SchedulePlan
from core.publishing.templates.models import MetadataTemplate, TemplateType
from core.sales.models import SaleQueueStatus
from core.sales.presets import PresetForm
from core.sales.proof import StoredProof
from core.system import channels, confirming, outbox
from core.system.actors import Actor
from core.system.models import AuditEvent
from core.system.notifications import notify
from core.system.outbox import OutboxFilter
from tests.factories import HOUR, NOON, make_account, make_deviation, make_preset, make_user
from tests.sales.support import make_sale
from tests.studio.factories import make_product
from tests.support.sources import functions

POSTS = ("deviation_id", "ids")
SEVERAL = ("ids", "product_ids")
OWNED = (*POSTS, "account_id", "session_id", "user_id", "invitation_id", "api_key_id", "channel_id", "delivery_id",
         "sale_id", "preset_id", "automation_id", "rule_id", "window_id",
         "product_id", "product_ids")  # fmt: skip
NIGHT = BlackoutForm("Mine now", BlackoutKind.WEEKLY, start_time="22:00", end_time="07:00")
# These take rows or events that a caller has looked up already.
LOOKED_UP = {"core.system.audit.event_row", "core.system.audit.record"}


@dataclass(frozen=True)
class House:
    """Alice, who asks, and what Charlie has: a post in every state, an account, a session."""

    database: Database
    store: ObjectStore
    alice: Actor
    theirs: dict[str, list[str]]
    template: MetadataTemplate  # hers
    preset_id: str  # hers


@pytest.fixture
def house(database: Database, store: ObjectStore) -> House:
    with database.session() as session:
        alice, charlie = make_user(session, "alice"), make_user(session, "charlie")
        account = make_account(session, charlie)
        make_account(session, alice)
        posts = [make_deviation(session, charlie, account, status=status) for status in DeviationStatus]
        posts.append(make_deviation(session, charlie, account, deleted_at=NOON))
        _, login = sessions.open_session(session, charlie.id, user_agent=None, idle_days=9, now=utc_now())
        _, key = api_keys.create(session, Actor.person(charlie.id), "Theirs", ["sales"], now=NOON)
        template = MetadataTemplate(user_id=alice.id, type=TemplateType.DESCRIPTION, name="Hers", content="{title}")
        session.add(template)
        theirs = {
            "post": [post.id for post in posts],
            "account": [account.id],
            "session": [login.id],
            "api_key": [key.id],
            **_their_sales(session, charlie),
            **_their_notifications(session, charlie.id),
            **_their_automations(session, Actor.person(charlie.id)),
            "product": [make_product(session, charlie).id, make_product(session, charlie, deleted_at=NOON).id],
        }
        theirs |= {"user": [charlie.id], "invitation": ["inv_x"]}
        return House(database, store, Actor.person(alice.id), theirs, template, make_preset(session, alice).id)


def _their_notifications(session: Session, user_id: str) -> dict[str, list[str]]:
    """Two channels, one of them a mail address not confirmed yet, and what is on its way through them."""
    theirs = Actor.person(user_id)
    hook = channels.add_webhook(
        session, theirs, "https://hooks.example", ["post.failed"], allow_private=False, now=NOON
    )
    mail = confirming.add_mail(session, theirs, "charlie@example.com", ["post.failed"], now=NOON)
    notify(session, user_id, "post.failed:dev_1", "Theirs", now=NOON)
    sent = outbox.list_deliveries(session, theirs, OutboxFilter(), limit=9)
    return {"channel": [hook.id, mail], "delivery": [one.id for one in sent]}


def _their_sales(session: Session, charlie: User) -> dict[str, list[str]]:
    """A sale in every state, and a preset that none of them needs."""
    sales = [make_sale(session, charlie, status=status) for status in SaleQueueStatus]
    return {"sale": [sale.id for sale in sales], "preset": [make_preset(session, charlie).id]}


def _their_automations(session: Session, charlie: Actor) -> dict[str, list[str]]:
    """An automation with a rule, and a blackout window."""
    rule = RuleForm(RuleSpec(RuleType.FIXED_TIME, time_of_day="18:00"))
    made = editing.create(session, charlie, Blueprint(AutomationForm("Theirs"), (rule,)), now=NOON)
    window = limits_editing.add_blackout(session, charlie, NIGHT, now=NOON)
    rules = [one.id for one in list_rules(session, made.id)]
    return {"automation": [made.id], "rule": rules, "window": [window.id]}


def services() -> dict[str, Callable[..., Any]]:
    """Every public service that takes an id for an acting person, by its dotted name."""
    found = {}
    for name, one in functions().items():
        module, _, short = name.rpartition(".")
        if name.startswith("core.studio."):
            continue  # tests/studio/test_ownership.py
        if one.has_actor and one.is_public and name not in LOOKED_UP and not short[0].isupper():
            function = getattr(importlib.import_module(module), short, None)
            if function is not None and set(OWNED) & set(inspect.signature(function).parameters):
                found[name] = function
    return found


def test_the_services_are_found() -> None:
    assert {"core.publishing.trash.purge", "core.identity.accounts.disconnect"} <= set(services())
    assert len(services()) > 30


@pytest.mark.parametrize("name", services())
def test_what_somebody_else_has_looks_missing_and_stays_as_it_is(house: House, name: str) -> None:
    service = services()[name]
    # A service may take two, as for a post and its price: the second is her own then.
    parameter = next(one for one in OWNED if one in inspect.signature(service).parameters)
    kind = "post" if parameter in POSTS else parameter.removesuffix("s").removesuffix("_id")
    before = everything_of(house)
    for stranger in house.theirs[kind]:
        missing = new_id(stranger.partition("_")[0])
        assert outcome(house, service, parameter, stranger) == outcome(house, service, parameter, missing)
    assert everything_of(house) == before


def outcome(house: House, service: Callable[..., Any], parameter: str, value: str) -> str:
    """What comes back, or what is raised, without the id in it."""
    values: dict[str, Any] = {
        "database": house.database,
        "store": house.store,
        "actor": house.alice,
        "sites": {},
        "now": NOON,
        "rng": random.Random(1),
        "plan": SchedulePlan(NOON + HOUR),
        "changes": BulkChanges() if "edit_many" in service.__name__ else DeviationChanges(title="Mine now"),
        "line": Line(house.database, {}, 0.0),
        "wish": Wish(Mode.HOME),
        "work_id": "D1",
        "beginning": "fo",
        "title": "Mine now",
        "to": ["bob"],
        "subject": "Hello",
        "body": "A note.",
        "title_pattern": "Mine now",
        "name": "Mine now",
        "files": [],
        "file_ids": [],
        "file_id": new_id("fil"),
        "submission": True,
        "terms": True,
        "clock": lambda: NOON,
        "folder_id": "folder",
        "parent_id": "parent",
        "source_id": "source",
        "order": ["folder"],
        "posts": [],
        "template_id": house.template.id,
        "template": house.template,
        "preset_id": house.preset_id,
        "change": lambda _post, _trail: Change(),
        "pieces": [],
        "form": AutomationForm("Mine now")
        if "automations" in service.__module__
        else PresetForm("Mine now", price=500),
        "blueprint": Blueprint(AutomationForm("Mine now")),
        "spec": RuleSpec(RuleType.FIXED_TIME, time_of_day="08:00"),
        "default": DefaultForm("no_ai", True),
        "field_name": "no_ai",
        "until": NOON + HOUR,
        "limits": LimitsForm(min_gap_minutes=30),
        "window": NIGHT,
        "proof": StoredProof("mine/proofs/1.png", "image/png"),
        "client": "shop",
        "claim_version": 1,
        "message": "Mine now",
        "up": True,
        "answers": {},
        "content": "{title}",
        "rating": 4,
        "notes": "Mine now",
        "project_id": None,
        "declared": [],
        "floor_seconds": 0.0,
        "password_hash": "!",
        "removed_at": NOON,
        "target": Target(NOON.date()),
        "was_at": NOON + HOUR,
        "start": NOON,
        "end": NOON + HOUR,
        "zone": "UTC",
        "role": InstanceUserRole.MEMBER,
        "kinds": [],
        "address": "https://mine.example",
        "allow_private": True,
        "enabled": False,
        "code": "ABCD2345",
        parameter: [value] if parameter in SEVERAL else value,
    }
    wanted = inspect.signature(service).parameters
    given = {key: one for key, one in values.items() if key in wanted}
    try:
        if "session" not in wanted:
            said = repr(service(**given))
        else:
            with house.database.session() as session:
                said = repr(service(session=session, **given))
    except AtelierError as error:
        said = f"{type(error).__name__}: {error}"
    # Addresses in memory and names of batches differ from call to call.
    return re.sub(r"0x[0-9a-f]+|group='[0-9a-f]+'", "", said.replace(value, "it"))


def everything_of(house: House) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, events aside."""
    with house.database.read() as session:
        return {
            table.name: sorted((tuple(row) for row in session.execute(select(table))), key=repr)
            for table in Base.metadata.sorted_tables
            if table.name != AuditEvent.__tablename__
        }
