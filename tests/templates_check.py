"""cfn-lint over the rulebook's templates: ``python -m tests.templates_check``.

As shipped, and with what else its context can say.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.unit.stacks.rulebook import ROOT, synthesise_app

EVERY_SOURCE = ROOT / "tests" / "deployed" / "every_source.py"

# The CDK writes down dependencies that a reference implies already.
PASSED_OVER = "W3005"

CONTEXTS: dict[str, dict[str, str]] = {
    "as-shipped": {},
    "a-site-of-ones-own": {"distributions": "E2QWRUHAPOMQZL", "alarm_email": "oncall@example.com"},
    "a-second-deployment": {"deployment": "Staging", "phone_numbers": ""},
}


def main() -> int:
    """Write every template into a folder, and let cfn-lint judge them."""
    with tempfile.TemporaryDirectory() as folder:
        for name, context in CONTEXTS.items():
            for stack, template in synthesise_app(ROOT / "app.py", **context).items():
                Path(folder, f"{name}.{stack}.json").write_text(json.dumps(template))
        for stack, template in synthesise_app(EVERY_SOURCE).items():
            Path(folder, f"every-source.{stack}.json").write_text(json.dumps(template))
        count = len(list(Path(folder).iterdir()))
        lint = Path(sys.executable).with_name("cfn-lint")
        judged = subprocess.run([lint, "--ignore-checks", PASSED_OVER, "--", f"{folder}/*.json"], check=False)
    if not judged.returncode:
        print(f"cfn-lint: {count} templates, nothing to object to")
    return judged.returncode


if __name__ == "__main__":
    sys.exit(main())
