"""The rulebook's templates as three others see them: ``python -m tests.templates_check``.

As shipped, with what else its context can say, and with what else a rulebook can have. cfn-lint knows CloudFormation's
schemas, moto makes every resource by its service's own API, checkov knows what is commonly asked of security.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.second_opinion import checkov
from tests.second_opinion.services import refused
from tests.unit.stacks.rulebook import ROOT, synthesise_app

# The CDK writes down dependencies that a reference implies already.
PASSED_OVER = "W3005"

RULEBOOKS: dict[str, tuple[str, dict[str, str]]] = {
    "as-shipped": ("app.py", {}),
    "a-site-of-ones-own": (
        "app.py",
        {"distributions": "E2QWRUHAPOMQZL", "alarm_email": "oncall@example.com"},
    ),
    "a-second-deployment": ("app.py", {"deployment": "Staging", "phone_numbers": ""}),
    "every-source": ("tests/deployed/every_source.py", {}),
    "what-else-there-is": ("tests/second_opinion/rulebook.py", {}),
}

Rulebooks = dict[str, dict[str, dict[str, Any]]]


def main() -> int:
    """Let the three judge every template; 1 where one of them objects."""
    rulebooks = {name: synthesise_app(ROOT / path, **context) for name, (path, context) in RULEBOOKS.items()}
    count = sum(map(len, rulebooks.values()))
    with tempfile.TemporaryDirectory() as folder:
        for name, templates in rulebooks.items():
            for stack, template in templates.items():
                Path(folder, f"{name}.{stack}.json").write_text(json.dumps(template))
        judges: dict[str, Callable[[], list[str]]] = {
            "cfn-lint": lambda: lint(folder),
            "the services' APIs": lambda: list(refused_of_all(rulebooks)),
            "checkov": lambda: list(checkov.judged(checkov.findings(Path(folder)))),
        }
        return max([verdict(name, judge, count) for name, judge in judges.items()])


def verdict(name: str, judge: Callable[[], list[str]], count: int) -> int:
    """Print what a judge objects to; 1 if there is something."""
    started = time.monotonic()
    objections = judge()
    for line in objections:
        print(f"{name}: {line}")
    what = f"{len(objections)} objections" if objections else "nothing to object to"
    print(f"{name}: {count} templates, {what} ({time.monotonic() - started:.0f} s)")
    return min(1, len(objections))


def lint(folder: str) -> list[str]:
    """What cfn-lint objects to.

    Raises:
        RuntimeError: It has failed without a word of the templates.
    """
    command = [
        Path(sys.executable).with_name("cfn-lint"),
        "--ignore-checks",
        PASSED_OVER,
        "--format=parseable",
    ]
    run = subprocess.run([*command, "--", f"{folder}/*.json"], check=False, capture_output=True, text=True)
    if run.returncode and not run.stdout:
        raise RuntimeError(run.stderr)
    return run.stdout.splitlines()


def refused_of_all(rulebooks: Rulebooks) -> Iterator[str]:
    """What the services refuse, each rulebook in an account of its own."""
    for name, templates in rulebooks.items():
        for line in refused(templates):
            yield f"{name}: {line}"


if __name__ == "__main__":
    sys.exit(main())
