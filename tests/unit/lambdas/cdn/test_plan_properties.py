"""Whatever CloudFront answers and wherever the function dies: every change is invalidated after its deploy."""

from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.cdn.items import matches
from lambdas.contracts.builds import accepted_at
from tests.fakes.events import a_publish, happening
from tests.unit.lambdas.cdn.edge import ONE, OTHER, CrashError, deployed, edge, requested

stories = st.lists(
    st.tuples(
        st.sampled_from(["publish", "publish", "build", "deploy", "fail", "other", "again"]),
        st.lists(st.sampled_from(["/a", "/b/1", "/b/2", "/c/d/e", "/x y", "/*", "/q/*/z"]), max_size=4),
        st.floats(min_value=0, max_value=40),
        st.sampled_from(["", "", "", "TooManyInvalidationsInProgress", "Throttling", "dies"]),
    ),
    max_size=25,
)


@settings(max_examples=150, deadline=None)
@given(stories, st.booleans())
def test_every_change_is_covered_by_an_invalidation_that_began_after_its_deploy(
    story: list[tuple[str, list[str], float, str]], wait_for_deploy: bool
) -> None:
    site = edge(wait_for_deploy=wait_for_deploy, distributions=(ONE, OTHER))
    changed: list[tuple[float, str]] = []
    builds: list[tuple[str, float]] = []
    deploys: list[tuple[float, float]] = []  # the begin of a build, the end of its deploy

    def die_once() -> None:
        site.cloudfront.on_made = lambda: None
        raise CrashError

    for number, (what, paths, seconds, trouble) in enumerate(story):
        if trouble == "dies":
            site.cloudfront.on_made = die_once
        elif trouble:
            site.cloudfront.errors = [trouble]
        if what == "publish":
            event = a_publish(f"p{number}", site.now, paths=tuple(paths))
            changed += [(accepted_at(event), path) for path in paths or ["/anything"]]
            site.hear(event)
        elif what == "again" and changed:
            site.look()
        elif what == "build":
            correlation = f"{number:012x}"
            builds.append((correlation, site.now))
            site.hear(requested(correlation, site.now))
        elif what in ("deploy", "fail") and builds:
            correlation, began = builds.pop(0)
            if what == "deploy":
                deploys.append((began, site.now))
                site.hear(deployed(correlation, site.now))
        elif what == "other":
            site.hear(happening("deploy.succeeded", id=f"o{number}", at=site.now))
        site.run(seconds)
    site.cloudfront.errors, site.cloudfront.on_made = [], lambda: None
    site.run(2000)
    assert site.queue == []
    assert site.cloudfront.most_wildcards <= 15
    for at, path in changed:
        item = "/q/*" if path == "/q/*/z" else path.replace(" ", "%20")
        live = next((end for began, end in deploys if began > at), None) if wait_for_deploy else at
        if live is None:
            continue
        for distribution in (ONE, OTHER):
            assert any(
                made.at >= live - 0.001  # events tell milliseconds
                and made.distribution == distribution
                and any(matches(found, item) for found in made.items)
                for made in site.cloudfront.made
            ), (at, path, live)
