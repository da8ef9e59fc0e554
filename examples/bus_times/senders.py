"""Who tells Jamwire of something: the CMS, the timetable's operator, and the build host."""

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from examples.bus_times.build import Article
from examples.sending import tell
from jamwire.operations.deployment import Deployment
from jamwire.samples.catalogue import SAMPLES
from lambdas.contracts.event import timestamp


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
        title: What the line is called.
    """

    deployment: Deployment
    topic: str
    title: str

    def say(
        self, text: str, statuses: Mapping[str, str], lasts: Mapping[str, float], *, warn: bool = False
    ) -> None:
        """Tell how the line runs, and what has become of some departures: a notice each, in one request.

        Each call has a key of its own: what was true a moment ago may be true again.

        Args:
            text: How the line runs.
            statuses: What has become of departures, by their times.
            lasts: Seconds after which that is history.
            warn: Whether it is in the way of people, so that those who follow the line are told where they are.
        """
        now = time.time()
        line = {"topic": self.topic, "time": timestamp(now)}
        ends = {departure: timestamp(now + seconds) for departure, seconds in lasts.items()}
        departures = [
            {
                **line,
                "title": f"{departure} {status}",
                "fields": {departure: status},
                "expires": ends[departure],
            }
            for departure, status in statuses.items()
        ]
        severity = "warning" if warn else "info"
        body = [{**line, "title": self.title, "text": text, "severity": severity}, *departures]
        headers = {"idempotency-key": secrets.token_hex(12)}
        tell(self.deployment, "timetable", replace(SAMPLES["token/notice"], body=body, headers=headers))
