"""What the site's script needs to know to offer following: all of it is public."""

from typing import Any, Final

from lambdas.audience_api.api import Answer, Api
from lambdas.audience_api.request import Request
from lambdas.followers.keys import PushKey, encode

LIFETIME: Final = "public, max-age=300"


def show_settings(request: Request, api: Api) -> Answer:
    """The site, its channels and its topics."""
    site = api.site
    document = {
        "site": {
            "name": site.name,
            "url": site.url,
            "privacy_url": site.privacy_url,
            "locale": site.locale,
            "zone": site.zone,
        },
        "channels": _channels(api),
        "topics": [
            {"name": name, "title": topic.title, "text": topic.text} for name, topic in api.topics.all.items()
        ],
        "challenge": _challenge(api.own.challenge_site_key),
    }
    return Answer(document=document, headers={"cache-control": LIFETIME})


def _channels(api: Api) -> dict[str, Any]:
    channels: dict[str, Any] = {}
    if api.push:
        key = api.keys().push[-1]
        channels["push"] = {"key": public_key(key), "id": key.id}
    if api.email:
        channels["email"] = {"consent": api.email.email_consent}
    if api.text:
        channels["text"] = {"consent": api.text.text_consent, "countries": list(api.text.text_countries)}
    return channels


def _challenge(site_key: str) -> dict[str, str] | None:
    return {"kind": "turnstile", "site_key": site_key} if site_key else None


def public_key(key: PushKey) -> str:
    """What a browser subscribes with: the point, not compressed (W3C Push API, ``applicationServerKey``)."""
    from cryptography.hazmat.primitives.asymmetric import ec  # only the settings need it

    from lambdas.clients.push_encryption import CURVE, public_bytes

    return encode(public_bytes(ec.derive_private_key(int.from_bytes(key.private), CURVE)))
