"""What a client tries first."""

from typing import Annotated

from fastapi import APIRouter, Depends

from core.api.answers import failures
from core.api.gate import current_caller
from core.api.schemas import MeOut
from core.identity.api_keys import KeyHolder
from core.runtime import Runtime


def me_routes(runtime: Runtime) -> APIRouter:
    """``/me``, for any key."""
    router = APIRouter(tags=["Key"])

    @router.get("/me", summary="See whose key this is", responses=failures())
    def get_me(caller: Annotated[KeyHolder, Depends(current_caller)]) -> MeOut:
        """The person, the key's name and scopes, and the limits of this installation. Any key may ask."""
        return MeOut.of(caller, runtime.settings)

    return router
