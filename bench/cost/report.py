"""What the model says, in words: `docs/cost.md`, the README's sentence, and the goals."""

import re
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from bench.cost.model import INGEST, RULEBOOKS, STRANGERS, SUBSCRIBERS, TOGETHER, Model
from bench.cost.prices import COMPETITORS, PRICES, READ, Bill, dollars, total
from bench.cost.taken import access_log_bytes, billed_ms
from bench.cost.templates import ROOT, resources
from bench.lambda_memory import DESTINATIONS_MS, WAITS_MS

PAGE: Final = ROOT / "docs" / "cost.md"
README: Final = ROOT / "README.md"

SENTENCE: Final = re.compile(r"At rest the hub with Slack costs .*? list\s+prices\.", re.DOTALL)
"""The README's sentence, wherever its lines end."""

DAY_SECONDS: Final = 86_400
ACCOUNT_LIMIT: Final = 10_000
"""Requests a second that API Gateway lets into an account and its region; beyond that it answers without a log line."""

NAMES: Final = {
    "ingest": "the hub",
    "slack": "Slack",
    "sms": "text messages",
    "cdn": "CDN",
    "rebuild": "rebuild",
    "story": "stories",
    "live": "open pages",
    "archive": "archive",
    "unknown endpoint": "to an endpoint that there is not",
    "bad signature": "to an endpoint, with a wrong signature",
}


class Goal(NamedTuple):
    """A price that is not to be exceeded."""

    name: str
    dollars: float
    most: float

    @property
    def met(self) -> bool:
        """Whether it holds, to the cent."""
        return round(self.dollars, 2) <= self.most


def goals(model: Model) -> list[Goal]:
    """All of them."""
    return [
        Goal("hub + Slack at rest", total(model.at_rest("hub + Slack")), 1.60),
        Goal(
            "whole rulebook at rest, without dashboard and audience",
            total(model.at_rest("whole rulebook")),
            5.00,
        ),
        Goal(
            "audience by all channels at rest",
            total(model.at_rest("the audience by all channels, in addition")),
            2.00,
        ),
        Goal("a million webhooks with Slack, 5 s apart", model.million(["slack"]), 6.00),
        Goal("open pages' own part of a million, with their state", total(model.subscriber("live")), 4.00),
        Goal("archive's own part of a million", total(model.subscriber("archive")), 4.00),
    ]


def sentence(model: Model) -> str:
    """What the README says."""
    rest = {name: total(model.at_rest(name)) for name in RULEBOOKS}
    dashboard, audience = (
        rest[f"{name}, in addition"] for name in ("the dashboard", "the audience by all channels")
    )
    return (
        f"At rest the hub with Slack costs {_cents(rest['hub + Slack'])} a month and the whole rulebook "
        f"{_cents(rest['whole rulebook'])}, the dashboard {_cents(dashboard)} more, an audience by all "
        f"channels {_cents(audience)} more; a million webhooks cost "
        f"{_dimes(model.million(TOGETHER['one subscriber (Slack)']))} with Slack and "
        f"{_dimes(model.million(SUBSCRIBERS))} with every subscriber acting on each, at us-east-1 list prices."
    )


def page(model: Model) -> str:
    """The text of `docs/cost.md`."""
    parts = [
        f"# What it costs\n\n{textwrap.fill(sentence(model), 116, break_on_hyphens=False)}\n",
        _INTRODUCTION,
        _at_rest(model),
        _million(model),
        _beside(model),
        _flood(model),
        _goals(model),
        _how(model),
    ]
    return "\n".join(parts)


def written_sentence(path: Path = README) -> str:
    """The sentence as it stands in the README, or on another page, on one line.

    Raises:
        LookupError: There is none.
    """
    if found := SENTENCE.search(path.read_text()):
        return " ".join(found.group().split())
    raise LookupError(f"{path.name} has no sentence 'At rest the hub with Slack costs …'.")


_INTRODUCTION: Final = f"""\
`make cost` writes this page. Resources are counted in the synthesised templates. What an event takes is counted while
the real functions handle events of 3 kB, 5 s apart, and all services answer from here. Prices are the public ones of
us-east-1, of {READ}, without free tiers.
"""


def _at_rest(model: Model) -> str:
    bills = {name: model.at_rest(name) for name in RULEBOOKS}
    columns = list(dict.fromkeys(name for bill in bills.values() for name in bill))
    rows = [[name, *_costs(bill, columns), f"**{total(bill):.2f}**"] for name, bill in bills.items()]
    return f"""## At rest

Dollars a month without an event:

{_table(["", *columns, "total"], rows)}

An alarm costs by the metrics that it reads. Lambda polls an empty queue all the time, by two pollers, or by five
where its concurrency has a maximum.
"""


def _million(model: Model) -> str:
    bills = {INGEST: model.webhooks()} | {name: model.subscriber(name) for name in SUBSCRIBERS}
    columns = list(dict.fromkeys(name for bill in bills.values() for name in bill))
    rows = [[NAMES[name], *_costs(bill, columns), f"**{total(bill):.2f}**"] for name, bill in bills.items()]
    sums = [
        [f"the hub with {name}", f"**{model.million(names):.2f}**", f"{model.metrics_in_use(names):.2f}"]
        for name, names in TOGETHER.items()
    ]
    return f"""## A million webhooks

Dollars for a million at the hub, and at each subscriber that acts on all of them one by one. For rebuild and CDN an
event is a publish with all that follows: the wake-ups, and the deploy's own event. Events that come closer together
share a call, a message or a build, and cost less.

{_table(["", *columns, "total"], rows)}

{_table(["together", "a million", "custom metrics, a month in use"], sums)}

A custom metric costs {PRICES["metric month"].shown} a month while it has data, by the hour. What a subscriber
publishes, such as `cdn.invalidated`, is an event of its own for those that hear it. Left out is what others ask:
carriers for text messages, CloudFront for invalidations beyond 1,000 paths a month ($0.005 each), AppSync for
deliveries to open pages ($1.00 a million) and their connections ($0.08 a million minutes).
"""


def _beside(model: Model) -> str:
    one = TOGETHER["one subscriber (Slack)"]
    rows = [
        [
            "Jamwire, hub + Slack",
            f"{total(model.at_rest('hub + Slack')):.2f}",
            f"{model.million(one):.2f}",
            "this page",
        ],
        [
            "Jamwire, all",
            f"{total(model.at_rest('whole rulebook')):.2f}",
            f"{model.million(SUBSCRIBERS):.2f}",
            "this page",
        ],
    ]
    rows += [
        [
            other.name,
            f"{other.at_rest:.2f}",
            f"{other.million:.2f}",
            f"{other.terms} ([{other.read}]({other.source}))",
        ]
        for other in COMPETITORS
    ]
    return f"""## Beside others

As published, in dollars. They do different things: Svix and Hookdeck deliver webhooks to other services, AppSync to
pages.

{_table(["", "a month", "a million more", "terms"], rows)}
"""


def _flood(model: Model) -> str:
    rates = _rates(model)
    bills = {name: total(model.webhooks(name)) for name in STRANGERS}
    rows = [
        [NAMES[name], f"{bill:.2f}", f"{rates[name]}", f"**{bill * rates[name] * DAY_SECONDS / 1e6:.0f}**"]
        for name, bill in bills.items()
    ]
    refused = _refused_a_day(model, min(rates.values()))
    waf = dollars("waf acl month") + dollars("waf rule month")
    each = (dollars("waf request") + dollars("cloudfront request")) * 1e6
    return f"""## A stranger's flood

Whoever knows the URL can call it, and each request costs. API Gateway lets {rates["bad signature"]} requests a second
in for each endpoint (`Endpoint(rate_limit=…)`), {rates["unknown endpoint"]} for all names together that no endpoint
has, and answers 429 beyond that; so a day of it has an end:

{_table(["requests", "a million", "a second", "a day"], rows)}

Whoever knows the names of several endpoints can do the second to each of them.

Nothing is published, no subscriber runs. Of what is refused each running function writes one line a second, and a
short one for the others. A request that is throttled costs no request and no function, but a line of the access
log: at most ${refused:.0f} a day, at the {ACCOUNT_LIMIT:,} requests a second that API Gateway allows an account.

The alarm `RejectionSpike` tells of it within five minutes, with the command that shows who calls (`jamwire rejected
list`); an AWS Budget tells of dollars. An endpoint can name the networks that may call it (`Endpoint(addresses=…)`);
what comes from elsewhere is refused before anything is verified. To end a flood, set the endpoint's rate_limit
lower. AWS WAF cannot stand before an HTTP API; with a CloudFront distribution before it, it can: ${waf:.2f} a month
for a web ACL with one rule by rate, and ${each:.2f} a million requests, refused ones too. That is no less than what
it keeps away, so that it is an option for whoever wants their senders to get through in the meantime, and not to
save money.
"""


def _rates(model: Model) -> dict[str, int]:
    """Requests a second that are let in, by who sends them."""
    [stage] = resources(model.templates["Hub"], "AWS::ApiGatewayV2::Stage")
    rates = {key: of["ThrottlingRateLimit"] for key, of in stage["RouteSettings"].items()}
    unknown = rates.pop("ANY /{endpoint}")
    return {"unknown endpoint": unknown, "bad signature": max(rates.values())}


def _refused_a_day(model: Model, rate: float) -> float:
    requests = (ACCOUNT_LIMIT - rate) * DAY_SECONDS
    return dollars("log gb", requests * access_log_bytes(model.templates["Hub"]) / 1e9)


def _goals(model: Model) -> str:
    rows = [
        [goal.name, f"{goal.dollars:.2f}", f"{goal.most:.2f}", "met" if goal.met else "**missed**"]
        for goal in goals(model)
    ]
    return f"""## Goals

{_table(["", "dollars", "at most", ""], rows)}
"""


def _how(model: Model) -> str:
    rows = [
        [
            NAMES[name],
            f"{taken.invocations:.2f}",
            f"{billed_ms(taken, model.functions[name], model.cpu_ms[name]):.0f}",
            f"{model.cpu_ms[name]:.1f}",
            f"{taken.log_bytes:.0f}",
            ", ".join(f"{amount:g} {unit}" for unit, amount in _rounded(taken.units.items())) or "none",
        ]
        for name in (INGEST, *SUBSCRIBERS)
        if (taken := model.taken[name])
    ]
    prices = [[price.service, price.unit, price.shown, price.source] for price in PRICES.values()]
    waits = ", ".join(f"{call} {ms:g}" for call, ms in (WAITS_MS | DESTINATIONS_MS).items())
    return f"""## How it is counted

What an event takes of each function:

{_table(["", "invocations", "ms billed", "ms of a whole processor", "bytes of log", "units"], rows)}

The processor's milliseconds were measured once (`bench/cost/measured.json`, `make cost ARGS=--measure`), as
[performance](performance.md) has them: with the SDK's own work and its sockets, without TLS. A function of 256 MB has
a seventh of a processor (256 of 1,769 MB), and takes seven times as long. How long answers take is assumed, in ms:
{waits}. A secret of endpoints is read every five minutes by each running function, and that of a destination every
quarter of an hour. The hub's memory is that of endpoints whose senders put one event into a request; where one of
them may put thousands, it is doubled.

{_table(["service", "unit", "price", "source"], prices)}
"""


def _rounded(units: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
    return [(unit, round(amount, 2)) for unit, amount in units]


def _costs(bill: Bill, columns: Sequence[str]) -> list[str]:
    return [f"{bill[name]:.2f}" if name in bill else "" for name in columns]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _cents(dollars: float) -> str:
    return f"${dollars:.2f}"


def _dimes(dollars: float) -> str:
    return f"${dollars:.1f}0"
