"""AWS's services for a function: one client of each, and what is made while the function starts.

A client takes a function's start: a second client of a service would take it again. Lambda lends a starting function a
whole processor, and a running one of 256 MB a seventh, so that what every event needs is made at the start.
"""

import functools
import gc
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

# What is made here stays. Looking through it for garbage, again and again, took a third of a start.
gc.disable()
import boto3  # noqa: E402
from botocore.config import Config  # noqa: E402

from lambdas.clients.transport import carry  # noqa: E402

gc.freeze()
gc.enable()

Made = TypeVar("Made")

CONFIG = Config(parameter_validation=False)
"""The types say what a call takes, and the service says it again: to check it here is a fifteenth of a call's processor
time."""

CALLED_ONCE = Config(retries={"total_max_attempts": 1}, read_timeout=20, connect_timeout=5)
"""For messages to people: boto3 by itself repeats a call whose answer was lost, and nobody would know of the second."""

ON_LAMBDA = "AWS_LAMBDA_FUNCTION_NAME"
"""The variable that Lambda sets (Lambda developer guide, "Defined runtime environment variables")."""


@functools.cache
def session() -> boto3.Session:
    """The function's credentials and region."""
    return boto3.Session()


if TYPE_CHECKING:
    from boto3 import client as client
else:

    @functools.cache
    def client(service: str, config: Config | None = None) -> Any:
        """The function's client of a service."""
        gc.disable()
        made = session().client(service, config=CONFIG.merge(config) if config else CONFIG)
        carry(made)
        gc.freeze()
        gc.enable()
        return made


def at_start(make: Callable[[], Made]) -> Callable[[], Made]:
    """Make something once: on Lambda at the function's start, elsewhere when it is first used."""
    made = functools.cache(make)
    if ON_LAMBDA in os.environ:
        made()
    return made
