"""The build host's hook: the request for a build, and what the response means."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from lambdas.clients.http import HttpResponse, NoResponseError, outcome_of
from lambdas.clients.secrets import Keyring
from lambdas.contracts.build_hosts import BuildHost
from lambdas.contracts.http_request import HttpRequest
from lambdas.contracts.keyring import DESTINATION
from lambdas.contracts.outcomes import Retry, Undeliverable
from lambdas.rebuild.plan import Response
from lambdas.rebuild.state import BuildRequest

REPLACED_SECONDS: Final = 1.0
"""How soon to use a hook that has been set since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildHook:
    """The hook of the build host, which is a secret.

    Attributes:
        host: The build host.
        stack_id: Id of the stack, by which the `jamwire` command knows its secret.
        keyring: Holds the hook's URL.
        send: Sends a request. Raises `NoResponseError`.
    """

    host: BuildHost
    stack_id: str
    keyring: Keyring
    send: Callable[[HttpRequest], HttpResponse]

    def request(self, request: BuildRequest) -> Response:
        """Request a build."""
        try:
            return Response(request=request, failure=self._failure(request))
        except NoResponseError:
            return Response(request=request, received=False)
        except Undeliverable as invalid_hook:
            return Response(request=request, failure=invalid_hook)

    def _failure(self, request: BuildRequest) -> Retry | Undeliverable | None:
        url = self._url()
        failure = outcome_of(self.host.name, self.send(self.host.request(url, request.trigger())))
        if failure and self._is_replaced(url):
            return Retry(REPLACED_SECONDS, f"{failure.reason}, and the build hook has been replaced since")
        return failure

    def _is_replaced(self, url: str) -> bool:
        return self.keyring.try_refresh() and self._url() != url

    def _url(self) -> str:
        keys = self.keyring.keys(DESTINATION) or (
            self.keyring.keys(DESTINATION) if self.keyring.refresh() else []
        )
        command = f"run: jamwire secret add {self.stack_id}"
        if not keys:
            raise Undeliverable(f"no build hook is set; {command}")
        if not self.host.is_hook(keys[-1].value):
            raise Undeliverable(f"the build hook is not a valid one of {self.host.name}; {command}")
        return keys[-1].value
