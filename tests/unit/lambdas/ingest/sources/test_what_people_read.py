"""What people and machines are told of each source's sample, whole, and of what else some sources send."""

from dataclasses import asdict
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.unit.lambdas.ingest.every_source import SENT, harness_of_every_source, sample
from tests.unit.lambdas.ingest.normalised import normalised


@pytest.mark.parametrize("label", SENT)
def test_sample_is_told_as_before(label: str, snapshot: SnapshotAssertion) -> None:
    event = harness_of_every_source().accept(sample(label))
    told = {"type": event.type, "subject": event.subject, "outcome": event.outcome}
    told |= {name: value for name, value in asdict(event.notice).items() if value}
    said = asdict(event.sender) if event.sender else {}
    assert told | {"sender": {name: said[name] for name in ("type", "environment", "site")}} == snapshot


def gitlab(kind: str, **body: Any) -> dict[str, Any]:
    of_ours = {"path_with_namespace": "acme/docs", "web_url": "https://gitlab.example/acme/docs"}
    return {"object_kind": kind, "project": of_ours} | body


@pytest.mark.parametrize(
    ("body", "title", "text", "url", "subject"),
    [
        pytest.param(
            gitlab("push", after="c7", ref="refs/heads/main", total_commits_count=2, checkout_sha="c7"),
            *("acme/docs: 2 commits to main", "", "https://gitlab.example/acme/docs", "c7"),
            id="push",
        ),
        pytest.param(
            gitlab(
                "push", after="c7", ref="refs/heads/main", total_commits_count=1, commits=[{"message": "Fix"}]
            ),
            *("acme/docs: 1 commit to main", "Fix", "https://gitlab.example/acme/docs", ""),
            id="one commit",
        ),
        pytest.param(
            gitlab("push", after="c7", commits=[{"message": "First"}, {"message": "Last"}]),
            *("acme/docs: 0 commits to ", "Last", "https://gitlab.example/acme/docs", ""),
            id="last of several commits",
        ),
        pytest.param(
            gitlab(
                "release",
                action="create",
                name="Spring",
                tag="v1",
                description="New",
                url="https://r.example",
            ),
            *("acme/docs: released Spring", "New", "https://r.example", "v1"),
            id="release",
        ),
        pytest.param(
            gitlab("release", action="create", tag="v1"),
            *("acme/docs: released v1", "", "https://gitlab.example/acme/docs", "v1"),
            id="release without a name",
        ),
    ],
)
def test_gitlab_tells_what_happened(
    body: dict[str, Any], title: str, text: str, url: str, subject: str
) -> None:
    draft = normalised("gitlab", body)
    assert (draft.notice.title, draft.notice.text, draft.notice.url) == (title, text, url)
    assert draft.subject == subject


@pytest.mark.parametrize("message", ["", None, 7, ["Fix"], {"Fix": 1}])
def test_message_of_gitlab_that_is_no_text_is_not_shown(message: Any) -> None:
    push = gitlab("push", after="c7", commits=[{"message": message}], description="Said elsewhere")
    assert normalised("gitlab", push).notice.text == "Said elsewhere"


def test_branch_of_gitlab_that_is_gone_was_not_pushed_to() -> None:
    assert normalised("gitlab", gitlab("push", after="0" * 40)).type == "gitlab.push"
    assert normalised("gitlab", gitlab("push", after="c7")).type == "code.pushed"


def test_pipeline_of_a_pipeline_of_gitlab_is_no_build() -> None:
    ended = {"status": "success", "id": 7}
    assert normalised("gitlab", gitlab("pipeline", object_attributes=ended)).type == "build.succeeded"
    child = ended | {"source": "parent_pipeline"}
    assert normalised("gitlab", gitlab("pipeline", object_attributes=child)).type == "gitlab.pipeline"


@pytest.mark.parametrize("none", [{}, {"release_id": None}, {"release_id": 0}, {"release_id": ""}])
def test_story_of_no_release_is_on_the_site(none: dict[str, Any]) -> None:
    story = {"action": "published", "story_id": 7, "full_slug": "a"}
    assert normalised("storyblok", story | none).type == "content.published"
    assert normalised("storyblok", story | {"release_id": 1}).type == "storyblok.published"


def test_text_that_is_no_path_names_no_page() -> None:
    assert normalised("token", {"title": "x", "paths": "news"}).notice.paths == ()
    assert normalised("token", {"title": "x", "paths": "/news"}).notice.paths == ("/news",)
