"""The CDK's own command against the local account."""

import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from jamwire.local import processes
from jamwire.local.credentials import ACCOUNT, REGION, local_environment
from jamwire.operations.errors import OperationError

NAME: Final = "cdk"

CONTEXT: Final = {
    "phone_numbers": "+12065550100",
    "distributions": "",
    "alarm_email": "",
    "site_url": "https://example.com",
    "site_name": "Example",
    "site_zone": "UTC",
    "site_contact": "mailto:web@example.com",
    "push_services": "",
    "email_sender": "Example <news@example.com>",
    "text_identity": f"arn:aws:sms-voice:{REGION}:{ACCOUNT}:phone-number/phone-number-18005550199000000000000000000000",
}
"""What the rulebook is told here, whatever `cdk.json` says of an AWS account: a number and a site that are nobody's,
the demonstration site, and every channel to visitors."""

OnLine = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Cdk:
    """The CDK CLI for one project and one local account.

    Attributes:
        project: The folder with `cdk.json`.
        directory: Where the local account lives; the cloud assembly and the log are put there.
        port: Where the account answers.
        certificate: What it identifies itself with, where it speaks TLS.
        context: Context values beside `CONTEXT` and those of `cdk.json`.
        app: The command that synthesises, instead of the one in `cdk.json`.
    """

    project: Path
    directory: Path
    port: int
    certificate: Path | None = None
    context: Mapping[str, str] = field(default_factory=dict)
    app: str | None = None

    def bootstrap(self) -> None:
        """Prepare the account; in a folder of its own, since inside a project it would synthesise first."""
        self._run(["bootstrap", f"aws://{ACCOUNT}/{REGION}", "--no-notices"], self.directory)

    def deploy(self, *stacks: str, on_line: OnLine = lambda line: None) -> None:
        """Deploy the named stacks, or all."""
        # --method=direct: a change set that changes only outputs would be taken for no change.
        options = ["--method=direct", "--require-approval=never", "--progress=events", *self._common()]
        outputs = f"--outputs-file={self.directory.resolve() / 'outputs.json'}"
        self._run(["deploy", *(stacks or ["--all"]), *options, outputs], self.project, on_line)

    def destroy(self, *stacks: str) -> None:
        """Destroy the named stacks."""
        self._run(["destroy", *stacks, "--force", *self._common()], self.project)

    def _common(self) -> list[str]:
        context = [f"--context={name}={value}" for name, value in {**CONTEXT, **self.context}.items()]
        app = [f"--app={self.app}"] if self.app else []
        # An assembly of its own: one command at a time may write to it, and the rulebook's may be at work.
        return [f"--output={self.directory.resolve() / 'cdk.out'}", "--no-notices", *app, *context]

    def _run(self, arguments: Sequence[str], folder: Path, on_line: OnLine = lambda line: None) -> None:
        """Run a command, its output in ``logs/cdk.log``.

        Raises:
            OperationError: It failed; the text ends with the last lines of its output.
        """
        environment = local_environment(self.port, self.certificate)
        log = processes.log_of(self.directory, NAME)
        log.parent.mkdir(parents=True, exist_ok=True)
        with (
            log.open("w") as file,
            subprocess.Popen(  # noqa: S603 - the CDK of our own environment
                ["cdk", *arguments],  # noqa: S607 - found first in the PATH that we made
                cwd=folder,
                env=environment | processes.mark(self.directory, NAME),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            ) as process,
        ):
            try:
                for line in process.stdout or ():
                    file.write(line)
                    on_line(line.strip())
            except BaseException:  # interrupted, it would go on deploying beside the next one
                processes.stop(self.directory, NAME)
                raise
        if process.returncode:
            end = processes.last_words(self.directory, NAME)
            raise OperationError(f"cdk {arguments[0]} failed; all of its output is in {log}\n{end}")
