"""The folder with everything in it."""

import shutil

from core.settings import Settings
from tests.cli.conftest import Run
from tests.support.databases import only_sqlite


@only_sqlite
def test_a_new_data_folder_is_for_its_owner_alone(settings: Settings, run: Run) -> None:
    shutil.rmtree(settings.data_dir, ignore_errors=True)
    assert run("user", "list").exit_code == 0
    assert settings.data_dir.stat().st_mode & 0o777 == 0o700


@only_sqlite
def test_a_data_folder_that_is_there_keeps_its_rights(settings: Settings, run: Run) -> None:
    settings.data_dir.mkdir(exist_ok=True)
    settings.data_dir.chmod(0o750)
    assert run("user", "list").exit_code == 0
    assert settings.data_dir.stat().st_mode & 0o777 == 0o750
