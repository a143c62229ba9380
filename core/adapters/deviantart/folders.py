"""Changes of gallery folders and of what is in them.

Parameter names as current clients send them; https://www.deviantart.com/developers (minor version
20240701) does not show them to everybody. ``remove`` was seen as GET and as POST; since it has an
effect, it is sent as POST.
"""

from collections.abc import Sequence

from core.adapters.deviantart.http import DeviantArtLine, Form
from core.publishing.providers import GALLERY_BATCH, ErrorCategory, ProviderError

FOLDERS = "/gallery/folders"


def create(line: DeviantArtLine, token: str, name: str, *, description: str | None, parent_id: str | None) -> str:
    """A new folder; its id."""
    form = {"folder": name}
    if description:
        form["description"] = description
    if parent_id:
        form["parent_folderid"] = parent_id
    folder_id = line.post(token, f"{FOLDERS}/create", form).get("folderid")
    if not folder_id:
        raise ProviderError(
            "DeviantArt did not say what became of the new folder.", ErrorCategory.UNKNOWN, effect_possible=True
        )
    return str(folder_id)


def update(line: DeviantArtLine, token: str, folder_id: str, *, name: str | None, description: str | None) -> None:
    """Rename or describe a folder; what is ``None`` stays."""
    form = {"folderid": folder_id}
    if name is not None:
        form["name"] = name
    if description is not None:
        form["description"] = description
    line.post(token, f"{FOLDERS}/update", form)


def place(line: DeviantArtLine, token: str, folder_id: str, position: int) -> None:
    """Put a folder at a place among all; 0 is the first."""
    line.post(token, f"{FOLDERS}/update_order", {"folderid": folder_id, "position": str(position)})


def move(line: DeviantArtLine, token: str, folder_id: str, to_folder_id: str) -> None:
    """Put a folder under another."""
    line.post(token, f"{FOLDERS}/move", {"folderid": folder_id, "to_folderid": to_folder_id})


def remove(line: DeviantArtLine, token: str, folder_id: str) -> None:
    """Take a folder away."""
    line.post(token, f"{FOLDERS}/remove/{folder_id}", {}, endpoint=f"{FOLDERS}/remove/{{folderid}}")


def copy_works(line: DeviantArtLine, token: str, target_id: str, deviation_ids: Sequence[str]) -> None:
    """Show works in one more folder."""
    form: Form = {"target_folderid": target_id, "deviationids[]": _batch(deviation_ids)}
    line.post(token, f"{FOLDERS}/copy_deviations", form)


def move_works(line: DeviantArtLine, token: str, source_id: str, target_id: str, deviation_ids: Sequence[str]) -> None:
    """Take works out of one folder and into another."""
    form: Form = {"source_folderid": source_id, "target_folderid": target_id, "deviationids[]": _batch(deviation_ids)}
    line.post(token, f"{FOLDERS}/move_deviations", form)


def remove_works(line: DeviantArtLine, token: str, folder_id: str, deviation_ids: Sequence[str]) -> None:
    """Take works out of a folder; they stay published."""
    form: Form = {"folderid": folder_id, "deviationids[]": _batch(deviation_ids)}
    line.post(token, f"{FOLDERS}/remove_deviations", form)


def _batch(deviation_ids: Sequence[str]) -> list[str]:
    if not 0 < len(deviation_ids) <= GALLERY_BATCH:
        raise ValueError(f"One to {GALLERY_BATCH} deviations at a time.")
    return list(deviation_ids)
