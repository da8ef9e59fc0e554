"""What the audience's commands print, and that they ask before they act."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from jamwire.cli import audience
from jamwire.operations.audience.topics import PublicSettings
from lambdas.contracts.audience_topics import Topic, Topics
from tests.fakes.audience_account import AudienceAccount

ANN = "ann@example.com"
GOOD = f"channel,address,topics,consent,consented_at\nemail,{ANN},news,Tell me.,2026-05-04\n"

Run = Callable[..., Result]


@pytest.fixture
def account() -> AudienceAccount:
    return AudienceAccount()


@pytest.fixture
def run(account: AudienceAccount, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(audience, "find_deployment", lambda local, name: (account.deployment, None))
    known = PublicSettings(Topics({"news": Topic("News", "What is new.")}))
    monkeypatch.setattr(audience, "public_settings", lambda found: known)
    return lambda *words, said="": CliRunner().invoke(audience.app, words, input=said)


def test_page_is_told_how_its_visitors_follow(run: Run, account: AudienceAccount) -> None:
    url = account.audience.url
    text = run("page").stdout.replace("\n", "")
    assert f'data-jamwire-audience="{url}"' in text
    document = json.loads(run("page", "--json").stdout)
    assert document["url"] == url
    assert f"connect-src {url.rstrip('/')}; form-action {url.rstrip('/')}" in document["policy"]


def test_topics_are_listed_with_their_followers(run: Run, account: AudienceAccount) -> None:
    assert "Nobody follows anything yet" in run("topics").stderr
    account.follow("email", ANN, "news")
    assert run("topics").stdout.splitlines()[1].split() == ["news", "1", "1"]
    [document] = json.loads(run("topics", "--json").stdout)
    assert (document["topic"], document["followers"], document["email"]) == ("news", 1, 1)


def test_list_masks_addresses(run: Run, account: AudienceAccount) -> None:
    account.follow("email", ANN, "news")
    assert ANN not in run("list").stdout + run("list", "--json").stdout
    assert ANN in run("list", "--addresses").stdout
    assert "no such followers" in run("list", "--topic", "line-4").stderr


def test_show_has_the_consent(run: Run, account: AudienceAccount) -> None:
    assert "Nothing is kept" in run("show", ANN).stderr
    account.follow("email", ANN, "news")
    text = run("show", ANN).stdout
    assert "consent: confirmed_at" in text
    assert "topic#email#news" in text
    assert json.loads(run("export", ANN).stdout) == json.loads(run("show", ANN, "--json").stdout)


def test_erasure_asks_first(run: Run, account: AudienceAccount) -> None:
    id = account.follow("email", ANN, "news")
    assert "Nobody can bring it back" in run("erase", ANN, said="n\n").stderr
    assert account.audience.followers.get(id)
    done = run("erase", ANN, said="y\n")
    assert "This person follows" in done.stderr
    assert "It is erased" in done.stderr
    assert account.audience.followers.get(id) is None
    assert "Nothing is kept" in run("erase", ANN).stderr


def test_erasure_of_who_is_suppressed_says_what_that_means(run: Run, account: AudienceAccount) -> None:
    account.audience.followers.suppress(account.id("email", ANN), "email", "complaint")
    assert "anybody may ask it again" in run("erase", ANN, said="n\n").stderr
    document = json.loads(run("erase", ANN, "--yes", "--json").stdout)
    assert (document["erased"], document["was"]["follower"]["reason"]) == (True, "complaint")


def test_import_counts_and_asks_first(run: Run, account: AudienceAccount, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(GOOD, encoding="utf-8-sig")
    asked = run("import", str(file), said="n\n")
    assert "Take 1 follower over: 1 by email?" in asked.stderr
    assert account.table.items == {}
    assert "1 follow now" in run("import", str(file), said="y\n").stderr
    assert account.audience.followers.get(account.id("email", ANN))
    assert json.loads(run("import", str(file), "--yes", "--json").stdout) == {"followers": 1, "left_out": []}


def test_bad_line_stops_the_whole_import(run: Run, account: AudienceAccount, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(f"{GOOD}email,bob@example.com,trains,Tell me.,2026-05-04\n")
    done = run("import", str(file), "--yes")
    assert done.exit_code == 1
    assert "Line 3 cannot be taken over: nobody can follow 'trains'" in done.stderr
    assert account.table.items == {}


def test_test_send_is_seen_in_the_status(run: Run, account: AudienceAccount) -> None:
    assert "Nothing was told" in run("status").stderr
    account.follow("email", ANN, "news")
    name = json.loads(run("test", ANN, "--text", "Hello [you]", "--json").stdout)["fan_out"]
    assert f"status {name}" not in run("status", name).stdout
    row = run("status", name).stdout.splitlines()[1].split()
    assert row[1:5] == ["news", "email", "0/0", "1"]
    assert run("status", name).stdout.splitlines()[1].rstrip().endswith("Hello [you]")
    [document] = json.loads(run("status", "--json").stdout)
    assert document["channels"]["email"] == {"of": 1, "jobs": 0, "done": 0, "waiting": 0}


def test_challenge_is_read_from_standard_input(run: Run, account: AudienceAccount) -> None:
    assert "It is set" in run("challenge", said="0x4AAA-secret\n").stderr
    assert account.audience.keys.challenge == "0x4AAA-secret"
