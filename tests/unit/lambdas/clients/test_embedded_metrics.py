"""A log line's fields that count."""

from lambdas.clients.embedded_metrics import embedded_metrics


def test_counts_are_fields_and_metrics_at_a_time_in_milliseconds() -> None:
    line = embedded_metrics({"Throttled": 2}, [["endpoint"]], namespace="Jamwire", now=1_800_000_000.5)
    assert line["Throttled"] == 2
    assert line["_aws"] == {
        "Timestamp": 1_800_000_000_500,
        "CloudWatchMetrics": [
            {
                "Namespace": "Jamwire",
                "Dimensions": [["endpoint"]],
                "Metrics": [{"Name": "Throttled", "Unit": "Count"}],
            }
        ],
    }
