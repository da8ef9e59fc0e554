"""The local account itself: it starts, listens on this machine only, survives a kill, and leaves nothing behind."""

import io
import signal
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from jamwire.local import processes
from jamwire.local.account import LocalAccount
from jamwire.local.polling import wait_for
from jamwire.local.ports import Ports, save_ports
from jamwire.operations.errors import OperationError

ROOT = Path(__file__).parents[2]
APP = f"{sys.executable} -m tests.local.rulebook"

OWNER = """
import sys
from pathlib import Path
from signal import pause
from jamwire.local.account import LocalAccount

with LocalAccount(Path(sys.argv[1]), app=sys.argv[2]) as account:
    getattr(account, sys.argv[3])()
    pause()
"""


@pytest.fixture
def account(tmp_path: Path) -> Iterator[LocalAccount]:
    with LocalAccount(tmp_path / "account", app=APP) as account:
        yield account


@pytest.fixture
def owned(tmp_path: Path) -> Iterator[LocalAccount]:
    """The account of a program that a test kills; this one does not own it."""
    account = LocalAccount(tmp_path / "account")
    yield account
    account.down()


def owner(account: LocalAccount, action: str) -> subprocess.Popen[bytes]:
    """A program of which the account is a part."""
    return subprocess.Popen([sys.executable, "-c", OWNER, account.directory, APP, action], cwd=ROOT)


def left_of(account: LocalAccount) -> set[int]:
    """Processes that are the account's, or are about it."""
    about = {
        process.pid
        for process in psutil.process_iter(["cmdline"])
        if str(account.directory) in " ".join(process.info["cmdline"] or ())
    }
    return about | {found.process.pid for found in processes.find(account.directory)}


def start_function(account: LocalAccount) -> None:
    """Call a function, so that the emulator has a process for it."""
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as file:
        file.writestr("code.py", "def handle(event, context): pass")
    service = account.client("lambda")
    service.create_function(
        FunctionName="f",
        Runtime="python3.14",
        Role="arn:aws:iam::000000000000:role/r",
        Handler="code.handle",
        Code={"ZipFile": code.getvalue()},
    )
    assert service.invoke(FunctionName="f")["StatusCode"] == 200


def listeners(account: LocalAccount) -> set[str]:
    """Addresses on which its processes listen."""
    return {
        connection.laddr.ip
        for found in processes.find(account.directory)
        for connection in found.process.net_connections()
        if connection.status == "LISTEN"
    }


def test_it_listens_on_this_machine_only(account: LocalAccount) -> None:
    account.start()
    assert listeners(account) == {"127.0.0.1"}


def test_with_iam_enforced_too(account: LocalAccount) -> None:
    enforcing = LocalAccount(account.directory, auth=True)
    enforcing.start()
    assert listeners(enforcing) == {"127.0.0.1"}


def test_starting_again_changes_nothing(account: LocalAccount) -> None:
    ports = account.start()
    account.client("sqs").create_queue(QueueName="kept")
    assert account.start() == ports
    assert len(account.client("sqs").list_queues()["QueueUrls"]) == 1


def test_ports_that_others_have_taken_are_avoided(account: LocalAccount) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, socket.create_server(("127.0.0.1", 0)) as another:
        taken = Ports(other.getsockname()[1], another.getsockname()[1])
        save_ports(account.directory, taken)
        ports = account.start()
        assert not {ports.port, ports.inbox_port} & {taken.port, taken.inbox_port}
        assert account.running() == ports


def test_two_stand_side_by_side(account: LocalAccount, tmp_path: Path) -> None:
    first = account.start()
    with LocalAccount(tmp_path / "other") as other:
        second = other.start()
        assert len({first.port, first.inbox_port, second.port, second.inbox_port}) == 4
        account.client("sqs").create_queue(QueueName="mine")
        assert not other.client("sqs").list_queues().get("QueueUrls")
    assert account.running() == first


def test_down_leaves_no_process_and_no_files_of_the_account(account: LocalAccount) -> None:
    account.start()
    account.down()
    assert processes.find(account.directory) == []
    assert account.running() is None
    assert not (account.directory / "tmp").exists()
    account.down()  # again harms nothing


def test_after_a_crash_it_starts_anew(account: LocalAccount) -> None:
    account.start()
    for found in processes.find(account.directory):
        found.process.kill()
    assert account.running() is None
    ports = account.start()
    assert account.running() == ports


def test_a_killed_up_is_nothing_that_the_next_one_trips_over(account: LocalAccount) -> None:
    script = (
        "import sys, pathlib; from jamwire.local.account import LocalAccount;"
        "LocalAccount(pathlib.Path(sys.argv[1]), app=sys.argv[2]).up()"
    )
    first = subprocess.Popen([sys.executable, "-c", script, account.directory, APP], cwd=ROOT)
    wait_for(lambda: (account.directory / "cdk.out").exists(), seconds=90, what="the first deployment")
    with pytest.raises(OperationError, match="Another"):
        account.up()
    first.send_signal(signal.SIGKILL)
    first.wait()
    account.up()
    assert {stack.status for stack in account.deployment.stacks} <= {"CREATE_COMPLETE", "UPDATE_COMPLETE"}
    assert [endpoint.name for endpoint in account.deployment.endpoints] == ["zap"]


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_of_it_outlives_its_owner(owned: LocalAccount, ending: signal.Signals) -> None:
    program = owner(owned, "start")
    wait_for(owned.running, seconds=60, what="the account")
    start_function(owned)
    [emulator] = processes.find(owned.directory, "emulator")[:1]
    assert emulator.process.children(), "the function has no process of its own"
    program.send_signal(ending)
    program.wait()
    wait_for(lambda: not left_of(owned), seconds=60, what="the end of all that the account was")


def test_no_deployment_outlives_its_owner(owned: LocalAccount) -> None:
    program = owner(owned, "up")
    wait_for(lambda: (owned.directory / "cdk.out").exists(), seconds=90, what="the deployment")
    assert processes.find(owned.directory, "cdk")
    program.kill()
    program.wait()
    wait_for(lambda: not left_of(owned), seconds=60, what="the end of all that the account was")
