"""A resource as its creator is given it, what others are told of it, and how a service is asked."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple

import boto3
from botocore.config import Config
from botocore.validate import ParamValidator

Properties = dict[str, Any]


class Made(NamedTuple):
    """What others are told of a resource: by `Ref`, and by `Fn::GetAtt`."""

    ref: str
    attributes: Mapping[str, str] = {}


class Resource(NamedTuple):
    """A resource: its name, unique in the account, and its properties without intrinsic functions."""

    name: str
    properties: Properties


Creators = dict[str, Callable[[Resource], Made]]
"""Who makes a resource, by its type."""


@cache
def client(service: str) -> Any:
    # Of a session that knows moto, which one made before it was imported does not; and at no endpoint but AWS's own.
    config = Config(ignore_configured_endpoint_urls=True)
    return boto3.Session(region_name="us-east-1").client(service, config=config)


def call(service: str, operation: str, **parameters: Any) -> dict[str, Any]:
    answer: dict[str, Any] = getattr(client(service), operation)(**parameters)
    return answer


def lower(value: Any) -> Any:
    """With keys in AppSync's spelling."""
    if isinstance(value, dict):
        return {key[0].lower() + key[1:]: lower(item) for key, item in value.items()}
    return [lower(item) for item in value] if isinstance(value, list) else value


def validated(service: str, operation: str, **parameters: Any) -> None:
    """Check a call that moto has not: botocore knows its parameters."""
    shape = client(service).meta.service_model.operation_model(operation).input_shape
    report = ParamValidator().validate(parameters, shape)
    assert not report.has_errors(), report.generate_report()
