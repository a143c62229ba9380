"""Messages by mail, through the SMTP server that ``ATELIER_SMTP_URL`` names (RFC 5321, RFC 8314).

The Message-ID is made of the delivery's id: when nobody can know whether a mail was taken, it is sent again, and
whoever has it twice can tell by that.
"""

import contextlib
import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from html import escape
from ipaddress import ip_address
from urllib.parse import parse_qs, unquote, urlsplit

import structlog

from core.adapters.webhooks import page_url
from core.errors import InvalidInputError
from core.system import topics
from core.system.messengers import Message, MessageDelayed, MessageRefused, MessengerDown

TIMEOUT_SECONDS = 20.0
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mails are handed in. ``tls`` is ``implicit``, ``starttls`` or ``none``."""

    host: str
    port: int
    user: str | None
    password: str | None
    tls: str

    @classmethod
    def from_url(cls, text: str) -> "MailServer":
        """From ``smtp://user:pass@host:587?starttls=yes`` or ``smtps://…``; raises ``InvalidInputError``."""
        help_text = "Set ATELIER_SMTP_URL to smtp://name:password@host:587 or smtps://name:password@host:465."
        try:
            url = urlsplit(text)
            port, query = url.port, parse_qs(url.query, keep_blank_values=True, strict_parsing=bool(url.query))
        except ValueError as error:
            raise InvalidInputError(help_text) from error
        starttls = query.pop("starttls", ["yes"])[-1]
        if url.scheme not in {"smtp", "smtps"} or not url.hostname or query or starttls not in {"yes", "no"}:
            raise InvalidInputError(f"{help_text} The only option is starttls=yes or starttls=no.")
        tls = "implicit" if url.scheme == "smtps" else "starttls" if starttls == "yes" else "none"
        if tls == "none" and url.username and not _is_here(url.hostname):
            raise InvalidInputError(
                "ATELIER_SMTP_URL would send the password unprotected. Leave starttls=no out, or the password."
            )
        user = unquote(url.username) if url.username else None
        password = unquote(url.password) if url.password else None
        return cls(url.hostname, port or {"implicit": 465, "starttls": 587}.get(tls, 25), user, password, tls)


class MailMessenger:
    """Hands mails in, one connection each; ``sender`` is ``name@example.com`` or ``Atelier <name@example.com>``."""

    def __init__(
        self, server: MailServer, sender: str, public_url: str, *, timeout_seconds: float = TIMEOUT_SECONDS,
        tls_context: ssl.SSLContext | None = None,
    ) -> None:  # fmt: skip
        self._server = server
        self._sender = parse_sender(sender)
        self._public_url = public_url
        self._timeout = timeout_seconds
        self._tls = tls_context or ssl.create_default_context()

    def send(self, message: Message, *, now: datetime) -> None:
        """Hand one mail in; raises ``MessageRefused``, ``MessageDelayed`` or ``MessengerDown``."""
        mail = compose(message, self._sender, self._public_url, now=now)
        with self._connected() as smtp, _explained():
            smtp.send_message(mail, self._sender.addr_spec, [message.address])

    @contextlib.contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        server = self._server
        try:
            if server.tls == "implicit":
                smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                    server.host, server.port, timeout=self._timeout, context=self._tls
                )
            else:
                smtp = smtplib.SMTP(server.host, server.port, timeout=self._timeout)
        except (OSError, smtplib.SMTPException) as error:
            raise MessengerDown("The mail server does not answer. Mails wait until it does.") from error
        try:
            self._introduce(smtp)
            yield smtp
        finally:
            # The mail has been taken or not by now; how the server says goodbye changes nothing about that.
            with contextlib.suppress(OSError, smtplib.SMTPException):
                smtp.quit()
            smtp.close()

    def _introduce(self, smtp: smtplib.SMTP) -> None:
        try:
            if self._server.tls == "starttls":
                smtp.starttls(context=self._tls)
            if self._server.user:
                smtp.login(self._server.user, self._server.password or "")
        except smtplib.SMTPAuthenticationError as error:
            raise MessengerDown("The mail server does not accept the name and password set for it.") from error
        except smtplib.SMTPNotSupportedError as error:
            raise MessengerDown("The mail server offers no protected connection, or takes no password.") from error
        except (OSError, smtplib.SMTPException) as error:
            raise MessengerDown("The mail server ended the connection. Mails wait until it answers.") from error


def parse_sender(text: str) -> Address:
    """Raises ``InvalidInputError`` for what cannot stand in a From line."""
    name, spec = parseaddr(text)
    local, _, domain = spec.rpartition("@")
    wrong = InvalidInputError("Set ATELIER_MAIL_FROM to an address such as Atelier <atelier@example.com>.")
    if not local or not domain or not text.isprintable():
        raise wrong
    try:
        return Address(name, addr_spec=spec)
    except (MessageError, ValueError) as error:
        raise wrong from error


def compose(message: Message, sender: Address, public_url: str, *, now: datetime) -> EmailMessage:
    """The mail: plain text, and the same with a little layout."""
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = Address(addr_spec=message.address)
    mail["Subject"] = one_line(message.title)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{message.id}@{sender.domain}>"
    # So that no absence note answers (RFC 3834).
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Atelier-Topic"] = one_line(topics.kind_of(message.topic))
    page = page_url(public_url, message.link)
    mail.set_content(_as_text(message, page, public_url))
    mail.add_alternative(_as_html(message, page, public_url), subtype="html")
    return mail


def one_line(text: str) -> str:
    """What may stand in a header: titles come from anywhere, and a line break in one would begin a header."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def _as_text(message: Message, page: str | None, public_url: str) -> str:
    parts = [one_line(message.title), message.body, f"Code: {message.code}" if message.code else None, page]
    if not message.code:  # who is asked to confirm has chosen nothing yet
        parts.append(f"-- \nAtelier sent this because you chose it. Choose anew: {public_url}/notifications")
    return "\n\n".join(one for one in parts if one) + "\n"


def _as_html(message: Message, page: str | None, public_url: str) -> str:
    paragraphs = [f"<p>{escape(line)}</p>" for line in (message.body or "").splitlines() if line.strip()]
    if message.code:
        paragraphs.append(f'<p style="font-size:22px;letter-spacing:2px"><b>{escape(message.code)}</b></p>')
    if page:
        paragraphs.append(f'<p><a href="{escape(page)}" style="color:#3d5a4c">Open in Atelier</a></p>')
    choices = escape(f"{public_url}/notifications")
    footer = (
        '<p style="font-size:13px;color:#777777">Atelier sent this because you chose it. '
        f'<a href="{choices}" style="color:#777777">Choose anew</a></p>'
    )
    return (
        '<html><body style="font-family:sans-serif;font-size:15px;line-height:1.5;max-width:560px">'
        f'<h1 style="font-size:18px;font-weight:600">{escape(one_line(message.title))}</h1>{"".join(paragraphs)}'
        f"{'' if message.code else footer}</body></html>"
    )


@contextlib.contextmanager
def _explained() -> Iterator[None]:
    """What a refusal of the mail server means."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        code = max(code for code, _ in error.recipients.values())
        raise _refusal(code, "does not take mail for this address") from error
    except smtplib.SMTPSenderRefused as error:
        raise MessengerDown("The mail server does not take mail from ATELIER_MAIL_FROM.") from error
    except smtplib.SMTPDataError as error:
        raise _refusal(error.smtp_code, "did not take this mail") from error
    except smtplib.SMTPNotSupportedError as error:
        raise MessageRefused("The mail server does not take addresses like this one.") from error
    except (OSError, smtplib.SMTPException) as error:
        raise MessengerDown("The mail server ended the connection. Mails wait until it answers.") from error


def _refusal(code: int, what: str) -> MessageRefused | MessageDelayed:
    """Codes from 500 on are for good, those below for now (RFC 5321, 4.2.1)."""
    if code >= 500:
        return MessageRefused(f"The mail server {what} (code {code}).")
    return MessageDelayed(f"The mail server {what} for now (code {code}).")


def _is_here(host: str) -> bool:
    with contextlib.suppress(ValueError):
        return ip_address(host).is_loopback
    return host == "localhost"
