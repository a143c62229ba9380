"""Small endpoints about the caller and the site: placebo, whoami, profile, legal texts."""

from core.sandbox.deviantart.endpoint import Call, Endpoint
from core.sandbox.deviantart.errors import invalid_request
from core.sandbox.deviantart.fields import Field, boolean, text
from core.sandbox.deviantart.models import JsonDict
from core.sandbox.deviantart.views import user_object

SUBMISSION_POLICY = (
    "<h2>Submission policy (sandbox)</h2><p>This text stands where the site shows its submission policy. "
    "Work you submit here stays on this machine.</p>"
)
TERMS = "<h2>Terms of service (sandbox)</h2><p>This text stands where the site shows its terms of service.</p>"
PRIVACY = "<h2>Privacy policy (sandbox)</h2><p>Nothing you do here leaves this machine.</p>"


def placebo(call: Call) -> JsonDict:
    return {}


def whoami(call: Call) -> JsonDict:
    return user_object(call.user, call.base_url)


def profile(call: Call) -> JsonDict:
    user = call.site.find_user(call.path["username"])
    if user is None:
        raise invalid_request("User not found.")
    works = call.site.published_by(user.username)
    return {
        "user": user_object(user, call.base_url),
        "is_watching": False,
        "profile_url": f"{call.base_url}/{user.username}/gallery",
        "user_is_artist": True,
        "stats": {"user_deviations": len(works), "user_favourites": 0, "user_comments": 0, "profile_pageviews": 0},
    }


def whois(call: Call) -> JsonDict:
    found = (call.site.find_user(name) for name in call.values["usernames"])
    return {"results": [user_object(user, call.base_url) for user in found if user is not None]}


def submission_policy(call: Call) -> JsonDict:
    return {"text": SUBMISSION_POLICY}


def terms(call: Call) -> JsonDict:
    return {"text": TERMS}


def privacy(call: Call) -> JsonDict:
    return {"text": PRIVACY}


_PROFILE = (Field("ext_collections", boolean), Field("ext_galleries", boolean))
_NAMES = (Field("usernames[]", text(50, min_length=1), is_required=True, many=True, limit=50),)

ENDPOINTS = (
    Endpoint("GET POST", "/placebo", placebo, ()),
    Endpoint("GET", "/user/whoami", whoami, ("user",)),
    Endpoint("GET", "/user/profile/{username}", profile, ("browse",), _PROFILE),
    Endpoint("POST", "/user/whois", whois, ("browse",), _NAMES),
    Endpoint("GET", "/data/submission", submission_policy),
    Endpoint("GET", "/data/tos", terms),
    Endpoint("GET", "/data/privacy", privacy),
)
