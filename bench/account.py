"""The local account that the measurements share: deploying one for each would take longer than measuring."""

import atexit
import sys
import tempfile
from contextlib import ExitStack
from functools import cache
from pathlib import Path

from jamwire.local.account import LocalAccount


@cache
def the_account() -> LocalAccount:
    """The account, deployed with `bench.rulebook` when the first measurement asks for it; it ends with the process."""
    held = ExitStack()
    atexit.register(held.close)
    folder = held.enter_context(tempfile.TemporaryDirectory())
    app = f"{sys.executable} -m bench.rulebook"
    account = held.enter_context(LocalAccount(Path(folder), app=app))
    account.up()
    return account
