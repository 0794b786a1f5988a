"""This module owns the mutants of a Python file: one small change each, at one place of its syntax tree.

What no behaviour depends on is left alone: docstrings, annotations, and what only a type checker reads.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.BitXor: ast.BitAnd,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One change.

    Attributes:
        file: the file that is changed, relative to the client.
        line: where.
        scope: the dotted name of the function or class around it; empty at module level.
        change: what is changed, as ``before -> after``.
        number: tells changes apart that read alike within one scope.
        source: the whole file with the change.
    """

    file: str
    line: int
    scope: str
    change: str
    number: int
    source: str

    @property
    def key(self) -> str:
        """A name that survives changes elsewhere in the file."""
        suffix = f" #{self.number}" if self.number else ""
        return f"{self.file}: {self.scope or '(module)'}: {self.change}{suffix}"


_Change = tuple[str, Callable[[], None], Callable[[], None]]
"""What is changed in words, how it is done, and how it is undone."""


def mutants_of(source: str, file: str) -> Iterator[Mutant]:
    """Yield every mutant of a file."""
    lines = source.splitlines(keepends=True)
    seen: dict[tuple[str, str], int] = {}
    for place in _places(ast.parse(source)):
        for words, do, undo in _changes(place.node, place.owner, place.field):
            number = seen.get((place.scope, words), 0)
            seen[place.scope, words] = number + 1
            do()
            mutated = _rewritten(lines, place.around)
            undo()
            line = getattr(place.node, "lineno", getattr(place.owner, "lineno", 1))
            yield Mutant(file=file, line=line, scope=place.scope, change=words, number=number, source=mutated)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A node that may be changed: its parent, the parent's field that holds it, and what is written anew around it."""

    node: ast.AST
    scope: str
    owner: ast.AST
    field: str
    around: ast.stmt | _Body


@dataclass(frozen=True, slots=True, kw_only=True)
class _Body:
    """A statement of a class or module body, which a change may replace."""

    owner: ast.AST
    index: int
    original: ast.stmt


def _places(tree: ast.Module) -> Iterator[_Place]:
    stack: list[tuple[ast.AST, str, ast.stmt | _Body | None]] = [(tree, "", None)]
    while stack:
        parent, scope, around = stack.pop()
        inner = f"{scope}.{parent.name}".lstrip(".") if isinstance(parent, _SCOPES) else scope
        children = list(_children(parent))
        below: list[tuple[ast.AST, str, ast.stmt | _Body | None]] = []
        for field, child in children:
            within = around
            if isinstance(parent, ast.Module | ast.ClassDef):
                within = _around(parent, field, child)
            if within is None:
                continue
            yield _Place(node=child, scope=inner, owner=parent, field=field, around=within)
            below.append((child, inner, within))
        stack.extend(reversed(below))


def _around(parent: ast.Module | ast.ClassDef, field: str, child: ast.AST) -> ast.stmt | _Body | None:
    if field != "body" or not isinstance(child, ast.stmt):
        return None  # the bases of a class: another hierarchy is another program
    if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
        return child
    return _Body(owner=parent, index=parent.body.index(child), original=child)


def _rewritten(lines: list[str], around: ast.stmt | _Body) -> str:
    """Return the file with one statement written anew and all else to the letter."""
    if isinstance(around, _Body):
        original = around.original
        current: ast.stmt = around.owner.body[around.index]  # type: ignore[attr-defined]
    else:
        original = current = around
    first = min([original.lineno, *(item.lineno for item in getattr(original, "decorator_list", []))])
    text = textwrap.indent(ast.unparse(ast.fix_missing_locations(current)), " " * original.col_offset)
    return "".join([*lines[: first - 1], text, "\n", *lines[original.end_lineno :]])


_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_NEVER = frozenset({"annotation", "returns", "type_params", "decorator_list", "format_spec", "ctx"})


def _children(parent: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(parent, ast.If) and "TYPE_CHECKING" in ast.unparse(parent.test):
        return
    for field, value in ast.iter_fields(parent):
        if field in _NEVER:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_unobservable(child):
                yield field, child


def _is_unobservable(node: ast.AST) -> bool:
    """Tell docstrings, imports and the names that ``*`` exports."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    if isinstance(node, ast.Import | ast.ImportFrom):
        return True
    return isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in {"__all__", "TYPE_CHECKING", "__slots__"}


def _changes(node: ast.AST, owner: ast.AST, field: str) -> Iterator[_Change]:
    if isinstance(node, ast.stmt):
        yield from _statement_changes(node, owner, field)
    elif isinstance(node, ast.expr):
        yield from _expression_changes(node, owner, field)
    elif isinstance(node, ast.ExceptHandler):
        yield _attribute(node, "type", ast.Tuple(elts=[], ctx=ast.Load()), "except {} -> except ()")


def _statement_changes(node: ast.stmt, owner: ast.AST, field: str) -> Iterator[_Change]:
    match node:
        case ast.Expr() | ast.Assign() | ast.AugAssign() | ast.Raise() | ast.Delete() | ast.AnnAssign(value=ast.expr()):
            yield _replaced(owner, field, node, ast.Pass(), f"delete {_brief(node)}")
        case ast.Return(value=ast.expr() as value) if ast.unparse(value) != "None":
            yield _attribute(node, "value", None, "return {} -> return None")
        case ast.Break():
            yield _replaced(owner, field, node, ast.Continue(), "break -> continue")
        case ast.Continue():
            yield _replaced(owner, field, node, ast.Break(), "continue -> break")
    if isinstance(node, ast.If | ast.While):
        yield _attribute(node, "test", ast.UnaryOp(op=ast.Not(), operand=node.test), "if {} -> if not")


def _expression_changes(node: ast.expr, owner: ast.AST, field: str) -> Iterator[_Change]:
    match node:
        case ast.Compare():
            yield from _comparison_changes(node)
        case ast.BoolOp(op=op):
            other = ast.Or() if isinstance(op, ast.And) else ast.And()
            yield _attribute(node, "op", other, f"and <-> or: {_brief(node)}")
        case ast.UnaryOp(op=ast.Not()):
            yield _replaced(owner, field, node, node.operand, f"drop not: {_brief(node)}")
        case ast.BinOp(op=op) if type(op) in _OPERATORS:
            yield _attribute(node, "op", _OPERATORS[type(op)](), f"calculate otherwise: {_brief(node)}")
        case ast.IfExp(test=test):
            yield _attribute(node, "test", ast.UnaryOp(op=ast.Not(), operand=test), f"choose otherwise: {_brief(node)}")
        case ast.Constant() if not isinstance(owner, ast.JoinedStr):
            yield from _constant_changes(node)


def _comparison_changes(node: ast.Compare) -> Iterator[_Change]:
    for index, op in enumerate(node.ops):
        yield _listed(node, "ops", index, _COMPARISONS[type(op)](), f"compare otherwise: {_brief(node)}")


def _constant_changes(node: ast.Constant) -> Iterator[_Change]:
    other_value = _other_value(node.value)
    if other_value is not None:
        yield _attribute(node, "value", other_value, f"{node.value!r:.60} -> {other_value!r:.60}")


def _other_value(value: object) -> object:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return value * 2 + 1
    if isinstance(value, str):
        return f"{value}X"
    return value + b"X" if isinstance(value, bytes) else None


def _attribute(node: ast.AST, name: str, value: object, words: str) -> _Change:
    before = getattr(node, name)
    text = words.format(_brief(before)) if isinstance(before, ast.AST) else words
    return text, lambda: setattr(node, name, value), lambda: setattr(node, name, before)


def _listed(node: ast.AST, name: str, index: int, value: ast.AST, words: str) -> _Change:
    items = getattr(node, name)
    before = items[index]
    return words, lambda: items.__setitem__(index, value), lambda: items.__setitem__(index, before)


def _replaced(owner: ast.AST, field: str, node: ast.AST, other: ast.AST, words: str) -> _Change:
    held = getattr(owner, field)
    if isinstance(held, list):
        return _listed(owner, field, next(i for i, item in enumerate(held) if item is node), other, words)
    return words, lambda: setattr(owner, field, other), lambda: setattr(owner, field, node)


def _brief(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text.replace("{", "{{").replace("}", "}}") if len(text) <= 80 else f"{text[:77]}..."
