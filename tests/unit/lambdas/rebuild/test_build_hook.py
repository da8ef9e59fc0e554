"""What a build host has answered is what counts, whatever becomes of the secrets meanwhile."""

import pytest
from botocore.exceptions import ClientError

from lambdas.clients.http import HttpResponse
from lambdas.clients.secrets import Keyring
from lambdas.contracts.build_hosts import HOSTS
from lambdas.contracts.builds import Build
from lambdas.contracts.http_request import HttpRequest
from lambdas.contracts.keyring import DESTINATION, Key, write_document
from lambdas.rebuild.build_hook import BuildHook
from lambdas.rebuild.state import BuildRequest, PublishWindow
from lambdas.runtime import Retry, Undeliverable

HOOK = "https://api.netlify.com/build_hooks/0123456789abcdef01234567"
REQUEST = BuildRequest(
    build=Build(correlation="0a1b2c3d4e5f", started=0.0, echoes_correlation=True),
    window=PublishWindow(first=0.0, last=0.0, count=1, cause="a", event_id="a"),
)


class SecretsManager:
    """It has the build hook, and gives it once."""

    reads = 0

    def get_secret_value(self, *, SecretId: str) -> dict[str, str]:  # noqa: N803
        self.reads += 1
        if self.reads > 1:
            raise ClientError({"Error": {"Code": "InternalServiceError"}}, "GetSecretValue")
        return {"SecretString": write_document({DESTINATION: [Key("k", HOOK, "2027-01-15T08:00:00Z")]})}


@pytest.mark.parametrize(("status", "answer", "after"), [(429, Retry, 90), (404, Undeliverable, None)])
def test_answer_of_a_host_stands_where_secrets_cannot_be_read(
    status: int, answer: type[Exception], after: float | None
) -> None:
    def send(request: HttpRequest) -> HttpResponse:
        return HttpResponse(status, {"retry-after": "90"} if after else {})

    keyring = Keyring(SecretsManager(), "arn", clock=lambda: 0.0)
    hook = BuildHook(host=HOSTS["netlify"], stack_id="Rebuild", keyring=keyring, send=send)
    response = hook.request(REQUEST)
    assert response.received
    assert (type(response.failure), getattr(response.failure, "after", None)) == (answer, after)
