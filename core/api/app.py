"""Puts the API together: an app of its own, mounted at ``/api/v1`` beside the screens, or run alone."""

import re
from importlib.metadata import version
from typing import Any

from fastapi import Depends, FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import HTMLResponse
from starlette.routing import Mount

from core.api.answers import as_problems
from core.api.bodies import BodyLimit, FileLimits
from core.api.deviations import deviation_routes
from core.api.docs_page import render_docs
from core.api.gate import Gate
from core.api.me import me_routes
from core.api.problems import add_handlers
from core.api.queries import only_known_parameters
from core.api.rates import RateLimiter
from core.api.sales import sale_routes
from core.api.tracking import HEADER, Tracking
from core.media.incoming import Incoming
from core.runtime import Runtime
from core.sales.proof import MAX_PROOF_BYTES

MOUNTED_AT = "/api/v1"
# Helpers in a browser's extensions send a key, never a cookie; pages of other sites are not let in.
_EXTENSIONS = r"(chrome|moz|safari-web)-extension://[A-Za-z0-9.-]+"
_SUMMARY = "Send pictures in, see what became of them, and work through the sale queue."


def mount_api(runtime: Runtime) -> Mount:
    """The API at its place among other routes."""
    mount = Mount(MOUNTED_AT, app=build_api(runtime))
    # Starlette's own pattern ends at the first line end in a path, and somebody else would answer.
    mount.path_regex = re.compile(mount.path_regex.pattern, re.DOTALL)
    return mount


def build_api(runtime: Runtime) -> FastAPI:
    """The API for one runtime. It opens nothing by itself, so it needs no lifespan."""
    settings = runtime.settings
    incoming = Incoming.of(settings.data_dir)
    screenshots = {("/sales/", f"/{answer}"): MAX_PROOF_BYTES for answer in ("complete", "fail")}
    files = FileLimits({("/deviations", ""): settings.max_file_mb * 1024 * 1024} | screenshots)
    app = FastAPI(
        title="Atelier",
        summary=_SUMMARY,
        version=version("atelier"),
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        separate_input_output_schemas=False,
        generate_unique_id_function=lambda route: route.name,
        middleware=[
            Middleware(Tracking),
            Middleware(
                CORSMiddleware,
                allow_origin_regex=_EXTENSIONS,
                allow_methods=["GET", "POST"],
                allow_headers=["Authorization", "Content-Type", "Idempotency-Key", HEADER],
                expose_headers=["Location", "Retry-After", "Idempotent-Replayed", HEADER],
            ),
            Middleware(BodyLimit, file_bytes=files),
            Middleware(Gate, runtime=runtime, limiter=RateLimiter(settings.api_requests_per_minute)),
        ],
    )
    add_handlers(app)
    for router in (me_routes(runtime), deviation_routes(runtime, incoming), sale_routes(runtime, incoming)):
        app.include_router(router, dependencies=[Depends(only_known_parameters)])
    _describe(app)
    return app


def _describe(app: FastAPI) -> None:
    made: dict[str, Any] = {}

    def openapi() -> dict[str, Any]:
        if not made:
            made.update(as_problems(get_openapi(
                title=app.title, version=app.version, summary=app.summary, routes=app.routes,
                servers=[{"url": MOUNTED_AT}],
            )))  # fmt: skip
        return made

    @app.get("/docs", include_in_schema=False)
    def docs() -> HTMLResponse:
        return HTMLResponse(render_docs(openapi()))

    app.openapi = openapi  # type: ignore[method-assign]  # as FastAPI's own guide does it
