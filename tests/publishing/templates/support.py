"""What the tests of templates begin with."""

from core.publishing.templates.forms import TemplateForm

PRICED = TemplateForm(
    "Shop",
    content="{title} as a print for {price} dollars.\n{{made}} {date}",
    variables=[{"name": "price", "label": "Price", "default": "20"}],
)
FOXES = TemplateForm("Foxes", tags=["fox", "#Snow", " night  sky ", "FOX"])
