"""Projects: bodies of work that orders and products belong to, and the one a person works in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core.db.ids import new_id
from core.db.upsert import insert_or_update
from core.studio.orders.models import ItemStatus, Order, OrderItem
from core.studio.own_rows import change, find_own
from core.studio.products.models import Product
from core.studio.shelves.errors import ProjectNotFound, ShelfInUse, ShelfRefused
from core.studio.shelves.models import Project, ProjectStatus, StudioPreference
from core.system import audit
from core.system.actors import Actor

NAME_LENGTH = 255
MOST_FEATURED = 4


@dataclass(frozen=True, slots=True)
class ProjectForm:
    """What a person says about a project."""

    name: str
    description: str | None = None


def list_projects(session: Session, actor: Actor, *, status: ProjectStatus | None = None) -> list[Project]:
    """A person's projects, the latest first."""
    query = select(Project).where(Project.user_id == actor.user_id, Project.deleted_at.is_(None))
    if status is not None:
        query = query.where(Project.status == status)
    return list(session.scalars(query.order_by(Project.created_at.desc(), Project.id.desc())))


def list_trashed_projects(session: Session, actor: Actor) -> list[Project]:
    """Those in the trash, the latest first."""
    query = select(Project).where(Project.user_id == actor.user_id, Project.deleted_at.is_not(None))
    return list(session.scalars(query.order_by(Project.deleted_at.desc(), Project.id)))


def get_project(session: Session, actor: Actor, project_id: str) -> Project:
    """Raises :class:`ProjectNotFound`."""
    return _find(session, actor, project_id, in_trash=False)


def get_active_project(session: Session, actor: Actor, project_id: str) -> Project:
    """One that can be worked in; raises :class:`ShelfInUse` when it is archived or completed."""
    row = get_project(session, actor, project_id)
    if row.status is not ProjectStatus.ACTIVE:
        raise ShelfInUse(f"“{row.name}” is {row.status.value}. Make it active again, or choose another project.")
    return row


def create_project(session: Session, actor: Actor, form: ProjectForm, *, now: datetime) -> Project:
    """A new, active project. Raises :class:`ShelfRefused`."""
    values = _read(form)
    row = Project(id=new_id("prj"), user_id=actor.user_id, created_at=now, updated_at=now, **values)
    session.add(row)
    session.flush()
    audit.record(session, actor, "project.created", row.id, after=values, now=now)
    return row


def edit_project(session: Session, actor: Actor, project_id: str, form: ProjectForm, *, now: datetime) -> Project:
    """Rename or describe it."""
    row = get_project(session, actor, project_id)
    change(session, actor, row, _read(form), "project.edited", now=now)
    return row


def set_status(session: Session, actor: Actor, project_id: str, status: ProjectStatus, *, now: datetime) -> Project:
    """Archive, complete or take up again. One that is no longer active is nobody's current project."""
    row = get_project(session, actor, project_id)
    change(session, actor, row, {"status": status}, "project.moved", now=now)
    if status is not ProjectStatus.ACTIVE:
        _forget_current(session, row.id, now=now)
    return row


def feature(session: Session, actor: Actor, project_id: str, product_ids: Sequence[str], *, now: datetime) -> Project:
    """Show these products on the project's card, at most four; raises :class:`ShelfRefused`."""
    row = get_project(session, actor, project_id)
    wanted = list(dict.fromkeys(product_ids))
    if len(wanted) > MOST_FEATURED:
        raise ShelfRefused(f"A project shows at most {MOST_FEATURED} pictures. Take one away first.")
    own = select(Product.id).where(Product.id.in_(wanted), Product.project_id == row.id, Product.deleted_at.is_(None))
    if set(session.scalars(own)) != set(wanted):
        raise ShelfRefused("Only pictures of this project can be featured. Move them into it first.")
    change(session, actor, row, {"featured_product_ids": wanted}, "project.featured", now=now)
    return row


def current_project(session: Session, actor: Actor) -> Project | None:
    """The project a person works in, as long as it is there and active."""
    query = (
        select(Project)
        .join(StudioPreference, StudioPreference.current_project_id == Project.id)
        .where(
            StudioPreference.user_id == actor.user_id,
            Project.user_id == actor.user_id,
            Project.deleted_at.is_(None),
            Project.status == ProjectStatus.ACTIVE,
        )
    )
    return session.scalar(query)


def set_current(session: Session, actor: Actor, project_id: str | None, *, now: datetime) -> Project | None:
    """Work in this project from now on, or in none."""
    row = None if project_id is None else get_active_project(session, actor, project_id)
    values = {"user_id": actor.user_id, "current_project_id": project_id, "updated_at": now}
    insert_or_update(
        session, StudioPreference, ["user_id"], {"form": {}, **values} if _is_new(session, actor) else values
    )
    audit.record(session, actor, "project.chosen", project_id or actor.user_id, after={"current": project_id}, now=now)
    return row


def delete_project(session: Session, actor: Actor, project_id: str, *, with_contents: bool, now: datetime) -> None:
    """Into the trash: with its orders and products, or leaving them without a project.

    Raises :class:`ShelfInUse` while something of it is being made.
    """
    row = get_project(session, actor, project_id)
    if with_contents and _is_busy(session, row.id):
        raise ShelfInUse("Pictures of this project are being made. Wait for them, or cancel the orders first.")
    moved: dict[str, int] = {}
    for model in (Order, Product):
        values: dict[str, Any] = {"deleted_at": now} if with_contents else {"project_id": None}
        live = update(model).where(
            model.project_id == row.id, model.user_id == actor.user_id, model.deleted_at.is_(None)
        )
        moved[model.__tablename__] = len(session.scalars(live.values(**values).returning(model.id)).all())
    row.deleted_at = row.updated_at = now
    _forget_current(session, row.id, now=now)
    session.flush()
    audit.record(session, actor, "project.deleted", row.id, after={"with_contents": with_contents, **moved}, now=now)


def restore_project(session: Session, actor: Actor, project_id: str, *, now: datetime) -> Project:
    """Out of the trash again, with what went there together with it."""
    row = _find(session, actor, project_id, in_trash=True)
    for model in (Order, Product):
        together = update(model).where(model.project_id == row.id, model.deleted_at == row.deleted_at)
        session.execute(together.values(deleted_at=None), execution_options={"synchronize_session": "fetch"})
    row.deleted_at, row.updated_at = None, now
    session.flush()
    session.refresh(row)
    audit.record(session, actor, "project.restored", row.id, now=now)
    return row


def _is_busy(session: Session, project_id: str) -> bool:
    waiting = (ItemStatus.PENDING, ItemStatus.GENERATING)
    query = (
        select(func.count())
        .select_from(OrderItem)
        .join(Order, Order.id == OrderItem.order_id)
        .where(Order.project_id == project_id, Order.deleted_at.is_(None), OrderItem.status.in_(waiting))
    )
    return bool(session.scalar(query))


def _is_new(session: Session, actor: Actor) -> bool:
    return session.get(StudioPreference, actor.user_id) is None


def _forget_current(session: Session, project_id: str, *, now: datetime) -> None:
    session.execute(
        update(StudioPreference)
        .where(StudioPreference.current_project_id == project_id)
        .values(current_project_id=None, updated_at=now)
    )


def _find(session: Session, actor: Actor, project_id: str, *, in_trash: bool) -> Project:
    row = find_own(session, Project, actor, project_id, in_trash=in_trash)
    if row is None:
        raise ProjectNotFound("There is no such project any more. Reload the page.")
    return row


def _read(form: ProjectForm) -> dict[str, Any]:
    name = " ".join(form.name.split())
    if not name or len(name) > NAME_LENGTH:
        raise ShelfRefused(f"Give the project a name of at most {NAME_LENGTH} characters.")
    return {"name": name, "description": (form.description or "").strip()[:5000] or None}
