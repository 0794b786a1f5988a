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


AS_A_PROGRAM = "(as a program)"
"""The scope of what runs only where the module is the program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One change.

    Attributes:
        module: the module that is changed.
        line: where.
        lines: those of the statement that is changed; none where it runs when the module is imported, or is a default.
        scope: the dotted name of the function or class around it; empty at module level.
        change: what is changed, as ``before -> after``.
        number: tells changes apart that read alike within one scope.
        text_of: where text is changed: ``raise`` or the calls that it is given to, by their names.
        source: the whole file with the change.
    """

    module: str
    line: int
    lines: range
    scope: str
    change: str
    number: int
    text_of: frozenset[str]
    source: str

    @property
    def key(self) -> str:
        """A name that survives changes elsewhere in the file."""
        suffix = f" #{self.number}" if self.number else ""
        return f"{self.module}: {self.scope or '(module)'}: {self.change}{suffix}"


_Change = tuple[str, Callable[[], None], Callable[[], None]]
"""What is changed in words, how it is done, and how it is undone."""


def mutants_of(source: str, module: str) -> Iterator[Mutant]:
    """Yield every mutant of a module."""
    lines = source.splitlines(keepends=True)
    seen: dict[tuple[str, str], int] = {}
    written: set[str] = {source}
    for place in _places(ast.parse(source)):
        for words, do, undo in _changes(place.node, place.owner, place.field):
            number = seen.get((place.scope, words), 0)
            seen[place.scope, words] = number + 1
            do()
            mutated = _rewritten(lines, place.around)
            undo()
            if mutated in written:
                continue  # another change comes to the same
            written.add(mutated)
            yield Mutant(
                module=module,
                line=getattr(place.node, "lineno", getattr(place.owner, "lineno", 1)),
                lines=place.lines,
                scope=place.scope,
                change=words,
                number=number,
                text_of=place.inside if _is_text(place.node) else frozenset(),
                source=mutated,
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A node that may be changed: its parent, the parent's field that holds it, and what is written anew around it.

    ``lines`` are those of the innermost statement of a function that the node is in: of the head, if it has a body.
    ``inside`` are the names of the calls around it, and ``raise``.
    """

    node: ast.AST
    scope: str
    owner: ast.AST
    field: str
    around: ast.stmt | _Body
    lines: range
    inside: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Body:
    """A statement of a class or module body, which a change may replace."""

    owner: ast.AST
    index: int
    original: ast.stmt


@dataclass(frozen=True, slots=True, kw_only=True)
class _Within:
    """Where a node is."""

    scope: str
    around: ast.stmt | _Body | None
    lines: range
    inside: frozenset[str] = frozenset()


def _places(tree: ast.Module) -> Iterator[_Place]:
    stack: list[tuple[ast.AST, _Within]] = [(tree, _Within(scope="", around=None, lines=_AT_IMPORT))]
    while stack:
        parent, outer = stack.pop()
        scope = outer.scope
        if isinstance(parent, _SCOPES) and scope != AS_A_PROGRAM:
            scope = f"{scope}.{parent.name}".lstrip(".")
        below: list[tuple[ast.AST, _Within]] = []
        for field, child in _children(parent):
            around = outer.around
            if isinstance(parent, ast.Module | ast.ClassDef):
                around = _around(parent, field, child)
            if around is None:
                continue
            inner = AS_A_PROGRAM if _is_run_as_a_program(child) else scope
            inside = frozenset() if isinstance(child, ast.stmt) else outer.inside
            within = _Within(
                scope=inner,
                around=around,
                lines=_lines(parent, child, outer.lines),
                inside=inside | _names(child),
            )
            yield _Place(
                node=child,
                scope=inner,
                owner=parent,
                field=field,
                around=around,
                lines=within.lines,
                inside=within.inside,
            )
            below.append((child, within))
        stack.extend(reversed(below))


def _names(node: ast.AST) -> frozenset[str]:
    match node:
        case ast.Raise():
            return frozenset({"raise"})
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return frozenset({name})
    return frozenset()


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)


def _is_run_as_a_program(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "__name__ == '__main__'"


_AT_IMPORT = range(0)


def _lines(parent: ast.AST, child: ast.AST, outer: range) -> range:
    """Return the lines that are run where a node is reached."""
    if isinstance(parent, ast.ClassDef | ast.Module):
        return _AT_IMPORT
    if isinstance(child, ast.stmt | ast.ExceptHandler) and (outer or isinstance(parent, _SCOPES)):
        return _head(child)
    return outer


def _head(node: ast.stmt | ast.ExceptHandler) -> range:
    body = getattr(node, "body", None)
    end = body[0].lineno if body and body[0].lineno > node.lineno else (node.end_lineno or node.lineno) + 1
    return range(node.lineno, end)


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
    for field, value in ast.iter_fields(parent):
        if field in _NEVER:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_unobservable(child):
                yield field, child


def _is_unobservable(node: ast.AST) -> bool:
    """Tell docstrings, imports, the names that ``*`` exports, and what only a type checker reads."""
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        return True
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
        case ast.For():
            yield _replaced(owner, field, node, ast.Pass(), f"never loop: {_brief(node.target)} in {_brief(node.iter)}")
        case ast.If() | ast.While():
            yield from _condition_changes(node)


def _expression_changes(node: ast.expr, owner: ast.AST, field: str) -> Iterator[_Change]:
    match node:
        case ast.Compare():
            yield from _comparison_changes(node)
        case ast.BoolOp():
            yield from _junction_changes(node)
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            yield _replaced(owner, field, node, node.operand, f"without the operator: {_brief(node)}")
        case ast.BinOp(op=op) if type(op) in _OPERATORS:
            yield _attribute(node, "op", _OPERATORS[type(op)](), f"calculate otherwise: {_brief(node)}")
        case ast.IfExp():
            yield from _condition_changes(node)
        case ast.Call():
            yield from _call_changes(node)
        case ast.Constant() if not isinstance(owner, ast.JoinedStr):
            yield from _constant_changes(node)


def _comparison_changes(node: ast.Compare) -> Iterator[_Change]:
    for index, op in enumerate(node.ops):
        yield _listed(node, "ops", index, _COMPARISONS[type(op)](), f"compare otherwise: {_brief(node)}")


def _junction_changes(node: ast.BoolOp) -> Iterator[_Change]:
    other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    yield _attribute(node, "op", other, f"and <-> or: {_brief(node)}")
    for index, operand in enumerate(node.values):
        yield _dropped(node, "values", index, f"without {_brief(operand)}: {_brief(node)}")


def _condition_changes(node: ast.If | ast.While | ast.IfExp) -> Iterator[_Change]:
    if isinstance(node, ast.While) and isinstance(node.test, ast.Constant):
        yield _attribute(node, "test", ast.Constant(value=False), "while for ever -> never")
        return
    yield _attribute(node, "test", ast.UnaryOp(op=ast.Not(), operand=node.test), "if {} -> if not")
    for value in (True, False):
        yield _attribute(node, "test", ast.Constant(value=value), f"if {{}} -> if {value}")


def _call_changes(node: ast.Call) -> Iterator[_Change]:
    for index, keyword in enumerate(node.keywords):
        yield _dropped(node, "keywords", index, f"without {keyword.arg or '**'}: {_brief(node)}")
    if len(node.args) > 1:  # one that is alone is rarely optional
        index = len(node.args) - 1
        yield _dropped(node, "args", index, f"without {_brief(node.args[index])}: {_brief(node)}")


def _constant_changes(node: ast.Constant) -> Iterator[_Change]:
    for other in _other_values(node.value):
        yield _attribute(node, "value", other, f"{node.value!r:.60} -> {other!r:.60}")


def _other_values(value: object) -> list[object]:
    match value:
        case bool():
            return [not value]
        case int():
            return [value + 1, value - 1] if value > 1 else [value + 1]
        case float():
            return [value * 2 + 1]
        case str() | bytes() if not value:
            return ["X" if isinstance(value, str) else b"X"]
        case str():
            return [f"{value}X", ""]
        case bytes():
            return [value + b"X", b""]
    return []


def _attribute(node: ast.AST, name: str, value: object, words: str) -> _Change:
    before = getattr(node, name)
    text = words.replace("{}", _brief(before)) if isinstance(before, ast.AST) else words
    return text, lambda: setattr(node, name, value), lambda: setattr(node, name, before)


def _listed(node: ast.AST, name: str, index: int, value: ast.AST, words: str) -> _Change:
    items = getattr(node, name)
    before = items[index]
    return words, lambda: items.__setitem__(index, value), lambda: items.__setitem__(index, before)


def _dropped(node: ast.AST, name: str, index: int, words: str) -> _Change:
    before = getattr(node, name)
    return words, lambda: setattr(node, name, before[:index] + before[index + 1 :]), lambda: setattr(node, name, before)


def _replaced(owner: ast.AST, field: str, node: ast.AST, other: ast.AST, words: str) -> _Change:
    held = getattr(owner, field)
    if isinstance(held, list):
        return _listed(owner, field, next(i for i, item in enumerate(held) if item is node), other, words)
    return words, lambda: setattr(owner, field, other), lambda: setattr(owner, field, node)


def _brief(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 80 else f"{text[:77]}..."
