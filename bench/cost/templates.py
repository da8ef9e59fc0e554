"""The rulebook's templates, synthesised as a deployment would be, and what there is of each kind in them."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]

CONTEXT: Final = {
    "phone_numbers": "+12065550100",
    "alarm_email": "oncall@example.com",
    "site_url": "https://example.com",
    "site_name": "Example",
    "site_zone": "America/New_York",
    "site_contact": "mailto:web@example.com",
    "email_sender": "news@example.com",
    "text_identity": "arn:aws:sms-voice:us-east-1:123456789012:phone-number/phone-0a1b2c",
}
"""Values of an account that uses all of the rulebook."""

Template = dict[str, Any]


@dataclass(frozen=True, slots=True)
class DeployedFunction:
    """A function of a stack.

    Attributes:
        name: The folder of its code: ``slack``.
        memory_mb: Its memory.
        environment: Those of its variables whose values are known before it is deployed.
        logs_platform: Whether Lambda writes a line for each start and end of it.
    """

    name: str
    memory_mb: int
    environment: Mapping[str, str] = field(default_factory=dict)
    logs_platform: bool = True


def synthesise() -> dict[str, Template]:
    """The templates of `app.py` by the stacks' names without the deployment's."""
    context = json.loads((ROOT / "cdk.json").read_text())["context"] | CONTEXT
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {
            "CDK_OUTDIR": folder,
            # The layers' packages cost nothing, and need not be installed.
            "CDK_CONTEXT_JSON": json.dumps(context | {"aws:cdk:bundling-stacks": []}),
        }
        subprocess.run([sys.executable, "app.py"], cwd=ROOT, env=environment, check=True)
        return by_short_name(
            {
                path.name.split(".")[0]: json.loads(path.read_text())
                for path in Path(folder).glob("*.template.json")
            }
        )


def by_short_name(templates: Mapping[str, Template]) -> dict[str, Template]:
    """``Jamwire-Slack`` as ``Slack``."""
    return {name.partition("-")[2]: template for name, template in sorted(templates.items())}


def resources(template: Template, kind: str) -> list[dict[str, Any]]:
    """Properties of all resources of a type."""
    return [r.get("Properties", {}) for r in template["Resources"].values() if r["Type"] == kind]


def functions(template: Template) -> list[DeployedFunction]:
    """The functions of ours in a stack, without the CDK's own."""
    return [
        DeployedFunction(
            name=function["Handler"].split(".")[1],
            memory_mb=function["MemorySize"],
            environment={
                name: value
                for name, value in function["Environment"]["Variables"].items()
                if isinstance(value, str)
            },
            logs_platform=function.get("LoggingConfig", {}).get("SystemLogLevel") != "WARN",
        )
        for function in resources(template, "AWS::Lambda::Function")
        if function["Handler"].startswith("lambdas.")
    ]
