"""The message of an alarm, and that of a function which has failed."""

from collections.abc import Mapping
from typing import Any

TEXT = "Jamwire-Slack: events wait in the dead letters.\nLook at: the reason of each\nRun: jamwire dead-letters list"

# As CloudWatch sends it (user guide, "Notifying users on alarm changes"), with what it leaves null.
ALARM: dict[str, Any] = {
    "AlarmName": "Jamwire-Slack-DeadLetters",
    "AlarmDescription": TEXT,
    "AWSAccountId": "123456789012",
    "AlarmConfigurationUpdatedTimestamp": "2026-11-24T11:48:52.788+0000",
    "NewStateValue": "ALARM",
    "NewStateReason": "Threshold Crossed: 1 out of the last 6 datapoints [2.0 (24/11/26 12:05:00)] was greater than "
    "or equal to the threshold (1.0) (minimum 1 datapoint for OK -> ALARM transition).",
    "StateChangeTime": "2026-11-24T12:06:35.472+0000",
    "Region": "EU (Frankfurt)",
    "AlarmArn": "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:Jamwire-Slack-DeadLetters",
    "OldStateValue": "OK",
    "OKActions": ["arn:aws:sns:eu-central-1:123456789012:Alarms"],
    "AlarmActions": ["arn:aws:sns:eu-central-1:123456789012:Alarms"],
    "InsufficientDataActions": [],
    "Trigger": {
        "MetricName": "ApproximateNumberOfMessagesVisible",
        "Namespace": "AWS/SQS",
        "StatisticType": "Statistic",
        "Statistic": "MAXIMUM",
        "Unit": None,
        "Dimensions": [{"value": "Jamwire-Slack-DeadLetters", "name": "QueueName"}],
        "Period": 300,
        "EvaluationPeriods": 6,
        "DatapointsToAlarm": 1,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "Threshold": 1.0,
        "TreatMissingData": "notBreaching",
        "EvaluateLowSampleCountPercentile": "",
    },
}


def failure_record(alarm: Mapping[str, str]) -> dict[str, Any]:
    """As Lambda sends it (developer guide, "Capturing records of Lambda asynchronous invocations")."""
    return {
        "version": "1.0",
        "timestamp": "2026-11-24T12:06:35.472Z",
        "requestContext": {
            "requestId": "e4b46cbf-b738-xmpl-8880-a18cdf61200e",
            "functionArn": "arn:aws:lambda:eu-central-1:123456789012:function:Jamwire-Live-Key:$LATEST",
            "condition": "RetriesExhausted",
            "approximateInvokeCount": 3,
        },
        "requestPayload": dict(alarm),
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "responsePayload": {"errorMessage": "Too many keys", "errorType": "LimitExceededException"},
    }
