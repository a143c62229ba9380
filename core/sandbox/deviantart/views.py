"""The JSON shapes in which the API speaks of people, folders and deviations."""

from core.sandbox.deviantart.audience import audience
from core.sandbox.deviantart.endpoint import Call
from core.sandbox.deviantart.errors import invalid_request
from core.sandbox.deviantart.images import public_width, scaled_height, signed_link
from core.sandbox.deviantart.models import Deviation, Folder, JsonDict, User

FULL_LIST = 10_000  # galleries end here by design


def user_object(user: User, base_url: str) -> JsonDict:
    icon = f"{base_url}/avatars/{user.username}.svg"
    return {"userid": user.userid, "username": user.username, "usericon": icon, "type": "regular"}


def deviation_object(call: Call, deviation: Deviation) -> JsonDict:
    """As ``/deviation/{id}`` and the galleries show it; says nothing of AI, like the real one."""
    user = call.site.find_user(deviation.username)
    options = deviation.options
    width = public_width(deviation)
    now = audience(call.site, deviation)
    return {
        "deviationid": deviation.deviationid,
        "printid": None,
        "url": call.base_url + deviation.path,
        "title": deviation.title,
        "category": "Visual Art",
        "category_path": "visual_art",
        "is_favourited": False,
        "is_deleted": False,
        "is_published": not deviation.is_half_published,
        "is_blocked": False,
        "author": user_object(user, call.base_url) if user else None,
        "stats": {"comments": now.comments, "favourites": now.favourites},
        "published_time": str(int(deviation.published_at)),
        "allows_comments": options.get("allow_comments", True),
        "is_mature": deviation.is_mature,
        "is_downloadable": options.get("allow_free_download", False),
        "preview": _picture(call, deviation, min(width, 900)),
        "content": {**_picture(call, deviation, width), "filesize": deviation.stored_file.size_bytes},
        "thumbs": [_picture(call, deviation, min(width, across)) for across in (150, 200, 300)],
    }


def _picture(call: Call, deviation: Deviation, width: int) -> JsonDict:
    file = deviation.stored_file
    link = signed_link(call.site, file.sha256, width, call.base_url)
    if deviation.is_picture_withheld:
        link = link.partition("&token=")[0]  # a link that nobody signed, which is refused
    return {"src": link, "width": width, "height": scaled_height(file, width), "transparency": False}


def folder_object(call: Call, folder: Folder) -> JsonDict:
    body: JsonDict = {
        "folderid": folder.folderid,
        "parent": folder.parent,
        "name": folder.name,
        "description": folder.description,
        "has_subfolders": any(other.parent == folder.folderid for other in call.site.folders),
        "premium_folder_data": None,
    }
    if call.values.get("calculate_size"):
        body["size"] = len(call.site.in_folder(folder))
    if call.values.get("ext_preload"):
        body["deviations"] = [deviation_object(call, work) for work in call.site.in_folder(folder)[:5]]
    return body


def deviation_page(call: Call, works: list[Deviation]) -> JsonDict:
    """One page of works; mature ones are held back unless asked for, so a page may be shorter than its limit."""
    offset, limit = call.values.get("offset", 0), call.values.get("limit", 10)
    works = works[:FULL_LIST]
    shown = [work for work in works[offset : offset + limit] if call.shows_mature or not work.is_mature]
    return {"results": [deviation_object(call, work) for work in shown], **page_end(len(works), offset, limit)}


def page_end(total: int, offset: int, limit: int) -> JsonDict:
    has_more = offset + limit < total
    return {"has_more": has_more, "next_offset": offset + limit if has_more else None}


def gallery_owner(call: Call) -> User:
    """Whose gallery is meant: the named user's, else the caller's own."""
    username = call.values.get("username")
    if username is None:
        return call.user
    user = call.site.find_user(username)
    if user is None:
        raise invalid_request("User not found.")
    return user
