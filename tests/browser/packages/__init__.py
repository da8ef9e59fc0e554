"""Packages of npm that some tests need; `make test` installs them (tests/browser/packages/package.json)."""

from pathlib import Path
from typing import Final

import pytest

HERE: Final = Path(__file__).parent
MODULES: Final = HERE / "node_modules"
AXE: Final = MODULES / "axe-core" / "axe.min.js"

needs_packages = pytest.mark.skipif(
    not AXE.exists(),
    reason="tests/browser/packages is not installed: `make test` does it, if npm reaches its registry",
)
