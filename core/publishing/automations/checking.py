"""Whether what a person says about an automation can be: each refusal is a sentence that says what to change."""

import re
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.identity.errors import InvalidProfile
from core.identity.rules import clean_timezone
from core.publishing.automations.errors import AutomationRefused
from core.publishing.automations.forms import AutomationForm
from core.publishing.automations.sources import read_filter
from core.publishing.editing import find_account
from core.publishing.models import LatePolicy
from core.publishing.patterns import AUTOMATION_VARIABLES, read_pattern
from core.sales.models import PricePreset
from core.system.actors import Actor

NAME_LENGTH = 100
DESCRIPTION_LENGTH = 500
PATTERN_LENGTH = 200
LONGEST_JITTER_SECONDS = 3600
WEEK_MINUTES = 7 * 24 * 60
LONGEST_WARNING_DAYS = 90

_COLOR = re.compile(r"#[0-9a-f]{6}")
_ICON = re.compile(r"[a-z0-9_]{1,64}")


def checked(
    session: Session, actor: Actor, form: AutomationForm, *, before: AutomationForm | None = None
) -> AutomationForm:
    """The form as it is stored. Raises :class:`AutomationRefused` or another refusal of publishing.

    What is as it was ``before`` is not held against the person: an account may have been disconnected meanwhile.
    """
    form = replace(
        form,
        name=_name(form.name),
        description=_description(form.description),
        color=_color(form.color),
        icon=_icon(form.icon),
        timezone=_timezone(form.timezone),
        title_pattern=_pattern(form.title_pattern),
        source_filter=read_filter(form.source_filter).model_dump(mode="json", exclude_defaults=True),
    )
    _check_jitter(form)
    form = _checked_lateness(form)
    _check_range(form.grace_minutes, 0, WEEK_MINUTES, "The grace must be between 0 minutes and 7 days.")
    _check_range(
        form.warn_days, 0, LONGEST_WARNING_DAYS, f"Choose a warning of 0 to {LONGEST_WARNING_DAYS} days ahead."
    )
    if before is None or form.account_id != before.account_id:
        find_account(session, actor, form.account_id)
    _check_sale(session, actor, form)
    return form


def sale_problem(session: Session, user_id: str, preset_id: str | None) -> str | None:
    """Why posts cannot be sold with this preset; ``None`` when they can."""
    preset = session.scalar(select(PricePreset).where(PricePreset.id == preset_id, PricePreset.user_id == user_id))
    if preset is None:
        return "Selling is on without a price preset. Choose one, or switch selling off."
    if preset.archived_at is not None:
        return f"The price preset “{preset.name}” is archived. Choose another one, or switch selling off."
    return None


def _name(text: str) -> str:
    name = " ".join(text.replace("\0", "").split())
    if not name:
        raise AutomationRefused("Give the automation a name.")
    if len(name) > NAME_LENGTH:
        raise AutomationRefused(f"A name has at most {NAME_LENGTH} characters; this one has {len(name)}. Shorten it.")
    return name


def _description(text: str | None) -> str | None:
    description = (text or "").replace("\0", "").strip()
    if len(description) > DESCRIPTION_LENGTH:
        raise AutomationRefused(
            f"A description has at most {DESCRIPTION_LENGTH} characters; this one has {len(description)}. Shorten it."
        )
    return description or None


def _color(text: str) -> str:
    color = text.strip().lower()
    if not _COLOR.fullmatch(color):
        raise AutomationRefused(f"“{text}” is not a colour. Write it as #rrggbb, such as #3d5a4c.")
    return color


def _icon(text: str | None) -> str | None:
    icon = (text or "").strip().removeprefix(":material/").removesuffix(":")
    if not icon:
        return None
    if not _ICON.fullmatch(icon):
        raise AutomationRefused(f"“{text}” is not the name of a Material icon. Write it as in calendar_month.")
    return icon


def _timezone(text: str | None) -> str | None:
    if text is None or not text.strip():
        return None
    try:
        return clean_timezone(text)
    except InvalidProfile as error:
        raise AutomationRefused(str(error)) from error


def _pattern(text: str | None) -> str | None:
    pattern = (text or "").replace("\0", "").strip()
    if not pattern:
        return None
    if len(pattern) > PATTERN_LENGTH:
        raise AutomationRefused(f"A title pattern has at most {PATTERN_LENGTH} characters. Shorten it.")
    read_pattern(pattern, AUTOMATION_VARIABLES)
    return pattern


def _check_jitter(form: AutomationForm) -> None:
    shortest, longest = form.jitter_min_seconds, form.jitter_max_seconds
    if not 0 <= shortest <= LONGEST_JITTER_SECONDS or not 0 <= longest <= LONGEST_JITTER_SECONDS:
        raise AutomationRefused("The random delay must be between 0 seconds and 1 hour.")
    if shortest > longest:
        raise AutomationRefused("The shortest random delay is above the longest. Exchange the two.")


def _checked_lateness(form: AutomationForm) -> AutomationForm:
    """An allowance only means something for posts that do not go out late."""
    if form.late_policy is LatePolicy.PUBLISH:
        return replace(form, max_lateness_minutes=None)
    if form.max_lateness_minutes is None:
        raise AutomationRefused("Say after how many minutes a post counts as late.")
    _check_range(form.max_lateness_minutes, 1, WEEK_MINUTES, "A post can be late by 1 minute to 7 days.")
    return form


def _check_sale(session: Session, actor: Actor, form: AutomationForm) -> None:
    preset_id = form.sale_queue_preset_id
    if form.auto_add_to_sale_queue:
        problem = sale_problem(session, actor.user_id, preset_id)
        if problem:
            raise AutomationRefused(problem)
    elif preset_id is not None:
        mine = select(PricePreset.id).where(PricePreset.id == preset_id, PricePreset.user_id == actor.user_id)
        if session.scalar(mine) is None:
            raise AutomationRefused("There is no such price preset. Choose one of yours.")


def _check_range(value: int, lowest: int, highest: int, sentence: str) -> None:
    if not lowest <= value <= highest:
        raise AutomationRefused(sentence)
