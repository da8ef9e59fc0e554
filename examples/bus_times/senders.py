"""Who tells Jamwire of something: the CMS, the timetable's operator, and the build host."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from examples.bus_times.build import Article
from jamwire.operations.deployment import Deployment
from jamwire.operations.errors import OperationError
from jamwire.operations.send_sample import send
from jamwire.samples.catalogue import SAMPLES
from jamwire.samples.sample import Sample


def tell(deployment: Deployment, endpoint: str, sample: Sample) -> None:
    """Send a webhook, signed as its sender would.

    Raises:
        OperationError: It was not accepted.
    """
    answer = send(deployment, deployment.endpoint(endpoint), sample, fresh=secrets.token_hex(12))
    if answer.status != 200:
        raise OperationError(f"The endpoint {endpoint} answered {answer.status}: {answer.body}")


@dataclass(frozen=True, slots=True)
class Cms:
    """A CMS, whose articles are files of the site and whose webhook is Contentful's.

    Attributes:
        deployment: Who is told.
        site: The site that the articles are for.
    """

    deployment: Deployment
    site: Path

    @property
    def drafts(self) -> list[str]:
        """What waits to be published, by its part of an address."""
        return sorted(path.stem for path in (self.site / "drafts").glob("*.md"))

    def publish(self, slug: str) -> Article:
        """Publish a draft; gives the article."""
        draft = self.site / "drafts" / f"{slug}.md"
        article = Article.read(draft.rename(self.site / "content" / "news" / draft.name))
        entry = {
            "sys": {"type": "Entry", "id": slug, "contentType": {"sys": {"id": "article"}}},
            "fields": {"title": {"en": article.title}, "slug": {"en": article.slug}},
        }
        tell(self.deployment, "cms", replace(SAMPLES["contentful/published"], body=entry))
        return article


@dataclass(frozen=True, slots=True)
class Timetable:
    """Who knows where the buses are, and calls the token endpoint.

    Attributes:
        deployment: Who is told.
        topic: The line's.
    """

    deployment: Deployment
    topic: str

    def say(self, text: str, statuses: Mapping[str, str]) -> None:
        """Tell how the line runs, and what has become of some departures.

        Each call has a key of its own: what was true a moment ago may be true again.
        """
        body = {"topic": self.topic, "title": "Departures", "text": text, "fields": dict(statuses)}
        headers = {"idempotency-key": secrets.token_hex(12)}
        tell(self.deployment, "timetable", replace(SAMPLES["token/notice"], body=body, headers=headers))
