"""Who may use the console: whoever has its token, from its own page, under its own name.

A page of the web may reach this machine by a name of its own (DNS rebinding) or ask across sites, another program may
listen on another port, another user may look at this one. None of them has the token, which travels in the address's
fragment and a header, and so is sent to nobody else and logged nowhere.
"""

import hmac
import re
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

API: Final = "/console/api/"

HEADERS: Final = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
"""On every answer."""

_HOST: Final = re.compile(r"(127\.0\.0\.1|localhost)(:\d{1,5})?")

OWN_SITES: Final = ("same-origin", "none")
"""What browsers say of a request of the page's own, and of an address that somebody typed (Fetch Metadata)."""


class Access:
    """The console behind its checks.

    Args:
        app: The console.
        token: What a request to its API must have.
    """

    def __init__(self, app: ASGIApp, *, token: str) -> None:
        self._app = app
        self._token = token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers, is_api = Headers(scope=scope), scope["path"].startswith(API)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = HEADERS | {"cache-control": "no-store" if is_api else "no-cache"}
                MutableHeaders(scope=message).update(own)
            await send(message)

        refusal = refuse_stranger(headers, is_api=is_api) or (
            self._refusal(headers, scope["method"]) if is_api else None
        )
        await (refusal or self._app)(scope, receive, send_with_headers)

    def _refusal(self, headers: Headers, method: str) -> JSONResponse | None:
        """Why a request to the API is refused; None where it is not."""
        kind, _, token = headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not hmac.compare_digest(token.strip().encode(), self._token):
            text = (
                "The token is missing or is not the console's; `jamwire ui` and `make up` print the address."
            )
            return JSONResponse({"error": text}, 401, {"www-authenticate": "Bearer"})
        media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
        if method == "POST" and media_type != "application/json":
            return JSONResponse({"error": "The body is to be sent as application/json."}, 400)
        return None


def refuse_stranger(headers: Headers, *, is_api: bool = True) -> JSONResponse | None:
    """The answer to a request under another name or from another page; None for its own and for a program."""
    host, origin, site = headers.getlist("host"), headers.get("origin"), headers.get("sec-fetch-site", "none")
    is_own = len(host) == 1 and _HOST.fullmatch(host[0])
    own_site = site in OWN_SITES or (not is_api and site == "same-site")
    if is_own and own_site and origin in (None, f"http://{host[0]}"):
        return None
    return JSONResponse({"error": "This answers to its own page only, and to programs of this machine."}, 403)
