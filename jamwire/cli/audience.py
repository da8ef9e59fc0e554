"""``jamwire audience``: the people who asked to be told."""

import datetime as dt
import time
from dataclasses import asdict
from itertools import islice
from typing import Annotated, Any

import typer
from rich.progress import Progress

from jamwire.cli.options import Json, Local, Name, ask, find_deployment
from jamwire.cli.terminal import err, one_line, out, plain, print_json, print_table
from jamwire.operations.audience import erasure, fan_outs, importing, trial
from jamwire.operations.audience.addresses import address_of
from jamwire.operations.audience.audience import Audience, find_audience
from jamwire.operations.audience.challenge import set_challenge
from jamwire.operations.audience.fan_outs import FanOut
from jamwire.operations.audience.page import policy_of, tag_of
from jamwire.operations.audience.people import (
    STATES,
    Kept,
    all_kept,
    follower_document,
    list_followers,
)
from jamwire.operations.audience.topics import followed_topics, public_settings
from jamwire.operations.deployment import NAME
from jamwire.operations.times import to_the_second

app = typer.Typer(no_args_is_help=True, help="The people who asked to be told, and what they are told.")

Of = Annotated[str, typer.Option("--audience", help="The audience's stack, where there are several.")]
Address = Annotated[
    str,
    typer.Argument(
        metavar="ADDRESS", help="An e-mail address, a number such as +4930123456, a push endpoint's URL."
    ),
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


@app.command("page")
def page(audience: Of = "", local: Local = False, json: Json = False, name: Name = NAME) -> None:
    """Print what to put into the site's pages so that their visitors can follow."""
    url = _audience(audience, local, name).url
    if json:
        print_json({"url": url, "tag": tag_of(url), "policy": policy_of(url)})
        return
    out.print(
        "[dim]Copy live/jamwire-follow.js and live/jamwire-worker.js into the site, and put into its pages[/dim]"
    )
    out.print(plain(tag_of(url)))
    out.print("[dim]Where there is a Content-Security-Policy, it must allow[/dim]")
    out.print(plain(policy_of(url)))


@app.command("topics")
def topics(audience: Of = "", local: Local = False, json: Json = False, name: Name = NAME) -> None:
    """List the topics that are followed, with the numbers of their followers."""
    found = followed_topics(_audience(audience, local, name))
    if json:
        print_json([asdict(topic) | {"followers": topic.followers} for topic in found])
    elif found:
        columns = ("Topic", "Followers", "Push", "E-mail", "Digest", "Text")
        print_table(
            columns,
            [
                (t.topic, *(str(count or "") for count in (t.followers, t.push, t.email, t.digest, t.text)))
                for t in found
            ],
        )
    else:
        err.print("Nobody follows anything yet.")


@app.command("list")
def list_(
    topic: Annotated[str, typer.Option(help="Only who follows this topic.")] = "",
    addresses: Annotated[bool, typer.Option("--addresses", help="Show whole addresses.")] = False,
    audience: Of = "",
    local: Local = False,
    json: Json = False,
    name: Name = NAME,
) -> None:
    """List followers; their addresses are masked unless they are asked for."""
    found = list(list_followers(_audience(audience, local, name), topic, whole=addresses))
    if json:
        print_json([follower_document(each) for each in found])
    elif found:
        print_table(
            ("Channel", "Address", "State", "Topics", "Digest", "Since"),
            [
                (
                    each.follower.channel,
                    one_line(each.address),
                    " ".join((STATES[each.follower.state], each.follower.reason)).strip(),
                    " ".join(each.follower.topics),
                    " ".join((each.follower.at, each.follower.zone if each.follower.at else "")).strip(),
                    to_the_second(each.follower.consent.confirmed_at),
                )
                for each in found
            ],
        )
    else:
        err.print("There are no such followers.")


@app.command("show")
def show(
    address: Address, audience: Of = "", local: Local = False, json: Json = False, name: Name = NAME
) -> None:
    """Show all that is kept of a person, with the proof of its consent."""
    kept = all_kept(_audience(audience, local, name), address_of(address))
    if json:
        print_json(kept.document)
    elif kept.is_nothing:
        err.print("Nothing is kept of this person.")
    else:
        print_table(("What", "Kept"), _kept_rows(kept), prose="wrapped")


@app.command("export")
def export(address: Address, audience: Of = "", local: Local = False, name: Name = NAME) -> None:
    """Print all that is kept of a person as JSON, to be handed to that person."""
    print_json(all_kept(_audience(audience, local, name), address_of(address)).document)


@app.command("erase")
def erase(
    address: Address,
    yes: Yes = False,
    audience: Of = "",
    local: Local = False,
    json: Json = False,
    name: Name = NAME,
) -> None:
    """Erase all that is kept of a person, and read again whether it is gone; it asks first."""
    found, who = _audience(audience, local, name), address_of(address)
    kept = all_kept(found, who)
    if not json:
        _say_what_goes(kept)
    if kept.is_nothing or not (
        yes or typer.confirm("Erase all of it, with the proof of consent? Nobody can bring it back", err=True)
    ):
        if json:
            print_json({"erased": False, "was": kept.document})
        return
    erased = erasure.erase(found, who)
    if json:
        print_json({"erased": True, "was": erased.was.document})
    else:
        err.print("It is erased; the table was read again, and has nothing of this person.")


@app.command("import")
def import_(
    file: Annotated[
        typer.FileText,
        typer.Argument(
            metavar="FILE.csv",
            help=f"Its columns: {','.join(importing.COLUMNS)}, and {importing.ZONE} if you like.",
            encoding="utf-8-sig",
        ),
    ],
    yes: Yes = False,
    audience: Of = "",
    local: Local = False,
    json: Json = False,
    name: Name = NAME,
) -> None:
    """Take followers over from another list, each with the proof of its consent; it counts them, and asks first."""
    found = _audience(audience, local, name)
    read = importing.read_file(file, found, public_settings(found), dt.datetime.now(dt.UTC))
    if read.bad:
        _say_lines("cannot be taken over", read.bad)
        err.print(
            f"[red]{_some(len(read.bad), 'bad line')}[/red]; nothing was done. Put them right, and try again."
        )
        raise typer.Exit(1)
    counts = ", ".join(f"{count} by {channel}" for channel, count in importing.counted(read.lines).items())
    if not read.lines or not (
        yes or typer.confirm(f"Take {_some(len(read.lines), 'follower')} over: {counts}?", err=True)
    ):
        err.print("Nothing was done.")
        return
    left_out = []
    with Progress(console=err) as progress:
        task = progress.add_task("Taking over", total=len(read.lines))
        for line in importing.import_lines(found, read.lines):
            left_out += [line] if line else []
            progress.advance(task)
    if json:
        print_json(
            {"followers": len(read.lines) - len(left_out), "left_out": [asdict(line) for line in left_out]}
        )
        return
    _say_lines("was left out", left_out)
    err.print(f"{len(read.lines) - len(left_out)} follow now.")


@app.command("status")
def status(
    event: Annotated[str, typer.Argument(metavar="[EVENT]", help="Of this event only, by its id.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="So many of the latest.")] = 20,
    audience: Of = "",
    local: Local = False,
    json: Json = False,
    name: Name = NAME,
) -> None:
    """Show what was told of late, to how many, and how far it is."""
    found = _audience(audience, local, name)
    shown = [fan_outs.of_event(found, event)] if event else list(islice(fan_outs.latest(found), limit))
    if json:
        print_json([_fan_out_document(each) for each in shown])
    elif shown:
        columns = (
            "Planned",
            "Topic",
            "Channel",
            "Done",
            "Of",
            "Told",
            "Gone",
            "Refused",
            "Later",
            "Uncertain",
            "What",
        )
        print_table(columns, [row for each in shown for row in _fan_out_rows(each)], prose="cut")
    else:
        err.print("Nothing was told within a month.")


@app.command("test")
def send_test(
    address: Address,
    text: Annotated[str, typer.Option(help="What to say.")] = "This is a test.",
    audience: Of = "",
    local: Local = False,
    json: Json = False,
    name: Name = NAME,
) -> None:
    """Tell one follower something, such as yourself, by the way that everything goes."""
    fan_out = trial.send_test(_audience(audience, local, name), address_of(address), text, time.time())
    if json:
        print_json({"fan_out": fan_out})
    else:
        out.print(plain(f"On its way; see what becomes of it: jamwire audience status {fan_out}"))


@app.command("challenge")
def challenge(audience: Of = "", local: Local = False, name: Name = NAME) -> None:
    """Set the challenge's secret, which its service has shown; read from standard input or a hidden prompt."""
    set_challenge(_audience(audience, local, name), ask("The challenge's secret"))
    err.print("It is set; the endpoint knows it within 15 minutes.")


def _audience(audience: str, local: bool, name: str) -> Audience:
    return find_audience(find_deployment(local, name)[0], audience)


def _kept_rows(kept: Kept) -> list[tuple[str, str]]:
    document = kept.document
    follower = document.get("follower", {})
    consent = {f"consent: {name}": value for name, value in follower.pop("consent", {}).items() if value}
    return [
        *((word, _said(value)) for word, value in (follower | consent).items()),
        *(("earlier consent", _said(proof)) for proof in document["earlier_consents"]),
        *(("other record", f"{trace['pk']} {trace['sk']}") for trace in kept.traces),
    ]


def _said(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_said(part)}" for name, part in value.items() if part)
    return one_line(" ".join(value) if isinstance(value, list | tuple) else str(value))


def _say_what_goes(kept: Kept) -> None:
    if kept.is_nothing:
        err.print("Nothing is kept of this person.")
        return
    state = STATES[kept.follower.state] if kept.follower else "is not known any more"
    beside = f"{_some(len(kept.proofs), 'earlier consent')} and {_some(len(kept.traces), 'other record')}"
    err.print(f"This person {state}; {beside} are kept.")
    if kept.follower and kept.follower.state == "suppressed":
        err.print(
            "[yellow]It must not be written to. Once that is erased, anybody may ask it again.[/yellow]"
        )


def _say_lines(what: str, lines: Any) -> None:
    for line in lines:
        err.print(plain(f"Line {line.number} {what}: {line.why}"))


def _some(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _fan_out_rows(fan_out: FanOut) -> list[tuple[str, ...]]:
    return [
        (
            to_the_second(fan_out.at),
            fan_out.topic,
            channel.channel,
            f"{channel.done}/{channel.jobs}",
            str(channel.of),
            *(str(channel.counts.get(word, "")) for word in ("sent", "gone", "refused")),
            str(channel.waiting or ""),
            str(channel.counts.get("uncertain", "")),
            one_line(fan_out.title),
        )
        for channel in fan_out.channels
    ]


def _fan_out_document(fan_out: FanOut) -> dict[str, Any]:
    channels = {
        each.channel: {
            "of": each.of,
            "jobs": each.jobs,
            "done": each.done,
            "waiting": each.waiting,
            **each.counts,
        }
        for each in fan_out.channels
    }
    return asdict(fan_out) | {"channels": channels}
