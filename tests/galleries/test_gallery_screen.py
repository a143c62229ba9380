"""The Galleries screen with the sandbox at the other end: what is pressed there happens at the site."""

from collections.abc import Iterator

import pytest

from core.adapters.deviantart.sites import build_sites
from core.clock import utc_now
from core.identity import sessions
from core.identity.models import Account, User
from core.publishing.gallery_calls import KIND
from core.runtime import Runtime, build_runtime, install_runtime
from core.settings import Settings
from core.system.models import IntentState
from core.ui import gate
from core.ui.galleries import opened
from tests.factories import DAY, make_intent
from tests.galleries.conftest import House
from tests.screens.support import open_screen, press, run, said

GALLERIES = "pages/publish/galleries.py"


@pytest.fixture
def screen_runtime(settings: Settings, house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runtime]:
    """The dashboard on Alice's house, with Alice signed in."""
    runtime = build_runtime(settings.model_copy(update={"sandbox_url": house.control.base_url, "call_gap_seconds": 0}))
    install_runtime(runtime)
    with runtime.database.session() as session:
        account = session.get_one(Account, house.account.id)
        account.expires_at = utc_now() + DAY
        user = session.get_one(User, account.user_id)
        cookie, _ = sessions.open_session(session, user.id, user_agent=None, idle_days=9, now=utc_now())
    monkeypatch.setattr(gate, "session_cookie", lambda: cookie)
    runtime.__dict__["sites"] = build_sites(runtime.settings)
    house.now = utc_now()
    yield runtime
    runtime.close()


def open_galleries(**query: str):  # type: ignore[no-untyped-def]  # AppTest
    screen = open_screen("Home.py")
    for name, value in query.items():
        screen.query_params[name] = value
    return run(screen.switch_page(GALLERIES))


def finished(screen):  # type: ignore[no-untyped-def]  # AppTest
    if "galleries.work" in screen.session_state:
        screen.session_state["galleries.work"].wait(60)
    return run(screen)


def dialog(screen, action: opened.Action, folder_id: str | None = None):  # type: ignore[no-untyped-def]  # AppTest
    screen.session_state["galleries.dialog"] = opened.Opened("gallery-1", action, folder_id)
    return run(screen)


def test_a_folder_is_made_named_nested_and_removed(screen_runtime: Runtime, house: House) -> None:
    screen = press(open_galleries(), "New folder")
    next(box for box in screen.text_input if box.label == "Name").set_value("Wolves")
    screen = finished(press(run(screen), "Make it"))
    assert "“Wolves” was made." in said(screen)
    screen = dialog(screen, "edit", house.ids["Owls"])
    next(box for box in screen.text_input if box.label == "Name").set_value("Night owls")
    screen = finished(press(run(screen), "Save"))
    screen = dialog(screen, "move", house.ids["Snow"])
    screen = finished(press(screen, "Move it"))
    assert "“Snow” is under “Featured” now." in said(screen)
    screen = finished(press(dialog(screen, "remove", house.ids["Foxes"]), "Remove"))
    assert "“Foxes” was removed." in said(screen)
    assert house.there() == house.here() == ["Featured", "Night owls", "Snow", "Wolves"]


def test_an_order_is_saved_and_a_limit_is_told(screen_runtime: Runtime, house: House) -> None:
    screen = open_galleries()
    next(one for one in screen.button if one.key == f"up-{house.ids['Snow']}").click()
    screen = finished(press(run(screen), "Save the order"))
    assert "1 folder was moved." in said(screen)
    assert house.there() == ["Featured", "Foxes", "Snow", "Owls"]
    house.fault("error_before", "/gallery/folders/update_order", status=500)
    next(one for one in screen.button if one.key == f"up-{house.ids['Snow']}").click()
    screen = finished(press(run(screen), "Save the order"))
    assert "Nothing was moved." in said(screen)
    assert "DeviantArt's answer was lost, and it does not show the change" in said(screen)


def test_a_lost_answer_is_looked_up(screen_runtime: Runtime, house: House) -> None:
    request = {"action": "edited", "folder_id": house.ids["Owls"], "name": "Night owls", "description": None}
    with house.database.session() as session:
        make_intent(session, house.account.id, KIND, state=IntentState.UNKNOWN, request=request)
    house.artist.post("/gallery/folders/update", folderid=house.ids["Owls"], name="Night owls")
    screen = finished(press(open_galleries(), "Look it up"))
    assert "The change was made." in said(screen)
    assert house.here() == ["Featured", "Foxes", "Night owls", "Snow"]


def test_posts_are_put_into_a_folder_and_compared(screen_runtime: Runtime, house: House) -> None:
    (post,) = house.published("Hers")
    screen = press(open_galleries(folder=house.ids["Foxes"]), "Add published posts")
    screen.multiselect[0].set_value([post])
    screen = finished(press(run(screen), "Add 1 post"))
    assert "1 post was put into “Foxes”." in said(screen)
    assert house.inside("Foxes") == ["Hers"]
    screen = finished(press(screen, "Compare with the sandbox"))
    assert "“Foxes” shows 1 of your posts." in said(screen)
