"""Which screens there are, and who sees them."""

from core.identity.models import User
from core.ui.navigation import ROOT, SCREENS, listed
from tests.screens.conftest import SignIn
from tests.screens.support import open_screen, said

ALL = [screen for screens in SCREENS.values() for screen in screens]


def test_every_entry_has_its_script_and_every_script_its_entry() -> None:
    listed = {screen.script for screen in ALL}
    there = {path.relative_to(ROOT).as_posix() for path in (ROOT / "pages").rglob("*.py")}
    assert listed == there


def test_addresses_are_unique_and_one_screen_is_the_front() -> None:
    assert len({screen.address for screen in ALL}) == len(ALL)
    assert [screen.title for screen in ALL if screen.is_front] == ["Home"]


def test_members_see_no_group_of_administrators() -> None:
    assert listed(SCREENS["Admin"], is_admin=False) == []
    assert listed(SCREENS["Publish"], is_admin=False) == list(SCREENS["Publish"])


def test_the_frame_greets_the_person_signed_in(alice: User, sign_in: SignIn) -> None:
    sign_in(alice)
    screen = open_screen("Home.py")
    assert "alice" in said(screen)
    assert not screen.error
