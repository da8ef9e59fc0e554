"""The CDK's own command against the local account."""

import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from jamwire.deployment import OperationError
from jamwire.local.credentials import ACCOUNT, REGION, local_environment

TAIL_LINES: Final = 25


@dataclass(frozen=True, slots=True)
class Cdk:
    """The CDK CLI for one project and one local account.

    Attributes:
        project: The folder with `cdk.json`.
        directory: Where the local account lives; the cloud assembly and the log are put there.
        port: Where the account answers.
        context: Context values beside those of `cdk.json`.
        extra_environment: What its programs need beside the local environment.
    """

    project: Path
    directory: Path
    port: int
    context: Mapping[str, str] = field(default_factory=dict)
    extra_environment: Mapping[str, str] = field(default_factory=dict)

    def bootstrap(self) -> None:
        """Prepare the account; in a folder of its own, since inside a project it would synthesise first."""
        self._run(["bootstrap", f"aws://{ACCOUNT}/{REGION}"], self.directory, lambda line: None)

    def deploy(self, *stacks: str, on_line: Callable[[str], None] = lambda line: None) -> None:
        """Deploy the named stacks, or all."""
        # --method=direct: a change set that changes only outputs would be taken for no change.
        names = stacks or ("--all",)
        options = ["--method=direct", "--require-approval=never", *self._common()]
        self._run(["deploy", *names, *options], self.project, on_line)

    def destroy(self, *stacks: str) -> None:
        """Destroy the named stacks."""
        self._run(["destroy", *stacks, "--force", *self._common()], self.project, lambda line: None)

    def _common(self) -> list[str]:
        context = [f"--context={name}={value}" for name, value in self.context.items()]
        return [f"--output={self.directory / 'cdk.out'}", "--no-notices", "--progress=events", *context]

    def _run(self, arguments: Sequence[str], folder: Path, on_line: Callable[[str], None]) -> None:
        """Run a command, its output in ``logs/cdk.log``.

        Raises:
            OperationError: It failed; the text ends with the last lines of its output.
        """
        log = self.directory / "logs" / "cdk.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        lines: list[str] = []
        with (
            log.open("w") as file,
            subprocess.Popen(  # noqa: S603 - the CDK of our own environment
                ["cdk", *arguments],  # noqa: S607 - found first in the PATH that we made
                cwd=folder,
                env=local_environment(self.port) | dict(self.extra_environment),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            ) as process,
        ):
            for line in process.stdout or ():
                file.write(line)
                lines.append(line.rstrip())
                on_line(line)
        if process.returncode:
            tail = "\n".join(lines[-TAIL_LINES:])
            raise OperationError(f"cdk {arguments[0]} failed; all of its output is in {log}\n{tail}")
