"""Who carries notifications in this process: webhooks always, mail when a server is set."""

from core.adapters.mail import MailMessenger, MailServer
from core.adapters.webhooks import WebhookMessenger
from core.settings import Settings
from core.system.messengers import Messenger
from core.system.models import ChannelKind


def build_messengers(settings: Settings) -> dict[ChannelKind, Messenger]:
    """The messengers by the kind of channel; raises ``InvalidInputError`` that names a wrong setting."""
    public_url = settings.resolved_public_url
    messengers: dict[ChannelKind, Messenger] = {
        ChannelKind.WEBHOOK: WebhookMessenger(public_url, allow_private=settings.allows_private_webhooks)
    }
    if settings.smtp_url is not None:
        server = MailServer.from_url(settings.smtp_url.get_secret_value())
        messengers[ChannelKind.MAIL] = MailMessenger(server, settings.mail_from or "", public_url)
    return messengers
