"""What each build host is sent, and which addresses are its hooks."""

import json

import pytest

from lambdas.contracts.build_hosts import HOSTS, BuildTrigger, a_local_hook
from lambdas.contracts.correlation import correlation_in, correlation_of

UUID = "0f0e0d0c-0b0a-4908-8706-050403020100"
REAL = {
    "netlify": "https://api.netlify.com/build_hooks/5c23354f454e1350f8543e78",
    "vercel": "https://api.vercel.com/v1/integrations/deploy/prj_98g22o5YUFVHlKOzj9vKPTyN2SDG/tKybBxqhQs",
    "cloudflare": f"https://api.cloudflare.com/client/v4/pages/webhooks/deploy_hooks/{UUID}",
    "amplify": f"https://webhooks.amplify.us-east-1.amazonaws.com/prod/webhooks?id={UUID}&token=x7&operation=startbuild",
    "github": "https://ghp_token@api.github.com/repos/acme/docs/dispatches",
}
TRIGGER = BuildTrigger(correlation="0a1b2c3d4e5f", title="News & more", event_id="e1", publishes=3)
MARKED = "News & more [jamwire:0a1b2c3d4e5f]"


def test_every_host_is_tried_here() -> None:
    assert set(REAL) == set(HOSTS)


@pytest.mark.parametrize("host", HOSTS)
def test_its_own_hooks_are_known_and_no_others(host: str) -> None:
    assert [name for name, url in REAL.items() if HOSTS[host].is_hook(url)] == [host]
    local = a_local_hook(host, "http://127.0.0.1:4001", lambda digits: "a1" * (digits // 2))
    assert HOSTS[host].is_hook(local)


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize(
    "change",
    [
        lambda url: url.replace("https://", "http://"),
        lambda url: url.replace(".com/", ".com.evil.example/"),
        lambda url: url.replace("https://", "https://user:password@").replace("ghp_token@", ""),
        lambda url: f"{url}/more",
        lambda url: url.rpartition("/")[0],
        lambda url: "",
        lambda url: f" {url}",
        lambda url: "https://[",
    ],
)
def test_what_looks_like_a_hook_is_none(host: str, change: object) -> None:
    assert not HOSTS[host].is_hook(change(REAL[host]))  # type: ignore[operator]


def test_netlify_shows_the_correlation_in_the_deploys_title() -> None:
    call = HOSTS["netlify"].request(REAL["netlify"], TRIGGER)
    assert call.url.query == "trigger_title=News+%26+more+%5Bjamwire%3A0a1b2c3d4e5f%5D"
    assert (call.url.netloc, call.url.path) == ("api.netlify.com", "/build_hooks/5c23354f454e1350f8543e78")
    assert json.loads(call.body)["event"] == "e1"


def test_a_hooks_own_query_is_kept() -> None:
    call = HOSTS["netlify"].request(f"{REAL['netlify']}?trigger_branch=main", TRIGGER)
    assert call.url.query.startswith("trigger_branch=main&trigger_title=")
    assert "operation=startbuild" in HOSTS["amplify"].request(REAL["amplify"], TRIGGER).url.query


def test_github_is_sent_an_event_with_the_token_in_a_header_only() -> None:
    call = HOSTS["github"].request(REAL["github"], TRIGGER)
    assert (call.url.netloc, call.headers["authorization"]) == ("api.github.com", "Bearer ghp_token")
    assert "ghp_token" not in call.url.geturl()
    body = json.loads(call.body)
    assert body["event_type"] == "jamwire"
    assert body["client_payload"] == {
        "correlation": "0a1b2c3d4e5f",
        "title": MARKED,
        "event": "e1",
        "publishes": 3,
    }


@pytest.mark.parametrize("host", ["netlify", "github"])
def test_a_host_that_gives_the_correlation_back_says_so(host: str) -> None:
    assert HOSTS[host].echoes_correlation


def test_the_word_is_found_again_in_a_text_and_nowhere_else() -> None:
    word = correlation_of("/endpoints/cms/abc")
    assert correlation_in("", f"x [jamwire:{word}] y") == word
    assert correlation_in("[jamwire:xyz]", "[jamwire:0A1B2C3D4E5F]", word) == ""
    assert correlation_of("a", "b") != correlation_of("ab")
