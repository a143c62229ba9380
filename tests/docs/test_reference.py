"""The reference says what the code does."""

import re
from importlib import import_module
from types import SimpleNamespace

import pytest
from prometheus_client import REGISTRY

from core.jobs.table import job_table
from core.publishing.execution.retries import POLICIES
from core.publishing.providers import ErrorCategory
from core.settings import PREFIX, SECRET_NAMES, Settings
from core.ui.navigation import SCREENS
from scripts import docs_cli, docs_reference
from tests.docs.support import NAMES, read, reference, table_rows
from tests.support.processes import ROOT


def test_the_pages_that_code_writes_are_up_to_date() -> None:
    assert docs_reference.stale() == [], "run: scripts/uv run python -m scripts.docs_reference --write"


def test_every_setting_is_listed() -> None:
    listed = {row[0] for row in table_rows(reference("settings.md"))}
    assert {f"{PREFIX}{name.upper()}" for name in Settings.model_fields} <= listed


def test_every_command_is_listed() -> None:
    page = reference("cli.md")
    for name, _ in docs_cli.commands():
        assert f"`{name}" in page


@pytest.mark.parametrize("name", [*NAMES, "Dockerfile", "compose.yaml"])
def test_settings_that_a_document_names_exist(name: str) -> None:
    known = {f"{PREFIX}{field.upper()}" for field in Settings.model_fields}
    known |= {f"{PREFIX}{secret}_FILE" for secret in SECRET_NAMES if secret.lower() in Settings.model_fields}
    assert set(re.findall(rf"\b{PREFIX}[A-Z0-9_]*[A-Z0-9]", read(name))) <= known


def test_every_screen_is_listed_with_its_address_and_who_sees_it() -> None:
    rows = {row[2]: row for row in table_rows(reference("screens.md")) if len(row) == 4}
    for screens in SCREENS.values():
        for screen in screens:
            _, address, _, who = rows[screen.script]
            assert address == f"/{screen.address}"
            assert who.startswith("administrators" if screen.admins_only else "everybody")
    scripts = {str(path.relative_to(ROOT)) for path in (ROOT / "pages").rglob("*.py")}
    assert {script for script in rows if script.startswith("pages/")} == scripts


def test_every_error_category_is_explained_with_its_tries_and_waits() -> None:
    page = reference("execution.md")
    explained = {row[0] for row in table_rows(page) if len(row) == 2}
    assert {category.value for category in ErrorCategory} <= explained
    numbers = {row[0]: row[1:] for row in table_rows(page) if len(row) == 4}
    for category, policy in POLICIES.items():
        waits = [f"{policy.first_wait:g} s", f"{policy.longest_wait:g} s"] if policy.max_tries > 1 else ["", ""]
        assert numbers[category.value] == [str(policy.max_tries), *waits]


def test_every_job_is_listed_with_its_rhythm() -> None:
    rows = {row[0]: row[1:] for row in table_rows(reference("execution.md")) if len(row) == 3}
    for job in job_table(SimpleNamespace(settings=Settings())):
        every, what = rows[job.name]
        assert what == f"{job.summary}."
        assert every == f"{job.every_seconds:g} s" or job.name == "recover"  # whose rhythm follows the lease


def test_every_metric_is_listed_with_its_type() -> None:
    for module in (
        "core.adapters.metrics",
        "core.publishing.inspiration.metrics",
        "core.api.metrics",
        "core.web.auth",
        "core.jobs.deliver",
    ):
        import_module(module)  # registers what it counts
    rows = {row[0]: row[1:] for row in table_rows(reference("metrics.md")) if len(row) == 4}
    for metric in REGISTRY.collect():
        if metric.name.startswith("atelier_"):
            name = f"{metric.name}_total" if metric.type == "counter" else metric.name
            assert rows[name][0] == metric.type


def test_every_module_that_counts_is_known_to_the_test_above() -> None:
    counting = [
        path for path in (ROOT / "core").rglob("*.py") if "prometheus_client import Counter" in path.read_text()
    ]
    assert {path.relative_to(ROOT / "core").as_posix() for path in counting} == {
        "adapters/metrics.py",
        "publishing/inspiration/metrics.py",
        "api/metrics.py",
        "jobs/deliver.py",
        "web/auth.py",
    }
