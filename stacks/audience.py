"""The audience: visitors of a site who asked to be told, by web push, by e-mail or by text message."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_apigatewayv2 as apigateway
from constructs import Construct

from lambdas.contracts.audience_settings import AudienceApiSettings, AudienceSettings
from lambdas.contracts.audience_topics import Channel, Topic
from lambdas.contracts.outputs import AudienceOutput, Output
from lambdas.contracts.sms_limits import Budget
from stacks.constructs.alarm import alarm_description, command
from stacks.constructs.audience_api import audience_api, lead_to
from stacks.constructs.audience_channels import (
    AudienceChannel,
    Channels,
    Email,
    TextMessages,
    WebPush,
)
from stacks.constructs.audience_digest import start_digests
from stacks.constructs.audience_email import AudienceEmail
from stacks.constructs.audience_feedback import listen_to_feedback
from stacks.constructs.audience_functions import (
    API,
    DIGEST,
    FEEDBACK,
    PLANNER,
    REQUIREMENTS,
    WORKERS,
    AudienceFunctions,
)
from stacks.constructs.audience_graphs import audience_graphs
from stacks.constructs.audience_jobs import AudienceJobs
from stacks.constructs.audience_keys import fill_keys
from stacks.constructs.audience_site import Site, Turnstile
from stacks.constructs.audience_table import audience_table
from stacks.constructs.audience_texts import AudienceTexts
from stacks.constructs.audience_topics import checked_topics
from stacks.constructs.audience_words import OwnWords
from stacks.constructs.function import Function, dependencies_layer
from stacks.constructs.metrics import PERIOD
from stacks.constructs.outputs import write_outputs
from stacks.constructs.secret import keyring_secret
from stacks.constructs.stack import JamwireStack
from stacks.constructs.subscriber import Subscriber
from stacks.constructs.subscriber_alarms import dead_letters_alarm
from stacks.hub import HubStack
from stacks.rules import When

__all__ = [
    "AudienceChannel",
    "AudienceStack",
    "Budget",
    "Email",
    "Site",
    "TextMessages",
    "Topic",
    "Turnstile",
    "WebPush",
]

GIVE_UP_AFTER: Final = Duration.hours(12)
"""What is older is no news; until then an event waits for its plan to be written."""

KEY: Final = re.compile(r"[A-Za-z0-9]{1,20}")
FANOUT_METRICS: Final = ("NotForFollowers", "FollowersTooLate", "Recipients")
TOPICS_FILE: Final = "topics.json"
QUEUE_OUTPUTS: Final[Mapping[Channel, Output]] = {
    "push": AudienceOutput.PUSH_QUEUE_URL,
    "email": AudienceOutput.EMAIL_QUEUE_URL,
    "text": AudienceOutput.TEXT_QUEUE_URL,
}
QUESTIONS_OUTPUTS: Final[Mapping[Channel, Output]] = {
    "email": AudienceOutput.EMAIL_QUESTIONS_URL,
    "text": AudienceOutput.TEXT_QUESTIONS_URL,
}


class AudienceStack(JamwireStack):
    """Lets visitors follow topics, and tells them of what happens: by the channels that are named, each by itself.

    A visitor follows on a page of the site, confirms by the channel itself, and ends it by one click at any time. An
    event belongs to one topic; its followers are told at once, or in a digest at a time of day.

    Args:
        scope: The app.
        id: Last part of the stack's name.
        hub: The hub it listens to.
        when: Which events it hears (`stacks.rules`).
        site: The site that is followed.
        topics: What can be followed, by name: ``line-12``, or a family such as ``line-*``. An event belongs to the one
            that its subject names, otherwise to the first that has its type.
        channels: `WebPush`, `Email`, `TextMessages`: one at least, each once; None for one that this account has not.
        key: Names the key by which push services know the site. Another name is another key, to which browsers change
            as they come back; those that do not are told by the old one.
        challenge: What keeps machines away from the endpoint beside its limits; nothing where it is left out.
        per_network: How often one network may ask to follow in an hour, and as often try a code.
        words: What pages and messages say, where the site has its own words, by their keys
            (`lambdas.contracts.audience_words`, `lambdas.contracts.audience_message_words`).

    Raises:
        ValueError: There is no topic or no channel, or a value is not valid; one sentence says what was expected.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        hub: HubStack,
        when: When,
        site: Site,
        topics: Mapping[str, Topic],
        channels: Sequence[AudienceChannel | None],
        key: str = "1",
        challenge: Turnstile | None = None,
        per_network: int = 60,
        words: Mapping[str, str] | None = None,
    ) -> None:
        followed, said = checked_topics(topics), Channels.of(channels)
        _check(key, per_network)
        _check_zone(site, said)
        own_words = OwnWords.of(words or {})
        super().__init__(scope, id, hub=hub, description="Jamwire: visitors who asked to be told")
        self.termination_protection = True  # nobody can give the list back but those who are on it
        self._hub = hub
        dependencies_layer(self, REQUIREMENTS)
        table = audience_table(self)
        secret = keyring_secret(self, "Keys", "Keys of an audience")
        jobs = AudienceJobs(self, "Jobs", {name: WORKERS[name].timeout for name in said.names})
        mail = AudienceEmail(self, "Mail", said.email) if said.email else None
        texts = AudienceTexts(self, "Texts", said.text) if said.text else None
        api = audience_api(self, site.origin)
        told = AudienceSettings(
            table=table.table_name,
            secret_arn=secret.secret_arn,
            topics_file=TOPICS_FILE,
            site=site.told,
            url=f"{api.api_endpoint}/",
        )
        functions = AudienceFunctions(
            stack=self,
            table=table,
            secret=secret,
            jobs=jobs,
            environment=_environment(told, jobs, own_words, said.push, mail, texts),
            documents={TOPICS_FILE: followed.to_json(), **own_words.documents},
        )
        self._listen(when, functions)
        self._tell(said, functions, mail, texts)
        self._open(api, functions.make(API), challenge, per_network, own_words)
        hub.show(audience_graphs(self.stack_name, said.names, self._add_alarms(api, jobs)))
        outputs: dict[Output, str] = {
            AudienceOutput.URL: told.url,
            AudienceOutput.API_ID: api.api_id,
            AudienceOutput.TABLE: table.table_name,
            AudienceOutput.SECRET_ARN: secret.secret_arn,
            AudienceOutput.PUSH_KEY: fill_keys(self, secret, key, texts),
            AudienceOutput.JOBS_DEAD_LETTERS_URL: jobs.dead_letters.queue_url,
            **{QUEUE_OUTPUTS[name]: queue.queue_url for name, queue in jobs.queues.items()},
            **{QUESTIONS_OUTPUTS[name]: queue.queue_url for name, queue in jobs.questions.items()},
        }
        if texts:
            outputs[AudienceOutput.REPLIES_TOPIC_ARN] = texts.replies.topic_arn
        write_outputs(self, outputs)

    def _listen(self, when: When, functions: AudienceFunctions) -> None:
        """Hear of events, and plan who is told of each."""
        planner = Subscriber(
            self,
            "Subscriber",
            hub=self._hub,
            handler="lambdas.audience.handler.handle",
            when=when,
            give_up_after=GIVE_UP_AFTER,
            idempotent=True,  # a plan is written once, and a job that is done does nothing
            custom_metrics=FANOUT_METRICS,
            environment=functions.environment,
            documents=functions.documents,
        )
        functions.allow(planner.function, PLANNER)

    def _tell(
        self,
        said: Channels,
        functions: AudienceFunctions,
        mail: AudienceEmail | None,
        texts: AudienceTexts | None,
    ) -> None:
        """Tell followers by each channel, and hear what comes back of it."""
        pushes_at_once = said.push.at_once if said.push else None
        workers = {name: functions.make_worker(name, pushes_at_once) for name in said.names}
        if mail:
            mail.let_send(workers["email"])
            start_digests(self, hub=self._hub, name=self.stack_name, function=functions.make(DIGEST))
        if texts:
            texts.let_send(workers["text"])
        if mail or texts:
            self._take_in_feedback(functions, mail, texts)

    def _take_in_feedback(
        self, functions: AudienceFunctions, mail: AudienceEmail | None, texts: AudienceTexts | None
    ) -> None:
        """Hear of bounces and complaints, and of what followers answer; HELP is answered by a text message."""
        function = functions.make(FEEDBACK)
        topics = [*([mail.events] if mail else []), *([texts.replies] if texts else [])]
        if texts:
            texts.let_send(function)
        listen_to_feedback(self, hub=self._hub, name=self.stack_name, function=function, topics=topics)

    def _open(
        self,
        api: apigateway.HttpApi,
        function: Function,
        challenge: Turnstile | None,
        per_network: int,
        words: OwnWords,
    ) -> None:
        """Open the endpoint to the public."""
        settings = AudienceApiSettings(
            challenge_site_key=challenge.site_key if challenge else "",
            per_network=per_network,
            words_file=words.pages_file,
        )
        for name, value in settings.to_environment().items():
            function.set_variable(name, value)
        lead_to(api, function)

    def _add_alarms(self, api: apigateway.HttpApi, jobs: AudienceJobs) -> dict[str, str]:
        """Add the alarms; gives their names, by what they are about."""
        name = self.stack_name
        dead = dead_letters_alarm(
            jobs,
            hub=self._hub,
            name=f"{name}-Jobs",
            dead_letters=jobs.dead_letters,
            description=alarm_description(
                f"{name}: jobs could not be done, so that some followers were not told.",
                look=f"the errors in the logs of {name}'s functions; once they are put right, give the jobs back, as "
                "docs/audience.md says. Those that are too late do nothing.",
                run=f"aws sqs start-message-move-task --source-arn {jobs.dead_letters.queue_arn}",
            ),
        )
        errors = self._hub.add_alarm(
            self,
            "EndpointErrors",
            name=f"{name}-EndpointErrors",
            metric=api.metric_server_error(statistic="Sum", period=PERIOD),
            threshold=1,
            description=alarm_description(
                f"{name}: the public endpoint fails. Visitors who wanted to follow, or to end it, were asked to try "
                "again.",
                look=f"the lines with status 500 and above in the log of the function {name}-Api",
                run=command(self._hub.deployment, "audience status"),
            ),
        )
        return {"jobs' dead letters": dead, "endpoint errors": errors}


def _environment(
    told: AudienceSettings,
    jobs: AudienceJobs,
    words: OwnWords,
    push: WebPush | None,
    mail: AudienceEmail | None,
    texts: AudienceTexts | None,
) -> dict[str, str]:
    """What all functions of an audience are told; no two of these name the same."""
    settings = [
        told,
        jobs.settings,
        words.settings,
        *(channel.settings for channel in (push, mail, texts) if channel),
    ]
    return {name: value for one in settings for name, value in one.to_environment().items()}


def _check(key: str, per_network: int) -> None:
    if not KEY.fullmatch(key):
        raise ValueError(
            f"key is {key!r}, expected a name of up to 20 letters and digits such as '1' or '2027'."
        )
    if type(per_network) is not int or per_network < 1:
        raise ValueError(f"per_network is {per_network!r}, expected a whole number from 1.")


def _check_zone(site: Site, channels: Channels) -> None:
    """A text message at night, since somebody's zone was not known, is what the law forbids (47 CFR 64.1200(c)(1))."""
    if channels.text and not site.zone:
        raise ValueError(
            "The site has no zone, expected one such as Site(zone='America/New_York'): text messages keep by it the "
            "quiet hours of whoever follows by a form without a script."
        )
