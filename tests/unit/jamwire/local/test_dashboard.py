"""The dashboard's page: metrics out of log lines, a body's widgets with their values, and all of it to be looked at."""

import re
import time
from html.parser import HTMLParser

import pytest
from starlette.testclient import TestClient

from jamwire.local.inbox.app import make_app
from jamwire.local.inbox.dashboard.metrics import BUCKETS, Metric, Point, Span, along, read_metrics, statistic
from tests.unit.jamwire.local.dashboards import ARN, OneDashboard, alarm, line, widget

SERVICE = {"service": "Slack"}
DELIVERED = ["Jamwire", "Delivered", "service", "Slack", {"stat": "Sum"}]


class NothingSent:
    def fresh(self):
        return []


def client(dashboards):
    return TestClient(make_app(NothingSent(), dashboards), base_url="http://127.0.0.1")


def figures(dashboard, query=""):
    return client(dashboard).get(f"/api/dashboard{query}").json()["widgets"][0]["figures"]


def test_a_line_counts_once_for_each_set_of_dimensions():
    text = line(7, {"service": "Ingest", "reason": "stale"}, Rejected=3)
    both = text.replace('[["service", "reason"]]', '[["service"], ["service", "reason"]]')
    assert read_metrics([both]) == {
        Metric("Jamwire", "Rejected", frozenset({("service", "Ingest")})): [Point(7, 3)],
        Metric("Jamwire", "Rejected", frozenset({("service", "Ingest"), ("reason", "stale")})): [Point(7, 3)],
    }


def test_a_line_may_hold_several_values_of_several_metrics():
    found = read_metrics([line(7, SERVICE, Delivered=[1.0, 1.0], AgeAtDelivery=[20.0, 40.0])])
    assert {metric.name: [point.value for point in points] for metric, points in found.items()} == {
        "Delivered": [1.0, 1.0],
        "AgeAtDelivery": [20.0, 40.0],
    }


@pytest.mark.parametrize(
    "text", ["", "START RequestId", '{"CloudWatchMetrics"', '["CloudWatchMetrics"]', "{}"]
)
def test_other_lines_hold_nothing(text):
    assert read_metrics([text]) == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Sum", 110.0),
        ("Average", 22.0),
        ("Minimum", 0.0),
        ("Maximum", 60.0),
        ("SampleCount", 5.0),
        ("p50", 20.0),
        ("p99", 60.0),
        ("p0", 0.0),
        ("IQM", None),
    ],
)
def test_statistics(name, value):
    assert statistic([60, 20, 0, 25, 5], name) == value
    assert statistic([], name) is None


def test_values_are_where_their_time_is_and_what_is_outside_is_left_out():
    span = Span(0, BUCKETS)
    points = [Point(0, 9), Point(0.5, 1), Point(0.6, 2), Point(BUCKETS, 4), Point(BUCKETS + 0.1, 9)]
    values = along(points, "Sum", span)
    assert (len(values), values[0], values[-1]) == (BUCKETS, 3, 4)
    assert set(values[1:-1]) == {None}


def test_a_value_stays_in_its_stretch_as_time_goes_on():
    spans = [Span.until(now, 60) for now in (1000.0, 1019.9, 1020.0, 1020.1)]
    assert [span.end for span in spans] == [1020, 1020, 1020, 1080]
    assert {span.end - span.start for span in spans} == {3600}


def test_a_count_is_summed_over_the_time_that_is_looked_at():
    now = time.time()
    dashboard = OneDashboard(widget(metrics=[DELIVERED]))
    dashboard.lines = [
        line(now - 60, SERVICE, Delivered=2),
        line(now - 3000, SERVICE, Delivered=5),
        line(now - 60, {"service": "Sms"}, Delivered=11),
    ]
    assert figures(dashboard) == {"Delivered": 7}
    assert figures(dashboard, "?minutes=15") == {"Delivered": 2}


def test_a_percentile_is_of_all_values_and_has_its_own_label():
    ages = [["Jamwire", "AgeAtDelivery", "service", "Slack", {"stat": s, "label": s}] for s in ("p50", "p99")]
    dashboard = OneDashboard(widget(metrics=ages))
    dashboard.lines = [line(time.time() - n, SERVICE, AgeAtDelivery=float(n)) for n in range(1, 101)]
    assert figures(dashboard) == {"p50": 50, "p99": 99}


def test_what_was_never_counted_is_none_and_what_was_never_measured_is_nothing():
    dashboard = OneDashboard(
        widget(metrics=[DELIVERED, [*DELIVERED[:1], "Age", *DELIVERED[2:4], {"stat": "p50"}]])
    )
    assert figures(dashboard) == {"Delivered": 0, "Age": None}


def test_a_search_finds_one_line_for_each_value_that_it_leaves_open():
    search = "SEARCH('{Jamwire,service,reason} MetricName=\"Rejected\" service=\"Ingest\"', 'Sum', 300)"
    dashboard = OneDashboard(widget(metrics=[[{"expression": search}]]))
    now = time.time()
    dashboard.lines = [
        line(now, {"service": "Ingest", "reason": "stale"}, Rejected=2),
        line(now, {"service": "Ingest", "reason": "not a POST"}, Rejected=1),
        line(now, {"service": "Ingest"}, Rejected=3),
        line(now, {"service": "Other", "reason": "stale"}, Rejected=4),
        line(now, {"service": "Ingest", "reason": "stale"}, Accepted=5),
    ]
    assert figures(dashboard) == {"not a POST": 1, "stale": 2}


def test_alarms_are_shown_with_their_state_and_text():
    dashboard = OneDashboard(widget("alarm", alarms=[f"{ARN}Slack-DeadLetters", f"{ARN}Gone"]))
    dashboard.alarms = [
        alarm(state="ALARM", text="Slack: dead\nRun: jamwire dead-letters list"),
        alarm("Other"),
    ]
    page = client(dashboard).get("/dashboard").text
    assert "Slack-DeadLetters: raised<p>Slack: dead\nRun: jamwire dead-letters list</p>" in page
    assert "Other" not in page


def test_a_graph_of_an_alarm_shows_what_it_watches():
    dashboard = OneDashboard(widget(annotations={"alarms": [f"{ARN}Slack-DeadLetters"]}))
    dashboard.alarms = [alarm(now=2.0)]
    assert figures(dashboard) == {"now": 2}
    metric = Metric("Jamwire", "Rejected", frozenset(SERVICE.items()))
    dashboard.alarms = [alarm(metric=metric, stat="Sum")]
    dashboard.lines = [line(time.time(), SERVICE, Rejected=3)]
    assert figures(dashboard) == {"Rejected": 3}
    dashboard.lines = []
    assert "Only AWS measures this." in client(dashboard).get("/dashboard").text


def test_widgets_are_where_the_dashboard_puts_them():
    dashboard = OneDashboard(widget() | {"x": 18, "y": 4, "width": 5, "height": 3})
    assert 'style="grid-area: 5 / 19 / span 3 / span 5"' in client(dashboard).get("/dashboard").text


def test_a_picture_is_also_in_words():
    dashboard = OneDashboard(widget(metrics=[DELIVERED]))
    dashboard.lines = [line(time.time() - 60, SERVICE, Delivered=1234)]
    page = client(dashboard).get("/dashboard").text
    assert '<svg role="img" aria-label="Slack: Delivered 1,234"' in page
    assert "Delivered <b>1,234</b>" in page


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))


HOSTILE = '<script>alert("x")</script>"\'&'


def test_nothing_from_outside_is_taken_for_markup_and_nothing_is_loaded():
    search = "SEARCH('{Jamwire,service,reason} MetricName=\"Rejected\"', 'Sum', 300)"
    dashboard = OneDashboard(
        widget(title=HOSTILE, metrics=[[{"expression": search}]]),
        widget("alarm", title=HOSTILE, alarms=[f"{ARN}{HOSTILE}"]),
    )
    dashboard.alarms = [alarm(HOSTILE, text=HOSTILE, state="ALARM")]
    dashboard.lines = [line(time.time(), {"service": HOSTILE, "reason": HOSTILE}, Rejected=1)]
    answer = client(dashboard).get("/dashboard")
    parser = Tags()
    parser.feed(answer.text)
    assert {"script", "link", "img", "iframe"}.isdisjoint({tag for tag, _ in parser.found})
    assert not [name for _, attributes in parser.found for name in attributes if name.startswith("on")]
    assert not re.search(r"https?://", answer.text)
    assert answer.headers["content-security-policy"] == "default-src 'none'; style-src 'unsafe-inline'"
    assert answer.text.count("&lt;script&gt;") >= 5


def test_another_time_and_another_dashboard_are_one_click_away():
    page = client(OneDashboard(widget())).get("/dashboard?minutes=180").text
    assert '<a href="?name=Jamwire&amp;minutes=180" aria-current="page">3 hours</a>' in page
    assert '<a href="?name=Staging">Staging</a>' in page


@pytest.mark.parametrize("path", ["/dashboard", "/api/dashboard"])
def test_what_is_not_there_is_said(path):
    inbox = client(OneDashboard(widget()))
    assert inbox.get(f"{path}?minutes=7").json() == {
        "error": "minutes is '7', expected one of 15, 60, 180, 1440."
    }
    answer = inbox.get(f"{path}?name=Other")
    assert (answer.status_code, answer.text[:30]) == (404, "There is no such dashboard; a ")
    assert inbox.post(path).status_code == 405


def test_the_inbox_leads_to_it():
    assert "/dashboard" in client(OneDashboard()).get("/").text
