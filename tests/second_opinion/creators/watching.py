"""Alarms, dashboards and logs."""

from tests.second_opinion.creators.resource import Creators, Made, Properties, Resource, call, lower


def alarm(made: Resource) -> Made:
    call("cloudwatch", "put_metric_alarm", **made.properties)
    return Made(made.properties["AlarmName"])


def dashboard(made: Resource) -> Made:
    answer = call("cloudwatch", "put_dashboard", **made.properties)
    assert not answer.get("DashboardValidationMessages"), answer
    return Made(made.properties["DashboardName"])


def log_group(made: Resource) -> Made:
    name = f"/jamwire/{made.name}"
    call("logs", "create_log_group", logGroupName=name)
    days = made.properties.pop("RetentionInDays")
    call("logs", "put_retention_policy", logGroupName=name, retentionInDays=days, **made.properties)
    return Made(name, {"Arn": f"arn:aws:logs:us-east-1:123456789012:log-group:{name}:*"})


def metric_filter(made: Resource) -> Made:
    properties: Properties = lower(made.properties)
    for transformation in properties["metricTransformations"]:
        transformation["dimensions"] = {of["key"]: of["value"] for of in transformation["dimensions"]}
    call("logs", "put_metric_filter", filterName=made.name, **properties)
    return Made(made.name)


CREATORS: Creators = {
    "AWS::CloudWatch::Alarm": alarm,
    "AWS::CloudWatch::Dashboard": dashboard,
    "AWS::Logs::LogGroup": log_group,
    "AWS::Logs::MetricFilter": metric_filter,
}
