"""Published work: looking at it and editing it."""

from core.sandbox.deviantart import catalogue
from core.sandbox.deviantart.audience import audience
from core.sandbox.deviantart.endpoint import Call, Endpoint
from core.sandbox.deviantart.errors import ITEM_NOT_FOUND, invalid_fields, invalid_request
from core.sandbox.deviantart.fields import TAGS, UUID, Field, Values, boolean, text, uuid_text
from core.sandbox.deviantart.images import signed_link
from core.sandbox.deviantart.invented import metadata_object, work_object
from core.sandbox.deviantart.models import Deviation, JsonDict
from core.sandbox.deviantart.stash import (
    LICENCE_FIELDS,
    MATURE_FIELDS,
    RESOLUTION_FIELD,
    check_galleries,
    check_mature,
    check_watermark,
)
from core.sandbox.deviantart.views import deviation_object, user_object

EXTENSIONS = ("ext_stats", "ext_submission", "ext_gallery", "ext_collection", "ext_camera")
METADATA_FIELDS = (
    Field("deviationids[]", uuid_text, is_required=True, many=True, limit=50),
    *(Field(name, boolean) for name in EXTENSIONS),
)
EDIT_FIELDS = (
    Field("title", text(50, min_length=1)),
    Field("is_mature", boolean),
    *MATURE_FIELDS,
    Field("is_ai_generated", boolean),
    Field("noai", boolean),
    TAGS,
    Field("galleryids[]", uuid_text, many=True),
    Field("allow_comments", boolean),
    Field("allow_free_download", boolean),
    RESOLUTION_FIELD,
    Field("add_watermark", boolean),
    *LICENCE_FIELDS,
)


def find_deviation(call: Call, deviationid: str) -> Deviation:
    """The work of this id; raises the site's 400 where there is none."""
    if not UUID.fullmatch(deviationid):
        raise invalid_fields({"deviationid": "Must be a UUID."})
    deviation = call.site.deviations.find(deviationid.upper())
    if deviation is None:
        raise invalid_request("Deviation not found.", ITEM_NOT_FOUND)
    return deviation


def own_deviation(call: Call, deviationid: str) -> Deviation:
    deviation = find_deviation(call, deviationid)
    if deviation.username != call.user.username or deviation.is_deleted:
        raise invalid_request("Deviation not found.", ITEM_NOT_FOUND)
    return deviation


def show(call: Call) -> JsonDict:
    invented = catalogue.find(call.path["deviationid"])
    if invented is not None:
        return work_object(call, invented)
    work = find_deviation(call, call.path["deviationid"])
    if work.is_deleted:
        return {"deviationid": work.deviationid, "printid": None, "is_deleted": True}
    return deviation_object(call, work)


def show_metadata(call: Call) -> JsonDict:
    wanted = call.values["deviationids"]
    if any(call.values.get(name) for name in EXTENSIONS) and len(wanted) > 10:
        raise invalid_fields({"deviationids[]": "At most 10 values with extended data."})
    return {"metadata": [body for one in wanted if (body := _find_metadata(call, one)) is not None]}


def _find_metadata(call: Call, deviationid: str) -> JsonDict | None:
    work, invented = call.site.deviations.find(deviationid), catalogue.find(deviationid)
    if work is not None:
        return None if work.is_deleted else _metadata(call, work)
    return metadata_object(call, invented) if invented is not None else None


def _metadata(call: Call, work: Deviation) -> JsonDict:
    author = call.site.find_user(work.username)
    body: JsonDict = {
        "deviationid": work.deviationid,
        "printid": None,
        "author": user_object(author, call.base_url) if author else None,
        "is_watching": False,
        "title": work.title,
        "description": work.description,
        "license": _licence(work.options),
        "allows_comments": work.options.get("allow_comments", True),
        "tags": [{"tag_name": name, "sponsored": False, "sponsor": ""} for name in work.tags],
        "is_favourited": False,
        "is_mature": work.is_mature,
        "can_post_comment": work.options.get("allow_comments", True),
    }
    if work.is_mature:
        body["mature_level"] = work.options.get("mature_level")
        body["mature_classification"] = work.options.get("mature_classification", [])
    return {**body, **_extensions(call, work)}


def _extensions(call: Call, work: Deviation) -> JsonDict:
    asked = {name for name in EXTENSIONS if call.values.get(name)}
    body: JsonDict = {}
    if "ext_stats" in asked:
        now = audience(call.site, work)
        today = {"views_today": min(now.views, work.views), "downloads_today": 0}
        body["stats"] = {**vars(now), **today}
    if "ext_submission" in asked:
        size = work.stored_file
        body["submission"] = {
            "creation_time": str(int(work.published_at)),
            "category": "Visual Art",
            "file_size": f"{size.size_bytes} bytes",
            "resolution": f"{size.width}x{size.height}",
            "submitted_with": {"app": "Sandbox", "url": call.base_url},
        }
    if "ext_gallery" in asked:
        folders = [folder for one in work.folders if (folder := call.site.folders.find(one)) is not None]
        body["galleries"] = [{"folderid": folder.folderid, "name": folder.name} for folder in folders]
    if "ext_collection" in asked:
        body["collections"] = []
    if "ext_camera" in asked:
        body["camera"] = {}
    return body


def _licence(options: JsonDict) -> str:
    if not options.get("license_options[creative_commons]"):
        return "No License"
    commercial = "" if options.get("license_options[commercial]") == "yes" else "-Noncommercial"
    modify = {"no": "-No Derivative Works", "share": "-Share Alike"}.get(options.get("license_options[modify]", ""), "")
    return f"Creative Commons Attribution{commercial}{modify} 3.0 License"


def edit(call: Call) -> JsonDict:
    """Change a published work in place; what is not sent stays. A changed title leaves the address as it was."""
    work = own_deviation(call, call.path["deviationid"])
    merged = _merged_options(work, call.values)
    check_mature(merged)
    check_watermark(merged)
    check_galleries(call)
    if "galleryids" in call.values:
        work.folders = {one: work.folders.get(one, -float(work.number)) for one in call.values["galleryids"]}
    work.title = call.values.get("title", work.title)
    work.tags = call.values.get("tags", work.tags)
    work.options = merged
    work.edits.append({"at": call.site.clock(), **call.values})
    call.site.deviations.put(work)
    return {"url": call.base_url + work.path, "deviationid": work.deviationid}


def _merged_options(work: Deviation, values: Values) -> JsonDict:
    changed = {name: value for name, value in values.items() if name not in ("title", "tags", "galleryids")}
    kept = dict(work.options)
    if changed.get("is_mature") is False:
        kept = {name: value for name, value in kept.items() if not name.startswith("mature_")}
    return {**kept, **changed}


def download(call: Call) -> JsonDict:
    work = find_deviation(call, call.path["deviationid"])
    if work.is_deleted or not work.options.get("allow_free_download"):
        raise invalid_request("This deviation cannot be downloaded.")
    work.downloads += 1
    call.site.deviations.put(work)
    file = work.stored_file
    link = signed_link(call.site, file.sha256, file.width, call.base_url)
    size = {"width": file.width, "height": file.height, "filesize": file.size_bytes}
    return {"src": link, "filename": file.filename, **size}


ENDPOINTS = (
    Endpoint("GET", "/deviation/metadata", show_metadata, ("browse",), METADATA_FIELDS),
    Endpoint("POST", "/deviation/edit/{deviationid}", edit, ("publish",), EDIT_FIELDS),
    Endpoint("GET", "/deviation/download/{deviationid}", download, ("browse",)),
    Endpoint("GET", "/deviation/{deviationid}", show, ("browse",)),
)
