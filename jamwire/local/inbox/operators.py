"""What is asked of the inbox by who works on this machine, and by no page of the web."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from jamwire.console.access import refuse_stranger


class OperatorsOnly:
    """A route behind the check of who asks: a browser may send for a foreign page what that may not read."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        await (refuse_stranger(Headers(scope=scope)) or self._app)(scope, receive, send)
