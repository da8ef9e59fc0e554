"""``jamwire listen``: it prints each event with its answer, and how to go on."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from jamwire.cli import listen as listening
from jamwire.cli.main import app
from jamwire.operations import forwarding
from jamwire.operations.deployment import Stack
from jamwire.operations.errors import OperationError
from jamwire.operations.http_client import EndpointResponse
from lambdas.contracts.outputs import HubOutput
from lambdas.ingest.endpoint_document import endpoints_document
from lambdas.ingest.request import Request
from tests.fakes.account import TOPIC, Account

HOOK = "http://localhost:8888/hook"
COMMAND = f"jamwire listen --forward {HOOK}"
OK = EndpointResponse(200, "ok")


class Run:
    """The command with its surroundings.

    Attributes:
        answers: What the receiver answers, in turn; then always 200.
        meanwhile: What happens at each wait; after the last one, Ctrl-C.
        got: What the receiver was sent.
    """

    def __init__(self) -> None:
        self.account = Account()
        hub = {
            HubOutput.ENDPOINTS: endpoints_document({"site": "netlify", "shop": "stripe"}),
            HubOutput.TOPIC_ARN: TOPIC,
            HubOutput.URL: "https://jamwire.example",
        }
        stacks = [stack for stack in self.account.deployment.stacks if stack.short_name != "Hub"]
        self.account.deployment.stacks = [*stacks, Stack("Jamwire-Hub", "Hub", "CREATE_COMPLETE", hub)]
        self.answers: list[EndpointResponse | OperationError] = []
        self.meanwhile: list[Callable[[], object]] = []
        self.got: list[Request] = []

    def sleep(self, seconds: float) -> None:
        self.account.clock.sleep(seconds)
        if not self.meanwhile:
            raise KeyboardInterrupt
        self.meanwhile.pop(0)()

    def post(self, url: str, request: Request) -> EndpointResponse:
        self.got.append(request)
        answer = self.answers.pop(0) if self.answers else OK
        if isinstance(answer, OperationError):
            raise answer
        return answer

    def __call__(self, *arguments: str, given: str | None = None) -> Result:
        return CliRunner().invoke(app, ["listen", "--forward", HOOK, *arguments], input=given)

    @property
    def ids(self) -> list[str]:
        return [request.headers["jamwire-event"] for request in self.got]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    run = Run()
    monkeypatch.setattr(listening, "find_deployment", lambda local, name: (run.account.deployment, None))
    monkeypatch.setattr(listening, "DIRECTORY", tmp_path)
    monkeypatch.setattr(
        listening, "Forwarder", lambda url, **parts: forwarding.Forwarder(url, **parts, send=run.post)
    )
    monkeypatch.setattr("time.time", run.account.clock)
    monkeypatch.setattr("time.sleep", run.sleep)
    return run


def nothing() -> None:
    """Let time pass."""


def test_event_is_printed_with_its_answer(run: Run) -> None:
    run.meanwhile = [lambda: run.account.keep("e1", before=-1), nothing]
    ended = run()
    assert ended.stdout == "01-15 08:00:01  site  deploy.failed  e1  200 in 0 ms\n"
    assert run.ids == ["e1"]
    assert run.got[0].headers["x-webhook-signature"]


def test_ctrl_c_ends_it_with_how_to_go_on(run: Run) -> None:
    ended = run("--type", "deploy.*", "--endpoint", "site", "--retry")
    assert ended.exit_code == 130
    assert ended.stderr.splitlines()[-1] == (
        f"Stopped; to go on without a gap: {COMMAND} --endpoint site --type 'deploy.*' --retry --since last"
    )


def test_last_goes_on_where_the_last_run_stopped(run: Run) -> None:
    run.meanwhile = [lambda: run.account.keep("e1", before=-1), nothing]
    run()
    run.account.keep("e2", before=-2)
    run("--since", "last")
    run("--since", "last")
    assert run.ids == ["e1", "e2"]


def test_last_of_an_address_without_one_begins_now(run: Run) -> None:
    run.account.keep("old")
    ended = run("--since", "last")
    assert "No run to this address has stopped here before; beginning now." in ended.stderr
    assert run.ids == []


def test_time_brings_what_was_accepted_since(run: Run) -> None:
    run.account.keep("old", before=7200)
    run.account.keep("new", before=60)
    run("--since", "1h")
    assert run.ids == ["new"]


@pytest.mark.parametrize(
    ("since", "says"),
    [("yesterday", "expected one such as 2h"), ("2999-01-01", "expected a time that has come")],
)
def test_time_that_is_none_is_refused(run: Run, since: str, says: str) -> None:
    ended = run("--since", since)
    assert ended.exit_code == 2
    assert says in " ".join(ended.stderr.replace("│", " ").split())


def test_filters_are_any_of_what_is_named(run: Run) -> None:
    for id, endpoint, type in (
        ("a", "site", "deploy.failed"),
        ("b", "shop", "sale.paid"),
        ("c", "site", "form.sent"),
    ):
        run.account.keep(id, endpoint=endpoint, type=type)
    run.account.keep("d", endpoint="/subscribers/Story", type="deploy.failed")
    run("--since", "1h", "--type", "deploy.*", "--type", "sale.paid")
    assert sorted(run.ids) == ["a", "b"]
    run.got.clear()
    run("--since", "1h", "--endpoint", "shop")
    assert run.ids == ["b"]


def test_unknown_endpoint_is_named(run: Run) -> None:
    assert "There is no endpoint 'nothing'; there are: site, shop" in str(
        run("--endpoint", "nothing").exception
    )


def test_failure_is_printed_and_does_not_hold_the_next(run: Run) -> None:
    run.account.keep("e1", before=2)
    run.account.keep("e2", before=1)
    run.answers = [EndpointResponse(500, "broken\n\x1b[31mred")]
    ended = run("--since", "1h")
    first, second = ended.stdout.splitlines()
    assert first.endswith("e1  500 in 0 ms  broken [31mred")
    assert second.endswith("e2  200 in 0 ms")
    assert f"Once more: {COMMAND} --resend e1" in ended.stderr


def test_receiver_that_is_down_is_waited_for_in_order(run: Run) -> None:
    run.account.keep("e1", before=2)
    run.account.keep("e2", before=1)
    run.answers = [
        OperationError("Nothing answers"),
        OperationError("Nothing answers"),
        EndpointResponse(503, ""),
        OK,
    ]
    run.meanwhile = [nothing] * 3
    ended = run("--since", "1h", "--retry")
    assert run.ids == ["e1"] * 4 + ["e2"]
    assert run.account.clock.waits[:3] == [1, 2, 4]
    ends = ("e1  no answer  Nothing answers", "e1  200 in 0 ms", "e2  200 in 0 ms")
    assert [line.endswith(end) for line, end in zip(ended.stdout.splitlines(), ends, strict=True)] == [
        True
    ] * 3


def test_refusal_is_not_retried(run: Run) -> None:
    run.account.keep("e1")
    run.answers = [EndpointResponse(400, "no")]
    run("--since", "1h", "--retry")
    assert run.ids == ["e1"]


def test_interrupted_retry_goes_on_with_the_same_event(run: Run) -> None:
    run.account.keep("e1")
    run.answers = [EndpointResponse(503, "")]
    run("--since", "1h", "--retry")
    run("--since", "last")
    assert run.ids == ["e1", "e1"]


def test_json_is_a_line_for_each(run: Run) -> None:
    run.account.keep("e1", before=2)
    run.account.keep("e2", before=1)
    run.answers = [EndpointResponse(404, "no such page")]
    lines = [json.loads(line) for line in run("--since", "1h", "--json").stdout.splitlines()]
    assert [(line["id"], line["status"], line["said"]) for line in lines] == [
        ("e1", 404, "no such page"),
        ("e2", 200, ""),
    ]
    assert set(lines[0]) == {"id", "source", "endpoint", "type", "time", "status", "milliseconds", "said"}


def test_resend_forwards_once_more_and_ends(run: Run) -> None:
    run.account.keep("e1")
    ended = run("--resend", "e1")
    assert (ended.exit_code, run.ids) == (0, ["e1"])
    run.answers = [EndpointResponse(500, "")]
    assert run("--resend", "e1").exit_code == 1


def test_resend_of_what_no_endpoint_accepted_is_said(run: Run) -> None:
    run.account.keep("e1", endpoint="/alarms")
    assert "has accepted such an event" in str(run("--resend", "e1").exception)


def test_expired_event_is_said(run: Run) -> None:
    run.account.keep("e1")
    table = run.account.dynamodb
    answer = table.batch_get_item
    table.batch_get_item = lambda **request: answer(**request) | {"Responses": {"events": []}}  # type: ignore[method-assign]
    assert "It is no longer kept" in run("--since", "1h").stdout


def test_secrets_are_printed_at_the_start_and_stay(run: Run) -> None:
    said = [[line for line in run().stderr.splitlines() if line.startswith("  ")] for _ in range(2)]
    assert said[0] == said[1]
    assert [line.split()[:2] for line in said[0]] == [["site", "(netlify)"], ["shop", "(stripe)"]]


@pytest.mark.parametrize(("source", "given"), [("env", None), ("stdin", "s3cret\n")])
def test_given_secret_signs_and_is_not_printed(
    run: Run, monkeypatch: pytest.MonkeyPatch, source: str, given: str | None
) -> None:
    monkeypatch.setitem(os.environ, "JAMWIRE_LISTEN_SECRET", "s3cret" if source == "env" else "")
    run.account.keep("e1", endpoint="shop")
    ended = run("--since", "1h", "--secret-from", source, given=given)
    endpoint = run.account.deployment.endpoint("shop")
    assert endpoint.scheme.verify(["s3cret"], run.got[0], run.account.clock.now).position == 0
    assert "s3cret" not in ended.output


def test_missing_secret_is_said(run: Run) -> None:
    assert "There is no secret in JAMWIRE_LISTEN_SECRET" in str(run("--secret-from", "env").exception)


def test_receiver_elsewhere_is_refused_before_anything_is_asked(run: Run) -> None:
    ended = CliRunner().invoke(app, ["listen", "--forward", "https://example.com/"])
    assert "--allow-remote" in str(ended.exception)
    assert run.account.dynamodb.queries == []


def test_deployment_without_an_archive_is_told_what_it_needs(run: Run) -> None:
    run.account.deployment.stacks = [s for s in run.account.deployment.stacks if s.short_name != "Archive"]
    assert "keeps no events; put ArchiveStack" in str(run().exception)
