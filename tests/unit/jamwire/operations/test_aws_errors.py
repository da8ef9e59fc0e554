"""AWS's errors in words, with the action that the credentials lack."""

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError, NoRegionError

from jamwire.operations.aws import KeptClients, aws_errors, aws_session
from jamwire.operations.errors import AccountError, CredentialsError

USER = "User: arn:aws:iam::111122223333:user/a is not authorized to perform: {} on resource: {}"


def said(error: Exception) -> AccountError:
    with pytest.raises(AccountError) as caught, aws_errors():
        raise error
    return caught.value


def refusal(code: str, message: str = "") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "ReceiveMessage")


@pytest.mark.parametrize("code", ["AccessDenied", "AccessDeniedException", "AuthorizationError"])
@pytest.mark.parametrize("action", ["sqs:ReceiveMessage", "execute-api:Invoke"])
def test_missing_action_is_named(code: str, action: str) -> None:
    error = said(refusal(code, USER.format(action, "arn:aws:sqs:::q")))
    assert error.action == action
    assert f"The credentials lack the action {action}" in str(error)


def test_missing_action_is_the_operation_where_aws_does_not_say() -> None:
    assert said(refusal("AccessDenied", "Access to the resource is denied.")).action == "ReceiveMessage"


@pytest.mark.parametrize(
    "error", [refusal("ExpiredToken"), refusal("InvalidClientTokenId"), NoCredentialsError()]
)
def test_credentials_that_cannot_be_used_are_told_apart(error: Exception) -> None:
    assert isinstance(said(error), CredentialsError)


def test_account_that_cannot_be_reached_is_no_matter_of_credentials() -> None:
    assert type(said(EndpointConnectionError(endpoint_url="https://sqs"))) is AccountError


class Session:
    """Counts the clients that it makes."""

    def __init__(self) -> None:
        self.made: list[str] = []

    def client(self, service: str, **_: object) -> object:
        self.made.append(service)
        return object()


class NoWay:
    """A session that does not know where to go."""

    def client(self, service: str, **_: object) -> object:
        raise NoRegionError()


def test_missing_region_is_said_in_words() -> None:
    with pytest.raises(AccountError, match="You must specify a region"):
        KeptClients(NoWay)("sqs")


def test_region_is_the_cdks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-north-1")
    assert aws_session().region_name == "eu-north-1"


def test_client_is_made_once_until_credentials_are_forgotten() -> None:
    sessions: list[Session] = []

    def make() -> Session:
        sessions.append(Session())
        return sessions[-1]

    clients = KeptClients(make)
    assert clients("sqs") is clients("sqs")
    assert clients("sns") is not clients("sqs")
    clients.forget()
    clients("sqs")
    assert [session.made for session in sessions] == [["sqs", "sns"], ["sqs"]]
