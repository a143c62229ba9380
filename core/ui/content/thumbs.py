"""Pictures of deviations as HTML: always through our own addresses, never as bytes."""

from html import escape

from core.publishing.listing import DeviationView, FileView
from core.ui.page import blob_url


def cover_url(view: DeviationView, size: int = 150) -> str | None:
    """The address of the first file's thumbnail; ``None`` for a deviation without files."""
    return blob_url(view.first_file.blob_id, size) if view.first_file else None


def cover(view: DeviationView, *, size: int = 400) -> str:
    """The first file as a picture that fills its frame, with the number of files and the length of a film."""
    if view.first_file is None:
        return '<div class="atl-cover atl-none"><span>No file yet</span></div>'
    marks = "".join(f"<span>{mark}</span>" for mark in _marks(view.first_file, view.file_count))
    return (
        f'<div class="atl-cover"><img loading="lazy" alt="{escape(view.title, quote=True)}" '
        f'src="{blob_url(view.first_file.blob_id, size)}"><div class="atl-marks">{marks}</div></div>'
    )


def stage(file: FileView, alt: str) -> str:
    """One file large, whole: pictures as they are, films to play."""
    if file.mime_type.startswith("video/"):
        return (
            f'<div class="atl-stage"><video controls preload="metadata" poster="{blob_url(file.blob_id, 800)}" '
            f'src="{blob_url(file.blob_id, "original")}"></video></div>'
        )
    return (
        f'<div class="atl-stage"><a href="{blob_url(file.blob_id, "original")}" target="_blank" rel="noopener" '
        f'title="Open in full size"><img alt="{escape(alt, quote=True)}" src="{blob_url(file.blob_id, 800)}"></a></div>'
    )


def facts(file: FileView) -> str:
    """``PNG · 1024 × 1536 · 2.1 MB``."""
    parts = [file.mime_type.partition("/")[2].upper().replace("QUICKTIME", "MOV")]
    if file.width and file.height:
        parts.append(f"{file.width} × {file.height}")
    if file.duration:
        parts.append(_duration(file.duration))
    parts.append(size_text(file.file_size))
    return " · ".join(parts)


def size_text(size_bytes: int) -> str:
    """``2.1 MB``."""
    if size_bytes < 1_000_000:
        return f"{max(size_bytes // 1000, 1)} KB"
    return f"{size_bytes / 1_000_000:.1f} MB"


def _marks(file: FileView, count: int) -> list[str]:
    marks = [f"{count} files"] if count > 1 else []
    if file.mime_type.startswith("video/"):
        marks.append(_duration(file.duration or 0))
    elif file.mime_type == "image/gif":
        marks.append("GIF")
    return marks


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"


STYLES = """
.atl-cover { position: relative; aspect-ratio: 4 / 3; border-radius: 8px; overflow: hidden;
  background: color-mix(in srgb, currentColor 7%, transparent); }
.atl-cover img { width: 100%; height: 100%; object-fit: cover; display: block; }
.atl-cover.atl-none { display: grid; place-items: center; opacity: .6; font-size: .85rem; }
.atl-marks { position: absolute; right: 8px; bottom: 8px; display: flex; gap: 4px; }
.atl-marks span { background: rgba(24, 22, 18, .72); color: #fff; font-size: .72rem; line-height: 1;
  padding: 4px 7px; border-radius: 6px; }
.atl-stage { display: grid; place-items: center; border-radius: 10px; overflow: hidden; min-height: 120px;
  background: color-mix(in srgb, currentColor 5%, transparent); }
.atl-stage a { display: contents; }
.atl-stage img, .atl-stage video { max-width: 100%; max-height: var(--atl-stage, 44vh); object-fit: contain;
  display: block; }
"""
