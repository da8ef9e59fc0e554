"""Followers of another list: only with their proof, and nothing half done."""

import datetime as dt
import io
from dataclasses import replace

import pytest

from jamwire.operations.audience.importing import Line, ReadFile, counted, import_lines, read_file
from jamwire.operations.audience.topics import PublicSettings
from jamwire.operations.errors import OperationError
from lambdas.contracts.audience_topics import MAX_TOPICS, Topic, Topics
from lambdas.followers.question import wording_digest
from lambdas.followers.store import TRIES
from tests.fakes.audience_account import AudienceAccount

NOW = dt.datetime(2027, 1, 15, 8, tzinfo=dt.UTC)
TOPICS = Topics({"line-*": Topic("Line {}", "Delays."), "news": Topic("News", "What is new.")})
KNOWN = PublicSettings(TOPICS, countries=("DE",), zone="Europe/Berlin")
HEADING = "channel,address,topics,consent,consented_at\n"
GOOD = "email,Ann@Example.com,line-12 news,Tell me.,2026-05-04T12:00:00Z\n"


def read(text: str, account: AudienceAccount | None = None) -> ReadFile:
    account = account or AudienceAccount()
    return read_file(io.StringIO(text, newline=""), account.audience, KNOWN, NOW)


def taken(account: AudienceAccount, lines: tuple[Line, ...]) -> list[str]:
    return [bad.why for bad in import_lines(account.audience, lines) if bad]


def test_line_becomes_a_follower_with_its_proof() -> None:
    account = AudienceAccount()
    found = read(HEADING + GOOD, account)
    assert (len(found.lines), found.bad) == (1, ())
    assert taken(account, found.lines) == []
    follower = account.audience.followers.get(account.id("email", "ann@example.com"))
    assert follower
    assert (follower.state, follower.topics) == ("following", ("line-12", "news"))
    assert follower.consent.wording == wording_digest("Tell me.")
    assert (follower.consent.confirmed_at, follower.consent.how) == ("2026-05-04T12:00:00.000Z", "import")
    assert account.audience.sealer.open(follower.address, follower.id) == "ann@example.com"


@pytest.mark.parametrize(
    ("said", "zone"), [("Europe/Vienna", "Europe/Vienna"), ("", "Europe/Berlin"), (None, "Europe/Berlin")]
)
def test_line_may_have_a_zone_and_has_the_sites_otherwise(said: str | None, zone: str) -> None:
    account = AudienceAccount()
    text = "channel,address,topics,consent,consented_at{}\ntext,+4915112345678,news,Yes.,2026-05-04{}\n"
    filled = text.format("", "") if said is None else text.format(",zone", f",{said}")
    assert taken(account, read(filled, account).lines) == []
    follower = account.audience.followers.get(account.id("text", "+4915112345678"))
    assert follower
    assert follower.zone == zone


def test_zone_that_there_is_not_is_told() -> None:
    [bad] = read(HEADING.replace("_at", "_at,zone") + GOOD.replace("Z\n", "Z,Berlin\n")).bad
    assert bad.why == "the zone is 'Berlin', expected a time zone such as Europe/Berlin"


def test_zone_of_who_follows_already_is_kept() -> None:
    account = AudienceAccount()
    id = account.follow("email", "ann@example.com", zone="America/New_York")
    assert taken(account, read(HEADING + GOOD, account).lines) == []
    follower = account.audience.followers.get(id)
    assert follower
    assert follower.zone == "America/New_York"


def test_lines_are_counted_by_channel() -> None:
    text = f"{HEADING}{GOOD}text,+4915112345678,news,Tell me.,2026-05-04\n"
    assert counted(read(text).lines) == {"email": 1, "text": 1}


def test_file_may_be_taken_over_twice() -> None:
    account = AudienceAccount()
    lines = read(HEADING + GOOD, account).lines
    assert taken(account, lines) + taken(account, lines) == []
    assert account.count("email", "news") == 1


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("push,https://fcm.googleapis.com/x,news,Tell me.,2026-05-04", "web push cannot be taken over"),
        ("pigeon,ann@example.com,news,Tell me.,2026-05-04", "the channel is 'pigeon'"),
        ("email,ann,news,Tell me.,2026-05-04", "no e-mail address"),
        ("email,a@b.example c@d.example,news,Tell me.,2026-05-04", "no e-mail address"),
        ("text,12,news,Tell me.,2026-05-04", "no phone number"),
        ("text,+12065550100,news,Tell me.,2026-05-04", "numbers may not follow"),
        ("text,+498912345678,news,Tell me.,2026-05-04", "takes no text messages"),
        ("email,ann@example.com,,Tell me.,2026-05-04", "names 0 topics"),
        ("email,ann@example.com,trains,Tell me.,2026-05-04", "nobody can follow 'trains'"),
        ("email,ann@example.com,news,,2026-05-04", "words of consent are missing"),
        ("email,ann@example.com,news,Tell me.,", "consented_at is no time"),
        ("email,ann@example.com,news,Tell me.,yesterday", "consented_at is no time"),
        ("email,ann@example.com,news,Tell me.,2027-01-16", "in the future"),
        ("email,ann@example.com,news,Tell me.", "not as many fields"),
        ("email,ann@example.com,news,Tell me.,2026-05-04,more", "not as many fields"),
        (
            f"email,ann@example.com,{' '.join(f'line-{n}' for n in range(MAX_TOPICS + 1))},Yes.,2026-05-04",
            "names 21",
        ),
    ],
)
def test_bad_line_is_told_with_its_number_and_no_address(line: str, why: str) -> None:
    found = read(f"{HEADING}{GOOD}{line}\n")
    [bad] = found.bad
    assert bad.number == 3
    assert why in bad.why
    assert "example" not in bad.why


def test_number_of_a_line_counts_what_is_within_quotes() -> None:
    found = read(
        f'{HEADING}email,bob@example.com,news,"Tell\nme.",2026-05-04\nemail,x,news,Tell me.,2026-05-04\n'
    )
    assert [bad.number for bad in found.bad] == [4]


def test_person_who_is_there_twice_is_told() -> None:
    found = read(HEADING + GOOD + GOOD.replace("Ann@E", "ann@e"))
    [bad] = found.bad
    assert (bad.number, bad.why) == (3, "this person is in line 2, too")


def test_channel_that_the_audience_has_not_is_told() -> None:
    account = AudienceAccount()
    [stack] = account.deployment.stacks
    outputs = {name: value for name, value in stack.outputs.items() if name != "EmailQueueUrl"}
    account.deployment.stacks = [replace(stack, outputs=outputs)]
    [bad] = read(HEADING + GOOD, account).bad
    assert "no followers by email" in bad.why


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", f"address,{HEADING}".replace("consented_at", "at")])
def test_file_without_the_columns_is_refused(text: str) -> None:
    with pytest.raises(OperationError, match="expected it to be channel,address"):
        read(text)


def test_file_that_is_no_csv_is_refused() -> None:
    with pytest.raises(OperationError, match="no CSV"):
        read(f'{HEADING}email,"ann')


def test_who_has_ended_or_is_suppressed_is_left_out() -> None:
    account = AudienceAccount()
    ended, stopped = account.follow("email", "ann@example.com"), account.follow("email", "bob@example.com")
    account.audience.followers.end(ended, "link")
    account.audience.followers.suppress(stopped, "email", "complaint")
    lines = read(HEADING + GOOD + GOOD.replace("Ann", "Bob"), account).lines
    assert [why.split()[3] for why in taken(account, lines)] == ["ended", "not"]
    assert account.table.partition("topic#email#news") == []


def test_import_that_others_disturb_says_so_and_may_be_repeated() -> None:
    account = AudienceAccount()
    lines = read(HEADING + GOOD, account).lines
    account.table.cancel = ["TransactionConflict"] * TRIES
    audience = account.audience
    audience.followers._sleep = lambda seconds: None
    with pytest.raises(OperationError, match="try again"):
        list(import_lines(audience, lines))
    assert taken(account, lines) == []


def test_topics_of_who_follows_already_are_kept() -> None:
    account = AudienceAccount()
    id = account.follow("email", "ann@example.com", "line-4")
    assert taken(account, read(HEADING + GOOD, account).lines) == []
    follower = account.audience.followers.get(id)
    assert follower
    assert set(follower.topics) == {"line-4", "line-12", "news"}
    assert follower.consent.how == "link"
