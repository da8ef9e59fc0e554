"""A build hook that is missing, refused or replaced: what is in the dead letters, and what is built later."""

import pytest

from tests.fakes.events import NOON, happening
from tests.unit.lambdas.rebuild.site import HOOK, QUIET, Site, publish


@pytest.mark.parametrize("status", [404, 401, 410, 403, 400, 302])
def test_a_hook_that_is_refused_is_in_the_dead_letters_with_the_reason(site: Site, status: int) -> None:
    site.status = status
    event = publish(site, "a")
    site.run(QUIET)
    assert site.dead == [(event, f"netlify answered {status}")]
    assert [type for type, _ in site.told] == ["build.failed"]
    site.hear(happening("deploy.succeeded", id="other", at=site.now))
    site.run(3600)
    assert len(site.dead) == 1  # nobody asks again for it by himself
    assert [type for type, _ in site.told] == ["build.failed"]


def test_what_was_refused_is_built_when_a_person_sends_it_once_more(site: Site) -> None:
    site.status = 404
    event = publish(site, "a")
    site.run(QUIET)
    site.status = 201
    site.run(7200)
    site.hear(event)
    assert len(site.builds) == 1
    refused, requested = site.told
    assert (refused[0], requested[0]) == ("build.failed", "build.requested")
    assert refused[1] != requested[1]  # another story


def test_what_was_refused_is_built_with_the_next_publish(site: Site) -> None:
    site.status = 404
    publish(site, "a")
    site.run(QUIET)
    site.status = 201
    publish(site, "b")
    site.run(QUIET)
    assert len(site.builds) == 1
    assert site.announced[-1].payload()["publishes"] == 2


def test_hook_that_was_set_a_moment_ago_is_used(site: Site) -> None:
    site.keyring.hook, site.keyring.replaced_by = "", HOOK
    publish(site, "a")
    site.run(QUIET)
    assert (len(site.builds), site.dead) == (1, [])


@pytest.mark.parametrize("status", [404, 500, 429])
def test_hook_that_has_been_replaced_since_is_used_at_once(site: Site, status: int) -> None:
    site.status = status
    site.keyring.replaced_by = HOOK.replace("012345", "abcdef")
    publish(site, "a")
    site.run(QUIET)
    assert (site.dead, site.told) == ([], [])
    site.status = 201
    site.run(2)
    assert [at for at, _ in site.builds] == [NOON + QUIET + 1]


@pytest.mark.parametrize(
    ("hook", "reason"),
    [
        ("", "no build hook is set; run: jamwire secret add Rebuild"),
        (
            "https://example.com/",
            "the build hook is not a valid one of netlify; run: jamwire secret add Rebuild",
        ),
    ],
)
def test_missing_or_invalid_hook_is_in_the_dead_letters(site: Site, hook: str, reason: str) -> None:
    site.keyring.hook = hook
    event = publish(site, "a")
    site.run(QUIET)
    assert site.dead == [(event, reason)]
    assert [type for type, _ in site.told] == ["build.failed"]
