"""Whatever happens to a site: every publish is built after it, one build at a time, within a bounded time."""

from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.contracts.builds import accepted_at
from lambdas.rebuild.state import MAX_PAUSE_SECONDS
from lambdas.runtime import Event
from tests.fakes.events import a_publish, happening
from tests.unit.lambdas.rebuild.site import LONGEST_WAIT, Site, publish

happenings = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "publish",
                "publish",
                "publish",
                "end",
                "fail",
                "cancel",
                "late",
                "again",
                "other",
                "trouble",
                "fine",
            ]
        ),
        st.floats(min_value=0, max_value=90),
        st.sampled_from(["unheard", "unanswered", "dies before", "dies after", "429", "503"]),
    ),
    max_size=18,  # a story is shorter than the longest build
)


@settings(max_examples=100, deadline=None)
@given(happenings)
def test_whatever_happens_every_publish_is_built_after_it_and_one_build_is_in_flight(
    story: list[tuple[str, float, str]],
) -> None:
    site = Site()
    published: list[Event] = []
    doubts = 0
    for number, (what, seconds, trouble) in enumerate(story):
        if what == "publish":
            published.append(publish(site, f"p{number}"))
        elif what == "late":
            published.append(event := a_publish(f"p{number}", site.now - seconds))
            site.hear(event)
        elif what == "again" and published:
            site.hear(published[-1])
        elif what in ("end", "fail") and site.in_flight:
            site.finish("deploy.succeeded" if what == "end" else "deploy.failed")
        elif what == "cancel" and site.in_flight:
            site.finish("deploy.cancelled", "cancelled")
        elif what == "other":
            site.hear(happening("deploy.succeeded", id=f"o{number}", at=site.now))
        elif what == "trouble" and trouble.isdecimal():
            site.status = int(trouble)
        elif what == "trouble":
            site.fate, doubts = trouble, doubts + (trouble in ("unanswered", "dies after"))
        elif what == "fine":
            site.status, site.fate = 201, ""
        site.run(seconds)
    site.status, site.fate = 201, ""
    for _ in range(20):
        while site.in_flight:
            site.finish()
        site.run(MAX_PAUSE_SECONDS)
    assert site.queue == []
    last = max((at for at, _ in site.builds), default=0.0)
    for event in published:
        assert last >= accepted_at(event) - 1
    if not doubts:
        assert site.most_in_flight <= 1
    requested = {event.correlationid for event in site.announced}
    assert {correlation for _, correlation in site.builds} == requested


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(min_value=0, max_value=60), min_size=1, max_size=60), st.floats(1, 300))
def test_without_trouble_each_publish_waits_for_a_bounded_time(gaps: list[float], build: float) -> None:
    site = Site()
    published: list[float] = []
    done: list[float] = []

    def pass_time(seconds: float) -> None:
        end = site.now + seconds
        while site.now < end:
            ends = min([at + build for at, _ in site.builds[len(done) :]], default=end)
            site.run(max(min(ends, end) - site.now, 0.001))
            if site.in_flight and site.now >= ends:
                done.append(site.now)
                site.finish()

    for number, gap in enumerate(gaps):
        published.append(site.now)
        publish(site, f"p{number}")
        pass_time(gap)
    pass_time(LONGEST_WAIT + 2 * build + 10)
    assert site.most_in_flight == 1
    starts = [at for at, _ in site.builds]
    for at in published:
        first = min(start for start in starts if start >= at - 1)
        assert first - at <= LONGEST_WAIT + build + 1
    assert len(starts) <= len(published)
