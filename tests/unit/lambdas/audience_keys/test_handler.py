"""What a deployment's custom resource does and answers."""

import hashlib
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric import ec

from lambdas.audience_keys.document import MAX_PUSH_KEYS, Makers, filled
from lambdas.audience_keys.handler import Services, UnansweredError, fulfil
from lambdas.clients.http import HttpResponse
from lambdas.contracts.http_request import HttpRequest
from lambdas.followers.keys import AudienceKeys, decode, encode
from tests.fakes.network import client_error

NOW = 1_800_000_000.0
STACK = "arn:aws:cloudformation:eu-central-1:123456789012:stack/Jamwire-Audience/1"
NUMBER = "arn:aws:sms-voice:eu-central-1:123456789012:phone-number/phone-1"
POOL = "arn:aws:sms-voice:eu-central-1:123456789012:pool/pool-1"
ANSWERS_URL = "https://cloudformation-custom-resource-response.s3.amazonaws.com/arn?Signature=s%2B"


class ExistsError(ClientError):
    pass


class Secrets:
    """Secrets Manager with one secret, whose versions are each written once."""

    exceptions = SimpleNamespace(ResourceExistsException=ExistsError)

    def __init__(self, document: dict[str, Any] | None = None) -> None:
        self.versions = {"v0": json.dumps(document or {"filler": "x"})}
        self.current = "v0"
        self.writes = 0
        self.before_write: Callable[[], object] | None = None
        self.error: Exception | None = None

    @property
    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.versions[self.current])
        return found

    def get_secret_value(self, *, SecretId: str) -> Any:  # noqa: N803
        assert SecretId == "secret"
        if self.error:
            raise self.error
        return {"SecretString": self.versions[self.current], "VersionId": self.current}

    def put_secret_value(self, *, SecretId: str, SecretString: str, ClientRequestToken: str) -> Any:  # noqa: N803
        assert 32 <= len(ClientRequestToken) <= 64
        if self.before_write:
            action, self.before_write = self.before_write, None
            action()
        if self.versions.get(ClientRequestToken, SecretString) != SecretString:
            raise ExistsError({"Error": {"Code": "ResourceExistsException"}}, "PutSecretValue")
        self.versions[ClientRequestToken], self.current = SecretString, ClientRequestToken
        self.writes += 1
        return {}


class Texts:
    """AWS End User Messaging: what was changed."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []
        self.error: Exception | None = None

    def update_phone_number(self, **call: Any) -> None:
        self.calls.append(call)
        if self.error:
            raise self.error

    update_pool = update_phone_number


class World:
    def __init__(self, document: dict[str, Any] | None = None) -> None:
        self.secrets = Secrets(document)
        self.texts = Texts()
        self.requests: list[HttpRequest] = []
        self.status = 200
        self.made = 0

    def ask(
        self, kind: str = "Create", before: dict[str, str] | None = None, /, **properties: str
    ) -> dict[str, Any]:
        """Ask as CloudFormation does, after other properties, and give the answer."""
        event = {
            "RequestType": kind,
            "ResponseURL": ANSWERS_URL,
            "StackId": STACK,
            "RequestId": "request",
            "LogicalResourceId": "Filled",
            "ResourceProperties": {"SecretArn": "secret", "PushKey": "1", **properties},
            **({} if before is None else {"OldResourceProperties": {"SecretArn": "secret", **before}}),
            **({} if kind == "Create" else {"PhysicalResourceId": "Filled"}),
        }
        fulfil(event, self.services())
        answer: dict[str, Any] = json.loads(self.requests[-1].body)
        return answer

    def services(self) -> Services:
        return Services(
            secrets=self.secrets,  # type: ignore[arg-type]
            texts=lambda: self.texts,  # type: ignore[arg-type, return-value]
            send=self.send,
            clock=lambda: NOW,
            make=Makers(random=self.random, push=lambda: self.random(32)),
        )

    def random(self, count: int) -> bytes:
        self.made += 1
        return bytes([self.made]) * count

    def send(self, request: HttpRequest) -> HttpResponse:
        self.requests.append(request)
        return HttpResponse(self.status)


WITH_TEXTS = {"IdentityArn": NUMBER, "RepliesTopicArn": "topic", "RepliesRoleArn": "role"}


def test_empty_secret_is_filled_with_every_key() -> None:
    world = World()
    answer = world.ask()
    keys = AudienceKeys.from_json(json.dumps(world.secrets.document))
    assert len({keys.data, keys.lookup, keys.links, keys.push[0].private}) == 4
    assert {len(key) for key in (keys.data, keys.lookup, keys.links, keys.push[0].private)} == {32}
    assert answer["Status"] == "SUCCESS"
    assert answer["Data"]["PushKeyId"] == keys.push[0].id
    assert world.secrets.document["filler"] == "x"


def test_answer_gives_the_public_key_of_the_private_one() -> None:
    answer = World().ask()
    raw = decode(answer["Data"]["PushKey"])
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
    private = ec.derive_private_key(int.from_bytes(b"\x04" * 32, "big"), ec.SECP256R1())
    assert public == private.public_key()
    assert len(raw) == 65


def test_keys_are_of_the_curve_and_random() -> None:
    made = Makers()
    documents = [filled({}, "1", "now", made) for _ in range(2)]
    assert documents[0]["data"] != documents[1]["data"]
    for document in documents:
        assert 0 < int.from_bytes(decode(document["push"][0]["private"]), "big") < 2**256


def test_second_deployment_keeps_every_key() -> None:
    world = World()
    first = world.ask()
    before = world.secrets.document
    second = world.ask("Update")
    assert world.secrets.document == before
    assert world.secrets.writes == 1
    assert second["Data"] == first["Data"]
    assert second["PhysicalResourceId"] == first["PhysicalResourceId"]


def test_another_name_adds_a_push_key_and_keeps_the_rest() -> None:
    world = World()
    first = world.ask()
    before = world.secrets.document
    second = world.ask("Update", PushKey="2")
    after = world.secrets.document
    assert [key["name"] for key in after["push"]] == ["1", "2"]
    assert after["push"][0] == before["push"][0]
    assert {name: after[name] for name in ("data", "lookup", "links")} == {
        name: before[name] for name in ("data", "lookup", "links")
    }
    assert second["Data"]["PushKeyId"] != first["Data"]["PushKeyId"]


def test_rolled_back_deployment_has_its_old_key_again() -> None:
    world = World()
    first = world.ask()
    world.ask("Update", PushKey="2")
    back = world.ask("Update", PushKey="1")
    assert back["Data"] == first["Data"]
    assert [key["name"] for key in world.secrets.document["push"]] == ["2", "1"]


def test_only_the_newest_push_keys_are_kept() -> None:
    world = World()
    for number in range(MAX_PUSH_KEYS + 2):
        world.ask("Update", PushKey=str(number))
    assert [key["name"] for key in world.secrets.document["push"]] == ["2", "3", "4", "5", "6"]


def test_challenge_of_a_person_is_kept() -> None:
    world = World({"challenge": "word"})
    world.ask()
    assert AudienceKeys.from_json(json.dumps(world.secrets.document)).challenge == "word"


def test_two_deployments_at_once_keep_one_set() -> None:
    world = World()
    world.secrets.before_write = world.ask
    answer = world.ask()
    other = json.loads(world.requests[0].body)
    assert answer["Data"] == other["Data"]
    assert world.secrets.writes == 1
    keys = AudienceKeys.from_json(json.dumps(world.secrets.document))
    assert len(keys.push) == 1


def test_secret_that_others_write_again_and_again_fails_the_deployment() -> None:
    world = World()
    world.secrets.versions[hashlib.sha256(b"v0").hexdigest()[:32]] = "{}"
    answer = world.ask()
    assert answer["Status"] == "FAILED"
    assert answer["Reason"].startswith("PutSecretValue: ResourceExistsException")


def test_token_names_the_version_that_was_read() -> None:
    world = World()
    world.ask()
    assert world.secrets.current == hashlib.sha256(b"v0").hexdigest()[:32]


@pytest.mark.parametrize(("arn", "name"), [(NUMBER, "PhoneNumberId"), (POOL, "PoolId")])
def test_answers_to_texts_are_led_to_the_topic(arn: str, name: str) -> None:
    world = World()
    world.ask(**(WITH_TEXTS | {"IdentityArn": arn}))
    assert world.texts.calls == [
        {
            name: arn,
            "TwoWayEnabled": True,
            "TwoWayChannelArn": "topic",
            "TwoWayChannelRole": "role",
            "SelfManagedOptOutsEnabled": True,
        }
    ]


def test_audience_without_texts_changes_no_number() -> None:
    world = World()
    world.ask()
    world.ask("Delete")
    assert world.texts.calls == []


def test_end_of_the_stack_switches_the_answers_off_and_leaves_keys() -> None:
    world = World()
    world.ask()
    before = world.secrets.document
    answer = world.ask("Delete", **WITH_TEXTS)
    assert answer["Status"] == "SUCCESS"
    [call] = world.texts.calls
    assert call == {"PhoneNumberId": NUMBER, "TwoWayEnabled": False, "SelfManagedOptOutsEnabled": False}
    assert world.secrets.document == before


def test_end_of_the_stack_does_not_wait_for_a_number_that_is_gone() -> None:
    world = World()
    world.texts.error = client_error("ResourceNotFoundException", "UpdatePhoneNumber")
    assert world.ask("Delete", **WITH_TEXTS)["Status"] == "SUCCESS"


@pytest.mark.parametrize(("now", "led"), [(WITH_TEXTS | {"IdentityArn": POOL}, [POOL]), ({}, [])])
def test_number_that_is_left_is_given_back_to_aws(now: dict[str, str], led: list[str]) -> None:
    world = World()
    answer = world.ask("Update", WITH_TEXTS, **now)
    assert (answer["Status"], answer["Data"]["PushKeyId"]) == (
        "SUCCESS",
        world.secrets.document["push"][0]["id"],
    )
    *listening, left = world.texts.calls
    assert [each["PoolId"] for each in listening] == led
    assert left == {"PhoneNumberId": NUMBER, "TwoWayEnabled": False, "SelfManagedOptOutsEnabled": False}


@pytest.mark.parametrize("before", [WITH_TEXTS, WITH_TEXTS | {"RepliesTopicArn": "old"}, {}])
def test_update_with_its_number_leaves_none(before: dict[str, str]) -> None:
    world = World()
    world.ask("Update", before, **WITH_TEXTS)
    [call] = world.texts.calls
    assert (call["PhoneNumberId"], call["TwoWayChannelArn"]) == (NUMBER, "topic")


def test_number_that_a_pool_has_by_now_is_left_to_the_pool() -> None:
    world = World()
    world.texts.error = ClientError(
        {"Error": {"Code": "ConflictException"}, "Reason": "PHONE_NUMBER_ASSOCIATED_TO_POOL"},  # type: ignore[typeddict-unknown-key]
        "UpdatePhoneNumber",
    )
    assert world.ask("Update", WITH_TEXTS)["Status"] == "SUCCESS"


def test_old_number_that_may_not_be_changed_fails_the_deployment() -> None:
    world = World()
    world.texts.error = client_error("ConflictException", "UpdatePhoneNumber")
    answer = world.ask("Update", WITH_TEXTS)
    assert answer["Status"] == "FAILED"
    assert answer["Reason"].startswith("UpdatePhoneNumber: ConflictException")


@pytest.mark.parametrize(
    ("own", "elsewhere"), [("eu-central-1", "us-east-1"), ("123456789012", "210987654321")]
)
def test_number_of_elsewhere_does_not_keep_a_stack_from_going_back(own: str, elsewhere: str) -> None:
    world = World()
    refused = WITH_TEXTS | {"IdentityArn": NUMBER.replace(own, elsewhere)}
    world.ask("Update", refused, **WITH_TEXTS)
    world.ask("Delete", **refused)
    assert [call["PhoneNumberId"] for call in world.texts.calls] == [NUMBER]


def test_number_that_is_not_there_fails_the_deployment_in_words() -> None:
    world = World()
    world.texts.error = client_error("ValidationException", "UpdatePhoneNumber")
    answer = world.ask(**WITH_TEXTS)
    assert (answer["Status"], answer["Data"]) == ("FAILED", {})
    assert answer["Reason"].startswith("UpdatePhoneNumber: ValidationException")


def test_failure_is_answered_without_what_it_says() -> None:
    world = World()
    world.secrets.error = ValueError("a secret word")
    answer = world.ask()
    assert (answer["Status"], answer["Reason"]) == ("FAILED", "The function has failed: ValueError")


def test_request_without_its_properties_is_answered() -> None:
    world = World()
    event = {
        "RequestType": "Create",
        "ResponseURL": ANSWERS_URL,
        "StackId": STACK,
        "RequestId": "request",
        "LogicalResourceId": "Filled",
        "ResourceProperties": {},
    }
    fulfil(event, world.services())
    assert json.loads(world.requests[0].body)["Status"] == "FAILED"


def test_answer_is_put_to_the_signed_address_without_a_secret() -> None:
    world = World()
    world.ask(**WITH_TEXTS)
    [request] = world.requests
    assert (request.method, request.url.geturl(), dict(request.headers)) == (
        "PUT",
        ANSWERS_URL,
        {"content-type": ""},
    )
    document = world.secrets.document
    hidden = [document["data"], document["lookup"], document["links"], document["push"][0]["private"]]
    assert all(word.encode() not in request.body for word in hidden)
    said = json.loads(request.body)
    assert (said["StackId"], said["RequestId"], said["LogicalResourceId"]) == (STACK, "request", "Filled")
    assert encode(b"\x01" * 32) == document["data"]


def test_answer_that_is_refused_raises_so_that_it_is_given_again() -> None:
    world = World()
    world.status = 403
    with pytest.raises(UnansweredError):
        world.ask()
