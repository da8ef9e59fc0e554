"""The list of commands is there at once, and says of each command what the command says of itself."""

import subprocess
import sys

import pytest

from jamwire.cli.main import COMMANDS, load

SLOW_TO_IMPORT = {"boto3", "botocore", "cryptography", "aws_cdk", "lambdas"}


def test_list_of_commands_imports_nothing_slow() -> None:
    command = [sys.executable, "-X", "importtime", "-m", "jamwire", "--help"]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in run.stderr.splitlines()}
    assert "dead-letters" in run.stdout
    assert "typer" in imported
    assert imported & SLOW_TO_IMPORT == set()


@pytest.mark.parametrize("name", COMMANDS)
def test_command_is_listed_with_its_own_help(name: str) -> None:
    command = load(name)
    assert command.name == name
    assert command.help.partition("\n")[0] == COMMANDS[name].help
