"""Build hosts: what each of them takes as the request for a build.

Sources: docs.netlify.com, "Build hooks" (`trigger_title`); vercel.com/docs/deployments/deploy-hooks; Cloudflare Pages
documentation, "Deploy hooks"; AWS Amplify Hosting user guide, "Incoming webhooks"; GitHub REST API reference,
"Create a repository dispatch event" (an event type of 100 characters, a payload of 10 properties, an answer of 204).

This module is also imported where the rulebook is checked and where a hook is set, and depends on nothing.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote, urlencode, urlsplit

from lambdas.contracts.correlation import marked
from lambdas.contracts.http_request import HttpRequest

EVENT_TYPE: Final = "jamwire"
"""By which a workflow of GitHub is started: ``on: repository_dispatch: types: [jamwire]``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildTrigger:
    """What a build host is told of a build that it is to make.

    Attributes:
        correlation: To be given back by the build host's webhook.
        title: What people read of it.
        event_id: The first event that caused it.
        publishes: How many there were.
    """

    correlation: str
    title: str
    event_id: str
    publishes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildHost:
    """A build host.

    Attributes:
        name: By which the rulebook names it.
        hosts: Who answers at its hooks.
        path: Its hooks' path, with the query where that is part of the credential.
        example: A hook as its owner sees it.
        echoes_correlation: Whether its webhooks give the correlation back.
        has_token: Whether its hooks are open to all, and a token stands before the host's name.
        query: What is added to the hook's own query.
        body: What is sent.
    """

    name: str
    hosts: str
    path: str
    example: str
    echoes_correlation: bool = False
    has_token: bool = False
    query: Callable[[BuildTrigger], Mapping[str, str]] = field(default=lambda trigger: {})
    body: Callable[[BuildTrigger], Mapping[str, Any]] = field(default=lambda trigger: _facts(trigger))

    def is_hook(self, url: str) -> bool:
        """Whether this is one of its hooks; one on this machine has the same path."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return False
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        host = parts.hostname or ""
        known = parts.scheme == "https" and re.fullmatch(self.hosts, host)
        here = parts.scheme == "http" and host in ("127.0.0.1", "localhost")
        has_token = bool(parts.username) and parts.password is None
        return (
            url.isprintable()
            and " " not in url
            and bool((known or here) and re.fullmatch(self.path, path))
            and (has_token if self.has_token else "@" not in parts.netloc)
        )

    def request(self, hook: str, trigger: BuildTrigger) -> HttpRequest:
        """The request that triggers a build."""
        parts = urlsplit(hook)
        query = "&".join(part for part in (parts.query, urlencode(self.query(trigger))) if part)
        headers = {"content-type": "application/json", "user-agent": "Jamwire"}
        if parts.username:
            headers |= {
                "authorization": f"Bearer {unquote(parts.username)}",
                "accept": "application/vnd.github+json",
            }
        host = f"{parts.hostname}{f':{parts.port}' if parts.port else ''}"
        return HttpRequest(
            url=parts._replace(netloc=host, query=query),
            body=json.dumps(self.body(trigger)).encode(),
            headers=headers,
        )


def _facts(trigger: BuildTrigger) -> dict[str, Any]:
    """What a build can read of its cause, where its host passes it on (Netlify: ``INCOMING_HOOK_BODY``)."""
    return {
        "correlation": trigger.correlation,
        "title": marked(trigger.title, trigger.correlation),
        "event": trigger.event_id,
        "publishes": trigger.publishes,
    }


HOSTS: Final = {
    host.name: host
    for host in (
        BuildHost(
            name="netlify",
            hosts=r"api\.netlify\.com",
            path=r"/build_hooks/[0-9a-f]{24}(\?.*)?",
            example="https://api.netlify.com/build_hooks/<id>",
            echoes_correlation=True,
            query=lambda trigger: {"trigger_title": marked(trigger.title, trigger.correlation)},
        ),
        BuildHost(
            name="vercel",
            hosts=r"api\.vercel\.com",
            path=r"/v1/integrations/deploy/[A-Za-z0-9_]+/[A-Za-z0-9]+(\?.*)?",
            example="https://api.vercel.com/v1/integrations/deploy/<project>/<id>",
        ),
        BuildHost(
            name="cloudflare",
            hosts=r"api\.cloudflare\.com",
            path=r"/client/v4/pages/webhooks/deploy_hooks/[0-9a-f-]{36}",
            example="https://api.cloudflare.com/client/v4/pages/webhooks/deploy_hooks/<id>",
        ),
        BuildHost(
            name="amplify",
            hosts=r"webhooks\.amplify\.[a-z0-9-]+\.amazonaws\.com",
            path=r"/prod/webhooks\?id=[0-9a-f-]{36}&token=[A-Za-z0-9%._~-]+&operation=startbuild",
            example="https://webhooks.amplify.<region>.amazonaws.com/prod/webhooks?id=<id>&token=<token>"
            "&operation=startbuild",
        ),
        BuildHost(
            name="github",
            hosts=r"api\.github\.com",
            path=r"/repos/[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+/dispatches",
            example="https://<token>@api.github.com/repos/<owner>/<repository>/dispatches",
            echoes_correlation=True,
            has_token=True,
            body=lambda trigger: {"event_type": EVENT_TYPE, "client_payload": _facts(trigger)},
        ),
    )
}


def a_local_hook(host: str, base: str, random: Callable[[int], str]) -> str:
    """A hook of this build host that leads to a stand-in for it.

    Args:
        host: Its name.
        base: Where the stand-in answers, ``http://127.0.0.1:4001``.
        random: So many hexadecimal digits that nobody can guess.
    """
    id = random(32)
    uuid = f"{id[:8]}-{id[8:12]}-4{id[13:16]}-8{id[17:20]}-{id[20:32]}"
    paths = {
        "netlify": f"/build_hooks/{id[:24]}",
        "vercel": f"/v1/integrations/deploy/prj_{id[:16]}/{id[16:]}",
        "cloudflare": f"/client/v4/pages/webhooks/deploy_hooks/{uuid}",
        "amplify": f"/prod/webhooks?id={uuid}&token={random(40)}&operation=startbuild",
        "github": "/repos/local/site/dispatches",
    }
    return f"{base.replace('://', f'://{id}@') if host == 'github' else base}{paths[host]}"
