"""What holds for every test: no way to a real AWS account, and no sockets where none are needed."""

import os
import signal
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import pytest_socket
from hypothesis import Phase, settings

ROOT = Path(__file__).parent.parent

# Only these suites talk to anything, and only on loopback.
TALKING = ("deployed", "local", "browser")

# The order in which suites begin: those that wait for others first, so that the rest keeps the processors busy meanwhile.
ORDER = ("deployed", "browser", "local", "bench", "simulation", "fuzz", "mutants", "unit", "conformance")

# Each test of these is complete in itself, and is run by whoever has nothing else to do.
ALONE = ("local", "bench", "simulation", "fuzz", "mutants")

# Files that share another account than their suite's first, so that each account has as much to do. In a single one, which
# waits most of the time, they would take longer than everything else.
ACCOUNTS = {
    "test_claim_check.py": 1,
    "test_documented_commands.py": 1,
    "test_dead_letters.py": 2,
    "test_storm.py": 2,
    "test_way_of_an_event.py": 2,
}

# How long a test takes on a busy machine is no behaviour.
settings.register_profile("jamwire", deadline=None)
settings.register_profile("fast", deadline=None, max_examples=10)
# For `make mutants`: the same examples each time, and none made smaller of what fails.
settings.register_profile(
    "mutants",
    deadline=None,
    max_examples=15,
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    report_multiple_bugs=False,
)
settings.register_profile("many", deadline=None, max_examples=2_000)
settings.load_profile("jamwire")

# What runs in the background has it ignored, and so would all that the tests start and end by it.
signal.signal(signal.SIGINT, signal.default_int_handler)

for name in [name for name in os.environ if name.startswith("AWS_") or name.lower().endswith("_proxy")]:
    del os.environ[name]
os.environ |= {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_REGION": "us-east-1",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",  # the discard port: nothing answers there
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "POWERTOOLS_SERVICE_NAME": "test",
    "POWERTOOLS_METRICS_NAMESPACE": "Jamwire",
}


def suite_of(node: pytest.Item | pytest.FixtureRequest) -> str:
    return suite_at(node.path)


@cache
def suite_at(path: Path) -> str:
    return path.relative_to(ROOT / "tests").parts[0]


def shares_account(item: pytest.Item) -> bool:
    """Whether it works on the account that its suite has in common."""
    return "_deployed" in getattr(item, "fixturenames", ())


def group_of(item: pytest.Item) -> str:
    """What is run by one process: all that share an account, or a file's fixtures."""
    return f"{suite_of(item)}-{ACCOUNTS.get(item.path.name, 0)}" if shares_account(item) else item.location[0]


def pytest_itemcollected(item: pytest.Item) -> None:
    if suite_of(item) not in ALONE:
        item.add_marker(pytest.mark.xdist_group(group_of(item)))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Suite by suite, within which the order stays random."""
    items.sort(key=lambda item: (ORDER.index(suite_of(item)), not shares_account(item)))


@pytest.fixture(autouse=True)
def _sockets(request: pytest.FixtureRequest) -> Iterator[None]:
    if suite_of(request) in TALKING:
        pytest_socket.socket_allow_hosts(["127.0.0.1", "localhost", "::1"], allow_unix_socket=True)
    else:
        pytest_socket.disable_socket(allow_unix_socket=True)
    yield
    pytest_socket.enable_socket()
