"""Queues and topics, and how email and text messages are sent."""

import json

from tests.second_opinion.creators.resource import (
    Creators,
    Made,
    Properties,
    Resource,
    call,
    client,
    validated,
)


def texts(properties: Properties) -> dict[str, str]:
    """Values as SNS and SQS take attributes: texts, and JSON."""
    return {
        name: value if isinstance(value, str) else json.dumps(value) for name, value in properties.items()
    }


def queue(made: Resource) -> Made:
    known = client("sqs").meta.service_model.shape_for("QueueAttributeName").enum
    assert set(made.properties) <= set(known), f"SQS knows no {set(made.properties) - set(known)}"
    url = call("sqs", "create_queue", QueueName=made.name, Attributes=texts(made.properties))["QueueUrl"]
    attributes = call("sqs", "get_queue_attributes", QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return Made(url, {"Arn": attributes["QueueArn"], "QueueName": made.name})


def queue_policy(made: Resource) -> Made:
    for url in made.properties["Queues"]:
        policy = {"Policy": json.dumps(made.properties["PolicyDocument"])}
        call("sqs", "set_queue_attributes", QueueUrl=url, Attributes=policy)
    return Made(made.name)


def topic(made: Resource) -> Made:
    arn = call("sns", "create_topic", Name=made.name, Attributes=texts(made.properties))["TopicArn"]
    return Made(arn, {"TopicArn": arn})


def topic_policy(made: Resource) -> Made:
    policy = json.dumps(made.properties["PolicyDocument"])
    for arn in made.properties["Topics"]:
        call("sns", "set_topic_attributes", TopicArn=arn, AttributeName="Policy", AttributeValue=policy)
    return Made(made.name)


def subscription(made: Resource) -> Made:
    how = {name: made.properties.pop(name) for name in ("TopicArn", "Protocol", "Endpoint")}
    answer = call("sns", "subscribe", **how, Attributes=texts(made.properties), ReturnSubscriptionArn=True)
    return Made(answer["SubscriptionArn"])


def mail_configuration_set(made: Resource) -> Made:
    properties = made.properties
    name = properties.pop("Name")
    call("sesv2", "create_configuration_set", ConfigurationSetName=name, **properties)
    return Made(name)


def mail_event_destination(made: Resource) -> Made:
    destination = made.properties["EventDestination"]
    topic = destination.pop("SnsDestination")["TopicARN"]
    validated(
        "sesv2",
        "CreateConfigurationSetEventDestination",
        ConfigurationSetName=made.properties["ConfigurationSetName"],
        EventDestinationName=destination.pop("Name"),
        EventDestination={
            **destination,
            # CloudFormation's spelling is that of the API before this one.
            "MatchingEventTypes": [each.upper() for each in destination["MatchingEventTypes"]],
            "SnsDestination": {"TopicArn": topic},
        },
    )
    return Made(made.name)


def text_configuration_set(made: Resource) -> Made:
    name = made.properties["ConfigurationSetName"]
    validated("pinpoint-sms-voice-v2", "CreateConfigurationSet", ConfigurationSetName=name)
    known = client("pinpoint-sms-voice-v2").meta.service_model.shape_for("EventType").enum
    for destination in made.properties["EventDestinations"]:
        assert destination.pop("Enabled") is True
        assert set(destination["MatchingEventTypes"]) <= set(known)
        validated("pinpoint-sms-voice-v2", "CreateEventDestination", ConfigurationSetName=name, **destination)
    return Made(name)


CREATORS: Creators = {
    "AWS::SES::ConfigurationSet": mail_configuration_set,
    "AWS::SES::ConfigurationSetEventDestination": mail_event_destination,
    "AWS::SMSVOICE::ConfigurationSet": text_configuration_set,
    "AWS::SNS::Subscription": subscription,
    "AWS::SNS::Topic": topic,
    "AWS::SNS::TopicPolicy": topic_policy,
    "AWS::SQS::Queue": queue,
    "AWS::SQS::QueuePolicy": queue_policy,
}
