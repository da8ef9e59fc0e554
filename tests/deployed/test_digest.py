"""Events that pile up while Slack is busy: few messages, and each event in exactly one that Slack took."""

from concurrent.futures import ThreadPoolExecutor

from tests.deployed.deployed import Deployed, tells_of

EVENTS = 40


def test_what_piles_up_while_slack_is_busy_is_told_in_few_messages_each_event_once(
    deployed: Deployed,
) -> None:
    deployed.inbox("DELETE", "/api/deliveries")
    deployed.fault(status=429, retry_after=3, count=2)
    with ThreadPoolExecutor(8) as pool:
        sent = list(pool.map(lambda _: deployed.send("netlify/form-submitted"), range(EVENTS)))
    deployed.until_quiet()
    taken = [d for d in deployed.inbox("GET", "/api/deliveries?channel=slack") if d["status"] == 200]
    for one in sent:
        assert sum(tells_of(delivery, one.id) for delivery in taken) == 1
    assert len(taken) < EVENTS / 4
    assert any("form submissions*, latest five:" in str(delivery["request"]) for delivery in taken)


def test_what_is_critical_is_told_in_full_while_others_pile_up(deployed: Deployed) -> None:
    deployed.fault(status=429, retry_after=3, count=1)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: deployed.send("netlify/form-submitted"), range(EVENTS)))
    critical = deployed.send("token/critical")
    deployed.until(lambda: "slack" in deployed.told(critical), "the critical one")
    [told] = [d for d in deployed.deliveries(critical) if d["channel"] == "slack" and d["status"] == 200]
    assert critical.id in told["event_ids"]  # by its whole id: a block of its own
