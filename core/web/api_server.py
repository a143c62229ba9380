"""The API without the screens: for programs that send so much that people would feel it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware

from core.api.app import mount_api
from core.runtime import Runtime
from core.web.headers import SecurityHeaders
from core.web.pulse import API, pulse
from core.web.status import status_routes


def build_api_server(runtime: Runtime) -> Starlette:
    """The API at its usual path, with health and metrics beside it."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        with pulse(runtime.database, API):
            yield

    return Starlette(
        routes=[mount_api(runtime), *status_routes(runtime)],
        middleware=[Middleware(SecurityHeaders)],
        lifespan=lifespan,
    )


def serve_api(runtime: Runtime) -> None:
    """Serve until SIGTERM or Ctrl-C; what is being answered then is still finished."""
    settings = runtime.settings
    uvicorn.run(
        build_api_server(runtime),
        host=settings.host,
        port=settings.api_port,
        log_config=None,
        access_log=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies or None,
        timeout_graceful_shutdown=30,
    )
