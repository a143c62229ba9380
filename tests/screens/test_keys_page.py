"""The screen of API keys: making one and seeing it once, the list, ending one."""

import re

from streamlit.testing.v1 import AppTest

from core.clock import utc_now
from core.identity import api_keys
from core.identity.api_keys import KeyView
from core.identity.models import User
from core.runtime import Runtime
from core.system import audit
from core.system.actors import Actor
from core.ui.keys.export import keys_csv
from tests.factories import DAY
from tests.screens.conftest import SignIn
from tests.screens.support import open_screen, press, run, said

SCRIPT = "pages/connect/keys.py"
KEY = re.compile(r"atl_[A-Za-z0-9]{16}_[A-Za-z0-9]{43}")


def make(runtime: Runtime, user: User, name: str = "ComfyUI", **more: object) -> str:
    with runtime.database.session() as session:
        actor = Actor.person(user.id)
        text, _ = api_keys.create(session, actor, name, ["sales"], now=utc_now(), **more)  # type: ignore[arg-type]  # expires_at
        return text


def keys(runtime: Runtime, user: User) -> list[KeyView]:
    with runtime.database.read() as session:
        return api_keys.list_keys(session, Actor.person(user.id), now=utc_now())


def fill_in(screen: AppTest, name: str, *scopes: str) -> AppTest:
    screen.text_input("key-name").set_value(name)
    for scope in ("deviations_write", "deviations_read", "sales"):
        box = screen.checkbox(f"key-scope-{scope}")
        (box.check if scope in scopes else box.uncheck)()
    return press(screen, "Make the key")


def test_without_a_key_the_screen_says_what_keys_are_for(runtime: Runtime, alice: User, sign_in: SignIn) -> None:
    sign_in(alice)
    words = said(open_screen(SCRIPT))
    assert "No keys yet" in words
    assert "waits under Review" in words


def test_a_new_key_is_shown_with_a_command_until_the_person_has_it(
    runtime: Runtime, alice: User, sign_in: SignIn
) -> None:
    sign_in(alice)
    screen = fill_in(open_screen(SCRIPT), "ComfyUI", "deviations_write")
    (shown,) = set(KEY.findall(said(screen)))
    assert f'curl -H "Authorization: Bearer {shown}" -F file=@picture.png' in said(screen)
    with runtime.database.read() as session:
        assert api_keys.authenticate(session, shown, now=utc_now())
    assert KEY.findall(said(run(screen)))
    assert not KEY.findall(said(press(screen, "I have it")))
    (view,) = keys(runtime, alice)
    assert view.expires_at is not None
    assert shown[:10] == view.prefix
    assert shown not in said(open_screen(SCRIPT))


def test_a_key_that_only_sells_is_tried_with_a_question(runtime: Runtime, alice: User, sign_in: SignIn) -> None:
    sign_in(alice)
    assert "/api/v1/me" in said(fill_in(open_screen(SCRIPT), "Shop", "sales"))


def test_what_cannot_be_used_is_said_in_a_sentence(runtime: Runtime, alice: User, sign_in: SignIn) -> None:
    sign_in(alice)
    nameless = fill_in(open_screen(SCRIPT), " ", "sales")
    assert "Give the key a name" in said(nameless)
    assert "at least one thing" in said(fill_in(open_screen(SCRIPT), "Key"))
    assert keys(runtime, alice) == []


def test_a_key_can_be_renamed_and_revoked_and_then_deleted(runtime: Runtime, alice: User, sign_in: SignIn) -> None:
    text = make(runtime, alice, "Odd *name* [1]")
    (view,) = keys(runtime, alice)
    sign_in(alice)
    screen = open_screen(SCRIPT)
    assert r"Odd \*name\* \[1\]" in said(screen)
    screen.text_input(f"name-{view.id}").set_value("Laptop")
    press(screen, "Rename")
    press(screen, "Revoke now")
    (view,) = keys(runtime, alice)
    assert (view.name, view.state) == ("Laptop", "revoked")
    with runtime.database.read() as session:
        assert api_keys.authenticate(session, text, now=utc_now()) is None
    press(screen, "Delete")
    assert keys(runtime, alice) == []


def test_keys_that_end_soon_are_named_first(runtime: Runtime, alice: User, sign_in: SignIn) -> None:
    make(runtime, alice, "Trial", expires_at=utc_now() + DAY)
    make(runtime, alice, "Later", expires_at=utc_now() + 100 * DAY)
    sign_in(alice)
    (warning,) = open_screen(SCRIPT).warning
    assert "Trial" in str(warning.value)
    assert "Later" not in str(warning.value)


def test_the_export_names_keys_and_holds_none(runtime: Runtime, alice: User) -> None:
    text = make(runtime, alice, "ComfyUI, at home")
    export = keys_csv(keys(runtime, alice)).decode("utf-8-sig")
    assert export.startswith("# Atelier API keys. Filters: none")
    assert '"ComfyUI, at home"' in export
    assert text[12:] not in export


def test_the_audit_trail_says_which_program_did_something(runtime: Runtime, alice: User, admin: User) -> None:
    text = make(runtime, alice, "ComfyUI")
    with runtime.database.session() as session:
        holder = api_keys.authenticate(session, text, now=utc_now())
        assert holder is not None
        audit.record(session, holder.actor, "deviation.created", "dev_x", now=utc_now())
    (table,) = open_screen("pages/admin/audit.py").dataframe
    assert "ComfyUI of alice (key)" in list(table.value["Who"])
