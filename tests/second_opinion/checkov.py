"""checkov over templates, but for what `tests.second_opinion.exemptions` gives a reason for."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from tests.second_opinion.exemptions import EXEMPTIONS
from tests.unit.stacks.rulebook import ROOT

CHECKOV = ROOT / ".jamwire" / "checkov" / "bin" / "checkov"
"""In an environment of its own; `make check` makes it."""


class Finding(NamedTuple):
    """What checkov objects to."""

    check: str
    says: str
    template: str
    resource: str


def findings(folder: Path) -> list[Finding]:
    """What checkov objects to in a folder of templates.

    Raises:
        RuntimeError: It read nothing, or could not read a template.
    """
    command = [CHECKOV, "--directory", folder, "--framework=cloudformation", "--output=json"]
    # It asks nobody: neither for checks nor for guidelines.
    quiet = ["--skip-download", "--compact", "--quiet", "--soft-fail"]
    run = subprocess.run([*command, *quiet], capture_output=True, text=True, check=False)
    if run.returncode:
        raise RuntimeError(f"checkov: {run.stderr.strip()}")
    report: dict[str, Any] = json.loads(run.stdout)
    if not report["summary"]["passed"] or report["summary"]["parsing_errors"]:
        raise RuntimeError(f"checkov could not read the templates: {report['summary']}")
    return [
        Finding(found["check_id"], found["check_name"], found["file_path"].strip("/"), found["resource"])
        for found in report["results"]["failed_checks"]
    ]


def judged(found: list[Finding]) -> Iterator[str]:
    """A line for each finding without a reason to pass it over, and for each reason without a finding."""
    used = set()
    for finding in found:
        reasons = [
            e for e in EXEMPTIONS if e.check == finding.check and re.fullmatch(e.resources, finding.resource)
        ]
        used.update(reasons)
        if not reasons:
            yield f"{finding.template}: {finding.resource}: {finding.check} {finding.says}"
    for exemption in EXEMPTIONS:
        if exemption not in used:
            yield f"{exemption.check} of {exemption.resources}: there is nothing to pass over"
