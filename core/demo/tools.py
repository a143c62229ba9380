"""The tools of the demo studio: a price, templates, and an automation that waits to be switched on."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.publishing.automations import editing as automations
from core.publishing.automations.forms import AutomationForm, Blueprint, DefaultForm, RuleForm
from core.publishing.automations.models import Automation, RuleType
from core.publishing.automations.rules import RuleSpec
from core.publishing.templates import editing as templates
from core.publishing.templates.forms import TemplateForm
from core.publishing.templates.models import MetadataTemplate, TemplateType
from core.sales.models import PricePreset
from core.sales.presets import PresetForm, create_preset
from core.system.actors import Actor

EVENINGS = Blueprint(
    AutomationForm(
        name="Evenings",
        description="A landscape every evening, and a second one on Saturdays.",
        color="#3d5a4c",
        icon="nights_stay",
        source_filter={"tags": ["landscape", "sea", "night", "city"]},
        jitter_max_seconds=900,
    ),
    rules=(
        RuleForm(RuleSpec(RuleType.FIXED_TIME, time_of_day="18:30")),
        RuleForm(RuleSpec(RuleType.FIXED_TIME, time_of_day="11:00", days_of_week=("saturday",), priority=1)),
    ),
    defaults=(DefaultForm("is_ai_generated", True, apply_if_empty=False),),
)
TEMPLATES = (
    (TemplateType.TAG, TemplateForm("Landscapes", tags=("landscape", "digital art", "atmospheric"))),
    (
        TemplateType.DESCRIPTION,
        TemplateForm(
            "A line and a thank-you",
            content="{title}, {mood}.\n\nMade slowly, looked at for long. Thank you for stopping by.",
            variables=({"name": "mood", "label": "Mood", "default": "quiet"},),
        ),
    ),
    (
        TemplateType.COMMENT,
        TemplateForm(
            "Thanks for the favourite", content="Thank you for the favourite on “{title}”!", category="Thanks"
        ),
    ),
)
SMALL_WORKS = PresetForm("Small works", min_price=2500, max_price=6000, description="Prints up to A4")


def lay_out(session: Session, actor: Actor, *, now: datetime) -> int:
    """Give a person the tools they do not have yet, by kind; how many kinds that were."""
    laid = 0
    if not _has_any(session, actor, PricePreset):
        create_preset(session, actor, SMALL_WORKS, now=now)
        laid += 1
    if not _has_any(session, actor, MetadataTemplate):
        for kind, form in TEMPLATES:
            templates.create(session, actor, kind, form, now=now)
        laid += 1
    if not _has_any(session, actor, Automation):
        automations.create(session, actor, EVENINGS, now=now)
        laid += 1
    return laid


def _has_any(session: Session, actor: Actor, model: type[PricePreset | MetadataTemplate | Automation]) -> bool:
    return session.scalar(select(model.id).where(model.user_id == actor.user_id).limit(1)) is not None
