"""One emulator of an AWS account: MiniStack, on a free port of this machine."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from jamwire.local import processes
from jamwire.local.credentials import HOST, endpoint_url, local_client
from jamwire.local.paths import EMULATOR_PYTHON
from jamwire.local.polling import answers
from jamwire.operations.errors import OperationError

NAME: Final = "emulator"
LAUNCHER: Final = Path(__file__).with_name("launcher.py")
PORT: Final = "GATEWAY_PORT"
HEALTH: Final = "/_ministack/health"
ATTEMPTS: Final = 3


@dataclass(frozen=True, slots=True)
class Emulator:
    """An emulator that runs, or did.

    Attributes:
        directory: What it is known by; its log and its temporary files are in there.
        port: Where it listens, on 127.0.0.1 only.
        auth: Whether it enforces IAM, which it does over TLS only.
    """

    directory: Path
    port: int
    auth: bool = False

    @classmethod
    def start(cls, directory: Path, *, preferred_port: int = 0, auth: bool = False) -> "Emulator":
        """Start one that is empty, and wait until it answers.

        Raises:
            OperationError: It cannot be started; the text says why.
        """
        if not EMULATOR_PYTHON.exists():
            raise OperationError("The emulator is not installed; run: make install")
        if auth and not shutil.which("openssl"):
            raise OperationError("The emulator enforces IAM over TLS only, and needs openssl for that")
        # Between the choice of a port and its use another program may take it.
        for port in (preferred_port, *[0] * (ATTEMPTS - 1)):
            emulator = cls(directory, processes.free_port(port), auth)
            if emulator._start():
                return emulator
        raise OperationError(f"The emulator does not start:\n{processes.last_words(directory, NAME)}")

    @property
    def url(self) -> str:
        """Where the account answers."""
        return endpoint_url(self.port, tls=self.auth)

    @property
    def certificate(self) -> Path | None:
        """What it identifies itself with, where it speaks TLS."""
        return self._scratch / "ministack-tls" / "server.crt" if self.auth else None

    def healthy(self) -> bool:
        """Whether it runs and answers; another one at its port does not count."""
        return self._runs() and self._answers()

    def client(self, service: str) -> Any:
        """A client of its account."""
        return local_client(service, self.port, self.certificate)

    def stop(self) -> None:
        """End it and its functions, and remove what they left: its account is gone."""
        processes.stop(self.directory, NAME)
        shutil.rmtree(self._scratch, ignore_errors=True)

    @property
    def _scratch(self) -> Path:
        return self.directory.resolve() / "tmp"

    def _runs(self) -> bool:
        running = processes.find(self.directory, NAME)
        return any(found.environment.get(PORT) == str(self.port) for found in running)

    def _answers(self) -> bool:
        return answers(self.url + HEALTH, self.certificate)

    def _start(self) -> bool:
        self.stop()
        self._scratch.mkdir(parents=True)
        command = (EMULATOR_PYTHON, "-I", LAUNCHER)
        return processes.start(NAME, command, self.directory, self._environment(), ready=self._answers)

    def _environment(self) -> dict[str, str]:
        """All that it is told. The functions inherit it, so it is as bare as it can be."""
        scratch = self._scratch
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(scratch),
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "TMPDIR": str(scratch),
            "S3_DATA_DIR": str(scratch / "s3"),
            "STATE_DIR": str(scratch / "state"),
            "DOCKER_HOST": f"unix://{scratch}/none",  # it needs no Docker, and is to leave a person's alone
            PORT: str(self.port),
            "BIND_HOST": HOST,
            "IOT_MTLS_ENABLED": "0",  # would listen on every interface
            "SFTP_ENABLED": "0",
            "LAMBDA_WARM_TTL_SECONDS": "60",
            "LAMBDA_ACCOUNT_CONCURRENCY": "40",
        }
        return environment | ({"AUTH": "true", "USE_SSL": "1"} if self.auth else {})
