"""Events on a developer's machine, while the network is killed and the listener is begun again."""

import os
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from jamwire.cli.listen import place_of
from jamwire.local.credentials import local_environment
from jamwire.operations.http_client import post
from jamwire.samples.catalogue import SAMPLES
from lambdas.ingest.request import Request
from tests.browser.cable import Cable
from tests.deployed.deployed import Deployed, Sent

FAILED, LARGE, NOTICE = "netlify/deploy-failed", "netlify/form-submitted", "token/notice"


class Hook(ThreadingHTTPServer):
    """A receiver on this machine."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.got: list[Request] = []
        self.url = f"http://127.0.0.1:{self.server_port}/hook"

    def of(self, sent: Sent) -> list[Request]:
        """What came of an event."""
        return [request for request in self.got if request.headers["jamwire-event"] == sent.id]

    def has(self, *sent: Sent) -> bool:
        """Whether each event has come."""
        return all(self.of(each) for each in sent)


class _Handler(BaseHTTPRequestHandler):
    server: Hook

    def do_POST(self) -> None:
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("location", "/hook")
            self.end_headers()
            return
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        name = headers["jamwire-endpoint"]
        self.server.got.append(
            Request(endpoint=name, method="POST", headers=headers, body=body, url=self.server.url)
        )
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def hook(deployed: Deployed) -> Iterator[Hook]:
    with Hook() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
        shutil.rmtree(place_of(deployed.deployment, server.url), ignore_errors=True)


@contextmanager
def running(deployed: Deployed, command: str, cable: Cable, log: Path) -> "Iterator[subprocess.Popen[bytes]]":
    """`jamwire listen` at the other end of a cable, from when it listens on; Ctrl-C ends it."""
    program = Path(sys.executable).with_name("jamwire")
    with log.open("wb") as file:
        process = subprocess.Popen(
            [program, *shlex.split(command)[1:]],
            env=local_environment(cable.port, deployed.account.certificate),
            stdout=subprocess.DEVNULL,
            stderr=file,
        )
    try:
        deployed.until(lambda: "Ctrl-C ends it" in log.read_text(), "a listener")
        yield process
        os.kill(process.pid, signal.SIGINT)
        assert process.wait(timeout=60) == 130
        assert "Traceback" not in log.read_text()
    finally:
        process.kill()


def kept(deployed: Deployed, label: str) -> Sent:
    sent = deployed.send(label)
    deployed.until_archived(label, sent)
    return sent


def test_each_event_comes_once_though_the_network_is_killed(
    deployed: Deployed, hook: Hook, tmp_path: Path
) -> None:
    sample = SAMPLES[LARGE]
    large = replace(sample, body={**sample.body, "more": "y" * 400_000})
    log = tmp_path / "log"
    with Cable(deployed.account.ports.port) as cable:
        with running(deployed, f"jamwire listen --forward {hook.url}", cable, log):
            sent = [deployed.send(FAILED)]
            deployed.until(lambda: hook.has(*sent), "the first event")
            assert_signed_anew(deployed, hook, sent[0], log.read_text())
            sent.append(deployed.send(large))
            deployed.until(lambda: hook.has(*sent), "the large event")
            assert b"y" * 400_000 in hook.of(sent[1])[0].body
            cable.cut()
            deployed.until(lambda: "Away since" in log.read_text(), "word of the lost network")
            sent += [kept(deployed, FAILED), kept(deployed, NOTICE)]
            assert not hook.has(sent[-1])
            cable.mend()
            deployed.until(lambda: hook.has(*sent), "what was missed")
            deployed.until(lambda: "Back after" in log.read_text(), "word of its return")
        resumption = log.read_text().splitlines()[-1].partition("without a gap: ")[2]
        sent.append(kept(deployed, FAILED))
        with running(deployed, resumption, cable, log):
            deployed.until(lambda: hook.has(*sent), "what came while nobody listened")
            sent.append(deployed.send(NOTICE))
            deployed.until(lambda: hook.has(*sent), "the last event")
    ours = [each.id for each in sent]
    told = [request.headers["jamwire-event"] for request in hook.got]
    assert [id for id in told if id in ours] == ours


def assert_signed_anew(deployed: Deployed, hook: Hook, sent: Sent, said: str) -> None:
    """The sender's body, signed by the secret that was printed."""
    [request] = hook.of(sent)
    endpoint = deployed.deployment.endpoint(request.endpoint)
    [secret] = [line.split()[-1] for line in said.splitlines() if line.startswith(f"  {endpoint.name} ")]
    assert endpoint.scheme.verify([secret], request, time.time()).position == 0
    assert sent.mark.encode() in request.body


def test_answer_that_leads_elsewhere_is_not_followed(hook: Hook) -> None:
    """Whoever answers at an address does not say where customers' data goes."""
    answer = post(
        hook.url.replace("/hook", "/moved"), Request(endpoint="", method="POST", headers={}, body=b"{}")
    )
    assert (answer.status, hook.got) == (302, [])
