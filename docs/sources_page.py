"""The page about sources, made from the catalogue itself: ``python -m docs.sources_page`` writes sources.md.

What a person has to click is said in `jamwire.samples.guides` and not in the catalogue, which travels with the ingest
function.
"""

from pathlib import Path
from typing import Final

from jamwire.samples.guides import STEPS
from lambdas.ingest.catalogue import CATALOGUE
from lambdas.ingest.environment import USUAL_NAMES, Environment
from lambdas.ingest.identity import (
    MAX_ID_LENGTH,
    WINDOW,
    Body,
    DeliveryHeader,
    Fields,
    NeverRepeats,
    Rule,
    SameBody,
    SignedId,
    SignedTimeAndBody,
)
from lambdas.ingest.schemes.any_of import AnyOf
from lambdas.ingest.schemes.hmac_scheme import Hmac
from lambdas.ingest.schemes.public_key import PublicKey
from lambdas.ingest.schemes.scheme import Scheme
from lambdas.ingest.schemes.signed import SignedMessage
from lambdas.ingest.schemes.tokens import Basic, BodyToken, EventBridge, Token
from lambdas.ingest.schemes.vendor import BodyJws, ContentfulRequest, HygraphEnvelope, TwilioUrl
from lambdas.ingest.source import Source

PAGE: Final = Path(__file__).with_name("sources.md")

PRODUCTION: Final[dict[str, str]] = {
    "netlify": "`context` is `production`, and `published_at` is not null: the deploys of a locked site wait",
    "vercel": "`payload.target` is `production`; a promotion and a rollback always",
    "cloudflare": "`data.environment` is `ENVIRONMENT_PRODUCTION`",
    "amplify": "`detail.branchName` is `main`, `master` or `production`",
    "gitlab": "a deployment: `environment_tier` is `production`, or without it the environment's name is one of the usual; a "
    "pipeline: it is of the default branch, and of no merge request or tag",
    "github": "a deployment: `production_environment` is true, or its name begins with `production` or is `github-pages`, and "
    "it is not transient; a run: it is of the default branch, of the repository itself and of no pull request",
    "contentful": "`sys.environment.sys.id` is `master`, or another usual name",
    "sanity": "the header `sanity-dataset` is `production`, or another usual name",
    "storyblok": "always; what is scheduled in a release waits for its merge",
    "prismic": "always; an environment is a repository of its own, to be told by `site`",
    "hygraph": "`data.stage` is `PUBLISHED`",
    "datocms": "`is_environment_primary` is true, or without it the environment's name is one of the usual; a deploy always, "
    "or where `production` names its build trigger's id",
    **dict.fromkeys(
        ("standard-webhooks", "standard-webhooks-v1a", "hmac", "token", "basic", "zapier", "ifttt"),
        "`environment` is one of the usual names",
    ),
}
"""When an event is of production, of the sources that say so; the words of `Endpoint(production=…)` come first."""


def page() -> str:
    """The page."""
    return f"""# Sources

<!-- Made by `make docs` from lambdas/ingest/sources and docs/sources_page.py. -->

What can call an endpoint, how its calls are verified, what to click to connect it, and which of its events have a word in
Jamwire's vocabulary. Every other event that is verified is passed on as `<source>.<native type>`.

In `app.py` an endpoint is a name and one of these: `endpoints={{"site": "netlify"}}`. `NAME` below is that name, and the URL
is the one that `jamwire endpoints` shows for it. After connecting, `jamwire send --list` has a sample of every source.

| Source | Verified by | Events |
|---|---|---|
{"".join(_row(source) for source in CATALOGUE.values())}
## What tells events apart

A repetition of a request must be told once, and a second happening again, even if its body is the same. Each source tells the
two apart in its own way; the first of these that a request has decides. An id that is empty or longer than {MAX_ID_LENGTH}
characters is none. In `app.py` an endpoint can say it for itself:

```python
from stacks.endpoints import Endpoint, Hmac, by_fields, by_header, within

endpoints = {{
    "shop": Endpoint(Hmac(), identity=by_header("x-delivery-id")),  # a header that is kept over retries
    "app": Endpoint("token", identity=by_fields("page.id", "saved_at")),  # places in the body
    "zap": Endpoint("zapier", identity=within(300)),  # the same body within 300 s
}}
```

There are also `by_body()`, for a body with an id or a time in it, and `never_repeats()`, for a sender that does not retry. Of
several in a list, the first that yields something decides; the source's own follow. *The same body within {WINDOW:g} s* needs a
table, which the hub makes; where it cannot be asked, the event is published all the same (metric `RepetitionsUnknown`).

The last column says what somebody can do who has captured one request. A repetition of an event is known for 72 hours after its
delivery; later on it is told again, unless its signed time has refused it. Whatever becomes an event is still bounded: by the
quiet time of builds, by the rate limits of Slack and CloudFront, and by the budgets of text messages and purges.

| Source | Events are told apart by | Who replays a captured request |
|---|---|---|
{"".join(_identity_row(source) for source in CATALOGUE.values())}
## Production

Only production is the site: a deploy elsewhere is a `preview.*`, and content elsewhere no `content.*`. An event is of production
when the sender says so in its own words, unless the endpoint names the environment: `Endpoint(…, production="trunk")`. The usual
names are {", ".join(f"`{name}`" for name in sorted(USUAL_NAMES))}. What a sender does not say counts as production. *Site* is what
`Endpoint(…, site=…)` may name.

| Source | Production when | Site |
|---|---|---|
{"".join(_production_row(source) for source in CATALOGUE.values() if source.environment != Environment())}
## Connecting

{"".join(_section(source) for source in CATALOGUE.values())}"""


def _row(source: Source) -> str:
    natives: dict[str, list[str]] = {}
    for native, kind in source.types.items():
        natives.setdefault(kind, []).append(f"`{native}`")
    events = "<br>".join(f"{', '.join(of)} → **{kind}**" for kind, of in natives.items())
    return (
        f"| [{source.name}](#{source.name}) | {describe(source.scheme)} | {events or 'as they are named'} |\n"
    )


def _identity_row(source: Source) -> str:
    rules = "<br>".join(f"{number}. {_rule(rule)}" for number, rule in enumerate(_told_by(source), 1))
    if source.topics:
        rules += f"<br>each with the native type, if it is one of {len(source.topics)}"
    return f"| [{source.name}](#{source.name}) | {rules} | {replayed(source)} |\n"


def _told_by(source: Source) -> list[Rule]:
    """The rules up to one that every request of the source's scheme has something for."""
    signs_id = isinstance(source.scheme, AnyOf) or bool(getattr(source.scheme, "id", ""))
    certain = {SignedId: signs_id, SignedTimeAndBody: _tolerance(source.scheme) > 0}
    rules = source.identity
    last = next(n for n, rule in enumerate(rules) if rule.always or certain.get(type(rule)))
    return list(rules[: last + 1])


def _rule(rule: Rule) -> str:
    """A rule in a few words."""
    match rule:
        case SignedId():
            return "the signed id"
        case DeliveryHeader(header=header, signed=signed):
            return f"the header `{header}`{', where it is signed' if signed else ''}"
        case Fields(paths=paths):
            return "the body's " + " and ".join(f"`{'.'.join(path)}`" for path in paths)
        case Body():
            return "the body"
        case SignedTimeAndBody():
            return "the signed time and the body"
        case SameBody(seconds=seconds):
            return f"the body, within {seconds:g} s"
        case NeverRepeats():
            return "each request is an event: it is never repeated"
        case _:
            raise TypeError(f"{type(rule).__name__} has no description")


def replayed(source: Source) -> str:
    """What whoever has captured a request can make of it."""
    if isinstance(source.scheme, EventBridge):
        return "nobody can: IAM lets EventBridge in only"
    if isinstance(source.scheme, Token | Basic | BodyToken):
        return "has the secret, and can send anything: change the secret"
    made = _made_of_a_capture(source)
    tolerance = _tolerance(source.scheme)
    return f"{made}, and is refused after {tolerance} s" if tolerance else made


def _made_of_a_capture(source: Source) -> str:
    rules = _told_by(source)
    if any(isinstance(rule, NeverRepeats) for rule in rules):
        return "makes an event each time"
    if any(isinstance(rule, DeliveryHeader) and not rule.signed for rule in rules):
        return "makes an event with each value of that header"
    if any(isinstance(rule, SameBody) for rule in rules):
        return f"makes one event in {WINDOW:g} s"
    if source.topics:
        return f"makes one event for each of the {len(source.topics)} native types, and one more"
    return "makes no other event"


def _tolerance(scheme: Scheme) -> int:
    """Seconds for which a request can be sent again; 0 for ever."""
    if isinstance(scheme, AnyOf):
        return _tolerance(scheme.schemes[0])
    timed = not isinstance(scheme, SignedMessage) or scheme.signs_time
    return getattr(scheme, "tolerance", 0) if timed else 0


def _production_row(source: Source) -> str:
    when = PRODUCTION[source.name.removesuffix("-signed")]
    sites = ", ".join(f"`{'.'.join(path)}`" for path in source.environment.sites)
    return f"| {source.name} | {when} | {sites or 'not told'} |\n"


def _section(source: Source) -> str:
    return f"### {source.name}\n\n{STEPS[source.name]}\n\n"


def describe(scheme: Scheme) -> str:
    """A scheme in a few words."""
    match scheme:
        case AnyOf():
            return describe(scheme.schemes[0])
        case Hmac():
            time = ", with a signed time" if scheme.signs_time else ""
            return f"HMAC-{scheme.algorithm.upper()} in `{scheme.header}`{time}"
        case PublicKey():
            return f"{scheme.algorithm} in `{scheme.header}`, with a signed time"
        case Token():
            return (
                f"a secret in the query's `{scheme.query}`"
                if scheme.query
                else f"a secret in `{scheme.header}`"
            )
        case Basic():
            return "HTTP basic authentication"
        case BodyToken():
            return f"a secret in the body's `{'.'.join(scheme.path)}`"
        case BodyJws():
            return f"a JWS in `{scheme.header}`"
        case ContentfulRequest():
            return "HMAC-SHA256 of the canonical request, with a signed time"
        case HygraphEnvelope():
            return "HMAC-SHA256 in `gcms-signature`, with a signed time"
        case TwilioUrl():
            return "HMAC-SHA1 of the URL and the form"
        case EventBridge():
            return "IAM, through Amazon EventBridge"
        case _:
            raise TypeError(f"{type(scheme).__name__} has no description")


if __name__ == "__main__":
    PAGE.write_text(page())
