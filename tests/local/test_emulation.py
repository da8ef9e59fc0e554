"""Services as AWS has them, where the emulator is completed: e-mail, text messages, a table that forgets."""

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from botocore.exceptions import ClientError

from jamwire.local.emulator import Emulator
from jamwire.local.polling import wait_for

SENDER = "Harbour Buses <news@example.com>"
PHONE = "+12065550142"
NUMBER = "+18005550199"


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    emulator = Emulator.start(tmp_path_factory.mktemp("account"))
    yield emulator
    emulator.stop()


def look(emulator: Emulator, path: str, method: str = "GET", **query: str) -> Any:
    return httpx2.request(method, f"{emulator.url}/_ministack/{path}", params=query).json()


def heard(emulator: Emulator, name: str) -> tuple[str, Any]:
    """A topic, and what gives all that it has been told since."""
    sns, sqs = emulator.client("sns"), emulator.client("sqs")
    topic = sns.create_topic(Name=name)["TopicArn"]
    queue = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})

    def all() -> list[Any]:
        found = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(message["Body"]) for message in found]

    return topic, all


def mail(to: str, *headers: tuple[str, str], **more: Any) -> dict[str, Any]:
    words = {"Subject": {"Data": "Line 12 is late"}, "Body": {"Text": {"Data": "8 min"}}}
    named = [{"Name": name, "Value": value} for name, value in headers]
    return {
        "FromEmailAddress": SENDER,
        "Destination": {"ToAddresses": [to]},
        "Content": {"Simple": {**words, "Headers": named}},
        **more,
    }


def code_of(call: Any, **arguments: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as refused:
        call(**arguments)
    return refused.value.response["Error"]["Code"], refused.value.response.get("Reason", "")


def test_headers_of_a_mail_are_kept(emulator: Emulator) -> None:
    header = ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
    emulator.client("sesv2").send_email(**mail("ada@example.org", header))
    kept = look(emulator, "ses/mails")[-1]
    assert kept["Content"]["Simple"]["Headers"] == [{"Name": header[0], "Value": header[1]}]
    assert kept["arrived"] == ["ada@example.org"]
    assert look(emulator, "ses/mails", after=kept["number"]) == []


@pytest.mark.parametrize(
    ("box", "kinds"),
    [
        ("success", ["Send", "Delivery"]),
        ("bounce+rider", ["Send", "Bounce"]),
        ("complaint", ["Send", "Delivery", "Complaint"]),
        ("suppressionlist", ["Send", "Bounce"]),
    ],
)
def test_configuration_set_tells_what_became_of_a_mail(
    emulator: Emulator, box: str, kinds: list[str]
) -> None:
    ses, name = emulator.client("sesv2"), box.replace("+", "-")
    topic, told = heard(emulator, name)
    ses.create_configuration_set(ConfigurationSetName=name)
    ses.create_configuration_set_event_destination(
        ConfigurationSetName=name,
        EventDestinationName="all",
        EventDestination={
            "Enabled": True,
            "MatchingEventTypes": ["SEND", "DELIVERY", "BOUNCE", "COMPLAINT"],
            "SnsDestination": {"TopicArn": topic},
        },
    )
    to = f"{box}@simulator.amazonses.com"
    id = ses.send_email(**mail(to, ConfigurationSetName=name))["MessageId"]
    events = told()
    assert [event["eventType"] for event in events] == kinds
    last = events[-1]
    assert last["mail"]["messageId"] == id
    assert last["mail"]["destination"] == [to]
    assert last["mail"]["tags"]["ses:configuration-set"] == [name]
    if kinds[-1] == "Bounce":
        assert last["bounce"]["bounceType"] == "Permanent"
        assert last["bounce"]["bouncedRecipients"][0]["emailAddress"] == to


def test_every_sender_is_verified(emulator: Emulator) -> None:
    identity = emulator.client("sesv2").get_email_identity(EmailIdentity="example.net")
    assert identity["VerifiedForSendingStatus"]
    emulator.client("sesv2").send_email(**{**mail("a@example.org"), "FromEmailAddress": "news@example.net"})


def test_suppressed_address_gets_no_mail(emulator: Emulator) -> None:
    ses = emulator.client("sesv2")
    ses.put_suppressed_destination(EmailAddress="gone@example.org", Reason="BOUNCE")
    ses.send_email(**mail("gone@example.org"))
    assert look(emulator, "ses/mails")[-1]["arrived"] == []
    ses.delete_suppressed_destination(EmailAddress="gone@example.org")
    assert code_of(ses.get_suppressed_destination, EmailAddress="gone@example.org")[0] == "NotFoundException"
    ses.send_email(**mail("gone@example.org"))
    assert look(emulator, "ses/mails")[-1]["arrived"] == ["gone@example.org"]


def test_mail_that_ses_refuses_is_refused(emulator: Emulator) -> None:
    send = emulator.client("sesv2").send_email
    assert (
        code_of(send, **mail("a@example.org", ("X-A", "a\r\nBcc: b@example.org")))[0] == "BadRequestException"
    )
    assert code_of(send, **mail("a@example.org\n"))[0] == "BadRequestException"
    assert code_of(send, **mail("a@example.org", ConfigurationSetName="none"))[0] == "NotFoundException"


def test_text_message_is_sent_by_the_accounts_number(emulator: Emulator) -> None:
    service = emulator.client("pinpoint-sms-voice-v2")
    [number] = service.describe_phone_numbers()["PhoneNumbers"]
    assert number["PhoneNumber"] == NUMBER
    for identity in (number["PhoneNumberArn"], number["PhoneNumberId"], NUMBER):
        service.send_text_message(
            DestinationPhoneNumber=PHONE,
            MessageBody="8 min late",
            OriginationIdentity=identity,
            MaxPrice="0.05",
        )
    kept = look(emulator, "sms-voice/texts")[-1]
    assert (kept["OriginationNumber"], kept["DestinationPhoneNumber"], kept["MessageBody"]) == (
        NUMBER,
        PHONE,
        "8 min late",
    )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"DestinationPhoneNumber": "tomorrow"}, ("ValidationException", "INVALID_PARAMETER")),
        ({"MessageBody": "   "}, ("ValidationException", "INVALID_PARAMETER")),
        ({"MessageBody": "a" * 1601}, ("ValidationException", "INVALID_PARAMETER")),
        ({"MaxPrice": "0.000001"}, ("ValidationException", "INVALID_PARAMETER")),
        ({"MaxPrice": "0.001"}, ("ValidationException", "PRICE_OVER_THRESHOLD")),
        ({"MaxPrice": "0.01", "MessageBody": "a" * 161}, ("ValidationException", "PRICE_OVER_THRESHOLD")),
        ({"TimeToLive": 259_201}, ("ValidationException", "INVALID_PARAMETER")),
        ({"OriginationIdentity": "phone-number-other"}, ("ResourceNotFoundException", "")),
    ],
)
def test_text_message_that_aws_refuses_is_refused(
    emulator: Emulator, changes: dict[str, Any], code: tuple[str, str]
) -> None:
    send = emulator.client("pinpoint-sms-voice-v2").send_text_message
    known = len(look(emulator, "sms-voice/texts"))
    arguments = {"DestinationPhoneNumber": PHONE, "MessageBody": "late", "OriginationIdentity": NUMBER}
    assert code_of(send, **{**arguments, **changes}) == code
    assert len(look(emulator, "sms-voice/texts")) == known


def test_stop_is_aws_own_business_until_it_is_the_customers(emulator: Emulator) -> None:
    service = emulator.client("pinpoint-sms-voice-v2")
    arguments = {"DestinationPhoneNumber": PHONE, "MessageBody": "late", "OriginationIdentity": NUMBER}
    look(emulator, "sms-voice/answers", "POST", **{"from": PHONE, "to": NUMBER, "text": " stop "})
    assert "opted out" in look(emulator, "sms-voice/texts")[-1]["MessageBody"]
    refused = ("ConflictException", "DESTINATION_PHONE_NUMBER_OPTED_OUT")
    assert code_of(service.send_text_message, **arguments) == refused
    service.delete_opted_out_number(OptOutListName="Default", OptedOutNumber=PHONE)
    service.send_text_message(**arguments)
    service.put_opted_out_number(OptOutListName="Default", OptedOutNumber=PHONE)
    [number] = service.describe_phone_numbers()["PhoneNumbers"]
    service.update_phone_number(PhoneNumberId=number["PhoneNumberId"], SelfManagedOptOutsEnabled=True)
    service.send_text_message(**arguments)
    service.update_phone_number(PhoneNumberId=number["PhoneNumberId"], SelfManagedOptOutsEnabled=False)
    service.delete_opted_out_number(OptOutListName="Default", OptedOutNumber=PHONE)


def test_answer_of_a_phone_comes_to_the_numbers_topic(emulator: Emulator) -> None:
    service = emulator.client("pinpoint-sms-voice-v2")
    [number] = service.describe_phone_numbers()["PhoneNumbers"]
    id = number["PhoneNumberId"]
    wrong = code_of(service.update_phone_number, PhoneNumberId=id, TwoWayEnabled=True)
    assert wrong == ("ValidationException", "TWO_WAY_CHANNEL_NOT_PRESENT")
    topic, told = heard(emulator, "answers")
    service.update_phone_number(PhoneNumberId=id, TwoWayEnabled=True, TwoWayChannelArn=topic)
    other = "+12065550143"
    sent = service.send_text_message(
        DestinationPhoneNumber=other, MessageBody="late", OriginationIdentity=NUMBER
    )["MessageId"]
    answer = look(emulator, "sms-voice/answers", "POST", **{"from": other, "to": NUMBER, "text": "Start"})
    assert told() == [
        {
            "originationNumber": other,
            "destinationNumber": NUMBER,
            "messageKeyword": "START",
            "messageBody": "Start",
            "inboundMessageId": answer["inboundMessageId"],
            "previousPublishedMessageId": sent,
        }
    ]


def test_table_forgets_what_its_template_says(emulator: Emulator) -> None:
    cloudformation, dynamodb = emulator.client("cloudformation"), emulator.client("dynamodb")
    table = {
        "Type": "AWS::DynamoDB::Table",
        "Properties": {
            "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "TimeToLiveSpecification": {"AttributeName": "ttl", "Enabled": True},
        },
    }
    template = json.dumps({"Resources": {"Table": table}})
    cloudformation.create_stack(StackName="forgets", TemplateBody=template)

    def made() -> str:
        found = cloudformation.describe_stack_resources(StackName="forgets")["StackResources"]
        return next((r["PhysicalResourceId"] for r in found if r["ResourceStatus"] == "CREATE_COMPLETE"), "")

    name = wait_for(made, seconds=60, what="the table")
    description = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    assert description == {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}
