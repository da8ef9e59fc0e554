"""The local account: the emulator, the inbox, and a real deployment in it.

Used by ``jamwire up`` and by the deployed tests, which start their own beside one that is up.
"""

import re
import secrets
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from fcntl import LOCK_EX, LOCK_NB, flock
from functools import partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from jamwire.console.server import address
from jamwire.local import cdk, processes
from jamwire.local.cdk import Cdk
from jamwire.local.console_token import console_token
from jamwire.local.credentials import HOST, plain_environment
from jamwire.local.emulator import Emulator
from jamwire.local.paths import ROOT
from jamwire.local.polling import answers
from jamwire.local.ports import Ports, load_ports, save_ports
from jamwire.local.watchdog import watched
from jamwire.operations.deployment import NAME, Deployment
from jamwire.operations.errors import OperationError
from jamwire.operations.secrets import add_secret, find_destinations, list_secrets
from jamwire.samples.signing import generate_key_pair
from lambdas.contracts.build_hosts import a_local_hook

INBOX: Final = "inbox"

_DEPLOYING: Final = re.compile(r"(?P<stack>[\w-]+): deploying\.\.\.(?P<count> \[\d+/\d+\])?")

OnProgress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class LocalAccount:
    """A local account in a directory; as a context manager it ends with the block, even if that is killed.

    Attributes:
        directory: What it is known by: its state, its logs and its temporary files are in there.
        project: The folder with the rulebook to deploy.
        context: Context values beside those of `cdk.json`.
        app: The command that synthesises, instead of the one in `cdk.json`.
        auth: Whether IAM is enforced.
    """

    directory: Path
    project: Path = ROOT
    context: Mapping[str, str] = field(default_factory=dict)
    app: str | None = None
    auth: bool = False
    _owned: ExitStack = field(init=False, repr=False, compare=False, default_factory=ExitStack)

    def __enter__(self) -> "LocalAccount":
        self._owned.enter_context(watched(self.directory))
        self._owned.callback(self.down)
        return self

    def __exit__(self, *_: object) -> None:
        self._owned.close()

    def up(self, on_progress: OnProgress = lambda text: None) -> Ports:
        """Start what is not running, and deploy the rulebook as it is now.

        Args:
            on_progress: Is called with what is being done.

        Raises:
            OperationError: A step failed, or another ``up`` is at work.
        """
        with self._alone():
            on_progress("Starting the local account")
            ports = self.start()
            on_progress("Preparing the account for the CDK")
            self.bootstrap()
            on_progress("Synthesising the rulebook")
            self.deploy(on_progress=on_progress)
            on_progress("Setting demo secrets")
            self.set_demo_secrets()
            return ports

    def start(self) -> Ports:
        """Start the emulator and the inbox, unless they are running; what runs keeps its ports and its state."""
        processes.stop(self.directory, cdk.NAME)  # of an `up` that was killed
        known = load_ports(self.directory) or Ports()
        emulator = Emulator(self.directory, known.port, self.auth)
        if not emulator.healthy():
            processes.stop(self.directory)
            emulator = Emulator.start(self.directory, preferred_port=known.port, auth=self.auth)
        inbox_port = self._start_inbox(emulator, known)
        save_ports(self.directory, Ports(emulator.port, inbox_port))
        return Ports(emulator.port, inbox_port)

    def running(self) -> Ports | None:
        """Its ports, if all of it runs."""
        ports = load_ports(self.directory)
        if ports and self._emulator(ports).healthy() and answers(ports.inbox_url):
            return ports
        return None

    def bootstrap(self) -> None:
        """Prepare the account for the CDK, unless it is prepared."""
        stacks = self.client("cloudformation").list_stacks(StackStatusFilter=["CREATE_COMPLETE"])
        if "CDKToolkit" not in {stack["StackName"] for stack in stacks["StackSummaries"]}:
            self.cdk.bootstrap()

    def deploy(self, *stacks: str, on_progress: OnProgress = lambda text: None) -> None:
        """Deploy the named stacks of the rulebook, or all.

        Raises:
            OperationError: It failed; the text ends with the last lines of the CDK's output.
        """

        def on_line(line: str) -> None:
            if found := _DEPLOYING.search(line):
                on_progress(f"Deploying {found['stack']}{found['count'] or ''}")

        self.cdk.deploy(*stacks, on_line=on_line)

    def destroy(self, *stacks: str) -> None:
        """Destroy the named stacks."""
        self.cdk.destroy(*stacks)

    def set_demo_secrets(self) -> None:
        """Give each endpoint a secret if it has none, and lead each destination to the inbox."""
        deployment = self.deployment
        for endpoint in deployment.endpoints:
            if not list_secrets(deployment, endpoint.name) and endpoint.scheme.takes_secrets:
                _, verifying = generate_key_pair(endpoint.scheme)
                add_secret(deployment, endpoint.name, verifying)
        for name, place in find_destinations(deployment).items():
            self._set_destination(deployment, name, place.target)

    def down(self) -> None:
        """Stop all of it, also what a killed ``up`` has left behind."""
        processes.stop(self.directory)
        self._emulator(Ports()).stop()

    def client(self, service: str) -> Any:
        """A client of the account."""
        return self._emulator(self.ports).client(service)

    @property
    def ports(self) -> Ports:
        """Its ports.

        Raises:
            OperationError: It was never started.
        """
        if ports := load_ports(self.directory):
            return ports
        raise OperationError("The local account is not running; run: make up")

    @property
    def console_url(self) -> str:
        """The console's address, with its token.

        Raises:
            OperationError: It was never started.
        """
        return address(self.ports.inbox_port, console_token(self.directory))

    @property
    def cdk(self) -> Cdk:
        """The CDK for this account."""
        emulator = self._emulator(self.ports)
        context = {"push_services": self.ports.inbox_url, **self.context}
        return Cdk(self.project, self.directory, emulator.port, emulator.certificate, context, self.app)

    @property
    def deployment(self) -> Deployment:
        """What is deployed in it."""
        emulator = self._emulator(self.ports)
        return Deployment(self._name, client=emulator.client, local_url=emulator.url)

    @property
    def certificate(self) -> Path | None:
        """What it identifies itself with, where it speaks TLS."""
        return self._emulator(self.ports).certificate

    @property
    def _name(self) -> str:
        return self.context.get("deployment", NAME)

    def _emulator(self, ports: Ports) -> Emulator:
        return Emulator(self.directory, ports.port, self.auth)

    def _start_inbox(self, emulator: Emulator, known: Ports) -> int:
        """Start the inbox, unless it runs and looks at this account; gives its port."""
        console_token(self.directory)  # which the inbox reads: an argument would be seen by others
        command = [sys.executable, "-m", "jamwire.local.inbox", f"--account-port={emulator.port}"]
        command += [f"--directory={self.directory.resolve()}", f"--deployment={self._name}"]
        environment = plain_environment()
        if emulator.certificate:
            command.append(f"--certificate={emulator.certificate}")
            # The console sends samples to the account's endpoints.
            environment["SSL_CERT_FILE"] = str(emulator.certificate)
        arguments = [*command[1:], f"--port={known.inbox_port}"]
        running = processes.find(self.directory, INBOX)
        if any(found.command[1:] == arguments for found in running) and answers(known.inbox_url):
            return known.inbox_port
        processes.stop(self.directory, INBOX)
        for preferred in (known.inbox_port, 0):  # another program may take it before the inbox does
            port = processes.free_port(preferred)
            ready = partial(answers, f"http://{HOST}:{port}")
            if processes.start(INBOX, [*command, f"--port={port}"], self.directory, environment, ready=ready):
                return port
        raise OperationError(f"The inbox does not start:\n{processes.last_words(self.directory, INBOX)}")

    def _set_destination(self, deployment: Deployment, name: str, target: str) -> None:
        inbox_url = self.ports.inbox_url
        keys = list_secrets(deployment, name)
        if target:
            url = a_local_hook(target, inbox_url, lambda digits: secrets.token_hex(digits // 2))
        else:
            url = f"{inbox_url}/services/T0LOCAL/B0LOCAL/{secrets.token_hex(12)}"
        if not keys or urlsplit(keys[-1].value).netloc.rpartition("@")[2] != urlsplit(inbox_url).netloc:
            add_secret(deployment, name, url)

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
