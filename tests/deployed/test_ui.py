"""`jamwire ui` as a program of its own: its address, its API by the token, and its end by Ctrl-C."""

import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from jamwire.local.credentials import local_environment
from tests.deployed.deployed import Deployed

SAMPLE = "netlify/deploy-failed"
PATIENCE_SECONDS = 60


@contextmanager
def running(deployed: Deployed, folder: Path) -> Iterator[str]:
    """`jamwire ui` on a port that is free; what it prints is its address. Ctrl-C ends it."""
    printed, said = folder / "out", folder / "err"
    with printed.open("wb") as out, said.open("wb") as err:
        process = subprocess.Popen(
            [Path(sys.executable).with_name("jamwire"), "ui", "--port", "0"],
            env=local_environment(deployed.account.ports.port, deployed.account.certificate),
            stdout=out,
            stderr=err,
        )
    try:
        deployed.until(lambda: "Ctrl-C ends it" in said.read_text(), "the console")
        yield printed.read_text().strip()
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_SECONDS) == 130
        assert "Traceback" not in said.read_text()
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def address(deployed: Deployed, tmp_path: Path) -> Iterator[str]:
    with running(deployed, tmp_path) as printed:
        yield printed


def asked(address: str, resource: str, headers: Mapping[str, str]) -> httpx2.Response:
    url = urlsplit(address)
    return httpx2.get(
        f"http://{url.netloc}/console/api/{resource}",
        headers=dict(headers),
        timeout=PATIENCE_SECONDS,
        trust_env=False,
    )


def test_console_shows_a_deployment_to_who_has_its_token(deployed: Deployed, address: str) -> None:
    sent = deployed.send(SAMPLE)
    deployed.until_archived(SAMPLE, sent)
    url = urlsplit(address)
    assert (url.scheme, url.hostname) == ("http", "127.0.0.1")
    tokened = {"authorization": f"Bearer {url.fragment.removeprefix('token=')}"}

    overview = asked(address, "overview", tokened).json()
    assert overview["deployment"] == deployed.deployment.name
    assert overview["endpoints"] == [endpoint.name for endpoint in deployed.deployment.endpoints]
    events = asked(address, "events", tokened).json()["events"]
    assert sent.id in [event["id"] for event in events]

    for headers in ({}, {"authorization": "Bearer of-nobody"}):
        for resource in ("overview", "events"):
            refused = asked(address, resource, headers)
            assert (refused.status_code, "endpoints" in refused.text) == (401, False)
