"""What an operator sees of followers, and that a person can be erased whole."""

import json
from typing import Any

import pytest

from jamwire.operations.audience.addresses import Address, address_of
from jamwire.operations.audience.audience import find_audience
from jamwire.operations.audience.erasure import erase
from jamwire.operations.audience.people import UNREADABLE, all_kept, list_followers
from jamwire.operations.audience.topics import followed_topics
from jamwire.operations.deployment import Stack
from jamwire.operations.errors import NotFoundError, OperationError
from lambdas.contracts.audience_table import key
from tests.fakes.audience_account import ENDPOINT, OUTPUTS, TIME, AudienceAccount

ANN = Address("email", "ann@example.com")
NUMBER = Address("text", "+4915112345678")


def put(account: AudienceAccount, partition: str, sort: str, **words: str) -> None:
    item = {name: {"S": value} for name, value in (key(partition, sort) | words).items()}
    account.table.items[partition, sort] = item


@pytest.mark.parametrize(
    ("said", "address"),
    [
        (" Ann@Example.COM ", ANN),
        ("+49 151 / 123-45678", NUMBER),
        (ENDPOINT, Address("push", ENDPOINT)),
        ("ann@bücher.example", Address("email", "ann@xn--bcher-kva.example")),
    ],
)
def test_address_is_found_however_it_is_written(said: str, address: Address) -> None:
    assert address_of(said) == address


@pytest.mark.parametrize(
    "said", ["", "ann", "a@b", "01511234567", "a@b.example, c@d.example", "a\n@b.example"]
)
def test_what_is_no_address_is_told_without_repeating_it(said: str) -> None:
    with pytest.raises(OperationError) as refused:
        address_of(said)
    assert "This is no address" in str(refused.value)


def test_topics_have_the_numbers_of_their_followers() -> None:
    account = AudienceAccount(page=2)
    account.follow("push", ENDPOINT, "line-12", "news")
    account.follow("email", "ann@example.com", "line-12")
    account.follow("email", "bob@example.com", "news", "line-4", at="07:30", zone="Europe/Berlin")
    account.follow("text", NUMBER.text, "line-12")
    moved = account.follow("email", "cat@example.com", "line-4", at="07:30")
    account.audience.followers.set_preferences(moved, ("line-4",), "", "")
    gone = account.follow("email", "eve@example.com", "line-9")
    account.audience.followers.end(gone, "link")
    found = {topic.topic: topic for topic in followed_topics(account.audience)}
    assert {name: (t.push, t.email, t.digest, t.text) for name, t in found.items()} == {
        "line-12": (1, 1, 0, 1),
        "line-4": (0, 1, 1, 0),
        "news": (1, 0, 1, 0),
    }
    assert found["line-12"].followers == 3


def test_addresses_are_masked_unless_they_are_asked_for() -> None:
    account = AudienceAccount()
    account.follow("push", ENDPOINT)
    account.follow("email", "ann@example.com")
    account.follow("text", NUMBER.text)
    masked = {each.follower.channel: each.address for each in list_followers(account.audience, whole=False)}
    assert masked == {"push": "fcm.googleapis.com/…", "email": "a…@example.com", "text": "+49…78"}
    whole = {each.address for each in list_followers(account.audience, whole=True)}
    assert whole == {ENDPOINT, "ann@example.com", NUMBER.text}


def test_list_is_of_one_topic_where_one_is_named() -> None:
    account = AudienceAccount()
    account.follow("email", "ann@example.com", "news")
    account.follow("email", "bob@example.com", "line-12")
    [found] = list_followers(account.audience, "news", whole=True)
    assert found.address == "ann@example.com"


def test_address_that_does_not_open_hides_no_other() -> None:
    account = AudienceAccount()
    account.follow("email", "ann@example.com", address=b"of another audience, as it may be")
    account.follow("email", "bob@example.com")
    assert {each.address for each in list_followers(account.audience, whole=True)} == {
        UNREADABLE,
        "bob@example.com",
    }


def test_export_has_the_proof_and_every_record_of_a_person() -> None:
    account = AudienceAccount(page=3)
    id = account.follow("text", NUMBER.text, "line-12", zone="Europe/Berlin")
    put(account, "told#f1", id, outcome="sent")
    put(account, f"limit#address#{id}", "1800000000")
    put(account, "told#f1", "0" * 32, outcome="sent")
    document = all_kept(account.audience, NUMBER).document
    assert (document["address"], document["channel"]) == (NUMBER.text, "text")
    assert document["follower"]["topics"] == ("line-12",)
    assert document["follower"]["consent"]["confirmed_at"] == TIME
    assert {record["pk"] for record in document["other_records"]} == {
        "told#f1",
        f"limit#address#{id}",
        "topic#text#line-12",
    }
    json.dumps(document)


def test_export_of_a_browser_has_its_subscription() -> None:
    account = AudienceAccount()
    account.follow("push", ENDPOINT)
    assert json.loads(all_kept(account.audience, Address("push", ENDPOINT)).document["sealed"])["auth"] == "a"


def test_nothing_is_kept_of_a_stranger() -> None:
    account = AudienceAccount()
    account.follow("email", "bob@example.com")
    assert all_kept(account.audience, ANN).is_nothing


def test_erasure_is_whole_and_leaves_others() -> None:
    account = AudienceAccount(page=3)
    id = account.follow("text", NUMBER.text)
    account.follow("text", "+4915112345679")
    put(account, "told#f1", id, outcome="sent")
    put(account, "spent#text#2027-01-15", id)
    put(account, f"limit#address#{id}", "1800000000")
    put(account, "limit#mailbox#f0", "question", follower=id)
    erased = erase(account.audience, NUMBER)
    assert (erased.items, erased.was.follower is not None) == (4, True)
    assert [item for item in account.table.items.values() if id in str(item)] == []
    assert account.count("text", "line-12") == 1
    assert all_kept(account.audience, NUMBER).is_nothing
    assert "Scan" in account.table.calls[account.table.calls.index("DeleteItem") :], "it reads again"


def test_job_that_ended_with_a_person_goes_on_without_the_id() -> None:
    account = AudienceAccount()
    id = account.follow("email", ANN.text)
    put(account, "fanout#f1", "email#share-0", cursor=id, owner="worker")
    put(account, "fanout#f1", "email#share-8", cursor="8" * 32)
    erase(account.audience, ANN)
    job = account.table.items["fanout#f1", "email#share-0"]
    assert job["owner"] == {"S": "worker"}
    cursor = job["cursor"]["S"]
    assert cursor < id
    assert cursor[:8] == id[:8]
    assert len(cursor) == len(id)
    assert account.table.items["fanout#f1", "email#share-8"]["cursor"] == {"S": "8" * 32}
    assert all_kept(account.audience, ANN).is_nothing


def test_worker_that_went_on_meanwhile_does_not_stop_an_erasure() -> None:
    account = AudienceAccount()
    id = account.follow("email", ANN.text)
    put(account, "fanout#f1", "email#share-0", cursor=id)
    update = account.table.update_item

    def go_on(**call: Any) -> Any:
        put(account, "fanout#f1", "email#share-0", cursor="9" * 32)
        return update(**call)

    account.table.update_item = go_on  # type: ignore[method-assign]
    erase(account.audience, ANN)
    assert account.table.items["fanout#f1", "email#share-0"]["cursor"] == {"S": "9" * 32}
    assert all_kept(account.audience, ANN).is_nothing


def test_erasure_takes_the_proofs_and_the_suppression() -> None:
    account = AudienceAccount()
    id = account.follow("email", ANN.text)
    account.audience.followers.suppress(id, "email", "complaint")
    assert all_kept(account.audience, ANN).proofs
    erase(account.audience, ANN)
    assert all_kept(account.audience, ANN).is_nothing


def test_who_follows_again_meanwhile_is_erased_with_the_counts() -> None:
    account = AudienceAccount()
    id = account.follow("email", ANN.text)
    put(account, f"limit#address#{id}", "1800000000")
    account.table.before_write = lambda: None
    deleted = account.table.delete_item

    def delete(**call: object) -> object:
        account.table.delete_item = deleted  # type: ignore[method-assign]
        account.follow("email", ANN.text)
        return deleted(**call)

    account.table.delete_item = delete  # type: ignore[method-assign, assignment]
    erase(account.audience, ANN)
    assert account.count("email", "line-12") == 0
    assert all_kept(account.audience, ANN).is_nothing


def test_audience_is_named_where_there_are_several() -> None:
    account = AudienceAccount()
    assert find_audience(account.deployment, "audience").name == "Audience"
    with pytest.raises(NotFoundError, match="there are: Audience"):
        find_audience(account.deployment, "Readers")
    account.deployment.stacks = [
        *account.deployment.stacks,
        Stack("Jamwire-Readers", "Readers", "CREATE_COMPLETE", OUTPUTS),
    ]
    assert find_audience(account.deployment, "Readers").name == "Readers"
    with pytest.raises(OperationError, match="--audience: Audience, Readers"):
        find_audience(account.deployment)
    account.deployment.stacks = []
    with pytest.raises(NotFoundError, match="There is no audience"):
        find_audience(account.deployment)


def test_keys_that_are_not_filled_are_told() -> None:
    account = AudienceAccount()
    account.secrets.document = {"filler": "x"}
    with pytest.raises(OperationError, match="deploy Jamwire-Audience"):
        all_kept(account.audience, ANN)
