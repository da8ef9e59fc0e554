"""Where secrets live: one secret of AWS Secrets Manager for each keyring."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from stacks.constructs.nag import acknowledge


def keyring_secret(scope: Construct, id: str, description: str) -> secretsmanager.Secret:
    """An empty keyring (`lambdas.clients.secrets`), filled by ``jamwire secret add`` and never by a template."""
    secret = secretsmanager.Secret(
        scope,
        id,
        description=description,
        removal_policy=RemovalPolicy.DESTROY,
        # Secrets Manager needs something to generate: a filler beside which the keyring's lists are put.
        generate_secret_string=secretsmanager.SecretStringGenerator(
            secret_string_template="{}",  # noqa: S106 - an empty document
            generate_string_key="filler",
        ),
    )
    acknowledge(
        secret,
        "AwsSolutions-SMG4",
        "These secrets are agreed with other services, which AWS cannot rotate; `jamwire secret add` puts a "
        "new one beside the old.",
    )
    return secret
