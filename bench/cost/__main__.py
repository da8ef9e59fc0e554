"""Count, write and show: ``python -m bench.cost [--measure] [--check]``.

It writes `docs/cost.md`, the README's sentence and a table of `docs/audience.md`, and prints the sentence and the
goals. The exit code is 1 where a goal is missed. With ``--check`` it writes nothing, and fails where the README says
something else; with ``--measure`` it measures the processor's milliseconds first.
"""

import argparse
import sys
import textwrap
from collections.abc import Sequence

from bench.cost import audience
from bench.cost.model import Model, try_out_all
from bench.cost.report import PAGE, README, SENTENCE, Goal, goals, page, sentence, written_sentence
from bench.cost.taken import read_measured, write_measured
from bench.cost.templates import synthesise
from bench.functions import measured_by_event


def main(*, measure: bool, check: bool) -> int:
    """Gives the exit code."""
    templates = synthesise()
    taken = try_out_all(templates)
    if measure:
        write_measured({name: each.cpu_ms for name, each in taken.items()} | measured_by_event())
    model = Model(templates, taken, read_measured())
    said = sentence(model)
    if not check:
        PAGE.write_text(page(model))
        audience.PAGE.write_text(audience.written(audience.PAGE.read_text(), audience.bills()))
        README.write_text(SENTENCE.sub(lambda _: _wrapped(said), README.read_text(), count=1))
    return show(said, goals(model))


def show(said: str, all_goals: Sequence[Goal]) -> int:
    """Print the sentence and the goals; gives the exit code."""
    print(said)  # noqa: T201
    for goal in all_goals:
        mark = "met" if goal.met else "missed"
        print(f"{mark}: {goal.name} {goal.dollars:.2f}, at most {goal.most:.2f}")  # noqa: T201
    if written_sentence() != said:
        print("README.md says something else; run: make cost", file=sys.stderr)  # noqa: T201
        return 1
    return 0 if all(goal.met for goal in all_goals) else 1


def _wrapped(said: str) -> str:
    """In lines as the README has them, in an item of a list that has begun before."""
    first = "- **No servers, and little cost.** "
    lines = textwrap.wrap(said, 120, initial_indent=first, subsequent_indent="  ", break_on_hyphens=False)
    return "\n".join(lines).removeprefix(first)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bench.cost", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--measure", action="store_true", help="measure the processor's milliseconds anew")
    parser.add_argument("--check", action="store_true", help="write nothing")
    return parser.parse_args()


if __name__ == "__main__":
    options = _options()
    sys.exit(main(measure=options.measure, check=options.check))
