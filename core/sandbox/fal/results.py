"""What comes of a request: its result, or the error that is answered in its place."""

from core.sandbox.fal.errors import ApiError, model_error
from core.sandbox.fal.models import check, find_application
from core.sandbox.pictures import data_uri
from core.sandbox.runs import Ending, Run
from core.sandbox.store import JsonDict

CANCELLED = ApiError(400, "Request was cancelled by the client.", error_type="client_cancelled")
_BROKEN = {
    Ending.FAILED: model_error(500, "internal_server_error", "Internal server error"),
    Ending.MEMORY: ApiError(503, "Runner disconnected", error_type="runner_disconnected", retryable=True),
}


def failure_of(run: Run) -> ApiError | None:
    """The error of a request that has been worked on, if it ended in one."""
    application = find_application(run.model)
    assert application is not None  # others were never taken
    wrong = check(application, run.asked)
    if wrong is not None:
        return wrong
    if run.ending is Ending.BLOCKED and application.refuses:
        return model_error(422, "content_policy_violation", "The content was flagged by a content checker.")
    if run.ending is Ending.EMPTY and application.refuses:
        return model_error(422, "no_media_generated", "The model made no media.")
    return _BROKEN.get(run.ending)


def result_of(run: Run) -> JsonDict:
    """The result of a request that ended well."""
    count = 0 if run.ending is Ending.EMPTY else run.images
    return {
        "images": [_image(run, index) for index in range(count)],
        "timings": {"inference": round(run.ends_at - run.starts_at, 6)},
        "seed": run.seed,
        "has_nsfw_concepts": [run.ending is Ending.BLOCKED] * count,
        "prompt": run.prompt,
    }


def _image(run: Run, index: int) -> JsonDict:
    extension = "jpg" if run.kind == "JPEG" else "png"
    link = f"{run.base_url}/-/media/files/{run.id.replace('-', '')}/{index}.{extension}"
    url = data_uri(run.picture(index), run.kind) if run.asked.get("sync_mode") else link
    return {
        "url": url,
        "width": run.width,
        "height": run.height,
        "content_type": f"image/{run.kind.lower()}",
    }
