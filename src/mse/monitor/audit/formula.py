"""Formulas over figures: a small part of Python's expressions, read here and never handed to Python.

``100 * q('2.7', '2019', 'AU', 'AU') / q('2.7', '2019', 'all', 'total')``. What a formula may hold is in `ALLOWED`;
anything else is refused by name, before anything is computed.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mse.errors import MseError, TableError, did_you_mean
from mse.monitor.audit.lookup import Cell

__all__ = ["Formula", "points_as_growth", "quoted"]

ALLOWED: Mapping[type[ast.AST], str] = {
    ast.Expression: "an expression", ast.Constant: "a number or text", ast.Name: "a name", ast.Load: "a name",
    ast.BinOp: "arithmetic", ast.UnaryOp: "a sign", ast.BoolOp: "and, or", ast.Compare: "a comparison",
    ast.Call: "a function", ast.keyword: "key=", ast.GeneratorExp: "for … in …", ast.comprehension: "for … in …",
    ast.Store: "for … in …", ast.Lambda: "lambda", ast.arguments: "lambda", ast.arg: "lambda",
    ast.Subscript: "a place in a list", ast.Slice: "a part of a list", ast.Tuple: "a list", ast.List: "a list",
    ast.And: "and", ast.Or: "or", ast.Not: "not", ast.USub: "-", ast.UAdd: "+",
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/",
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.In: "in",
    ast.NotIn: "not in",
}  # fmt: skip
"""Parts of Python that a formula may use."""

REFUSED: Mapping[type[ast.AST], str] = {
    ast.Attribute: "a name after a dot", ast.ListComp: "a list made by for", ast.SetComp: "a set", ast.Set: "a set",
    ast.DictComp: "a dictionary", ast.Dict: "a dictionary", ast.JoinedStr: "a text with values in it",
    ast.NamedExpr: "an assignment", ast.IfExp: "if … else …", ast.Await: "await", ast.Yield: "yield",
    ast.YieldFrom: "yield", ast.Starred: "a star", ast.Pow: "a power", ast.Mod: "a remainder (%)",
    ast.FloorDiv: "whole division (//)", ast.MatMult: "a matrix product (@)", ast.LShift: "a shift (<<)",
    ast.RShift: "a shift (>>)", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^", ast.Invert: "~", ast.Is: "is",
    ast.IsNot: "is not",
}  # fmt: skip
"""How parts that are refused are called in messages."""

FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "sum": sum, "min": min, "max": max, "all": all, "any": any, "len": len, "zip": zip,
}  # fmt: skip
"""Functions of Python that a formula may call."""

_ARITHMETIC: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
}  # fmt: skip

_COMPARISONS: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt,
    ast.GtE: operator.ge, ast.In: lambda item, items: item in items, ast.NotIn: lambda item, items: item not in items,
}  # fmt: skip

LONGEST = 2000
"""Signs of the longest formula that is read: far more than any claim needs, and too few to exhaust Python's reader."""


class Formula:
    """A formula that was read and found to hold nothing but what a formula may.

    Parameters
    ----------
    text : str
        The formula.

    Raises
    ------
    mse.errors.TableError
        It is no expression, or uses something that formulas do not have.

    Examples
    --------
    >>> Formula("100 * sum(y for y in Y) / 4")({"Y": (1, 2, 3)})
    150.0
    >>> try:
    ...     Formula("Y.append(4)")
    ... except TableError as error:
    ...     print(error.what)
    A formula has no place for a name after a dot
    """

    def __init__(self, text: str) -> None:
        self.text = text
        if len(text) > LONGEST:
            raise TableError(f"A formula has at most {LONGEST} signs", got=f"{len(text)} signs")
        try:
            self._tree = ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise TableError("This is no formula", got=text, hint="Check brackets, commas and quotes.") from None
        for node in ast.walk(self._tree):
            _check_allowed(node)
        for node in ast.walk(self._tree):
            _check_use(node)

    def __call__(self, names: Mapping[str, Any]) -> Any:
        """Compute it.

        Parameters
        ----------
        names : mapping of str to object
            What names stand for, besides those of `FUNCTIONS`.

        Raises
        ------
        mse.errors.TableError
            A name is not known, or something cannot be computed.
        """
        try:
            return _compute(self._tree, {**FUNCTIONS, **names})
        except MseError:
            raise
        except ZeroDivisionError:
            raise TableError("A formula divides by nought", got=self.text) from None
        except (TypeError, ValueError, IndexError, OverflowError, RecursionError):
            raise TableError("A formula cannot be computed", got=self.text) from None

    @property
    def tree(self) -> ast.expr:
        """The formula as Python reads it."""
        return self._tree


def _check_allowed(node: ast.AST) -> None:
    if type(node) not in ALLOWED:
        what = REFUSED.get(type(node), f"what Python calls {type(node).__name__}")
        got = ast.unparse(node) if isinstance(node, ast.expr) else None
        allowed = "numbers, texts, lists, arithmetic, comparisons, for … in …, lambda, q, rank, top, Y"
        raise TableError(
            f"A formula has no place for {what}", got=got, hint=f"It may use {allowed}, {', '.join(FUNCTIONS)}."
        )


def _check_use(node: ast.AST) -> None:
    if isinstance(node, ast.Constant) and not isinstance(node.value, int | float | str):
        raise TableError("A formula holds numbers and texts", got=ast.unparse(node))
    if isinstance(node, ast.comprehension) and node.is_async:
        raise TableError("A formula has no place for async")
    if isinstance(node, ast.Call) and not isinstance(node.func, ast.Name):
        raise TableError("A formula calls functions by their name", got=ast.unparse(node))
    if isinstance(node, ast.keyword) and node.arg != "key":
        raise TableError("The only named argument in a formula is key", got=node.arg)
    if isinstance(node, ast.arguments) and (node.vararg or node.kwarg or node.kwonlyargs or node.defaults):
        raise TableError("A lambda in a formula has plain arguments only", got=ast.unparse(node))


def _compute(node: ast.AST, names: Mapping[str, Any]) -> Any:
    """Value of a part of a formula."""
    match node:
        case ast.Constant():
            return node.value
        case ast.Name():
            return _named(node.id, names)
        case ast.BinOp():
            left, right = _plain(_compute(node.left, names)), _plain(_compute(node.right, names))
            return _ARITHMETIC[type(node.op)](left, right)
        case ast.UnaryOp():
            value = _compute(node.operand, names)
            return (
                not value
                if isinstance(node.op, ast.Not)
                else (-1 if isinstance(node.op, ast.USub) else 1) * _plain(value)
            )
        case ast.BoolOp():
            return _first(node, names)
        case ast.Compare():
            return _compare(node, names)
        case ast.Call():
            arguments = [_compute(argument, names) for argument in node.args]
            keys = {str(keyword.arg): _compute(keyword.value, names) for keyword in node.keywords}
            return _compute(node.func, names)(*arguments, **keys)
        case ast.GeneratorExp():
            return _generate(node.elt, node.generators, names)
        case ast.Lambda():
            parameters = [argument.arg for argument in node.args.args]
            return lambda *given: _compute(node.body, {**names, **dict(zip(parameters, given, strict=True))})
        case ast.Subscript():
            return _part(_compute(node.value, names), node.slice, names)
        case ast.Tuple() | ast.List():
            items = [_compute(item, names) for item in node.elts]
            return items if isinstance(node, ast.List) else tuple(items)
    raise TableError("A formula cannot be computed", got=type(node).__name__)


def _named(name: str, names: Mapping[str, Any]) -> Any:
    if name not in names:
        raise TableError(f"A formula knows no name '{name}'", hint=did_you_mean(name, sorted(names)))
    return names[name]


def _plain(value: Any) -> Any:
    """A number: texts and lists are not computed with, so that none can grow without end."""
    if not isinstance(value, int | float):
        raise TypeError
    return value


def _first(node: ast.BoolOp, names: Mapping[str, Any]) -> Any:
    """The first part that decides, or else the last: what comes after is not computed."""
    decides = isinstance(node.op, ast.Or)
    for part in node.values[:-1]:
        if bool(value := _compute(part, names)) is decides:
            return value
    return _compute(node.values[-1], names)


def _compare(node: ast.Compare, names: Mapping[str, Any]) -> bool:
    left = _compute(node.left, names)
    for sign, part in zip(node.ops, node.comparators, strict=True):
        right = _compute(part, names)
        if not _COMPARISONS[type(sign)](left, right):
            return False
        left = right
    return True


def _generate(item: ast.expr, loops: list[ast.comprehension], names: Mapping[str, Any]) -> Iterator[Any]:
    if not loops:
        yield _compute(item, names)
        return
    for value in _compute(loops[0].iter, names):
        inner = {**names, **_bound(loops[0].target, value)}
        if all(_compute(condition, inner) for condition in loops[0].ifs):
            yield from _generate(item, loops[1:], inner)


def _bound(target: ast.expr, value: Any) -> dict[str, Any]:
    """What the names of a loop stand for."""
    if isinstance(target, ast.Name):
        return {target.id: value}
    if isinstance(target, ast.Tuple):
        pairs = zip(target.elts, value, strict=True)
        return {name: part for element, inner in pairs for name, part in _bound(element, inner).items()}
    raise TableError("A loop in a formula goes over names", got=ast.unparse(target))


def _part(items: Any, place: ast.expr, names: Mapping[str, Any]) -> Any:
    if not isinstance(items, list | tuple):
        raise TypeError
    if isinstance(place, ast.Slice):
        ends = [None if end is None else _compute(end, names) for end in (place.lower, place.upper, place.step)]
        return items[slice(*ends)]
    return items[_compute(place, names)]


def quoted(formula: str) -> Cell | None:
    """Return the cell that a formula is, where it is one count and nothing else.

    Examples
    --------
    >>> quoted("q('2.11', '2018', 'all', 'fairwork')")
    Cell(figure='2.11', year='2018', form='all', category='fairwork', measure='')
    """
    tree = Formula(formula).tree if formula.lstrip().startswith("q(") else None
    if not isinstance(tree, ast.Call) or tree.keywords or len(tree.args) != len(Cell._fields) - 1:
        return None
    names = [argument.value for argument in tree.args if isinstance(argument, ast.Constant)]
    return Cell(*map(str, names)) if len(names) == len(tree.args) else None


def points_as_growth(formula: str) -> str | None:
    """Return the growth that a difference of two shares may be mistaken for, as a formula.

    ``100*(a-b)/c`` says how many percentage points two shares of c are apart; the growth from b to a, in per cent, is
    ``100*(a/b-1)``. None where the formula is no such difference.

    Examples
    --------
    >>> points_as_growth("100*(30-20)/50"), points_as_growth("100*(30-20)/20")
    ('100 * (30 / 20 - 1)', None)
    """
    match Formula(formula).tree:
        case ast.BinOp(
            left=ast.BinOp(
                left=ast.Constant(value=100), op=ast.Mult(), right=ast.BinOp(left=new, op=ast.Sub(), right=old)
            ),
            op=ast.Div(),
            right=base,
        ):
            same = ast.dump(base) in (ast.dump(old), ast.dump(new))
            return None if same else f"100 * ({ast.unparse(new)} / {ast.unparse(old)} - 1)"
    return None
