"""Where the answers to text messages go: AWS End User Messaging publishes them on the stack's topic."""

from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from lambdas.audience_keys.request import Identity

if TYPE_CHECKING:
    from mypy_boto3_pinpoint_sms_voice_v2.client import PinpointSMSVoiceV2Client

_OFF: Final = {"TwoWayEnabled": False, "SelfManagedOptOutsEnabled": False}

_NOT_ITS_OWN: Final = ("ResourceNotFoundException", "ConflictException PHONE_NUMBER_ASSOCIATED_TO_POOL")
"""The number or the pool is gone, or the number has the settings of a pool by now (`UpdatePhoneNumber`: Errors)."""


def listen(client: "PinpointSMSVoiceV2Client", identity: Identity) -> None:
    """Lead the answers to the topic. STOP and HELP are then the stack's to answer: it tells the follower so itself.

    Raises:
        ClientError: The number or the pool is not there, cannot be answered, or may not be changed.
    """
    on = {
        "TwoWayEnabled": True,
        "TwoWayChannelArn": identity.topic_arn,
        "TwoWayChannelRole": identity.role_arn,
        "SelfManagedOptOutsEnabled": True,
    }
    _update(client, identity, on)


def leave(client: "PinpointSMSVoiceV2Client", identity: Identity) -> None:
    """Let AWS answer STOP and HELP again; nothing where the number or the pool is gone, or a pool has the number.

    Raises:
        ClientError: It may not be changed.
    """
    try:
        _update(client, identity, _OFF)
    except ClientError as error:
        said = f"{error.response['Error']['Code']} {error.response.get('Reason', '')}"
        if not said.startswith(_NOT_ITS_OWN):
            raise


def _update(client: "PinpointSMSVoiceV2Client", identity: Identity, words: dict[str, Any]) -> None:
    if identity.is_pool:
        client.update_pool(PoolId=identity.arn, **words)
    else:
        client.update_phone_number(PhoneNumberId=identity.arn, **words)
