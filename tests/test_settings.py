"""Settings that must not be what they could be."""

import pytest
from pydantic import ValidationError

from core.settings import Settings


def test_not_every_computer_is_a_proxy_to_be_believed() -> None:
    assert Settings(trusted_proxies="127.0.0.1,10.0.0.0/8").trusted_proxies == "127.0.0.1,10.0.0.0/8"
    with pytest.raises(ValidationError, match="Name the proxies"):
        Settings(trusted_proxies="*")
