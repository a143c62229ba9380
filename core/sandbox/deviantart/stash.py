"""Sta.sh: submit and publish, all that is left of it since 2024-07-01."""

import re
from typing import Any

from core.sandbox.deviantart.endpoint import Call, Endpoint
from core.sandbox.deviantart.errors import (
    AGREE_SUBMISSION,
    AGREE_TERMS,
    ALREADY_PUBLISHED,
    INVALID_LICENCE,
    INVALID_RESOLUTION,
    ITEM_NOT_FOUND,
    PREVIEW_REQUIRED,
    invalid_fields,
    invalid_request,
    server_error,
)
from core.sandbox.deviantart.fields import ITEM_ID, TAGS, Field, boolean, choice, integer, text, uuid_text
from core.sandbox.deviantart.models import Deviation, JsonDict, Stack, StashItem
from core.sandbox.deviantart.state import new_uuid

IMAGE_LIMIT_BYTES = 30 * 1024 * 1024
OTHER_LIMIT_BYTES = 200 * 1024 * 1024

SUBMIT_FIELDS = (
    Field("title", text(50)),
    Field("artist_comments", text()),
    TAGS,
    Field("original_url", text(2000)),
    Field("is_dirty", boolean),
    Field("itemid", ITEM_ID),
    Field("stack", text(100, min_length=1)),
    Field("stackid", ITEM_ID),
    Field("is_ai_generated", boolean),
    Field("noai", boolean),
)
MATURE_FIELDS = (
    Field("mature_level", choice("strict", "moderate")),
    Field("mature_classification[]", choice("nudity", "sexual", "gore", "language", "ideology"), many=True),
)
LICENCE_FIELDS = (
    Field("license_options[creative_commons]", boolean, error_code=INVALID_LICENCE),
    Field("license_options[commercial]", choice("yes", "no"), error_code=INVALID_LICENCE),
    Field("license_options[modify]", choice("yes", "no", "share"), error_code=INVALID_LICENCE),
)
RESOLUTION_FIELD = Field("display_resolution", integer(0, 8), error_code=INVALID_RESOLUTION)
SUBJECT_TYPES = choice("1", "3", "4", "5")
PUBLISH_FIELDS = (
    Field("itemid", ITEM_ID, is_required=True),
    Field("is_mature", boolean, is_required=True),
    *MATURE_FIELDS,
    Field("is_ai_generated", boolean),
    Field("noai", boolean),
    TAGS,
    Field("galleryids[]", uuid_text, many=True),
    Field("feature", boolean),
    Field("allow_comments", boolean),
    Field("allow_free_download", boolean),
    RESOLUTION_FIELD,
    Field("add_watermark", boolean),
    *LICENCE_FIELDS,
    Field("sharing", choice("allow", "hide_share_buttons", "hide_and_members_only")),
    Field("request_critique", boolean),
    Field("groups[]", uuid_text, many=True),
    Field("group_folders[]", uuid_text, many=True),
    Field("subject_tags[]", text(100, min_length=1), many=True),
    Field("subject_tag_types[]", SUBJECT_TYPES, many=True),
    Field("location_tag", text(200)),
    Field("agree_submission", boolean),
    Field("agree_tos", boolean),
    Field("catpath", text(200)),  # categories are retired: taken and ignored
)


def submit(call: Call) -> JsonDict:
    """Keep a new submission, or change the one named by ``itemid``."""
    _check_size(call)
    values = call.values
    item = _own_item(call) if "itemid" in values else None
    if item is not None and item.deviationid is not None:
        raise invalid_fields({"itemid": "This item is published already."})
    if item is None and call.upload is None:
        raise invalid_fields({"file": "A file is required."})
    stack = _stack(call, item)
    item = item or _new_item(call, stack)
    item.stackid = stack.stackid
    item.title = values.get("title", item.title)
    item.artist_comments = values.get("artist_comments", item.artist_comments)
    item.tags = values.get("tags", item.tags)
    item.is_dirty = values.get("is_dirty", item.is_dirty)
    item.file = vars(call.upload) if call.upload else item.file
    item.parameters = {**item.parameters, **values}
    item.updated_at = call.site.clock()
    item.submits += 1
    call.site.items.put(item)
    return {"itemid": item.itemid, "stack": stack.title, "stackid": stack.stackid}


def _check_size(call: Call) -> None:
    if call.upload is None:
        return
    limit = IMAGE_LIMIT_BYTES if call.upload.is_image else OTHER_LIMIT_BYTES
    if call.upload.size_bytes > limit:
        raise invalid_fields({"file": f"The file is larger than {limit // 1024**2} MB."})
    if call.upload.size_bytes == 0:
        raise invalid_fields({"file": "The file is empty."})


def _own_item(call: Call) -> StashItem:
    item = call.site.items.find(str(call.values["itemid"]))
    if item is None or item.username != call.user.username:
        raise invalid_request("Deviation not found.", ITEM_NOT_FOUND)
    return item


def _new_item(call: Call, stack: Stack) -> StashItem:
    now = call.site.clock()
    itemid = call.site.take_number("itemid")
    title = call.upload.filename.rpartition(".")[0] if call.upload else ""
    return StashItem(itemid, call.user.username, stack.stackid, title[:50] or "Untitled", now, now, submits=0)


def _stack(call: Call, item: StashItem | None) -> Stack:
    site, username = call.site, call.user.username
    if "stackid" in call.values:
        stack = site.stacks.find(str(call.values["stackid"]))
        if stack is None or stack.username != username:
            raise invalid_fields({"stackid": "There is no such stack."})
        return stack
    if item is not None and "stack" not in call.values:
        return next(stack for stack in site.stacks if stack.stackid == item.stackid)
    title = call.values.get("stack", "Sta.sh Uploads")
    found = (stack for stack in site.stacks if stack.username == username and stack.title == title)
    return next(found, None) or site.stacks.put(Stack(site.take_number("stackid"), username, title))


def publish(call: Call) -> JsonDict:
    """Turn a submission into a deviation, once."""
    check_mature(call.values)
    check_watermark(call.values)
    _check_pairs(call.values)
    _check_agreements(call)
    check_galleries(call)
    item = _own_item(call)
    item.publish_attempts += 1
    call.site.items.put(item)
    if item.deviationid is not None:
        raise invalid_request("This item has already been published.", ALREADY_PUBLISHED)
    if not item.stored_file.is_image:
        raise invalid_request("A preview image is required.", PREVIEW_REQUIRED)
    deviation = _publish_item(call, item)
    if call.half_publish:
        raise server_error()
    return {"url": call.base_url + deviation.path, "deviationid": deviation.deviationid}


def check_mature(values: JsonDict) -> None:
    """The level comes with mature work and only with it, the classification too."""
    if values["is_mature"] and "mature_level" not in values:
        raise invalid_fields({"mature_level": "mature_level is required for mature work."})
    if not values["is_mature"]:
        sent = [name for name in ("mature_level", "mature_classification") if name in values]
        if sent:
            raise invalid_fields(dict.fromkeys(sent, "Only for mature work."))


def check_watermark(values: JsonDict) -> None:
    if values.get("add_watermark") and not values.get("display_resolution"):
        raise invalid_fields({"add_watermark": "Needs a display_resolution above 0."}, INVALID_RESOLUTION)


def check_galleries(call: Call) -> None:
    """Every folder named must be the caller's."""
    username = call.user.username
    missing = [one for one in call.values.get("galleryids", ()) if call.site.find_folder(username, one) is None]
    if missing:
        raise invalid_fields({"galleryids[]": f"There is no folder {missing[0]}."})


def _check_pairs(values: JsonDict) -> None:
    for first, second in (("groups", "group_folders"), ("subject_tags", "subject_tag_types")):
        if len(values.get(first, ())) != len(values.get(second, ())):
            raise invalid_fields({f"{second}[]": f"One for each of {first}[]."})


def _check_agreements(call: Call) -> None:
    assumed = not call.site.behaviour.agreements_required
    if not call.values.get("agree_submission", assumed):
        raise invalid_request("You must agree to the submission policy.", AGREE_SUBMISSION)
    if not call.values.get("agree_tos", assumed):
        raise invalid_request("You must agree to the terms of service.", AGREE_TERMS)


def _publish_item(call: Call, item: StashItem) -> Deviation:
    site, values = call.site, call.values
    number = site.take_number("number")
    deviation = Deviation(
        deviationid=new_uuid(),
        number=number,
        itemid=item.itemid,
        username=item.username,
        title=item.title,
        slug=_slug(item.title),
        description=item.artist_comments,
        tags=values.get("tags", item.tags),
        published_at=site.clock(),
        file=item.file,
        options={name: value for name, value in values.items() if name not in ("itemid", "tags")},
        submit_parameters=item.parameters,
        publish_parameters=dict(values),
        folders=dict.fromkeys(_target_folders(call), -float(number)),
        is_half_published=call.half_publish,
    )
    item.deviationid = deviation.deviationid
    item.is_dirty = False
    site.items.put(item)
    return site.add_deviation(deviation)


def _target_folders(call: Call) -> list[str]:
    chosen: list[str] = call.values.get("galleryids", [])
    featured = call.site.featured_folder(call.user.username).folderid
    if not chosen or call.values.get("feature", True):
        return [*chosen, featured]
    return chosen


def _slug(title: Any) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", str(title)).strip("-") or "Untitled"


ENDPOINTS = (
    Endpoint("POST", "/stash/submit", submit, ("basic", "stash"), SUBMIT_FIELDS, takes_upload=True),
    Endpoint("POST", "/stash/publish", publish, ("stash", "publish"), PUBLISH_FIELDS),
)
