"""The local account: the emulator, the inbox, and a real deployment in it.

Used by ``jamwire up`` and by the deployed tests, which start their own beside one that is up.
"""

import os
import secrets
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from typing import Final

from jamwire.deployment import Deployment, OperationError
from jamwire.keyrings import add_secret, generate_secret, list_secrets
from jamwire.local import processes, state
from jamwire.local.cdk import Cdk
from jamwire.local.credentials import endpoint_url, local_client
from jamwire.local.state import State
from jamwire.local.waiting import answers, wait_for

PROJECT: Final = Path(__file__).parent.parent.parent
READY_SECONDS: Final = 30
HEALTH: Final = "/_ministack/health"

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class LocalAccount:
    """A local account in a directory.

    Attributes:
        directory: Where its state, its logs and its temporary files are.
        project: The folder with the rulebook to deploy.
        context: Context values beside those of `cdk.json`.
    """

    directory: Path
    project: Path = PROJECT
    context: Mapping[str, str] = field(default_factory=dict)

    def up(self, tell: Tell = lambda text: None) -> State:
        """Start what is not running, and deploy the rulebook as it is now.

        Args:
            tell: Is told what is being done.

        Raises:
            OperationError: A step failed, or another ``up`` is at work.
        """
        with self._alone():
            tell("Starting the local account")
            ports = self.start()
            tell("Preparing the account for the CDK")
            self._bootstrap(ports)
            tell("Synthesising the rulebook")
            self.cdk(ports).deploy(on_line=lambda line: _tell_stack(line, tell))
            tell("Setting demo secrets")
            self._set_demo_secrets(ports)
            return ports

    def start(self) -> State:
        """Start the emulator and the inbox, unless they are running."""
        running = self.running()
        if running:
            return running
        self.down()
        known = state.load(self.directory) or State(0, 0)
        ports = State(processes.free_port(known.port), processes.free_port(known.inbox_port))
        state.save(self.directory, ports)
        self._start_emulator(ports)
        self._start_inbox(ports)
        return ports

    def running(self) -> State | None:
        """Its ports, if all of it runs."""
        ports = state.load(self.directory)
        if not ports or len(processes.find(self.directory)) < 2:
            return None
        alive = answers(endpoint_url(ports.port) + HEALTH) and answers(ports.inbox_url)
        return ports if alive else None

    def down(self) -> None:
        """Stop all of it, also what a killed ``up`` has left behind."""
        processes.stop(processes.find(self.directory))
        shutil.rmtree(self.directory / "tmp", ignore_errors=True)

    def cdk(self, ports: State) -> Cdk:
        """The CDK for this account."""
        return Cdk(self.project, self.directory, ports.port, self.context)

    def _start_emulator(self, ports: State) -> None:
        scratch = self.directory / "tmp"
        scratch.mkdir(parents=True, exist_ok=True)
        # Functions run with the emulator's interpreter and inherit its environment: it is as bare as it can be.
        environment = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(scratch),
            "TMPDIR": str(scratch),
            "GATEWAY_PORT": str(ports.port),
            "BIND_HOST": "127.0.0.1",
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "LAMBDA_WARM_TTL_SECONDS": "60",
            "LAMBDA_ACCOUNT_CONCURRENCY": "40",
        }
        python = PROJECT / ".jamwire" / "emulator" / "bin" / "python"
        if not python.exists():
            raise OperationError("The emulator is not installed; run: make install")
        launcher = PROJECT / "jamwire" / "local" / "launcher.py"
        processes.start("emulator", [str(python), str(launcher)], self.directory.resolve(), environment)
        url = endpoint_url(ports.port) + HEALTH
        wait_for(lambda: answers(url), seconds=READY_SECONDS, what="The emulator")

    def _start_inbox(self, ports: State) -> None:
        command = [
            *(sys.executable, "-m", "jamwire.local.inbox"),
            *(f"--port={ports.inbox_port}", f"--account-port={ports.port}"),
        ]
        environment = {"PATH": os.defpath, "PYTHONPATH": str(PROJECT)}
        processes.start("inbox", command, self.directory.resolve(), environment)
        wait_for(lambda: answers(ports.inbox_url), seconds=READY_SECONDS, what="The inbox")

    def _bootstrap(self, ports: State) -> None:
        stacks = local_client("cloudformation", ports.port).list_stacks(StackStatusFilter=["CREATE_COMPLETE"])
        if "CDKToolkit" not in {stack["StackName"] for stack in stacks["StackSummaries"]}:
            self.cdk(ports).bootstrap()

    def _set_demo_secrets(self, ports: State) -> None:
        deployment = Deployment.local(ports.port, self.context.get("deployment", "Jamwire"))
        for endpoint in deployment.endpoints:
            if not list_secrets(deployment, endpoint.name):
                add_secret(deployment, endpoint.name, generate_secret(deployment, endpoint.name))
        for stack in deployment.stacks:
            if "SecretArn" in stack.outputs and stack.short_name != "Hub":
                self._set_destination(deployment, stack.short_name, ports.inbox_url)

    def _set_destination(self, deployment: Deployment, name: str, inbox_url: str) -> None:
        keys = list_secrets(deployment, name)
        if not keys or not keys[-1].value.startswith(inbox_url):
            add_secret(deployment, name, f"{inbox_url}/services/T00000000/B00000000/{secrets.token_hex(12)}")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the account against another ``up``; the system lets go of it if this process is killed."""
        self.directory.mkdir(parents=True, exist_ok=True)
        with (self.directory / "lock").open("w") as lock:
            try:
                flock(lock, LOCK_EX | LOCK_NB)
            except BlockingIOError:
                raise OperationError("Another `jamwire up` is at work here; wait for it to end") from None
            yield


def _tell_stack(line: str, tell: Tell) -> None:
    name, separator, rest = line.partition(": deploying...")
    if separator:
        tell(f"Deploying {name.strip()}{rest.strip() and ' ' + rest.strip()}")
