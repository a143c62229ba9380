"""Keeps a test run to itself: no settings from the shell, no network, nothing skipped."""

import os
import socket
from ipaddress import ip_address
from typing import Any

import pytest

_PROXY_NAMES = {"http_proxy", "https_proxy", "all_proxy", "ftp_proxy"}


def clean_environment() -> dict[str, str]:
    """This process's environment without Atelier's settings and without proxies."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("ATELIER_") and name.lower() not in _PROXY_NAMES
    }


def forget_the_shell() -> None:
    """Drop what the person who started the tests has set for an Atelier of their own."""
    kept = clean_environment()
    for name in set(os.environ) - set(kept):
        del os.environ[name]


def forbid_network(patch: pytest.MonkeyPatch) -> None:
    """Let sockets of this process reach loopback only."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def guarded_connect(self: socket.socket, address: Any) -> None:
        _require_loopback(address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        _require_loopback(address)
        return connect_ex(self, address)

    patch.setattr(socket.socket, "connect", guarded_connect)
    patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)


def refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip into a failure: a skipped test is a hidden failure."""
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"This suite skips nothing silently, but: {reason}"


def _require_loopback(address: Any) -> None:
    if not isinstance(address, tuple) or address[0] == "localhost":
        return  # a socket file
    try:
        allowed = ip_address(address[0]).is_loopback
    except ValueError:
        allowed = False
    if not allowed:
        raise AssertionError(f"A test tried to reach {address[0]}; tests talk to loopback only.")
