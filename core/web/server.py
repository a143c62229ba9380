"""Runs the web process under uvicorn."""

import uvicorn

from core.runtime import Runtime
from core.web.app import build_app

LONGEST_MESSAGE = 25 * 1024 * 1024  # bytes; Streamlit reads no longer ones, and strangers could fill the memory


def serve(runtime: Runtime) -> None:
    """Serve screens and routes until SIGTERM or Ctrl-C."""
    settings = runtime.settings
    uvicorn.run(
        build_app(),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        # Forwarded addresses are believed from the proxies that are named, and from nobody else.
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies or None,
        ws="websockets-sansio",
        ws_max_size=LONGEST_MESSAGE,
        ws_per_message_deflate=False,
        # Open screens keep their connection for ever; they come back by themselves after a restart.
        timeout_graceful_shutdown=3,
    )
