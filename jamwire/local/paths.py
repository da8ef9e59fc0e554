"""Where things are in a clone of the repository."""

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]

DIRECTORY: Final = ROOT / ".jamwire"
"""Whatever is made while working; the local account of `make up` lives here."""

EMULATOR_PYTHON: Final = DIRECTORY / "emulator" / "bin" / "python"
"""The interpreter of the emulator's own environment, made by ``make install``."""

HOME: Final = DIRECTORY / "home"
"""The home directory of the programs that work on a local account; it has no profiles and no settings."""

CDK_HOME: Final = HOME / ".cdk"
