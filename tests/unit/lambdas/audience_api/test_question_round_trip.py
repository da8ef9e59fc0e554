"""From what somebody asks for, by the worker that asks the person, to who follows: both sides of one question."""

from urllib.parse import parse_qsl, urlsplit

from lambdas.followers.asking import asked_follower, read_question
from lambdas.followers.own_links import OwnLinks
from tests.unit.lambdas.audience_api.world import ANN, EMAIL, KEYS, NUMBER, TEXT, World


def asked(world: World, answer: str) -> str:
    """What a worker does with the one question in its queue; gives the follower's id."""
    [job] = world.asked
    follower = asked_follower(job, read_question(job, KEYS), KEYS, answer)
    assert world.followers.put_question(follower) == "asked"
    return job.fanout


def test_who_asks_by_mail_follows_by_its_own_links() -> None:
    world = World()
    world.submit("/follow", EMAIL)
    links = OwnLinks("https://audience.example/", KEYS.links, world.now)
    id = asked(world, "w0rd")
    url = urlsplit(links.confirm(id, "w0rd"))
    assert world.request("GET", url.path, query=url.query).status == 200
    assert world.submit(url.path, dict(parse_qsl(url.query))).status == 200
    follower = world.followers.get(id)
    assert follower
    assert (follower.topics, follower.at, follower.zone) == (("line-12", "news"), "07:30", "Europe/Berlin")
    url = urlsplit(links.preferences(id))
    assert "Every day at 07:30" in world.request("GET", url.path, query=url.query).body
    url = urlsplit(links.unsubscribe(id))
    assert world.request("GET", url.path, query=url.query).status == 200
    assert world.request("POST", url.path, query=url.query, body="List-Unsubscribe=One-Click").status == 200
    follower = world.followers.get(id)
    assert follower
    assert (follower.state, follower.address) == ("ended", b"")
    assert ANN not in str(world.table.items)


def test_who_asks_by_number_follows_by_the_code() -> None:
    world = World()
    world.post("/follow", TEXT)
    id = asked(world, "004291")
    said = world.post("/confirm", {"number": NUMBER, "code": "004291"}).json()
    assert said["topics"] == ["line-12"]
    assert world.post("/state", {"follower": said["follower"]}).json()["channel"] == "text"
    assert world.table.partition("topic#text#line-12")[0]["sk"]["S"] == id
    assert NUMBER not in str(world.table.items)
