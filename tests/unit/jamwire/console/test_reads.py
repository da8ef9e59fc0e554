"""What the console shows beside events: each resource, and what of it can still be shown where the rest is denied."""

import datetime as dt
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from jamwire.console.dead_letters import KEPT
from jamwire.console.kept import Kept
from jamwire.operations.secrets import add_secret
from jamwire.samples.catalogue import SAMPLES
from lambdas.contracts.event import timestamp
from tests.fakes.account import NOW, Account
from tests.fakes.account_services import Denied
from tests.fakes.dead_letters import DeadLetters
from tests.unit.jamwire.console.conftest import Page

SECRET = "whsec-known-to-nobody"
MESSAGE = "User: arn:aws:iam::1:user/a is not authorized to perform: cloudwatch:GetMetricData on resource: *"
DENIED = ClientError({"Error": {"Code": "AccessDenied", "Message": MESSAGE}}, "GetMetricData")
EXPIRED = ClientError({"Error": {"Code": "ExpiredToken", "Message": "expired"}}, "DescribeAlarms")


def at_now() -> dt.datetime:
    return dt.datetime.fromtimestamp(NOW, dt.UTC)


def log(account: Account, before: float, **line: Any) -> None:
    account.logs.lines.append((round((NOW - before) * 1000), json.dumps(line)))


def reject(account: Account, before: float, endpoint: str = "site", reason: str = "signature") -> None:
    facts = {"address": "192.0.2.1", "bytes": 12, "digest": "ab", "Rejected": 1}
    log(account, before, outcome="rejected", status=401, endpoint=endpoint, reason=reason, **facts)


def test_refused_requests_are_listed_newest_first(account: Account, page: Page) -> None:
    reject(account, 300)
    reject(account, 200, endpoint="cms", reason="too old")
    reject(account, 9_000)
    found = page.read("rejected", since="1h")["rejections"]
    assert [one["endpoint"] for one in found] == ["cms", "site"]
    assert found[1] == {
        "time": "2027-01-15T07:55:00Z",
        "endpoint": "site",
        "status": 401,
        "reason": "signature",
        "address": "192.0.2.1",
        "bytes": 12,
        "digest": "ab",
        "count": 1,
    }
    assert len(page.read("rejected", endpoint="site")["rejections"]) == 2
    assert len(page.read("rejected", limit=1)["rejections"]) == 1


def test_refused_requests_are_counted_beyond_those_listed(account: Account, page: Page) -> None:
    for number in range(6):
        reject(account, 300 + number, reason="too old" if number % 3 else "signature")
    reject(account, 200, endpoint="cms", reason="too old")
    document = page.read("rejected", limit=2)
    assert (len(document["rejections"]), document["rows"], document["requests"]) == (2, 7, 7)
    assert document["reasons"] == [
        {"reason": "too old", "count": 5, "status": 401, "endpoints": ["cms", "site"]},
        {"reason": "signature", "count": 2, "status": 401, "endpoints": ["site"]},
    ]
    assert document["complete_since"] == ""
    narrowed = page.read("rejected", reason="signature", limit=1)
    assert (narrowed["rows"], [one["reason"] for one in narrowed["reasons"]]) == (2, ["signature"])


def test_refused_requests_are_read_once_a_minute(account: Account, page: Page) -> None:
    reject(account, 300)
    assert page.read("rejected")["rows"] == 1
    reject(account, 200)
    assert page.read("rejected", endpoint="site")["rows"] == 1
    account.clock.now += 61
    assert page.read("rejected")["rows"] == 2


def test_endpoints_show_when_they_were_heard_and_no_secret(account: Account, page: Page) -> None:
    added = add_secret(
        account.deployment, "site", SECRET, clock=lambda: at_now() - dt.timedelta(days=3, hours=1)
    )
    account.keep("a", endpoint="site", before=50)
    account.keep("b", endpoint="site", before=60)
    reject(account, 40)
    log(account, 3_000, outcome="accepted", secret_seen=added.id)
    site, cms = page.read("endpoints")["endpoints"]
    assert (site["name"], site["source"]) == ("site", "netlify")
    assert site["url"] == "https://a1.execute-api.us-east-1.amazonaws.com/site"
    assert site["last_heard"] == timestamp(NOW - 50)
    assert site["last_refused"] == "2027-01-15T07:59:20Z"
    [secret] = site["secrets"]
    assert (secret["id"], secret["age_days"], secret["last_used"]) == (added.id, 3, "2027-01-15T07:10:00Z")
    assert "Netlify" in site["guide"][0] or "HTTP POST" in site["guide"][0]
    assert (cms["last_heard"], cms["last_refused"], cms["secrets"]) == ("", "", [])
    assert (cms["expect"], cms["throttled"]) == (None, 0)
    assert SECRET not in json.dumps(page.read("endpoints"))


def test_endpoint_is_heard_of_by_the_log_without_an_archive(account: Account, page: Page) -> None:
    account.deployment.stacks = [s for s in account.deployment.stacks if s.short_name != "Archive"]
    log(account, 600, outcome="accepted", heard=True, endpoint="cms")
    _, cms = page.read("endpoints")["endpoints"]
    assert cms["last_heard"] == "2027-01-15T07:50:00Z"


def test_requests_that_were_too_many_are_counted(account: Account, page: Page) -> None:
    account.deployment.hub.outputs["AccessLogGroup"] = "access"  # type: ignore[index]
    throttled = {"status": "429", "endpoint": "ANY /site", "ip": "192.0.2.1"}
    account.logs.groups["access"] = [
        (round((NOW - n) * 1000), json.dumps(throttled)) for n in (10, 20, 90_000)
    ]
    site, _ = page.read("endpoints")["endpoints"]
    assert site["throttled"] == 2


def test_endpoint_heard_of_is_not_looked_for_without_an_end(
    account: Account, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jamwire.operations.heard.MAX_READ", 20)
    monkeypatch.setattr("jamwire.operations.heard.READ_AT_ONCE", 10)
    for number in range(50):
        account.keep(f"e{number}", endpoint="site", before=number)
    account.keep("rare", endpoint="cms", before=100)
    _, cms = page.read("endpoints")["endpoints"]
    assert cms["last_heard"] == ""


def test_subscriber_shows_its_rule_its_queue_and_its_day(account: Account, page: Page) -> None:
    account.sqs.waiting = 4
    account.secrets.texts["slack"] = "{}"
    account.deployment.stacks[2].outputs.update(SecretArn="slack", SubscriberRateLimit="1")  # type: ignore[attr-defined]
    add_secret(account.deployment, "slack", "https://hooks.example/T/B/known", clock=at_now)
    account.cloudwatch.values["Delivered", "Jamwire-Slack-Subscriber"] = [(NOW - 7200, 5), (NOW - 60, 2)]
    account.cloudwatch.values["ApproximateAgeOfOldestMessage", "Slack"] = [(NOW - 300, 61)]
    document = page.read("subscribers")
    assert [one["name"] for one in document["subscribers"]] == ["Archive", "Slack", "Sms"]
    slack = document["subscribers"][1]
    assert slack["rule"] == {"scope": "MessageAttributes", "policy": {"type": [{"prefix": "deploy."}]}}
    assert slack["rule_text"] == "type is deploy.*"
    assert (slack["waiting"], slack["in_flight"], slack["dead"]) == (4, 0, 4)
    assert (slack["oldest_age_seconds"], slack["rate_limit"], slack["delivered_today"]) == (61, 1, 7)
    assert slack["destinations_secret"] is True
    assert len(slack["secrets"]["slack"]) == 1
    assert "known" not in json.dumps(document)
    assert document["subscribers"][2]["rate_limit"] is None
    assert document["problems"] == []


def test_metrics_that_are_denied_leave_the_rest_of_a_subscriber(account: Account, page: Page) -> None:
    account.cloudwatch.error = DENIED
    document = page.read("subscribers")
    assert document["problems"][0]["action"] == "cloudwatch:GetMetricData"
    slack = document["subscribers"][1]
    assert (slack["delivered_today"], slack["waiting"], slack["rule_text"]) == (None, 0, "type is deploy.*")


def test_denied_resource_names_the_missing_action(account: Account, page: Page) -> None:
    account.cloudwatch.error = DENIED
    status, document = page.answer("figures")
    assert (status, document["action"]) == (502, "cloudwatch:GetMetricData")
    assert document["error"].startswith("The credentials lack the action cloudwatch:GetMetricData")
    assert page.answer("events")[0] == 200


def test_expired_credentials_are_said_and_looked_for_anew(account: Account, page: Page, context: Any) -> None:
    forgotten = []
    context.forget_credentials = lambda: forgotten.append(1)
    account.cloudwatch.error = EXPIRED
    status, document = page.answer("alarms")
    assert status == 502
    assert "have expired" in document["error"]
    assert forgotten == [1]


def test_alarms_say_what_to_run(account: Account, page: Page) -> None:
    account.cloudwatch.alarms = [
        {
            "AlarmName": "Jamwire-Slack-DeadLetters",
            "StateValue": "ALARM",
            "StateTransitionedTimestamp": at_now(),
            "StateUpdatedTimestamp": at_now(),
            "StateReason": "1 datapoint",
            "AlarmDescription": "Events could not be delivered.\nLook at: the reason\nRun: jamwire dead-letters list",
        },
        {"AlarmName": "Other"},
    ]
    account.sns.emails = [
        {"Protocol": "email", "Endpoint": "ops@example.com", "SubscriptionArn": "PendingConfirmation"}
    ]
    document = page.read("alarms")
    assert document["alarms"] == [
        {
            "name": "Jamwire-Slack-DeadLetters",
            "state": "ALARM",
            "since": timestamp(NOW),
            "reason": "1 datapoint",
            "description": "Events could not be delivered.\nLook at: the reason",
            "command": "jamwire dead-letters list",
        }
    ]
    assert document["emails"] == [{"address": "ops@example.com", "confirmed": False}]


def test_figures_are_the_dashboards_metrics(account: Account, page: Page) -> None:
    account.cloudwatch.values["Accepted", "Jamwire-Ingest"] = [(NOW - 300, 9)]
    account.cloudwatch.values["AgeAtDelivery", "Jamwire-Slack-Subscriber"] = [(NOW - 300, 120.5)]
    account.cloudwatch.values["ApproximateNumberOfMessagesVisible", "Slack-dead"] = [(NOW - 300, 1)]
    account.cloudwatch.searched = {
        "Rejected": {"signature": [(NOW - 300, 2)], "too old": [(NOW - 600, 1)]},
        "Throttled": {"site": [(NOW - 300, 8)]},
    }
    document = page.read("figures", hours="3")
    assert document["period_seconds"] == 300
    series = {(one["group"], one["title"]): one for one in document["series"]}
    assert series["accepted", "accepted"]["points"] == [[NOW - 300, 9]]
    assert series["rejected", "signature"]["points"] == [[NOW - 300, 2]]
    assert series["rejected", "too old"]["unit"] == "requests"
    assert series["rejected", "throttled: site"]["points"] == [[NOW - 300, 8]]
    assert series["age", "Slack p99"] == {
        "id": "age-Slack-p99",
        "group": "age",
        "title": "Slack p99",
        "unit": "ms",
        "stat": "p99",
        "points": [[NOW - 300, 120.5]],
    }
    assert series["dead", "Slack"]["points"] == [[NOW - 300, 1]]
    assert len({one["id"] for one in document["series"]}) == len(document["series"])
    searches = [each for each in account.cloudwatch.asked[0] if "Expression" in each]
    assert [each["Label"] for each in searches] == ["${PROP('Dim.reason')}", "${PROP('Dim.endpoint')}"]
    assert all('service="Jamwire-Ingest"' in each["Expression"] for each in searches)


def test_figures_are_paid_for_once_a_minute(account: Account, page: Page) -> None:
    page.read("figures")
    page.read("figures")
    account.clock.now += 61
    page.read("figures")
    assert len(account.cloudwatch.asked) == 2


def test_unknown_range_of_figures_is_refused(page: Page) -> None:
    assert page.answer("figures", hours="5")[0] == 400


def embedded(service: str, metrics: dict[str, Any], **more: str) -> str:
    names = [{"Name": name, "Unit": "Count"} for name in metrics]
    directive = {"Namespace": "Jamwire", "Dimensions": [["service", *more]], "Metrics": names}
    facts = {"_aws": {"Timestamp": 0, "CloudWatchMetrics": [directive]}, "service": service}
    return json.dumps(facts | more | metrics)


def test_figures_of_a_local_account_are_counted_from_its_logs(account: Account, page: Page) -> None:
    account.deployment.local_url = "http://127.0.0.1:4000"
    account.sqs.waiting = 3
    at = round((NOW - 100) * 1000)
    slack = "Jamwire-Slack-Subscriber"
    account.logs.groups = {
        "/aws/cloudformation/Jamwire-Hub/Log": [
            (at, embedded("Jamwire-Ingest", {"Accepted": 2})),
            (at, embedded("Jamwire-Ingest", {"Rejected": 1}, reason="signature")),
            (at, "START not JSON CloudWatchMetrics"),
        ],
        "Jamwire-Slack-Log": [
            (at, embedded(slack, {"Delivered": [1, 1], "AgeAtDelivery": [10, 30]})),
            (at, embedded(slack, {"Delivered": [1], "AgeAtDelivery": [20]})),
        ],
        "Other-Log": [(at, embedded(slack, {"Delivered": 100}))],
    }
    series = {
        (one["group"], one["title"]): one["points"] for one in page.read("figures", hours="3")["series"]
    }
    begins = (NOW - 100) // 300 * 300
    assert series["accepted", "accepted"] == [[begins, 2]]
    assert series["rejected", "signature"] == [[begins, 1]]
    assert series["delivered", "Slack"] == [[begins, 3]]
    assert (series["age", "Slack p50"], series["age", "Slack p99"]) == ([[begins, 20]], [[begins, 30]])
    assert series["waiting", "Sms"] == [[NOW, 3]]
    assert account.cloudwatch.asked == []
    assert page.read("subscribers")["subscribers"][1]["delivered_today"] == 3


def test_dead_letters_are_counted_by_subscriber_and_reason(account: Account, page: Page) -> None:
    account.sqs = account.clients["sqs"] = queue = DeadLetters()
    for number in range(5):
        queue.bury(account.keep(f"e{number}").to_json())
    document = page.read("dead-letters")
    assert [letter["event_id"] for letter in document["letters"]] == ["e0", "e1", "e2", "e3", "e4"]
    assert "body" not in document["letters"][0]
    assert document["counts"] == [
        {"subscriber": "Slack", "reason": "even", "count": 3},
        {"subscriber": "Slack", "reason": "odd", "count": 2},
    ]
    assert queue.hidden == {}
    assert len(page.read("dead-letters", reason="odd")["letters"]) == 2
    assert page.read("dead-letters", subscriber="Sms") == {"letters": [], "counts": [], "problems": []}


class SmsDenied(DeadLetters):
    """Dead-letter queues of which one may not be asked."""

    def get_queue_attributes(self, **request: Any) -> dict[str, Any]:
        if "Sms" in request["QueueUrl"]:
            Denied("sqs:GetQueueAttributes").get_queue_attributes()
        return super().get_queue_attributes(**request)


def test_denied_queue_leaves_the_dead_letters_of_others(account: Account, page: Page) -> None:
    account.sqs = account.clients["sqs"] = queue = SmsDenied()
    queue.bury(account.keep("a").to_json())
    document = page.read("dead-letters")
    assert [letter["event_id"] for letter in document["letters"]] == ["a"]
    assert [problem["action"] for problem in document["problems"]] == ["sqs:GetQueueAttributes"]


def test_queue_without_dead_letters_is_left_alone(account: Account, page: Page) -> None:
    account.sqs = account.clients["sqs"] = queue = DeadLetters()
    page.read("dead-letters")
    assert queue.calls == 0


def test_queue_is_looked_into_again_when_its_depth_changes(account: Account, page: Page) -> None:
    account.sqs = account.clients["sqs"] = queue = DeadLetters()
    queue.bury(account.keep("a").to_json())
    first, calls = page.read("dead-letters"), queue.calls
    assert page.read("dead-letters") == first
    assert page.read("dead-letters", reason="odd")["letters"] == []
    assert queue.calls == calls
    queue.bury(account.keep("b").to_json())
    assert len(page.read("dead-letters")["letters"]) == 2
    calls = queue.calls
    account.clock.now += KEPT
    page.read("dead-letters")
    assert queue.calls > calls


def test_dead_letters_that_another_has_let_go_are_shown(account: Account, page: Page) -> None:
    account.sqs = account.clients["sqs"] = queue = DeadLetters()
    queue.bury(account.keep("a").to_json())
    queue.hidden["m0"] = 0
    assert page.read("dead-letters")["letters"] == []
    queue.hidden.clear()
    assert len(page.read("dead-letters")["letters"]) == 1


def test_answer_that_is_kept_no_longer_takes_no_room(account: Account) -> None:
    kept = Kept(account.clock)
    kept("old", 1, lambda: "an answer")
    account.clock.now += 1
    kept("new", 1, lambda: "an answer")
    assert list(kept._answers) == ["new"]


def test_every_sample_can_be_chosen(page: Page) -> None:
    samples = page.read("samples")["samples"]
    assert [sample["name"] for sample in samples] == list(SAMPLES)
    assert samples[0].keys() == {"name", "source", "description"}
