"""The secret is written over the version that was read only, so that two deployments at once keep one set of keys."""

import hashlib
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from lambdas.audience_keys.document import Document

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager.client import SecretsManagerClient

TRIES: Final = 5
TOKEN_CHARACTERS: Final = 32


def fill(client: "SecretsManagerClient", arn: str, change: Callable[[Document], Document]) -> Document:
    """Change the secret's document; gives what it holds then.

    Secrets Manager has no conditional write, and refuses to write a version of one token twice: the token is made of
    the version that was read (`PutSecretValue`, `ClientRequestToken`), so that the second of two finds the first's.

    Raises:
        ClientError: The secret cannot be read or written, or others have written it again and again.
    """
    for tries_left in reversed(range(TRIES)):
        read = client.get_secret_value(SecretId=arn)
        document = json.loads(read["SecretString"])
        new = change(document)
        if new == document:
            return new
        token = hashlib.sha256(read["VersionId"].encode()).hexdigest()[:TOKEN_CHARACTERS]
        try:
            client.put_secret_value(SecretId=arn, SecretString=json.dumps(new), ClientRequestToken=token)
        except client.exceptions.ResourceExistsException:
            if not tries_left:
                raise
        else:
            return new
    raise AssertionError("the last try returns or raises")
