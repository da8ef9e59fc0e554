"""The challenge's secret, which its service shows to whoever runs the site."""

import hashlib
import json
import re
from typing import Final

from jamwire.operations.audience.audience import Audience
from jamwire.operations.aws import aws_errors
from jamwire.operations.errors import OperationError
from lambdas.contracts.outputs import AudienceOutput

_SECRET: Final = re.compile(r"[!-~]{8,200}")
_TOKEN_CHARACTERS: Final = 32


def set_challenge(audience: Audience, secret: str) -> None:
    """Put the challenge's secret beside the audience's keys.

    Raises:
        OperationError: It can be none, the keys are not filled yet, or somebody else changes them.
    """
    if not _SECRET.fullmatch(secret):
        raise OperationError("This is no secret of a challenge; expected one word, as its service shows it")
    _ = audience.keys  # they are there, or it says so
    client, arn = (
        audience.deployment.client("secretsmanager"),
        audience.stack.outputs[AudienceOutput.SECRET_ARN],
    )
    with aws_errors():
        read = client.get_secret_value(SecretId=arn)
        document = json.loads(read["SecretString"]) | {"challenge": secret}
        # As `lambdas.audience_keys.secret`: a version that another has written from the same one is refused.
        token = hashlib.sha256(read["VersionId"].encode()).hexdigest()[:_TOKEN_CHARACTERS]
        client.put_secret_value(SecretId=arn, SecretString=json.dumps(document), ClientRequestToken=token)
