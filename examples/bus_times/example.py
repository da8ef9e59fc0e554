"""The example as it stands in a local account: the deployed rulebook, a copy of the site, and who works on it."""

import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from examples.bus_times import build
from examples.bus_times.build_host import BuildHost
from examples.bus_times.senders import Cms, Timetable
from jamwire.local.account import LocalAccount
from jamwire.operations.audience.page import SCRIPTS as FOLLOW_SCRIPTS
from jamwire.operations.live import SCRIPT

SCRIPTS: Final = (SCRIPT, *FOLLOW_SCRIPTS)


def local_account(directory: Path, address: str) -> LocalAccount:
    """An account for the example's rulebook, whose site is seen at an address."""
    return LocalAccount(
        directory, app=f"{sys.executable} -m examples.bus_times.app", context={"site_url": address}
    )


@dataclass(frozen=True, slots=True)
class Example:
    """The example in an account that is up.

    Attributes:
        account: The account.
        site: A copy of the site, to which the CMS writes.
        line: What is known of the line.
        cms: Who publishes.
        timetable: Who tells of delays.
        build_host: Who builds.
    """

    account: LocalAccount
    site: Path
    line: dict[str, Any]
    cms: Cms
    timetable: Timetable
    build_host: BuildHost

    @classmethod
    def prepare(cls, account: LocalAccount, folder: Path, address: str) -> "Example":
        """Copy the site into a folder, as it is shipped, with the visitors' scripts.

        Args:
            account: The account.
            folder: Where the copy goes.
            address: Where the site will be seen.
        """
        site = folder / "site"
        shutil.rmtree(site, ignore_errors=True)
        shutil.copytree(build.SITE, site)
        for script in SCRIPTS:
            shutil.copy(script, site / "static")
        line = json.loads((site / "content" / "line.json").read_text(encoding="utf-8"))
        deployment = account.deployment
        return cls(
            account=account,
            site=site,
            line=line,
            cms=Cms(deployment, site),
            timetable=Timetable(deployment, line["topic"], f"Line {line['number']}"),
            build_host=BuildHost(deployment, account.ports.inbox_url, site, folder / "dist", address),
        )
