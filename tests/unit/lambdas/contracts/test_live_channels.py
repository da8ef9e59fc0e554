"""Where visitors listen: the same names in Python and in the visitor's script."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lambdas.contracts.live_channels import _digest, notice_channel, page_channel

ROOT = Path(__file__).parents[4]
SCRIPT = ROOT / "live" / "jamwire-live.js"
NODE = str(Path(sys.executable).with_name("node"))
APPSYNC = re.compile(
    r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,48}[A-Za-z0-9])?(?:/[A-Za-z0-9](?:[A-Za-z0-9-]{0,48}[A-Za-z0-9])?){0,4}"
)
"""AppSync Events developer guide, "Channels and namespaces"."""

CALL = """
const script = await import(process.argv[1]);
const calls = JSON.parse(await new Response(process.stdin).text());
console.log(JSON.stringify(calls.map(([name, ...given]) => script[name](...given))));
"""

PATHS = [
    "/", "", "/news", "/news/", "/news/index.html", "/news/index.htm", "/index.html", "/myindex.html", "/News", "/a/b/c/d",
    "/a/b/c/d/e", "/" + "x" * 50, "/" + "x" * 51, "/-a", "/a-", "/a--b", "/a-b-c", "/a//b", "//", "/café", "/caf%C3%A9",
    "/caf%c3%a9", "/a b", "/a%20b", "/%61bc", "/%zz", "/%", "/%25", "/%2525", "/a%2Fb", "/a/../b", "/a*b", "/news?x=1#y",
    "/news/index.html?x=1", "/x--0123456789abcdef", "/日本語/ページ", "/%F0%9F%9A%8C", "/🚌", "/a.html", "/a\n", "/a\nb?c\nd",
]  # fmt: skip
TOPICS = [
    "line-12",
    "line/12/stop",
    "Line 12",
    "bus #12?",
    "a.b",
    "ä",
    "",
    "/",
    "x" * 200,
    "a/b/c/d/e",
    "constructor",
]


def asked(calls: list[tuple[str, ...]]) -> list[Any]:
    """What the script's own functions say."""
    command = [NODE, "--input-type=module", "--eval", CALL, SCRIPT.as_uri()]
    run = subprocess.run(command, input=json.dumps(calls), capture_output=True, text=True, check=True)
    return list(json.loads(run.stdout))


def test_the_script_names_pages_and_topics_as_the_function_does() -> None:
    pages = dict(zip(PATHS, asked([("pageChannel", path) for path in PATHS]), strict=True))
    assert pages == {path: page_channel(path) for path in PATHS}
    topics = dict(zip(TOPICS, asked([("noticeChannel", topic) for topic in TOPICS]), strict=True))
    assert topics == {topic: notice_channel(topic) for topic in TOPICS}


@settings(max_examples=5, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=100, max_size=200))
def test_the_script_names_anything_as_the_function_does(names: list[str]) -> None:
    said = asked([(kind, name) for name in names for kind in ("pageChannel", "noticeChannel")])
    assert said == [channel(name) for name in names for channel in (page_channel, notice_channel)]


@given(st.text())
@example("a" * 300)
@example("/a-/-b")
@example("\ud800")
def test_every_name_is_a_channel_that_appsync_takes(name: str) -> None:
    for channel in (page_channel(name), notice_channel(name)):
        assert APPSYNC.fullmatch(channel)


@given(st.text(), st.text())
def test_two_topics_are_two_channels(one: str, other: str) -> None:
    if (
        one.encode(errors="replace").strip(b"/") != other.encode(errors="replace").strip(b"/")
        and "%" not in one + other
    ):
        assert notice_channel(one) != notice_channel(other)


@pytest.mark.parametrize(
    ("path", "channel"),
    [
        ("/news/summer", "page/news/summer"),
        ("/News", "page/News"),
        ("/a/b/c/d", "page/a/b/c/d"),
        ("/", "page/x--cbf29ce484222325"),
        ("/a/b/c/d/e", "page/x--27286e4e8b6414d0"),
    ],
)
def test_what_fits_stays_readable_and_the_rest_is_a_digest(path: str, channel: str) -> None:
    assert page_channel(path) == channel


@pytest.mark.parametrize(
    "spellings",
    [
        ["/news", "/news/", "/news/index.html", "/news?x=1", "/news#there", "news"],
        ["/", "/index.html", ""],
        ["/café", "/caf%C3%A9", "/caf%c3%a9"],
        ["/a b", "/a%20b"],
    ],
)
def test_one_page_is_one_channel_however_it_is_written(spellings: list[str]) -> None:
    assert len({page_channel(path) for path in spellings}) == 1


def test_the_digest_is_fnv_1a() -> None:
    # a published vector (Fowler, Noll, Vo: "foobar", FNV-1a of 64 bits)
    assert f"{_digest(b'foobar'):x}" == "85944171f73967e8"


def test_a_name_cannot_take_the_place_of_a_digest() -> None:
    digest = page_channel("/a b").removeprefix("page/")
    assert page_channel(f"/{digest}") != page_channel("/a b")


@pytest.mark.parametrize(
    ("changed", "path", "covered"),
    [
        ("/news", "/news/", True),
        ("/news/index.html", "/news", True),
        ("/news", "/news/summer", False),
        ("/*", "/", True),
        ("/*", "/news/summer", True),
        ("/news/*", "/news/summer", True),
        ("/news/*", "/news/", True),
        ("/news/*", "/newsletter", False),
        ("/news*", "/newsletter", True),
        ("/caf%C3%A9/*", "/café/menu", True),
        ("/a*b", "/a*b", True),
        ("/a*b", "/aXb", False),
    ],
)
def test_the_script_knows_which_paths_are_the_page(changed: str, path: str, covered: bool) -> None:
    assert asked([("covers", changed, path)]) == [covered]
