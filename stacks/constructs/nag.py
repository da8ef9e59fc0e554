"""Exceptions from the AwsSolutions rules: each on one resource, with its reason."""

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct


def acknowledge(resource: IConstruct, rule: str, reason: str) -> None:
    """Say why a rule does not fit this resource; cdk-nag then passes it over."""
    Validations.of(resource).acknowledge(Acknowledgment(id=rule, reason=reason))
