"""A function's view of its secrets: fresh enough, and cheap even where junk arrives."""

import json

import pytest

from lambdas.clients.secrets import DESTINATION_MAX_AGE, MAX_AGE, Keyring
from lambdas.contracts.keyring import Key, read_document, write_document
from tests.fakes.network import client_error


class SecretsManager:
    def __init__(self) -> None:
        self.keys = {"site": [Key("a", "one", "2027-01-15T08:00:00Z")]}
        self.reads = 0
        self.fails = False

    def get_secret_value(self, *, SecretId: str) -> dict[str, str]:  # noqa: N803
        self.reads += 1
        if self.fails:
            raise client_error("InternalServiceError", "GetSecretValue")
        return {"SecretString": write_document(self.keys)}


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def service() -> SecretsManager:
    return SecretsManager()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keyring(service: SecretsManager, clock: Clock) -> Keyring:
    return Keyring(service, "arn", clock=clock)


def values(keyring: Keyring) -> list[str]:
    return [key.value for key in keyring.keys("site")]


def test_secrets_are_read_once_and_again_when_they_are_old(
    keyring: Keyring, service: SecretsManager, clock: Clock
) -> None:
    assert [values(keyring) for _ in range(3)] == [["one"]] * 3
    assert service.reads == 1
    clock.now += MAX_AGE + 1
    service.keys = {}
    assert values(keyring) == []
    assert service.reads == 2


def test_secrets_of_a_destination_are_kept_as_long_as_is_said(service: SecretsManager, clock: Clock) -> None:
    keyring = Keyring(service, "arn", max_age=DESTINATION_MAX_AGE, clock=clock)
    values(keyring)
    clock.now += DESTINATION_MAX_AGE - 1
    values(keyring)
    assert service.reads == 1
    clock.now += 2
    values(keyring)
    assert service.reads == 2


def test_a_new_secret_is_there_after_a_refresh(keyring: Keyring, service: SecretsManager) -> None:
    values(keyring)
    service.keys["site"].append(Key("b", "two", "2027-01-15T08:00:01Z"))
    assert keyring.refresh()
    assert values(keyring) == ["one", "two"]


def test_secrets_that_cannot_be_read_now_count_as_unchanged(
    keyring: Keyring, service: SecretsManager
) -> None:
    assert keyring.try_refresh()
    service.fails = True
    assert not keyring.try_refresh()
    assert values(keyring) == ["one"]


def test_junk_cannot_drive_calls(keyring: Keyring, service: SecretsManager, clock: Clock) -> None:
    answers = []
    for _ in range(1000):
        clock.now += 0.1
        answers.append(keyring.refresh())
    assert answers[:4] == [True, True, True, False]  # at once
    assert sum(answers) == service.reads
    assert 12 <= service.reads <= 13  # and one in ten seconds
    clock.now += 10
    assert keyring.refresh()


def test_a_document_is_read_as_written_and_its_filler_skipped() -> None:
    keys = {"site": [Key("a", "one", "t")], "empty": []}
    document = json.loads(write_document(keys)) | {"filler": "generated"}
    assert read_document(json.dumps(document)) == {"site": keys["site"]}


def test_a_secret_does_not_show_itself() -> None:
    assert "hidden" not in repr(Key("a", "hidden", "t"))
    with pytest.raises(ValueError, match=r"^the keyring's secret is not a JSON document$"):
        read_document("hidden")
