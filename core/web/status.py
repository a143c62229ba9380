"""``/healthz``: the process runs. ``/readyz``: it can work. ``/metrics``: for Prometheus."""

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from core import health
from core.runtime import Runtime


def status_routes(runtime: Runtime) -> list[BaseRoute]:
    """The three routes; they say nothing about anybody's work, so they ask for no session."""

    async def alive(_request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    def ready(_request: Request) -> Response:
        checks = [health.check_database(runtime.database), health.check_storage(runtime.store)]
        is_ready = all(check.is_ok for check in checks)
        body = {"status": "ready" if is_ready else "unavailable", "checks": {c.name: c.is_ok for c in checks}}
        return JSONResponse(body, status_code=200 if is_ready else 503)

    def metrics(_request: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return [Route("/healthz", alive), Route("/readyz", ready), Route("/metrics", metrics)]
