"""The cost model counts what is deployed and what the real functions ask for, and the README says what it says."""

import re
from typing import Any

import pytest

from bench.cost.__main__ import show
from bench.cost.at_rest import at_rest
from bench.cost.model import IN_ADDITION, RULEBOOKS, SUBSCRIBERS, functions_of
from bench.cost.prices import PRICES, together, total
from bench.cost.report import NAMES, PAGE, Goal, written_sentence
from bench.cost.taken import Taken, access_log_bytes, billed_ms, cost_of_function, cost_of_subscriber, try_out
from bench.cost.templates import DeployedFunction, Template, by_short_name
from tests.unit.stacks.rulebook import shipped

NOTHING = Taken(invocations=1, hidden=0, cpu_ms=0, log_bytes=0, byte_months=0, units={}, calls={}, metrics=())
FUNCTION = DeployedFunction("pager", memory_mb=256)


def a_template(**resources: dict[str, Any]) -> Template:
    return {
        "Resources": {
            name: {"Type": kind.replace("/", "::"), "Properties": properties}
            for name, given in resources.items()
            for kind, properties in given.items()
        }
    }


def test_alarm_costs_by_the_metrics_that_it_reads() -> None:
    stat: dict[str, Any] = {"MetricStat": {}}
    plain = a_template(A={"AWS/CloudWatch/Alarm": {"MetricName": "Depth"}})
    expression = a_template(A={"AWS/CloudWatch/Alarm": {"Metrics": [{"Expression": "a+b"}, stat, stat]}})
    assert at_rest(plain) == pytest.approx({"alarms": 0.1})
    assert at_rest(expression) == pytest.approx({"alarms": 0.2})


@pytest.mark.parametrize(("properties", "a_month"), [({}, 0.104), ({"ScalingConfig": {}}, 0.259)])
def test_queue_is_polled_by_more_where_there_is_a_maximum(properties: dict[str, Any], a_month: float) -> None:
    template = a_template(M={"AWS/Lambda/EventSourceMapping": properties})
    assert total(at_rest(template)) == pytest.approx(a_month, abs=0.001)


def test_part_of_a_processor_takes_longer_and_waiting_does_not() -> None:
    taken = Taken(
        invocations=1,
        hidden=0,
        cpu_ms=0,
        log_bytes=0,
        byte_months=0,
        units={},
        calls={"dynamodb.GetItem": 2},
        metrics=(),
    )
    assert billed_ms(taken, FUNCTION, cpu_ms=10) == pytest.approx(10 * 1769 / 256 + 12)
    assert billed_ms(taken, DeployedFunction("pager", memory_mb=3538), cpu_ms=10) == pytest.approx(22)


def test_message_costs_three_requests_and_one_for_each_return() -> None:
    bill = cost_of_subscriber(NOTHING, FUNCTION, 0)
    assert bill["SQS"] == pytest.approx(1.2)
    returned = Taken(
        invocations=2,
        hidden=1,
        cpu_ms=0,
        log_bytes=0,
        byte_months=0,
        units={"sqs request": 1},
        calls={},
        metrics=(),
    )
    assert cost_of_subscriber(returned, FUNCTION, 0)["SQS"] == pytest.approx(2.0)


def test_lines_of_lambda_itself_cost_where_they_are_written() -> None:
    silent = DeployedFunction("pager", memory_mb=256, logs_platform=False)
    assert "logs" not in cost_of_function(NOTHING, silent, 0)
    assert cost_of_function(NOTHING, FUNCTION, 0)["logs"] == pytest.approx(0.215)


def test_access_log_of_unknown_length_is_refused() -> None:
    stage = {"AccessLogSettings": {"Format": '{"agent":"$context.identity.userAgent"}'}}
    with pytest.raises(LookupError, match="userAgent"):
        access_log_bytes(a_template(S={"AWS/ApiGatewayV2/Stage": stage}))
    assert 100 < access_log_bytes(by_short_name(shipped())["Hub"]) < 220


def test_archive_writes_one_item_and_one_index_entry() -> None:
    function = functions_of(by_short_name(shipped()))["archive"]
    taken = try_out("archive", function)
    assert taken.calls == {"dynamodb.PutItem": 1}
    assert taken.units["dynamodb write"] == 2
    assert taken.metrics
    assert 100 < taken.log_bytes < 1000


def test_webhook_is_one_publish_and_nothing_else() -> None:
    deployed = functions_of(by_short_name(shipped()))
    taken = try_out("ingest", deployed["ingest"])
    assert taken.calls.pop("secretsmanager.GetSecretValue") < 0.1  # type: ignore[attr-defined]
    assert taken.calls == {"sns.Publish": 1}


@pytest.mark.parametrize("name", ["cdn", "rebuild", "story"])
def test_write_of_a_state_is_a_kilobyte(name: str) -> None:
    taken = try_out(name, functions_of(by_short_name(shipped()))[name])
    writes = sum(
        count for call, count in taken.calls.items() if re.search(r"\.(Put|Update|BatchWrite)Item", call)
    )
    assert taken.units["dynamodb write"] <= 1.1 * writes


@pytest.mark.parametrize("stranger", ["unknown endpoint", "bad signature"])
def test_stranger_makes_no_call_and_few_lines(stranger: str) -> None:
    taken = try_out(stranger, functions_of(by_short_name(shipped()))["ingest"])
    assert taken.units.get("secret call", 0) < 0.01
    assert set(taken.calls) <= {"secretsmanager.GetSecretValue"}
    assert taken.log_bytes < 130


def test_readme_says_what_the_model_counts_at_rest() -> None:
    templates = by_short_name(shipped())
    said = written_sentence()
    for name, stacks in RULEBOOKS.items():
        chosen = stacks or [stack for stack in templates if stack not in IN_ADDITION]
        dollars = total(together(*(at_rest(templates[stack]) for stack in chosen)))
        assert f"${dollars:.2f}" in said or name == "hub + Slack, Sms, Cdn", name


def test_readme_and_the_page_say_the_same() -> None:
    assert written_sentence(PAGE) == written_sentence()


def test_page_has_every_part() -> None:
    text = PAGE.read_text()
    headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert headings == [
        "At rest",
        "A million webhooks",
        "Beside others",
        "A stranger's flood",
        "Goals",
        "How it is counted",
    ]
    for name in (*RULEBOOKS, *(NAMES[subscriber] for subscriber in SUBSCRIBERS)):
        assert f"\n| {name} |" in text, name
    assert all(price.source in text for price in PRICES.values())


def test_every_subscriber_of_the_rulebook_is_counted() -> None:
    # Of these no event asks anything: pages ask for the state, through a CDN, and the key is renewed each month.
    others = {"ingest", "alarm_events", "live_state", "live_key"}
    deployed = set(functions_of(by_short_name(shipped())))
    # What followers cost is counted by themselves (`bench.cost.audience`).
    audience = {name for name in deployed if name.startswith("audience")}
    assert deployed - others - audience == set(SUBSCRIBERS)


def test_missed_goal_is_named_and_fails_the_run(capsys: pytest.CaptureFixture[str]) -> None:
    said = written_sentence()
    assert show(said, [Goal("cheap", 1.004, 1.0)]) == 0
    assert show(said, [Goal("cheap", 1.0, 1.0), Goal("dear", 1.01, 1.0)]) == 1
    assert "missed: dear 1.01, at most 1.00" in capsys.readouterr().out


def test_other_sentence_in_the_readme_fails_the_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert show("At rest it costs nothing.", []) == 1
    assert "run: make cost" in capsys.readouterr().err
