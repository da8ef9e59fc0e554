"""What is served to visitors: the committed bundles are what the sources build, and small."""

import gzip
import json
import shlex
import subprocess

import pytest

from tests.conftest import ROOT

LIVE = ROOT / "live"
ESBUILD = LIVE / "node_modules" / ".bin" / "esbuild"
SCRIPTS: dict[str, str] = json.loads((LIVE / "package.json").read_text())["scripts"]
BUILDS = {name: script for name, script in SCRIPTS.items() if name.startswith("build:")}
KILOBYTES = {"jamwire-live.js": 5.5, "jamwire-follow.js": 5, "jamwire-worker.js": 2}


def outfile(script: str) -> str:
    return script.rpartition("--outfile=")[2]


@pytest.mark.skipif(not ESBUILD.exists(), reason="live/node_modules is missing: `make live` installs it")
@pytest.mark.parametrize("name", BUILDS)
def test_bundle_is_what_its_sources_build(name: str) -> None:
    _, *arguments = shlex.split(BUILDS[name])
    command = [ESBUILD, *(argument for argument in arguments if not argument.startswith("--outfile="))]
    built = subprocess.run(command, cwd=LIVE, capture_output=True, text=True, check=True).stdout
    assert built == (LIVE / outfile(BUILDS[name])).read_text(), "make live"


def test_bundle_stays_small() -> None:
    sizes = {name: len(gzip.compress((LIVE / name).read_bytes(), mtime=0)) for name in KILOBYTES}
    assert {outfile(script) for script in BUILDS.values()} == set(KILOBYTES)
    assert {name: size for name, size in sizes.items() if size > KILOBYTES[name] * 1000} == {}
