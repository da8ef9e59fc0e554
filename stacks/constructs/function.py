"""The Lambda function as every stack uses it: its own role, its own log group, the code of `lambdas`."""

import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import jsii
from aws_cdk import (
    BundlingOptions,
    DockerImage,
    Duration,
    IgnoreMode,
    ILocalBundling,
    RemovalPolicy,
    Stack,
)
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from lambdas.contracts.metrics import NAMESPACE
from stacks.constructs.code_asset import ROOT, handler_code

RUNTIME: Final = lambda_.Runtime.PYTHON_3_14
ARCHITECTURE: Final = lambda_.Architecture.ARM_64
MEMORY_MB: Final = 256
MEMORY_OF: Final = {"audience_api": 512, "ingest": 512, "live": 512, "slack": 192}
"""For functions by their folder, beside `MEMORY_MB` for all others (`docs/performance.md`): where somebody waits for an
event or an answer, the smallest at which the processor's part takes no longer than the services' answers do; where
nearly all of the time is Slack's, no more than three times what the function was seen to need."""

MANY_EVENTS_MEMORY_MB: Final = 1024
"""For a function that may get thousands of events at once. It brings more than half a processor; 1,769 MB bring a whole
one (Lambda developer guide, "Configure Lambda function memory")."""

REQUIREMENTS: Final = ROOT / "lambdas" / "requirements.txt"

ENVIRONMENT_BYTES: Final = 4096
"""What Lambda allows for a function's environment (Lambda quotas). It measures it as one JSON string, in which each
quote of a value that is JSON itself counts twice."""

DEPLOYED_VALUE_BYTES: Final = 160
"""Room for a value that only the deployment knows. Longer than any that is used: the URL of a queue (140 at most), the
ARN of a topic or a secret, the name of a table."""

_DEPLOYED_VALUE: Final = re.compile(r"\$\{Token\[[^\]]*\]\}")


class Function(lambda_.Function):
    """A function of `lambdas`, allowed to write its own log and nothing else until it is granted more.

    Args:
        scope: A construct of its own; the role and the log group are put beside the function.
        id: Its id there.
        handler: Import path, the same in tests and in Lambda: ``lambdas.slack.handler.handle``.
        service: The name it has in logs and metrics.
        timeout: How long it may run.
        memory_mb: Its memory, and with it its part of a processor; without it what `MEMORY_OF` says.
        environment: Its environment variables; never a secret.
        layers: Its dependencies.
        log_retention: How long its log is kept.
        documents: Text files that it is given beside its code, by their names.

    Raises:
        ValueError: The environment is larger than Lambda allows.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        handler: str,
        service: str,
        timeout: Duration,
        environment: Mapping[str, str],
        layers: Sequence[lambda_.ILayerVersion] = (),
        memory_mb: int | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        documents: Mapping[str, str] | None = None,
    ) -> None:
        self._variables = {
            "POWERTOOLS_SERVICE_NAME": service,
            "POWERTOOLS_METRICS_NAMESPACE": NAMESPACE,
            **environment,
        }
        _check_environment(service, self._variables)
        role = iam.Role(scope, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        log_group = logs.LogGroup(
            scope, "Logs", retention=log_retention, removal_policy=RemovalPolicy.DESTROY
        )
        log_group.grant_write(role)
        with handler_code(handler, documents or {}) as code:
            super().__init__(
                scope,
                id,
                runtime=RUNTIME,
                architecture=ARCHITECTURE,
                handler=handler,
                code=code,
                layers=list(layers),
                role=role,
                log_group=log_group,
                # Without Lambda's own START, END and REPORT of each invocation, which cost as much as our lines. What
                # goes wrong it says all the same (Lambda developer guide, "Log-level filtering").
                logging_format=lambda_.LoggingFormat.JSON,
                application_log_level_v2=lambda_.ApplicationLogLevel.INFO,
                system_log_level_v2=lambda_.SystemLogLevel.WARN,
                memory_size=memory_mb or memory_of(handler),
                timeout=timeout,
                environment=self._variables,
            )

    def set_variable(self, name: str, value: str) -> None:
        """Put one more variable into its environment.

        Raises:
            ValueError: The environment is then larger than Lambda allows.
        """
        self._variables[name] = value
        _check_environment(self._variables["POWERTOOLS_SERVICE_NAME"], self._variables)
        self.add_environment(name, value)


def memory_of(handler: str) -> int:
    """The memory of the function with this handler, in MB."""
    return MEMORY_OF.get(handler.split(".")[1], MEMORY_MB)


def environment_bytes(environment: Mapping[str, str]) -> int:
    """How large an environment is to Lambda, with room for what only the deployment knows."""
    return len(_DEPLOYED_VALUE.sub("x" * DEPLOYED_VALUE_BYTES, json.dumps(environment)))


def _check_environment(service: str, environment: Mapping[str, str]) -> None:
    if (taken := environment_bytes(environment)) > ENVIRONMENT_BYTES:
        largest = max(environment, key=lambda name: len(environment[name]))
        raise ValueError(
            f"The environment of {service} is {taken} bytes as JSON, most of it {largest}, "
            f"expected at most {ENVIRONMENT_BYTES}, which is what Lambda allows."
        )


def dependencies_layer(scope: Construct, requirements: Path = REQUIREMENTS) -> lambda_.ILayerVersion:
    """The stack's layer with the packages of a requirements file; made once for each stack."""
    stack = Stack.of(scope)
    made = stack.node.try_find_child("Dependencies")
    if isinstance(made, lambda_.LayerVersion):
        return made
    return lambda_.LayerVersion(
        stack,
        "Dependencies",
        code=lambda_.Code.from_asset(
            str(requirements.parent),
            exclude=["*", f"!{requirements.name}"],
            ignore_mode=IgnoreMode.GIT,
            bundling=BundlingOptions(
                image=DockerImage.from_registry("unused"), local=_PipBundling(requirements)
            ),
        ),
        compatible_runtimes=[RUNTIME],
        compatible_architectures=[ARCHITECTURE],
    )


@jsii.implements(ILocalBundling)
class _PipBundling:
    """Builds the layer on this machine, whatever it is; needs no Docker."""

    def __init__(self, requirements: Path) -> None:
        self._requirements = requirements

    def try_bundle(self, output_dir: str, options: BundlingOptions | None = None, **_: Any) -> bool:
        install_dependencies(Path(output_dir), self._requirements)
        return True


def install_dependencies(folder: Path, requirements: Path = REQUIREMENTS) -> None:
    """Install the packages of a requirements file as a layer has them, for Lambda's platform."""
    subprocess.run(  # noqa: S603 - our own command
        [
            *(sys.executable, "-m", "uv", "pip", "install", "--quiet", "--only-binary", ":all:"),
            *("--python-platform", "aarch64-manylinux2014", "--python-version", "3.14"),
            *("--require-hashes", "--requirement", str(requirements)),
            *("--target", str(folder / "python")),
        ],
        check=True,
    )
