"""Real receivers on loopback: a mail server and a program that takes webhooks."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword
from aiosmtpd.smtp import Session as SmtpSession

from tests.support.processes import free_port

NAME, PASSWORD = "atelier", "p@ss word/1"


@dataclass
class Mailbox:
    """A mail server that keeps what it takes; ``answer`` may refuse an address (``RCPT``) or a mail (``DATA``)."""

    url: str = ""
    envelopes: list[Envelope] = field(default_factory=list)
    answer: dict[str, str] = field(default_factory=dict)
    before_answer: Callable[[], object] = lambda: None

    @property
    def mails(self) -> list[EmailMessage]:
        return [message_from_bytes(one.content or b"", policy=policy.default) for one in self.envelopes]  # type: ignore[arg-type, misc]  # aiosmtpd gives bytes; this policy makes EmailMessages

    async def handle_RCPT(  # noqa: N802 - aiosmtpd looks for this name
        self, _server: Any, _session: SmtpSession, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if "RCPT" in self.answer:
            return self.answer["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: SmtpSession, envelope: Envelope) -> str:  # noqa: N802 - as above
        if "DATA" in self.answer:
            return self.answer["DATA"]
        self.envelopes.append(envelope)
        self.before_answer()
        return "250 Taken"


def _check(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: LoginPassword) -> AuthResult:
    # Not handled: aiosmtpd is to say no itself.
    return AuthResult(success=(given.login, given.password) == (NAME.encode(), PASSWORD.encode()), handled=False)


@contextmanager
def mail_server(**options: Any) -> Iterator[Mailbox]:
    """A mail server for the length of the block; ``options`` are aiosmtpd's."""
    mailbox, port = Mailbox(), free_port()
    if options.pop("with_password", False):
        options |= {"authenticator": _check, "auth_required": True}
    controller = Controller(mailbox, hostname="127.0.0.1", port=port, ready_timeout=60, **options)
    controller.start()
    mailbox.url = f"smtp://127.0.0.1:{port}?starttls=no"
    try:
        yield mailbox
    finally:
        controller.stop()


@dataclass(frozen=True)
class Call:
    """One request as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Hook:
    """A program that takes webhooks; ``answer`` decides on status and headers of what it says."""

    url: str = ""
    calls: list[Call] = field(default_factory=list)
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    before_answer: Callable[[], object] = lambda: None

    @property
    def ids(self) -> list[str]:
        return [call.headers["webhook-id"] for call in self.calls]


def _handler(hook: Hook) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook.calls.append(Call(self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            hook.before_answer()
            self.send_response(hook.status)
            for name, value in hook.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Keep quiet."""

    return Handler


@contextmanager
def webhook_receiver() -> Iterator[Hook]:
    """A receiver for the length of the block."""
    hook = Hook()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(hook))
    server.daemon_threads = True
    hook.url = f"http://127.0.0.1:{server.server_port}/hooks/atelier"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield hook
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
