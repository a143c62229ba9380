"""``python -m core.cli`` is ``atelier``, wherever that is installed."""

from core.cli import app
from core.cli.keeper import end_with_keeper

end_with_keeper()
app()
