"""Puts the web process together: ``uvicorn --factory core.web.app:build_app``, or ``atelier web``."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st
import structlog
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute
from streamlit import config
from streamlit.runtime.pages_manager import PagesManager

from core import web_connect
from core.api.app import mount_api
from core.errors import UnavailableError
from core.logs import configure_logging
from core.runtime import Runtime, get_runtime
from core.ui.errors import on_script_error
from core.web.auth import auth_routes
from core.web.blobs import blob_routes
from core.web.calendar_feed import calendar_feed_routes
from core.web.connection_watch import TRUSTED_USER_HEADERS, ConnectionWatch
from core.web.doorman import UploadDoorman
from core.web.gallery import gallery_routes
from core.web.headers import SecurityHeaders
from core.web.proofs import proof_routes
from core.web.provider_hooks import provider_hook_routes
from core.web.pulse import pulse
from core.web.status import status_routes

log = structlog.get_logger(__name__)
HOME = Path(__file__).resolve().parents[2] / "Home.py"


def build_routes(runtime: Runtime) -> list[BaseRoute]:
    """Our own routes. Streamlit keeps ``/_stcore``, ``/media``, ``/component`` and ``/static`` to itself."""
    return [
        *auth_routes(runtime),
        *web_connect.routes,
        *blob_routes(runtime),
        *proof_routes(runtime),
        *calendar_feed_routes(runtime),
        *gallery_routes(runtime),
        *provider_hook_routes(runtime),
        *status_routes(runtime),
        mount_api(runtime),
    ]


def build_app() -> st.App:
    """The screens with our routes beside them, for the process's runtime."""
    runtime = get_runtime()
    # st.navigation lists the screens. Until it was first called, Streamlit would list the folder pages/ by itself
    # and tell whoever comes first with the address of a screen that there is no such page.
    PagesManager.uses_pages_directory = False
    app = st.App(
        HOME,
        routes=build_routes(runtime),
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(UploadDoorman, runtime=runtime),
            Middleware(ConnectionWatch, runtime=runtime),
        ],
        lifespan=partial(_lifespan, runtime),
        on_script_error=on_script_error,
        exception_handlers=EXCEPTION_HANDLERS,
    )
    # Read again, now that the app has said where its folder .streamlit is: started from another folder, Streamlit
    # would show tracebacks and send usage statistics, as it does by itself.
    config.get_config_options(force_reparse=True)
    config.set_option("server.maxUploadSize", runtime.settings.max_file_mb)
    config.set_option("server.trustedUserHeaders", TRUSTED_USER_HEADERS)
    return app


@asynccontextmanager
async def _lifespan(runtime: Runtime, _app: st.App) -> AsyncIterator[None]:
    _take_over_logging(runtime)
    with pulse(runtime.database):
        yield


def _take_over_logging(runtime: Runtime) -> None:
    """Streamlit gives itself and uvicorn handlers of its own; one process has one way to log."""
    configure_logging(level=runtime.settings.log_level, as_json=runtime.settings.log_format == "json")
    for name in list(logging.Logger.manager.loggerDict):
        if name.partition(".")[0] in {"streamlit", "uvicorn", "websockets"}:
            logger = logging.getLogger(name)
            logger.handlers.clear()
            logger.propagate = name != "uvicorn.access"
    logging.getLogger("uvicorn.error").addFilter(_names_nobody)


def _names_nobody(record: logging.LogRecord) -> bool:
    """Of WebSockets uvicorn tells who came from where and what they asked for, whatever was said about access logs."""
    return '"WebSocket' not in str(record.msg)


def _say_unavailable(_request: Request, error: UnavailableError) -> Response:
    log.warning("A request could not be served.", error=str(error))
    return JSONResponse({"detail": str(error)}, status_code=503, headers={"Retry-After": "5"})


EXCEPTION_HANDLERS: dict[Any, Any] = {UnavailableError: _say_unavailable}
