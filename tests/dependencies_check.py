"""pip-audit over the environment: ``python -m tests.dependencies_check``.

Where the advisories cannot be reached, nothing was checked, and that is what it says.
"""

import json
import subprocess
import sys
from pathlib import Path

TIMEOUT_SECONDS = 300


def main() -> int:
    """Audit every installed package; 1 where one is known to be vulnerable."""
    command = [
        Path(sys.executable).with_name("pip-audit"),
        "--skip-editable",
        "--format=json",
        "--progress-spinner=off",
    ]
    try:
        audit = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return unreachable(f"no answer within {TIMEOUT_SECONDS} s")
    if not audit.stdout.startswith("{"):
        return unreachable((audit.stderr.strip().splitlines() or ["it says nothing"])[-1])
    packages = json.loads(audit.stdout)["dependencies"]
    checked = [package for package in packages if "vulns" in package]
    vulnerable = [package for package in checked if package["vulns"]]
    if not checked:
        return unreachable(f"it knows none of {len(packages)} packages")
    for package in vulnerable:
        for advisory in package["vulns"]:
            fixed = ", ".join(advisory["fix_versions"]) or "no release"
            print(f"{package['name']} {package['version']}: {advisory['id']}, fixed in {fixed}")
    print(f"pip-audit: {len(checked)} of {len(packages)} packages checked, {len(vulnerable)} vulnerable")
    return 1 if vulnerable else 0


def unreachable(why: str) -> int:
    """Say that nothing was checked."""
    print(f"pip-audit: SKIPPED, its advisories cannot be reached from here ({why})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
