"""The tool that makes small changes: which it makes, which it leaves, and that it tells what was noticed."""

import ast
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.mutants.imported import ROOT
from tests.mutants.operators import mutants_of, mutated
from tests.mutants.places import nearest_first, suites_of
from tests.mutants.sample import all_mutants, equivalents, place_of, sample

UNTOUCHED = '''
"""A docstring, 1 < 2."""
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from somewhere import something

SECONDS: Final = 5 * 60
Kind = int | str

@dataclass(frozen=True)
class Thing:
    """A docstring."""

    name: str | None

    def tell(self, kind: "Literal[1] | None") -> int | None:
        """A docstring."""
        logger.info("told", extra={"count": 1})
        zip(self.name, strict=True)
'''


def changes(tmp_path: Path, code: str) -> list[str]:
    """The changes of a file, each as it becomes; that of the last line alone where it has several."""
    (tmp_path / "code.py").write_text(textwrap.dedent(code))
    return [mutant.after.strip() for mutant in mutants_of(tmp_path, "code.py")]


@pytest.mark.parametrize(
    ("line", "becomes"),
    [
        ("x = a < b", ["x = a <= b", "x = a >= b"]),
        ("x = a == b", ["x = a != b"]),
        ("x = a in b", ["x = a not in b"]),
        ("x = a is None", ["x = a is not None"]),
        ("x = a and b", ["x = a or b"]),
        ("x = not a", ["x = a"]),
        ("x = -a", ["x = a"]),
        ("x = a - b", ["x = a + b"]),
        ("x = a | b", ["x = a"]),
        ("x = a[1:]", ["x = a[2:]"]),
        ("x = f(a=True)", ["x = f(a=False)"]),
        ("x += a", ["x -= a", "pass"]),
        ("self.x = a", ["pass"]),
        ("del x[a]", ["pass"]),
        ("raise ValueError", ["pass"]),
        ("f(a)", ["pass"]),
        ("yield a", ["pass"]),
        ("return a", ["return None"]),
        ("return False", ["return True"]),
        ("x = a if b else c", ["x = a if not b else c"]),
        ("x = [a for a in b if c]", ["x = [a for a in b]"]),
        ("while a:\n        break", ["while not a:", "continue"]),
        ("x = 'text'", []),
        ("return None", []),
    ],
)
def test_small_change_is_made(tmp_path: Path, line: str, becomes: list[str]) -> None:
    assert changes(tmp_path, f"def f():\n    {line}\n") == becomes


def test_what_no_behaviour_depends_on_is_left(tmp_path: Path) -> None:
    assert changes(tmp_path, UNTOUCHED.replace("zip(", "return zip(")) == ["return None"]


def test_each_change_differs_from_the_code() -> None:
    path = "lambdas/rebuild/state.py"
    source = (ROOT / path).read_text()
    mutants = list(mutants_of(ROOT, path))
    trees = {ast.unparse(mutated(source, mutant.number)) for mutant in mutants}
    assert len(trees) == len(mutants) > 50
    assert ast.unparse(ast.parse(source)) not in trees


def test_sample_is_the_same_by_its_seed() -> None:
    assert sample(ROOT, 20, "7") == sample(ROOT, 20, "7") != sample(ROOT, 20, "8")
    assert {mutant.path.split("/")[1] for mutant in sample(ROOT, 20, "7", ["sms", "slack"])} == {
        "sms",
        "slack",
    }


def test_equivalent_changes_exist_and_say_why() -> None:
    known = {(place_of(mutant), mutant.change) for mutant in all_mutants(ROOT)}
    stale = [one for one in equivalents() if (one.place, one.change) not in known or not one.reason]
    assert not stale


def test_equivalent_changes_are_not_drawn() -> None:
    drawn = {(place_of(mutant), mutant.change) for mutant in sample(ROOT, 10**6, "1")}
    assert drawn.isdisjoint((one.place, one.change) for one in equivalents())


def test_every_place_has_tests() -> None:
    for mutant in sample(ROOT, 10**6, "1"):
        assert all((ROOT / test.split("::")[0]).exists() for test in suites_of(mutant.path)), mutant.path
    assert nearest_first("lambdas/sms/digest.py")[0] == "tests/unit/lambdas/sms/test_digest.py"


def mutants_command(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.mutants", "--workers", "1", "--seed", "100", *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)


def test_changes_of_a_small_place_are_noticed() -> None:
    done = mutants_command("alarm_events", "--mutants", "5")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "missed" not in done.stdout
    assert "(100.0%)" in done.stdout


def test_change_that_no_test_notices_is_missed() -> None:
    stranger = "tests/unit/lambdas/contracts/test_batched.py"
    done = mutants_command("alarm_events", "--mutants", "2", "--tests", stranger)
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stdout.count("missed") == 2
    assert "0 of 2 noticed" in done.stdout


def test_tests_that_fail_anyway_are_told(tmp_path: Path) -> None:
    test = tmp_path / "test_failing.py"
    test.write_text("def test_nothing():\n    raise AssertionError\n")
    done = mutants_command("alarm_events", "--mutants", "1", "--tests", str(test))
    assert "Tests fail on the code as it is" in done.stderr
