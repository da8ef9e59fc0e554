"""One process runs all tests of a group: what they share, such as a deployed account, is made once and not by each."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ACCOUNTS, ROOT

TESTS = """
import pytest

@pytest.mark.xdist_group("shared")
@pytest.mark.parametrize("number", range(4))
def test_something(number):
    pass
"""


def test_group_is_run_by_one_process(tmp_path: Path) -> None:
    """Versions of pytest and pytest-xdist that do not fit together ignore groups without a word."""
    for name in ("test_one.py", "test_other.py"):
        (tmp_path / name).write_text(TESTS)
    command = [sys.executable, "-m", "pytest", "-n2", "--dist=loadgroup", "-v", "-p", "no:cacheprovider"]
    run = subprocess.run([*command, tmp_path], cwd=tmp_path, capture_output=True, text=True, check=True)
    processes = re.findall(r"^\[(gw\d)\].*PASSED", run.stdout, re.MULTILINE)
    assert len(processes) == 8
    assert len(set(processes)) == 1


def test_file_is_a_group(request: pytest.FixtureRequest) -> None:
    assert [mark.args for mark in request.node.iter_markers("xdist_group")] == [(request.node.location[0],)]


def test_file_that_shares_an_account_is_there() -> None:
    assert ACCOUNTS.keys() <= {path.name for path in (ROOT / "tests" / "deployed").iterdir()}
