"""The screens' installation and who is signed in, for the tests of Usage & costs."""

from tests.screens.conftest import admin, alice, runtime, sign_in

__all__ = ["admin", "alice", "runtime", "sign_in"]
