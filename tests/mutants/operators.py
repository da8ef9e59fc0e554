"""Which small changes there are: comparisons, conditions, signs, numbers, and statements taken out.

Not changed is what no behaviour can depend on: annotations, docstrings, decorators, `TYPE_CHECKING`, lines that only
log, and `zip`'s `strict`, which checks what holds. Nor are texts, the named numbers of a module (`NAME: Final = 5`),
whole numbers above ten and fractions, which somebody has chosen: a test of one would say the number once more.
"""

import ast
import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, takewhile
from pathlib import Path
from typing import Any, Final

COMPARISONS: Final[Mapping[type[ast.cmpop], tuple[type[ast.cmpop], ...]]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
"""Its edge and its opposite."""

ARITHMETIC: Final[Mapping[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}

CONTEXT: Final = 40
"""How many characters before and after a change tell where it is."""

MAX_NUMBER: Final = 10
"""The highest whole number that is changed."""

LOGGERS: Final = {"logger"}
UNREAD: Final = {"annotation", "returns", "decorator_list", "bases", "format_spec"}
"""Fields of nodes that no behaviour depends on, or that hold texts only."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One small change.

    Attributes:
        path: The file, from the project's root.
        number: Which of the file's changes it is.
        line: Where it is.
        function: Where it is in words: the class and the function.
        lines: The first and the last line of the innermost function around it; None where it is in none.
        before: The line as it is, in Python's own layout; of a long one what surrounds the change.
        after: The same as it becomes.
    """

    path: str
    number: int
    line: int
    function: str
    lines: tuple[int, int] | None
    before: str
    after: str

    @property
    def change(self) -> str:
        """What becomes of what."""
        return f"{self.before} → {self.after}"


@dataclass(frozen=True, slots=True)
class Site:
    """A node that can be changed, and where it hangs."""

    owner: Any
    key: str | int
    statement: ast.stmt
    function: str
    lines: tuple[int, int] | None

    def node(self) -> ast.AST:
        found: ast.AST = self.owner[self.key] if isinstance(self.key, int) else getattr(self.owner, self.key)
        return found

    def put(self, node: ast.AST) -> None:
        if isinstance(self.key, int):
            self.owner[self.key] = node
        else:
            setattr(self.owner, self.key, node)


def mutants_of(root: Path, path: str) -> Iterator[Mutant]:
    """All changes of a file."""
    tree = ast.parse((root / path).read_text())
    for number, (site, changed) in enumerate(_changes(tree)):
        before, after = _around_the_difference(*_told(site, changed))
        line = getattr(site.node(), "lineno", site.statement.lineno)
        yield Mutant(path, number, line, site.function, site.lines, before, after)


def mutated(source: str, number: int) -> ast.Module:
    """A file's tree with one of its changes made."""
    tree = ast.parse(source)
    site, changed = next(islice(_changes(tree), number, None))
    site.put(ast.copy_location(changed, site.node()))
    return ast.fix_missing_locations(tree)


def _told(site: Site, changed: ast.AST) -> tuple[str, str]:
    """The line that differs, before and after."""
    original = site.node()
    if original is site.statement:
        texts = ast.unparse(original), ast.unparse(changed)
    else:
        before = ast.unparse(site.statement)
        site.put(changed)
        texts = before, ast.unparse(site.statement)
        site.put(original)
    lines = [text.splitlines() for text in texts]
    return next(((old, new) for old, new in zip(*lines, strict=False) if old != new), (texts[0], texts[1]))


def _around_the_difference(*texts: str) -> tuple[str, ...]:
    """What differs in two lines, with what surrounds it."""
    start = _alike(*texts) - CONTEXT
    rest = _alike(*(text[: start + CONTEXT - 1 : -1] for text in texts)) - CONTEXT
    return tuple(
        ("…" if start > 0 else "")
        + text[max(start, 0) : len(text) - max(rest, 0)]
        + ("…" if rest > 0 else "")
        for text in texts
    )


def _alike(*texts: str) -> int:
    """How many characters of their beginnings are the same."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(*texts, strict=False)))


def _changes(tree: ast.Module) -> Iterator[tuple[Site, ast.AST]]:
    for site in _sites(tree, tree.body[0], "", None):
        node = site.node()
        for operator in OPERATORS.get(type(node), ()):
            for changed in operator(node):
                yield site, changed


def _sites(
    node: ast.AST, statement: ast.stmt, function: str, lines: tuple[int, int] | None
) -> Iterator[Site]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        function = f"{function}.{node.name}".lstrip(".")
        lines = None if isinstance(node, ast.ClassDef) else _lines_of(node)
    for field, value in ast.iter_fields(node):
        if field in UNREAD or (field == "keywords" and isinstance(node, ast.ClassDef)):
            continue
        places = [(value, key) for key in range(len(value))] if isinstance(value, list) else [(node, field)]
        for owner, key in places:
            # The defaults of a function's parameters are read when it is defined.
            around = None if field == "args" and isinstance(node, ast.FunctionDef) else lines
            site = Site(owner, key, statement, function, around)
            child = site.node()
            if not isinstance(child, ast.AST) or _is_left(child, function):
                continue
            if isinstance(child, ast.stmt):
                site = Site(owner, key, child, function, around)
            yield site
            yield from _sites(child, site.statement, function, around)


def _lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[int, int]:
    first = min([function.lineno, *(decorator.lineno for decorator in function.decorator_list)])
    return first, function.end_lineno or function.lineno


def _is_left(node: ast.AST, function: str) -> bool:
    """Whether nothing in it is changed."""
    match node:
        case ast.If(test=ast.Name(id="TYPE_CHECKING")) | ast.keyword(arg="strict"):
            return True
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name)))):
            return name in LOGGERS
        case ast.Assign(value=value) | ast.AnnAssign(value=value) if value and not function:
            return not any(isinstance(part, ast.Call | ast.comprehension) for part in ast.walk(value))
    return False


def _compared(node: ast.Compare) -> Iterator[ast.AST]:
    for place, old in enumerate(node.ops):
        for new in COMPARISONS[type(old)]:
            changed = copy.copy(node)
            changed.ops = [*node.ops[:place], new(), *node.ops[place + 1 :]]
            yield changed


def _swapped(node: ast.BoolOp) -> Iterator[ast.AST]:
    yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)


def _unsigned(node: ast.UnaryOp) -> Iterator[ast.AST]:
    yield node.operand


def _calculated(node: ast.BinOp) -> Iterator[ast.AST]:
    if isinstance(node.op, ast.BitOr | ast.BitAnd):
        yield node.left
    elif type(node.op) in ARITHMETIC:
        yield ast.BinOp(node.left, ARITHMETIC[type(node.op)](), node.right)


def _augmented(node: ast.AugAssign) -> Iterator[ast.AST]:
    if type(node.op) in ARITHMETIC:
        yield ast.AugAssign(node.target, ARITHMETIC[type(node.op)](), node.value)


def _valued(node: ast.Constant) -> Iterator[ast.AST]:
    if isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node.value, int) and node.value <= MAX_NUMBER:
        yield ast.Constant(node.value + 1)


def _negated(node: ast.If | ast.While | ast.IfExp) -> Iterator[ast.AST]:
    """Unless the condition has a change of its own that is the same."""
    if not isinstance(node.test, ast.Compare | ast.UnaryOp):
        changed = copy.copy(node)
        changed.test = ast.UnaryOp(ast.Not(), node.test)
        yield changed


def _filtered(node: ast.comprehension) -> Iterator[ast.AST]:
    for place in range(len(node.ifs)):
        changed = copy.copy(node)
        changed.ifs = [*node.ifs[:place], *node.ifs[place + 1 :]]
        yield changed


def _taken_out(node: ast.stmt) -> Iterator[ast.AST]:
    yield ast.Pass()


def _called(node: ast.Expr) -> Iterator[ast.AST]:
    if not isinstance(node.value, ast.Constant):
        yield ast.Pass()


def _assigned(node: ast.Assign) -> Iterator[ast.AST]:
    if isinstance(node.targets[0], ast.Attribute | ast.Subscript):
        yield ast.Pass()


def _returned(node: ast.Return) -> Iterator[ast.AST]:
    if node.value and not (isinstance(node.value, ast.Constant) and node.value.value in (None, False)):
        yield ast.Return(ast.Constant(None))


def _turned(node: ast.Break | ast.Continue) -> Iterator[ast.AST]:
    yield ast.Continue() if isinstance(node, ast.Break) else ast.Break()


OPERATORS: Final[Mapping[type[ast.AST], tuple[Callable[[Any], Iterator[ast.AST]], ...]]] = {
    ast.Compare: (_compared,),
    ast.BoolOp: (_swapped,),
    ast.UnaryOp: (_unsigned,),
    ast.BinOp: (_calculated,),
    ast.AugAssign: (_augmented, _taken_out),
    ast.Constant: (_valued,),
    ast.If: (_negated,),
    ast.While: (_negated,),
    ast.IfExp: (_negated,),
    ast.comprehension: (_filtered,),
    ast.Raise: (_taken_out,),
    ast.Delete: (_taken_out,),
    ast.Expr: (_called,),
    ast.Assign: (_assigned,),
    ast.Return: (_returned,),
    ast.Break: (_turned,),
    ast.Continue: (_turned,),
}
"""By the kind of node: what it becomes."""
