"""The pages of the audience's endpoint in a browser, under their own policy: axe, both themes, wide and narrow."""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request, Route

from tests.browser.packages import AXE, needs_packages
from tests.unit.lambdas.audience_api.world import ANN, EMAIL, NUMBER, TEXT, Response, World

ENDPOINT = "https://audience.example/"
LOOKS = [("light", 1280), ("dark", 1280), ("dark", 360), ("light", 360)]
FORM = """<form method="post" action="{endpoint}follow">{fields}<button>Tell me</button></form>"""


class Visitor:
    """Somebody without scripts, before an endpoint that a browser's requests reach."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.world = World()
        self.problems: list[str] = []
        page.on("console", lambda message: self.problems.append(message.text))
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.route(f"{ENDPOINT}**", self._answer)
        page.route(
            "https://example.com/", lambda route: route.fulfill(body=self.site, content_type="text/html")
        )
        self.site = ""

    def _answer(self, route: Route) -> None:
        answer = self._asked(route.request)
        route.fulfill(status=answer.status, headers=dict(answer.headers), body=answer.body)

    def _asked(self, request: Request) -> Response:
        url = urlsplit(request.url)
        return self.world.request(
            request.method,
            url.path,
            query=url.query,
            body=request.post_data or "",
            type=request.headers.get("content-type", ""),
            accept=request.headers.get("accept", ""),
        )

    def open(self, path: str, token: str) -> None:
        self.page.goto(f"{ENDPOINT}{path}?t={token}")

    def fill_in(self, fields: dict[str, object]) -> None:
        """Submit a plain form on the site."""
        pairs = [
            (name, value)
            for name, many in fields.items()
            for value in (many if isinstance(many, list) else [many])
        ]
        inputs = "".join(
            f'<input type="hidden" name="{name}" value="{str(value).lower() if value is True else value}">'
            for name, value in pairs
        )
        self.site = f"<!doctype html><title>Site</title>{FORM.format(endpoint=ENDPOINT, fields=inputs)}"
        self.page.goto("https://example.com/")
        self.press("Tell me")

    def press(self, button: str) -> None:
        self.page.get_by_role("button", name=button).click()

    def title(self) -> str:
        return self.page.get_by_role("heading", level=1).inner_text()


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Visitor]:
    context = browser.new_context(java_script_enabled=False)
    yield Visitor(context.new_page())
    context.close()


def test_mail_is_followed_changed_and_ended_without_scripts(visitor: Visitor) -> None:
    world, page = visitor.world, visitor.page
    visitor.fill_in(EMAIL)
    assert visitor.title() == "Look into your mailbox"
    [job] = world.asked
    id = world.put("email", ANN, "asked", answer="word", topics=("line-12", "news"))
    assert job.fanout == id
    visitor.open("confirm", world.token(id, "confirm", question="word"))
    visitor.press("Yes, tell me")
    assert visitor.title() == "You will be told"
    page.get_by_role("link", name="Change or end it").click()
    page.get_by_role("checkbox", name="Line 12").uncheck()
    page.get_by_label("When", exact=True).select_option("18:00")
    visitor.press("Save")
    assert page.get_by_role("status").inner_text() == "It is saved."
    follower = world.followers.get(id)
    assert follower
    assert (follower.topics, follower.at) == (("news",), "18:00")
    visitor.press("Tell me nothing more")
    assert visitor.title() == "It has ended"
    follower = world.followers.get(id)
    assert follower
    assert follower.state == "ended"
    assert visitor.problems == []


def test_number_is_confirmed_by_its_code_without_scripts(visitor: Visitor) -> None:
    world, page = visitor.world, visitor.page
    visitor.fill_in(TEXT)
    world.put("text", NUMBER, "asked", answer="482913")
    page.get_by_label("Code of six digits").fill("111111")
    visitor.press("Confirm")
    assert page.get_by_role("alert").inner_text() == "The code is wrong or too old."
    page.get_by_label("Code of six digits").fill("482 913")
    visitor.press("Confirm")
    assert visitor.title() == "You will be told"


OPENED: dict[str, Callable[[World], tuple[str, str]]] = {
    "confirm": lambda world: (
        "confirm",
        world.token(world.put("email", ANN, "asked", answer="w"), "confirm", question="w"),
    ),
    "preferences": lambda world: ("preferences", world.token(world.put("email", ANN, topics=("line-12",)))),
    "unsubscribe": lambda world: ("unsubscribe", world.token(world.id("email", ANN), "unsubscribe")),
    "expired": lambda world: ("confirm", world.token(world.id("email", ANN), "confirm", lasts=-1)),
    "problem": lambda world: ("preferences", "wrong"),
}


@needs_packages
@pytest.mark.parametrize("name", OPENED)
def test_axe_finds_nothing(browser: Browser, name: str) -> None:
    context = browser.new_context(bypass_csp=True)
    visitor = Visitor(context.new_page())
    visitor.open(*OPENED[name](visitor.world))
    visitor.page.evaluate(AXE.read_text())
    for scheme, width in LOOKS:
        visitor.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        visitor.page.set_viewport_size({"width": width, "height": 800})
        found = visitor.page.evaluate("axe.run()")
        assert {one["id"]: [node["target"] for node in one["nodes"]] for one in found["violations"]} == {}
        assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()
