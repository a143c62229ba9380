"""The dashboard's front door: ``atelier web`` serves this script."""

from core.ui import shell

shell.run()
