"""The npm package: what is in it, its types, and its use in frameworks, as docs/live.md shows it."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.packages import HERE, MODULES, needs_packages
from tests.browser.pages import STATE, STREAM
from tests.browser.visitors import Visitor, World, a_world
from tests.conftest import ROOT

LIVE = ROOT / "live"
OPTIONS = {"url": STREAM, "key": "da2-key", "state": STATE}
PAGE = '<!doctype html><html lang="en"><title>App</title><script src="/watch.js"></script><div id="app"></div><script src="/app.js"></script>'
SNIPPET = re.compile(r"^// docs/live\.md: (\w+)\n(.*?)^// docs/live\.md: end\n", re.MULTILINE | re.DOTALL)
APPS = ["react.jsx", "vue.js", "svelte.js"]


@pytest.fixture
def world(browser: Browser) -> Iterator[World]:
    with a_world(browser) as world:
        yield world


def bundled(app: Path) -> str:
    """An app with all that it imports."""
    command: list[Any] = [LIVE / "node_modules" / ".bin" / "esbuild", app, "--bundle", "--target=es2022"]
    command += [
        f"--alias:jamwire-live={LIVE / 'src' / 'api.js'}",
        '--define:process.env.NODE_ENV="development"',
    ]
    command += [f"--banner:js=window.jamwire = {json.dumps(OPTIONS)};", "--log-level=error"]
    return subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=True).stdout


@needs_packages
@pytest.mark.parametrize("app", APPS)
def test_framework_follows_a_topic(world: World, app: str) -> None:
    world.send(world.notice("a", fields={"Delay": "5 min"}))
    world.files |= {
        "/line-12/": ("text/html", PAGE),
        "/app.js": ("text/javascript", bundled(HERE / app)),
    }
    visitor = world.open()
    assert visitor.page.text_content("#text") == "5 min"  # from the state
    world.send(world.notice("b", fields={"Delay": "8 min"}))
    assert visitor.page.text_content("#text") == "8 min"  # as it was pushed
    visitor.page.evaluate("live.close()")
    world.send(world.notice("c", fields={"Delay": "9 min"}))
    assert (visitor.page.text_content("#text"), visitor.streams) == ("8 min", [])


@needs_packages
def test_store_is_right_for_who_subscribes_late(world: World) -> None:
    world.files |= {
        "/line-12/": ("text/html", PAGE),
        "/app.js": ("text/javascript", bundled(HERE / "svelte.js")),
    }
    visitor = world.open()
    world.send(world.notice("a", fields={"Delay": "8 min"}))
    told = "() => { const told = []; lateStore.subscribe((its) => told.push(textOf(its, 'Delay')))(); return told; }"
    assert visitor.page.evaluate(told) == ["8 min"]
    world.send(world.notice("b", fields={"Delay": "9 min"}))
    assert visitor.page.evaluate(told) == ["9 min"]


def a_program(world: World, **options: str) -> Visitor:
    """A page whose program may use `live`, and follows nothing yet; more options are JavaScript."""
    command = [LIVE / "node_modules" / ".bin" / "esbuild", "src/api.js", "--bundle", "--format=esm"]
    api = subprocess.run(command, cwd=LIVE, capture_output=True, text=True, check=True).stdout
    world.files |= {
        "/api.js": ("text/javascript", api),
        "/line-12/": ("text/html", PAGE),
        "/app.js": ("text/javascript", ""),
    }
    visitor = world.open()
    more = "".join(f", {name}: {value}" for name, value in options.items())
    connect = f"connect({{ ...{json.dumps(OPTIONS)}{more} }})"
    visitor.page.evaluate(f"async () => {{ window.live = (await import('/api.js')).{connect}; }}")
    return visitor


def test_program_is_told_the_topics_of_a_family(world: World) -> None:
    visitor = a_program(world)
    visitor.page.evaluate(
        """() => { window.told = []; const tell = (entries, topic) => told.push(topic);
           window.ends = [live.subscribe("line-12/*", tell), live.subscribe("line-7", tell)]; }"""
    )
    world.wait(1)
    world.send(world.notice("a", "line-12/0630"), world.notice("b", "line-12"), world.notice("c", "line-7"))
    assert sorted(visitor.page.evaluate("told")) == ["line-12/0630", "line-7"]
    assert visitor.page.evaluate("live.topics('line-12/*')") == ["line-12/0630"]
    assert visitor.page.evaluate(
        "live.get('line-7') === live.get('/line-7/') && live.get('x') === live.get('y')"
    )
    visitor.page.evaluate("ends[1]()")
    world.settle()
    assert "notice/line-7" not in visitor.streams[0][1].values()
    world.send(world.notice("d", "line-7"), world.notice("e", "line-12/0630", text="late"))
    assert visitor.page.evaluate("told.length") == 3
    visitor.page.evaluate("live.close()")
    world.settle()
    assert visitor.streams == []


def test_topic_mounted_twice_in_a_tick_is_subscribed_once(world: World) -> None:
    visitor = a_program(world)
    visitor.page.evaluate(
        """() => { live.subscribe("line-12", () => {});
           window.mount = (topic) => live.subscribe(topic, () => {}); }"""
    )
    world.wait(1)
    visitor.page.evaluate("() => { mount('line-7')(); window.end = mount('line-7'); mount('line-9')(); }")
    world.settle()
    [[_, channels]] = visitor.streams
    assert sorted(channels.values()) == ["notice/line-12", "notice/line-7"]
    world.wait(20)
    assert [channels for _, channels in visitor.streams] == [channels]  # the same connection, still
    visitor.page.evaluate("end()")
    world.settle()
    assert list(channels.values()) == ["notice/line-12"]


def test_topic_is_followed_until_its_last_spelling_ends(world: World) -> None:
    visitor = a_program(world)
    visitor.page.evaluate(
        """() => { live.subscribe("line-12", () => {}); window.end = live.subscribe("/line-12/", () => {}); }"""
    )
    world.wait(1)
    visitor.page.evaluate("end()")
    world.send(world.notice("a", text="8 min late"))
    assert visitor.page.evaluate("live.get('line-12').text[0]") == "8 min late"


def test_program_without_topics_is_open(world: World) -> None:
    visitor = a_program(world, onState="({ state }) => (window.states ??= []).push(state)")
    world.wait(20)
    assert visitor.page.evaluate("states") == ["connecting", "open"]


def test_private_topic_that_is_refused_harms_no_other(world: World) -> None:
    token = f"{{ beginning: 'account', state: '{STATE}', token: () => 'expired' }}"
    visitor = a_program(world, private=token)
    world.is_refused = lambda channel: channel.startswith("private/")
    visitor.page.evaluate(
        "() => { window.end = live.subscribe('account/7', () => {}); live.subscribe('line-12', () => {}); }"
    )
    world.wait(20)
    [[_, channels]] = visitor.streams
    assert list(channels.values()) == ["notice/line-12"]
    world.send(world.notice("a", text="8 min late"))
    assert visitor.page.evaluate("live.get('line-12').text[0]") == "8 min late"
    world.is_refused = lambda channel: False
    world.wait(610, at_a_time=10)
    assert [sorted(its.values()) for _, its in visitor.streams] == [["notice/line-12", "private/account/7"]]
    visitor.page.evaluate("end()")
    world.settle()
    assert list(channels.values()) == ["notice/line-12"]


@pytest.mark.parametrize("app", APPS)
def test_documentation_shows_what_is_tried(app: str) -> None:
    [(_, snippet)] = SNIPPET.findall((HERE / app).read_text())
    assert snippet in (ROOT / "docs" / "live.md").read_text()


@needs_packages
def test_types_are_what_a_program_needs() -> None:
    command = [MODULES / ".bin" / "tsc", "--project", HERE]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.stdout == ""


def test_package_holds_what_belongs_to_it() -> None:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed")
    command = [npm, "pack", "--dry-run", "--json", "--ignore-scripts", "--offline"]
    packed = subprocess.run(command, cwd=LIVE, capture_output=True, text=True, check=True).stdout
    files = {file["path"] for file in json.loads(packed)[0]["files"]}
    sources = {path.relative_to(LIVE).as_posix() for path in (LIVE / "src").rglob("*.js")}
    served = {"jamwire-live.js", "jamwire-follow.js", "jamwire-worker.js"}
    assert files == {"LICENSE", "README.md", "index.d.ts", "follow.d.ts", "package.json"} | served | sources
