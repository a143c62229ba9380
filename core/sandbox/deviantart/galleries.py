"""Gallery folders and what is in them."""

from core.sandbox.deviantart.deviations import own_deviation
from core.sandbox.deviantart.endpoint import Call, Endpoint
from core.sandbox.deviantart.errors import invalid_fields
from core.sandbox.deviantart.fields import UUID, Field, boolean, choice, integer, page_fields, text, uuid_text
from core.sandbox.deviantart.models import Deviation, Folder, JsonDict
from core.sandbox.deviantart.views import deviation_page, folder_object, gallery_owner, page_end

USERNAME = Field("username", text(50, min_length=1))
NAME = text(50, min_length=1)
FOLDER = Field("folderid", uuid_text, is_required=True)
POSITION = Field("position", integer(0, 100_000), is_required=True)
WORKS = Field("deviationids[]", uuid_text, is_required=True, many=True, limit=24)
LIST_FIELDS = (
    USERNAME,
    Field("calculate_size", boolean),
    Field("ext_preload", boolean),
    Field("filter_empty_folder", boolean),
    *page_fields(50),
)
GALLERY_FIELDS = (USERNAME, Field("mode", choice("newest", "popular")), *page_fields(24))
SUCCESS: JsonDict = {"success": True}


def list_folders(call: Call) -> JsonDict:
    folders = call.site.folders_of(gallery_owner(call).username)
    if call.values.get("filter_empty_folder"):
        folders = [folder for folder in folders if call.site.in_folder(folder)]
    offset, limit = call.values.get("offset", 0), call.values.get("limit", 10)
    results = [folder_object(call, folder) for folder in folders[offset : offset + limit]]
    return {"results": results, **page_end(len(folders), offset, limit)}


def list_all(call: Call) -> JsonDict:
    """Everything published, newest first; half-published work is missing here."""
    works = call.site.published_by(gallery_owner(call).username)
    return deviation_page(call, [one for one in works if not one.is_half_published and call.site.is_listed(one)])


def list_folder(call: Call) -> JsonDict:
    """One folder's content, half-published work included."""
    owner = gallery_owner(call)
    folderid = call.path["folderid"]
    folder = call.site.find_folder(owner.username, folderid) if UUID.fullmatch(folderid) else None
    if folder is None:
        raise invalid_fields({"folderid": "There is no such folder."})
    return {"name": folder.name, **deviation_page(call, call.site.in_folder(folder))}


def create(call: Call) -> JsonDict:
    parent = _own_folder(call, "parent_folderid") if "parent_folderid" in call.values else None
    name = call.values["folder"]
    if any(folder.name == name for folder in call.site.folders_of(call.user.username)):
        raise invalid_fields({"folder": "A folder with this name exists already."})
    description = call.values.get("description", "")
    parentid = parent.folderid if parent else None
    folder = call.site.add_folder(call.user.username, name, parent=parentid, description=description)
    return {"folderid": folder.folderid, "name": folder.name}


def update(call: Call) -> JsonDict:
    folder = _own_folder(call, "folderid")
    if "cover_deviationid" in call.values:
        folder.cover_deviationid = own_deviation(call, call.values["cover_deviationid"]).deviationid
    folder.name = call.values.get("name", folder.name)
    folder.description = call.values.get("description", folder.description)
    call.site.folders.put(folder)
    return SUCCESS


def update_order(call: Call) -> JsonDict:
    folder = _own_folder(call, "folderid")
    others = [one for one in call.site.folders_of(call.user.username) if one is not folder]
    others.insert(call.values["position"], folder)
    for position, one in enumerate(others):
        one.position = position
        call.site.folders.put(one)
    return SUCCESS


def move(call: Call) -> JsonDict:
    folder, target = _own_folder(call, "folderid"), _own_folder(call, "to_folderid")
    ancestor: Folder | None = target
    while ancestor is not None:
        if ancestor is folder:
            raise invalid_fields({"to_folderid": "A folder cannot be moved into itself."})
        ancestor = call.site.folders.find(ancestor.parent or "")
    folder.parent = target.folderid
    call.site.folders.put(folder)
    return SUCCESS


def remove(call: Call) -> JsonDict:
    """Take a folder away; its works stay published and its subfolders move to the top."""
    folderid = call.path["folderid"]
    folder = call.site.find_folder(call.user.username, folderid) if UUID.fullmatch(folderid) else None
    if folder is None or folder.is_featured:
        raise invalid_fields({"folderid": "There is no such folder, or it cannot be removed."})
    for work in call.site.published_by(folder.username):
        _take_out(call, work, folder)
    for child in call.site.folders_of(folder.username):
        if child.parent == folder.folderid:
            child.parent = None
            call.site.folders.put(child)
    call.site.folders.delete(folder.folderid)
    return SUCCESS


def copy_deviations(call: Call) -> JsonDict:
    target = _own_folder(call, "target_folderid")
    for work in _works(call):
        _put_in(call, work, target)
    return SUCCESS


def move_deviations(call: Call) -> JsonDict:
    """Move works between folders, which also repairs half-published ones."""
    source, target = _own_folder(call, "source_folderid"), _own_folder(call, "target_folderid")
    works = _works(call)
    if any(source.folderid not in work.folders for work in works):
        raise invalid_fields({"deviationids[]": "Not all of them are in the source folder."})
    for work in works:
        work.is_half_published = False
        _take_out(call, work, source)
        _put_in(call, work, target)
    return SUCCESS


def remove_deviations(call: Call) -> JsonDict:
    folder = _own_folder(call, "folderid")
    for work in _works(call):
        _take_out(call, work, folder)
    return SUCCESS


def update_deviation_order(call: Call) -> JsonDict:
    folder = _own_folder(call, "folderid")
    work = own_deviation(call, call.values["deviationid"])
    if folder.folderid not in work.folders:
        raise invalid_fields({"deviationid": "It is not in this folder."})
    others = [one for one in call.site.in_folder(folder) if one is not work]
    others.insert(call.values["position"], work)
    # Ranks count down to the newest work's own, so that later publications still come first.
    lowest = min(one.folders[folder.folderid] for one in others)
    for position, one in enumerate(others):
        one.folders[folder.folderid] = lowest + position
        call.site.deviations.put(one)
    return SUCCESS


def _own_folder(call: Call, name: str) -> Folder:
    folder = call.site.find_folder(call.user.username, call.values[name])
    if folder is None:
        raise invalid_fields({name: "There is no such folder."})
    return folder


def _works(call: Call) -> list[Deviation]:
    return [own_deviation(call, one) for one in call.values["deviationids"]]


def _put_in(call: Call, work: Deviation, folder: Folder) -> None:
    work.folders.setdefault(folder.folderid, -float(work.number))
    call.site.deviations.put(work)


def _take_out(call: Call, work: Deviation, folder: Folder) -> None:
    if work.folders.pop(folder.folderid, None) is not None:
        call.site.deviations.put(work)


_CREATE = (Field("folder", NAME, is_required=True), Field("description", text()), Field("parent_folderid", uuid_text))
_UPDATE = (FOLDER, Field("name", NAME), Field("description", text()), Field("cover_deviationid", uuid_text))
_TO_FOLDER = Field("to_folderid", uuid_text, is_required=True)
_SOURCE, _TARGET = (Field(f"{end}_folderid", uuid_text, is_required=True) for end in ("source", "target"))
_WORK = Field("deviationid", uuid_text, is_required=True)
_READ, _WRITE = ("browse",), ("gallery",)

ENDPOINTS = (
    Endpoint("GET", "/gallery/folders", list_folders, _READ, LIST_FIELDS),
    Endpoint("POST", "/gallery/folders/create", create, _WRITE, _CREATE),
    Endpoint("POST", "/gallery/folders/update", update, _WRITE, _UPDATE),
    Endpoint("POST", "/gallery/folders/update_order", update_order, _WRITE, (FOLDER, POSITION)),
    Endpoint("POST", "/gallery/folders/move", move, _WRITE, (FOLDER, _TO_FOLDER)),
    Endpoint("GET POST", "/gallery/folders/remove/{folderid}", remove, _WRITE),
    Endpoint("POST", "/gallery/folders/copy_deviations", copy_deviations, _WRITE, (_TARGET, WORKS)),
    Endpoint("POST", "/gallery/folders/move_deviations", move_deviations, _WRITE, (_SOURCE, _TARGET, WORKS)),
    Endpoint("POST", "/gallery/folders/remove_deviations", remove_deviations, _WRITE, (FOLDER, WORKS)),
    Endpoint(
        "POST", "/gallery/folders/update_deviation_order", update_deviation_order, _WRITE, (FOLDER, _WORK, POSITION)
    ),
    Endpoint("GET", "/gallery/all", list_all, _READ, GALLERY_FIELDS),
    Endpoint("GET", "/gallery/{folderid}", list_folder, _READ, GALLERY_FIELDS),
    Endpoint("GET", "/gallery/", list_all, _READ, GALLERY_FIELDS),
)
