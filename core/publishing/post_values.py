"""What the variables of a text stand for in one post."""

from datetime import date
from pathlib import PurePath

from core.publishing.access import Post
from core.publishing.patterns import PatternValues, day_values

# What a text about one post may use without declaring it.
BUILT_IN = {
    "title": "the post's title",
    "filename": "the name of its first file, without the ending",
    "date": "today",
    "weekday": "today's weekday",
    "tags": "its tags, with commas",
    "account": "the account it goes out with",
    "link": "its address, once it is published",
}


def stem(post: Post) -> str:
    """The first file's name without its ending; the title where there is no file."""
    return PurePath(post.files[0].original_filename).stem if post.files else post.row.title


def title_values(post: Post, number: int, day: date) -> PatternValues:
    """For a title pattern; ``number`` is what ``{n}`` counts."""
    return PatternValues(stem(post), number, post.row.title, day)


def text_values(post: Post, day: date) -> dict[str, str]:
    """What each of ``BUILT_IN`` stands for; empty where the post has no such thing. ``day`` is today where the
    person lives."""
    return {
        "title": post.row.title,
        "filename": stem(post),
        **day_values(day),
        "tags": ", ".join(post.row.tags),
        "account": post.account.username if post.account else "",
        "link": post.row.deviation_url or "",
    }
