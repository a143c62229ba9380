"""One shape for every API endpoint: parse, authenticate, check scopes, then a plain function does the work."""

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass, field

from PIL import Image, UnidentifiedImageError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.sandbox.deviantart.access import authenticate, bearer_token, require_scopes
from core.sandbox.deviantart.errors import ApiError, invalid_request, invalid_token, server_error, unknown_endpoint
from core.sandbox.deviantart.fields import Field, Values, read_fields
from core.sandbox.deviantart.models import Grant, JsonDict, StoredFile, User
from core.sandbox.deviantart.state import Site

TEXT_LIMIT_BYTES = 64 * 1024 * 1024  # a file part without a filename arrives as text and must be recognised as such


@dataclass
class Call:
    """One authenticated request, ready to be carried out."""

    site: Site
    grant: Grant
    values: Values
    path: dict[str, str]
    sent: dict[str, list[str]]
    base_url: str
    upload: StoredFile | None = None
    half_publish: bool = False
    _user: User | None = field(default=None, repr=False)

    @property
    def user(self) -> User:
        """The person behind the token; raises where an application acts for itself."""
        if self._user is None:
            raise ApiError(403, "unauthorized", "This endpoint needs a user's authorisation.")
        return self._user

    @property
    def shows_mature(self) -> bool:
        return self.sent.get("mature_content", ["false"])[0] in ("true", "1")


# Handlers are synchronous on purpose: nothing else runs between their checks and their writes,
# which is what lets a submission be published at most once.
Handler = Callable[[Call], JsonDict]


@dataclass(frozen=True)
class Endpoint:
    """A path under the API base with what it takes and what it needs."""

    methods: str
    path: str
    handler: Handler
    scopes: tuple[str, ...] = ("basic",)
    fields: tuple[Field, ...] = ()
    takes_upload: bool = False
    is_served: Callable[[Site], bool] = lambda site: True  # what the site withdrew is unknown to it


def build_route(endpoint: Endpoint, site: Site) -> Route:
    async def serve(request: Request) -> Response:
        if not endpoint.is_served(site):
            return unknown_endpoint().response()
        try:
            body = await _carry_out(endpoint, site, request)
        except ApiError as error:
            return error.response()
        return JSONResponse({"status": "success", **body})

    return Route(endpoint.path, serve, methods=endpoint.methods.split())


async def _carry_out(endpoint: Endpoint, site: Site, request: Request) -> JsonDict:
    form = await _read_form(request, endpoint)
    try:
        sent = _texts(request, form)
        grant = authenticate(site, _token(request, sent))
        request.scope["state"]["username"] = grant.username
        require_scopes(grant, endpoint.scopes)
        files = [value for value in form.values() if isinstance(value, UploadFile)]
        if endpoint.takes_upload and not files:
            _refuse_nameless_file(request, endpoint, sent)
        values = read_fields(sent, endpoint.fields)
        upload = await _store(site, files, endpoint)
    finally:
        await form.close()
    user = site.find_user(grant.username) if grant.username else None
    half_publish = request.scope["state"].get("half_publish", False)
    base_url = f"{request.url.scheme}://{request.url.netloc}"
    call = Call(site, grant, values, request.path_params, sent, base_url, upload, half_publish, user)
    return _run(endpoint.handler, call)


def _run(handler: Handler, call: Call) -> JsonDict:
    # A refusal commits too: an attempt is counted, and a half-published work is there although the answer is 500.
    with call.site.store.transaction():
        try:
            return handler(call)
        except ApiError as error:
            refusal = error
    raise refusal


async def _read_form(request: Request, endpoint: Endpoint) -> FormData:
    content_type = request.headers.get("content-type", "")
    if request.method == "GET" or not content_type:
        return FormData()
    is_multipart = content_type.startswith("multipart/form-data")
    if not is_multipart and not content_type.startswith("application/x-www-form-urlencoded"):
        raise invalid_request("Parameters are sent as a form.")
    if endpoint.takes_upload and not is_multipart:
        raise invalid_request("Files are sent as multipart/form-data.")
    try:
        return await request.form(max_part_size=TEXT_LIMIT_BYTES)
    except HTTPException as error:
        raise (server_error() if endpoint.takes_upload else invalid_request("The form cannot be read.")) from error


def _texts(request: Request, form: FormData) -> dict[str, list[str]]:
    sent: dict[str, list[str]] = {}
    if "access_token" in request.query_params:
        raise invalid_token("Access tokens may not be sent in the query string.")
    if request.method == "POST" and request.query_params:
        raise invalid_request("Parameters of a POST belong in its body.")
    for name, part in (*request.query_params.multi_items(), *form.multi_items()):
        if isinstance(part, str):
            sent.setdefault(name, []).append(part)
    return sent


def _token(request: Request, sent: dict[str, list[str]]) -> str | None:
    in_body = sent.get("access_token", [None])[0] if request.method == "POST" else None
    return bearer_token(request.headers) or in_body


def _refuse_nameless_file(request: Request, endpoint: Endpoint, sent: dict[str, list[str]]) -> None:
    known = {declared.name for declared in endpoint.fields} | {"access_token"}
    if set(sent) - known:
        # A file part without a filename looks like an unknown field; the site breaks on it.
        raise server_error()


async def _store(site: Site, files: list[UploadFile], endpoint: Endpoint) -> StoredFile | None:
    if not files:
        return None
    if not endpoint.takes_upload or len(files) > 1:
        raise invalid_request("One file belongs to a submission, none to anything else.")
    content = await files[0].read()
    stored = await run_in_threadpool(_describe, content, files[0].filename or "", files[0].content_type or "")
    await run_in_threadpool(site.vault.put, stored.sha256, content)
    return stored


def _describe(content: bytes, filename: str, content_type: str) -> StoredFile:
    width = height = 0
    try:
        with Image.open(io.BytesIO(content)) as image:
            width, height = image.size
            content_type = Image.MIME.get(image.format or "", content_type)
    except (UnidentifiedImageError, Image.DecompressionBombError):
        pass  # kept as any other file: publishing it then asks for a preview image
    return StoredFile(hashlib.sha256(content).hexdigest(), filename, content_type, len(content), width, height)
