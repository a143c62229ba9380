"""The sale queue, for clients that set prices at the site: take the next piece, keep it, say how it went."""

import json
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from anyio import to_thread
from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ValidationError
from starlette.responses import Response

from core.api.answers import failures
from core.api.forms import receive_form
from core.api.gate import Require
from core.api.problems import invalid, refused
from core.api.sale_schemas import ClaimIn, ClaimOut, FailIn, LeaseOut, NextIn, SaleOut, SalesOut
from core.clock import utc_now
from core.identity.api_keys import KeyHolder
from core.identity.scopes import Scope
from core.media.incoming import Incoming
from core.runtime import Runtime
from core.sales import claims, listing
from core.sales.errors import SaleNotFound
from core.sales.listing import SaleFilter
from core.sales.models import SaleQueueStatus
from core.sales.proof import MAX_PROOF_BYTES, StoredProof, stored

Seller = Annotated[KeyHolder, Depends(Require(Scope.SALES))]
Told = TypeVar("Told", bound=ClaimIn)
SCREENSHOT = "screenshot"


def sale_routes(runtime: Runtime, incoming: Incoming) -> APIRouter:
    """The endpoints below ``/sales``."""
    router = APIRouter(tags=["Sales"])

    @router.get("/sales", summary="List the sale queue", responses=failures("scope-missing"))
    def list_sales(
        caller: Seller,
        status: Annotated[SaleQueueStatus | None, Query(description="Only these.")] = None,
        page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
        limit: Annotated[int, Query(ge=1, le=listing.MAX_PAGE_SIZE)] = 50,
    ) -> SalesOut:
        """What waits in the order of the queue, anything else with the latest change first. Needs the scope `sales`."""
        with runtime.database.read() as session:
            found = listing.list_sales(
                session, caller.actor, SaleFilter(status), page=page, page_size=limit, now=utc_now()
            )
        return SalesOut.of(found)

    @router.post(
        "/sales/next",
        summary="Take the next sale",
        response_model=ClaimOut,
        responses={204: {"description": "Nothing waits. Ask again in a minute."}, **failures("scope-missing")},
    )
    def take_next(told: NextIn, caller: Seller) -> Any:
        """The piece is this client's for ten minutes, and longer with each heartbeat. A client that died and asks again
        under the same name gets the piece it held. Needs the scope `sales`."""
        with runtime.database.session() as session:
            claimed = claims.claim_next(session, caller.actor, client=told.client, now=utc_now())
        return Response(status_code=204) if claimed is None else ClaimOut.of(claimed)

    @router.post(
        "/sales/{sale_id}/heartbeat",
        summary="Keep a sale",
        responses=failures("scope-missing", "not-found", "conflict"),
    )
    def keep(sale_id: str, told: ClaimIn, caller: Seller) -> LeaseOut:
        """Say that the client still works on it. A conflict means that somebody else has it now: stop. Needs the scope
        `sales`."""
        with runtime.database.session() as session:
            until = claims.heartbeat(
                session, caller.actor, sale_id, client=told.client, claim_version=told.claim_version, now=utc_now()
            )
        return LeaseOut(lease_expires_at=until)

    @router.post(
        "/sales/{sale_id}/complete",
        summary="Say that the price is set",
        responses=failures("scope-missing", "not-found", "conflict", "type-not-taken"),
        openapi_extra=_either(ClaimIn),
    )
    async def complete(sale_id: str, request: Request, caller: Seller) -> SaleOut:
        """With a screenshot as proof, if there is one. The same answer again changes nothing, so a lost one may be
        repeated. Needs the scope `sales`."""
        told, screenshot = await _read(request, incoming, ClaimIn)

        def write(proof: StoredProof | None) -> None:
            with runtime.database.session() as session:
                claims.complete(
                    session, caller.actor, sale_id, client=told.client, claim_version=told.claim_version, proof=proof,
                    now=utc_now(),
                )  # fmt: skip

        return await to_thread.run_sync(_answer, runtime, caller, sale_id, screenshot, write)

    @router.post(
        "/sales/{sale_id}/fail",
        summary="Say why the price could not be set",
        responses=failures("scope-missing", "not-found", "conflict", "type-not-taken"),
        openapi_extra=_either(FailIn),
    )
    async def fail(sale_id: str, request: Request, caller: Seller) -> SaleOut:
        """The piece is tried again after a while, three times in all. Needs the scope `sales`."""
        told, screenshot = await _read(request, incoming, FailIn)

        def write(proof: StoredProof | None) -> None:
            with runtime.database.session() as session:
                claims.fail(
                    session, caller.actor, sale_id, client=told.client, claim_version=told.claim_version,
                    message=told.message, details=told.details, proof=proof, now=utc_now(),
                )  # fmt: skip

        return await to_thread.run_sync(_answer, runtime, caller, sale_id, screenshot, write)

    return router


def _answer(
    runtime: Runtime,
    caller: KeyHolder,
    sale_id: str,
    screenshot: bytes | None,
    write: Callable[[StoredProof | None], None],
) -> SaleOut:
    if screenshot is None:
        write(None)
    else:
        with stored(runtime.store, caller.actor, screenshot) as proof:
            write(proof)
    with runtime.database.read() as session:
        sale = listing.find_sale(session, caller.actor, sale_id, now=utc_now())
    if sale is None:
        raise SaleNotFound("This sale was removed from the queue meanwhile.")
    return SaleOut.of(sale)


async def _read(request: Request, incoming: Incoming, kind: type[Told]) -> tuple[Told, bytes | None]:
    """What a client says: JSON, or a form that may bring a screenshot."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json":
        return _checked(kind, await _json(request)), None
    async with receive_form(request, incoming, file_field=SCREENSHOT, max_file_bytes=MAX_PROOF_BYTES) as form:
        twice = next((name for name, given in form.fields.items() if len(given) > 1), None)
        if twice is not None:
            raise invalid(twice, "This field comes once.")
        told = _checked(kind, {name: given[0] for name, given in form.fields.items()})
        # At most ten megabytes, and in the page cache.
        return told, form.file.path.read_bytes() if form.file is not None else None


async def _json(request: Request) -> Any:
    try:
        return json.loads(await request.body())
    except (ValueError, RecursionError) as error:
        raise invalid("body", "This is no JSON.") from error


def _checked(kind: type[Told], values: Any) -> Told:
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        raise refused(error.errors(), list(kind.model_fields)) from error


def _either(kind: type[BaseModel]) -> dict[str, Any]:
    schema = kind.model_json_schema()
    screenshot = {"type": "string", "format": "binary", "description": "PNG, JPEG or WebP, at most 10 MB."}
    fields = {name: _in_form(one) for name, one in schema["properties"].items()}
    form = schema | {"properties": fields | {SCREENSHOT: screenshot}}
    content = {"application/json": {"schema": schema}, "multipart/form-data": {"schema": form}}
    return {"requestBody": {"required": True, "content": content}}


def _in_form(field: dict[str, Any]) -> dict[str, Any]:
    if "anyOf" not in field:
        return field
    return {"type": "string", "contentMediaType": "application/json", "description": field.get("description", "")}
