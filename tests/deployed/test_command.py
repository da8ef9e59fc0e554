"""The `jamwire` command, as a person or a script runs it, against a deployment found by the environment."""

import json
import subprocess

import pytest

from jamwire.samples.catalogue import SAMPLES
from tests.deployed.deployed import Deployed, Jamwire

SHIPPED = [
    name
    for name, sample in SAMPLES.items()
    if sample.source in ("netlify", "github", "standard-webhooks", "token")
]


def test_status_and_endpoints_are_the_same_for_scripts(jamwire: Jamwire, deployed: Deployed) -> None:
    status = json.loads(jamwire("status", "--json").stdout)
    assert set(status) == {"endpoints", "inbox", "stacks", "warnings"}
    names = [endpoint["name"] for endpoint in status["endpoints"]]
    assert names[:5] == ["site", "code", "app", "zap", "blog"]
    assert {stack["name"] for stack in status["stacks"]} == {
        stack.name for stack in deployed.deployment.stacks
    }
    assert json.loads(jamwire("endpoints", "--json").stdout) == status["endpoints"]
    assert status["endpoints"][0]["url"] in jamwire("endpoints").stdout


def test_a_secret_is_put_beside_another_listed_without_its_value_and_ended(jamwire: Jamwire) -> None:
    before = json.loads(jamwire("secret", "list", "zap", "--json").stdout)
    added = jamwire("secret", "add", "zap", given="a-brand-new-secret\n")
    assert added.returncode == 0
    listed = jamwire("secret", "list", "zap", "--json")
    [new] = [key for key in json.loads(listed.stdout) if key not in before]
    assert (
        "a-brand-new-secret"
        not in added.stdout + added.stderr + listed.stdout + jamwire("secret", "list", "zap").stdout
    )
    assert jamwire("secret", "remove", "zap", new["id"]).returncode == 0
    assert json.loads(jamwire("secret", "list", "zap", "--json").stdout) == before


def test_a_generated_secret_is_printed_once_and_works(jamwire: Jamwire, deployed: Deployed) -> None:
    made = jamwire("secret", "add", "app", "--generate")
    assert made.stdout.startswith("whsec_")
    deployed.until_accepted(
        *deployed.signed("standard-webhooks/content-published", secret=made.stdout.strip())
    )


WRONG = {
    "no such endpoint": (
        ("secret", "add", "nowhere"),
        "x",
        1,
        "there are: site, code, app, zap, blog",
    ),
    "an empty secret": (("secret", "add", "zap"), "\n", 1, "expected one line of text"),
    "two lines": (("secret", "add", "zap"), "a\nb\n", 1, "expected one line of text"),
    "no secret of this source": (
        ("secret", "add", "app"),
        "whsec_***",
        1,
        "expected it as the service shows it",
    ),
    "a webhook that is none": (("secret", "add", "slack"), "hooks.slack.com/x", 1, "begins with https://"),
    "no such secret": (("secret", "remove", "zap", "00000000"), "", 1, "jamwire secret list zap"),
    "no such deployment": (("status", "--deployment", "Nowhere"), "", 1, "make deploy"),
    "no such sample": (("send", "netlify/nothing"), "", 2, "jamwire send --list"),
    "no such option": (("status", "--loud"), "", 2, "--loud"),
    "no such command": (("dance",), "", 2, "dance"),
}


@pytest.mark.parametrize(("arguments", "given", "code", "says"), WRONG.values(), ids=WRONG.keys())
def test_what_a_person_can_put_right_is_said_in_a_line(
    jamwire: Jamwire, arguments: tuple[str, ...], given: str, code: int, says: str
) -> None:
    run = jamwire(*arguments, given=given)
    assert run.returncode == code
    # A wrong use is said in a frame, whose lines are joined here.
    assert says in " ".join(run.stderr.replace("│", " ").split())
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize("label", SHIPPED)
def test_every_sample_is_accepted_and_a_tampered_one_refused(jamwire: Jamwire, label: str) -> None:
    sent = jamwire("send", label)
    assert (sent.returncode, sent.stdout[:3]) == (0, "200")
    tampered = jamwire("send", label, "--tamper", "--json")
    assert (tampered.returncode, json.loads(tampered.stdout)["status"]) == (0, 401)


def test_a_sample_goes_to_any_address_with_a_secret_from_standard_input(
    jamwire: Jamwire, deployed: Deployed
) -> None:
    url = deployed.deployment.endpoint("zap").url
    assert jamwire("send", "token/notice", "--to", url, given="wrong").returncode == 1
    nowhere = jamwire("send", "token/notice", "--to", "http://127.0.0.1:9/x", given="wrong")
    assert (nowhere.returncode, "Nothing answers at" in nowhere.stderr) == (1, True)


def test_the_curl_line_does_what_it_says(jamwire: Jamwire, deployed: Deployed) -> None:
    line = jamwire("send", "github/release", "--curl").stdout.strip()
    answer = subprocess.run(
        ["bash", "-c", line.replace("curl", f"curl --cacert {deployed.account.certificate}", 1)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert len(json.loads(answer.stdout)["id"]) == 32


def test_dead_letters_are_shown_and_sent_once_more_after_a_word(jamwire: Jamwire, deployed: Deployed) -> None:
    deployed.fault(status=404, count=1)
    sent = deployed.send("netlify/deploy-started")
    deployed.dead_letter("Slack", sent)
    [letter] = json.loads(jamwire("dead-letters", "list", "--event", sent.id, "--json").stdout)
    assert letter["reason"] == "Slack answered 404 no_service"
    assert "body" not in letter
    [shown] = json.loads(jamwire("dead-letters", "show", sent.id).stdout)
    assert json.loads(shown["message"])["id"] == sent.id
    said_no = jamwire("dead-letters", "redrive", "--event", sent.id, given="n\n")
    assert "Send 1 dead letter once more?" in said_no.stderr
    assert deployed.told(sent) == []
    assert jamwire("dead-letters", "redrive", "--event", sent.id, "--yes").returncode == 0
    deployed.until(lambda: deployed.told(sent) == ["slack"], "the message")
    assert "no such dead letters" in jamwire("dead-letters", "discard", "--event", sent.id, "--yes").stderr
