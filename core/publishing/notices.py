"""What the sidecar tells a person about their posts, once per cause."""

from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from core.publishing.execution.work import Work
from core.system.notifications import notify


def _tell(connection: Connection, work: Work, topic: str, title: str, body: str, *, now: datetime) -> None:
    # The ORM session joins the transaction under way; it neither commits nor closes it.
    with Session(connection, join_transaction_mode="rollback_only") as session:
        notify(
            session,
            work.user_id,
            f"{topic}:{work.id}",
            title,
            body=body,
            link=f"content?open={work.id}",
            level="warning",
            now=now,
        )


def notify_held_late(connection: Connection, work: Work, *, now: datetime) -> None:
    _tell(
        connection,
        work,
        "post.late",
        f"“{work.row.title}” is late and waits for you",
        "It could not go out in time, and you asked to be asked. Publish it now or choose another time.",
        now=now,
    )


def notify_agreement(connection: Connection, work: Work, *, now: datetime) -> None:
    _tell(
        connection,
        work,
        "post.agreement",
        f"“{work.row.title}” waits for DeviantArt's agreements",
        "DeviantArt asks to accept its submission policy or terms. Accept them under Connect › Accounts, then retry.",
        now=now,
    )


def notify_failed(connection: Connection, work: Work, message: str, *, now: datetime) -> None:
    _tell(connection, work, "post.failed", f"“{work.row.title}” could not be published", message, now=now)
