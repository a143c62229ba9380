"""The web process as a whole."""

import json
import subprocess
import sys
from pathlib import Path

from core.db.engine import Database
from core.settings import Settings
from tests.support.databases import only_sqlite
from tests.support.isolation import clean_environment
from tests.support.processes import ROOT, environment_of

_READ = """
import json
from core.web.app import build_app
from streamlit import config
build_app()
names = ("client.showErrorDetails", "browser.gatherUsageStats", "server.maxUploadSize")
print(json.dumps([config.get_option(name) for name in names]))
"""


@only_sqlite
def test_started_from_any_folder_it_shows_no_tracebacks_and_sends_no_statistics(
    settings: Settings, database: Database, tmp_path: Path
) -> None:
    environment = clean_environment() | environment_of(settings) | {"PYTHONPATH": str(ROOT), "ATELIER_MAX_FILE_MB": "7"}
    done = subprocess.run(
        [sys.executable, "-c", _READ], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout.splitlines()[-1]) == ["none", False, 7]
