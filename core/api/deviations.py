"""Deviations: sending files in, and seeing what became of them."""

from functools import partial
from typing import Annotated, Any

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Depends, Header, Query, Request
from starlette.responses import JSONResponse, Response

from core.api import metrics
from core.api.answers import failures
from core.api.delivery_form import form_schema, read_delivery
from core.api.forms import receive_form
from core.api.gate import Require
from core.api.schemas import DeliveredOut, DeviationDetailOut, DeviationsOut
from core.clock import utc_now
from core.errors import AtelierError
from core.identity.api_keys import KeyHolder
from core.identity.scopes import Scope
from core.media.imports import IncomingFile
from core.media.incoming import Incoming
from core.publishing import ingest, records
from core.publishing.import_choices import ImportLimits
from core.publishing.ingest import Answer, Delivery
from core.publishing.models import DeviationStatus
from core.runtime import Runtime
from core.system.idempotency import KEY_LENGTH

# Decoding takes memory; whoever comes meanwhile waits.
IMPORTS_AT_ONCE = 4

Reader = Annotated[KeyHolder, Depends(Require(Scope.DEVIATIONS_READ))]
Writer = Annotated[KeyHolder, Depends(Require(Scope.DEVIATIONS_WRITE))]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=KEY_LENGTH,
        pattern=r"^[\x20-\x7e]+$",
        description="A word of your own for this one request, good for 48 hours: the same request with the same word "
        "gets the same answer and has no second effect.",
    ),
]
_FORM: dict[str, Any] = {
    "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": form_schema()}}}
}
_REPLAYED = "Idempotent-Replayed"


def deviation_routes(runtime: Runtime, incoming: Incoming) -> APIRouter:
    """The endpoints below ``/deviations``."""
    router = APIRouter(tags=["Deviations"])
    imports = CapacityLimiter(IMPORTS_AT_ONCE)
    max_bytes = runtime.settings.max_file_mb * 1024 * 1024

    @router.post(
        "/deviations",
        status_code=201,
        summary="Send a picture or film in",
        response_model=DeliveredOut,
        responses={
            201: {"description": "A new deviation awaits review."},
            200: {"model": DeliveredOut, "description": "This content is here already: the deviation that shows it."},
            **failures("scope-missing", "still-served", "too-large", "type-not-taken"),
        },
        openapi_extra=_FORM,
    )
    async def send_in(request: Request, caller: Writer, idempotency_key: IdempotencyKey = None) -> Response:
        """One file becomes one deviation under Review. What the file says about its making (prompt, seed, model,
        workflow) is kept: send the very file, not a copy saved anew. Needs the scope `deviations:write`."""
        async with receive_form(request, incoming, file_field="file", max_file_bytes=max_bytes) as form:
            delivery = read_delivery(form, idempotency_key)
            assert form.file is not None  # or it would have been refused
            file = IncomingFile(form.file.name, form.file.path)
            answer = await to_thread.run_sync(partial(_deliver, runtime, caller, file, delivery), limiter=imports)
        headers = {"Location": f"{request.scope.get('root_path', '')}/deviations/{answer.body['id']}"}
        if answer.is_replay:
            headers[_REPLAYED] = "true"
        return JSONResponse(answer.body, answer.status_code, headers)

    @router.get("/deviations", summary="List your deviations", responses=failures("scope-missing"))
    def list_deviations(
        caller: Reader,
        status: Annotated[list[DeviationStatus] | None, Query(description="Only these; may be repeated.")] = None,
        cursor: Annotated[str | None, Query(max_length=200, description="`next_cursor` of the last answer.")] = None,
        limit: Annotated[int, Query(ge=1, le=records.MOST_RECORDS)] = 50,
    ) -> DeviationsOut:
        """Newest first, without the trash. Needs the scope `deviations:read`."""
        with runtime.database.read() as session:
            page = records.list_records(session, caller.actor, statuses=status or (), cursor=cursor, limit=limit)
        return DeviationsOut.of(page)

    @router.get(
        "/deviations/{deviation_id}", summary="See one deviation", responses=failures("scope-missing", "not-found")
    )
    def get_deviation(deviation_id: str, caller: Reader) -> DeviationDetailOut:
        """With what its files say about their making. Needs the scope `deviations:read`."""
        with runtime.database.read() as session:
            return DeviationDetailOut.of(records.get_record(session, caller.actor, deviation_id))

    return router


def _deliver(runtime: Runtime, caller: KeyHolder, file: IncomingFile, delivery: Delivery) -> Answer:
    limits = ImportLimits.of(runtime.settings)
    try:
        answer = ingest.deliver(
            runtime.database, runtime.store, caller.actor, file, delivery, DeliveredOut.told, limits=limits,
            now=utc_now(),
        )  # fmt: skip
    except AtelierError:
        metrics.deliveries.labels("refused").inc()
        raise
    metrics.deliveries.labels(_outcome(answer)).inc()
    return answer


def _outcome(answer: Answer) -> str:
    if answer.is_replay:
        return "replayed"
    return "created" if answer.status_code == ingest.CREATED else "duplicate"
