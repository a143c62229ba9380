"""An open screen keeps its connection, and with it the power to act, only as long as its session lasts."""

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit.proto.BackMsg_pb2 import BackMsg

from core.clock import utc_now
from core.db.engine import Database, DatabaseUnavailableError
from core.identity import sessions, users
from core.identity.models import InstanceUserRole, User
from core.identity.sessions import STANDING_HEADER
from core.runtime import Runtime
from core.settings import Settings
from core.web.connection_watch import LONGEST_FROM_STRANGERS, ConnectionWatch, without_effect
from tests.identity.support import COMMAND_LINE, acting, add
from tests.web.support import sign_in

PATH = "/_stcore/stream"
STREAM = f"ws://localhost:8501{PATH}"


@pytest.fixture
def watched(runtime: Runtime) -> Iterator[TestClient]:
    with _watched(runtime) as client:
        yield client


def _watched(runtime: Runtime) -> TestClient:
    """Something that answers each message as it came through, after a word about who is there."""

    async def answer(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.send_text(",".join(websocket.headers.getlist(STANDING_HEADER)))
        try:
            while True:
                await websocket.send_bytes(await websocket.receive_bytes())
        except WebSocketDisconnect:
            pass

    app = Starlette(routes=[WebSocketRoute(PATH, answer)], middleware=[Middleware(ConnectionWatch, runtime=runtime)])
    return TestClient(app)


def pressed_button() -> bytes:
    """What a browser sends when a button in a dialog is pressed."""
    message = BackMsg()
    message.rerun_script.query_string = "view=draft"
    message.rerun_script.page_script_hash = "a-page"
    message.rerun_script.fragment_id = "the-dialog"
    message.rerun_script.is_auto_rerun = True
    button = message.rerun_script.widget_states.widgets.add()
    button.id, button.trigger_value = "save", True
    return message.SerializeToString()


def acts(connection: WebSocketTestSession) -> bool:
    """Whether pressing a button reaches the screen as it is."""
    connection.send_bytes(pressed_button())
    return connection.receive_bytes() == pressed_button()


def test_a_screen_is_told_who_is_there(watched: TestClient, database: Database, alice: User) -> None:
    sign_in(watched, database, alice)
    with watched.websocket_connect(STREAM) as connection:
        assert connection.receive_text() == f"{alice.id} member"


def test_nobody_can_say_so_themselves(watched: TestClient, alice: User) -> None:
    with watched.websocket_connect(STREAM, headers={STANDING_HEADER: f"{alice.id} admin"}) as connection:
        assert connection.receive_text() == ""


def test_signing_out_elsewhere_ends_what_an_open_screen_can_do(
    watched: TestClient, database: Database, alice: User
) -> None:
    sign_in(watched, database, alice)
    with watched.websocket_connect(STREAM) as connection:
        connection.receive_text()
        assert acts(connection)
        with database.session() as session:
            sessions.end_all(session, acting(alice), alice.id, now=utc_now())
        assert not acts(connection)
        assert not acts(connection)


def test_whoever_is_disabled_presses_no_more_buttons(watched: TestClient, database: Database, alice: User) -> None:
    sign_in(watched, database, alice)
    with watched.websocket_connect(STREAM) as connection:
        connection.receive_text()
        with database.session() as session:
            add(session, "root", is_admin=True)
            users.disable(session, COMMAND_LINE, alice.id, now=utc_now())
        assert not acts(connection)


def test_another_role_begins_with_a_new_connection(watched: TestClient, database: Database, alice: User) -> None:
    sign_in(watched, database, alice)
    with watched.websocket_connect(STREAM) as connection:
        connection.receive_text()
        with database.session() as session:
            users.set_role(session, COMMAND_LINE, alice.id, InstanceUserRole.ADMIN, now=utc_now())
        assert not acts(connection)
    with watched.websocket_connect(STREAM) as connection:
        assert connection.receive_text() == f"{alice.id} admin"
        assert acts(connection)


def test_what_has_no_effect_asks_for_the_same_screen() -> None:
    bare = BackMsg.FromString(without_effect(pressed_button()))
    assert bare.rerun_script.query_string == "view=draft"
    assert bare.rerun_script.page_script_hash == "a-page"
    assert not bare.rerun_script.fragment_id
    assert not bare.rerun_script.is_auto_rerun
    assert not bare.rerun_script.widget_states.widgets


@pytest.mark.parametrize("message", [BackMsg(clear_cache=True).SerializeToString(), b"", b"\xff\xff nonsense"])
def test_anything_else_becomes_a_plain_run_too(message: bytes) -> None:
    assert BackMsg.FromString(without_effect(message)).WhichOneof("type") == "rerun_script"


def test_a_stranger_keeps_the_connection_to_the_door(watched: TestClient) -> None:
    with watched.websocket_connect(STREAM) as connection:
        connection.receive_text()
        assert acts(connection)
        connection.send_bytes(b"x" * LONGEST_FROM_STRANGERS)
        assert len(connection.receive_bytes()) == LONGEST_FROM_STRANGERS


def test_a_stranger_sends_no_endless_messages(watched: TestClient, database: Database, alice: User) -> None:
    long = b"x" * (LONGEST_FROM_STRANGERS + 1)
    with watched.websocket_connect(STREAM) as connection:
        connection.receive_text()
        connection.send_bytes(long)
        with pytest.raises(WebSocketDisconnect):
            connection.receive_bytes()
    sign_in(watched, database, alice)
    with watched.websocket_connect(STREAM) as connection:
        connection.receive_text()
        connection.send_bytes(long)
        assert connection.receive_bytes() == long


@pytest.mark.parametrize(
    "origin", ["http://localhost:8188", "http://127.0.0.1:8501", "https://evil.example", "null", "nonsense", ""]
)
def test_pages_of_other_programs_cannot_connect(
    watched: TestClient, database: Database, alice: User, origin: str
) -> None:
    sign_in(watched, database, alice)
    with pytest.raises(WebSocketDisconnect), watched.websocket_connect(STREAM, headers={"Origin": origin}):
        pass


@pytest.mark.parametrize("origin", ["http://localhost:8501", "https://localhost:8501"])
def test_our_own_pages_can(watched: TestClient, origin: str) -> None:
    with watched.websocket_connect(STREAM, headers={"Origin": origin}) as connection:
        assert connection.receive_text() == ""


def test_pages_at_the_public_address_can(runtime: Runtime, watched: TestClient) -> None:
    with watched.websocket_connect(STREAM, headers={"Origin": runtime.settings.resolved_public_url}) as connection:
        assert connection.receive_text() == ""


@pytest.mark.parametrize("host", ["evil.example:8501", "localhost.evil.example:8501", "192.0.2.7:8501"])
def test_a_name_that_was_made_to_point_here_opens_nothing(watched: TestClient, host: str) -> None:
    origin = {"Origin": f"http://{host}"}
    with pytest.raises(WebSocketDisconnect), watched.websocket_connect(f"ws://{host}{PATH}", headers=origin):
        pass


@pytest.mark.parametrize("host", ["127.0.0.1:8501", "[::1]:8501", "atelier.localhost:8501"])
def test_every_name_of_this_machine_is_fine(watched: TestClient, host: str) -> None:
    with watched.websocket_connect(f"ws://{host}{PATH}", headers={"Origin": f"http://{host}"}) as connection:
        assert connection.receive_text() == ""


def test_whoever_listens_for_others_is_known_by_any_name(
    settings: Settings, database: Database, runtime: Runtime
) -> None:
    for changes in ({"host": "0.0.0.0"}, {"public_url": "https://studio.example"}):
        open_to_others = Runtime(settings.model_copy(update=changes), database, runtime.store)
        with _watched(open_to_others) as client, client.websocket_connect(f"ws://nas:8501{PATH}") as connection:
            assert connection.receive_text() == ""


def test_who_cannot_be_looked_up_is_not_taken_for_a_stranger(
    watched: TestClient, database: Database, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise DatabaseUnavailableError("The database is away.")

    sign_in(watched, database, alice)
    with watched.websocket_connect(STREAM) as connection:
        connection.receive_text()
        monkeypatch.setattr(sessions, "find", away)
        assert acts(connection)  # the screen itself will say what is the matter
    with pytest.raises(WebSocketDisconnect), watched.websocket_connect(STREAM):
        pass
