"""Files of rules in Starlark, as Codex has them, to values and places.

What they are made of is Python's own syntax, so that its parser reads them. Nothing is run: calls whose arguments are
plain values are taken, and all else is told.
"""

from __future__ import annotations

import ast
import warnings
from typing import Any

from simkit.errors import Problem, ScenarioError
from simkit.scenario.places import DEEPEST, Branch, Document, Point, Value

CALLS = "prefix_rule"
"""The calls that are taken, and the key under which the document lists what they are given."""
KEPT = frozenset({"pattern", "decision"})
"""The arguments that decide; the others explain, or are examples."""


def read_rules(text: str, file: str) -> Document:
    """The calls of `prefix_rule` in `text`, each as a mapping of its arguments, in a list under that name.

    What is no such call, or is given what has to be computed, is among the problems. Raises ScenarioError for what
    cannot be read at all.
    """
    found: list[Value] = []
    problems: list[Problem] = []
    listed = Branch(Point(0, 0))
    for statement in _parsed(text, file).body:
        mark = Point(statement.lineno - 1, statement.col_offset)
        given = _arguments(statement)
        if given is not None:
            found.append(given)
            listed.items.append(Branch(mark, dict.fromkeys(given, mark), dict.fromkeys(given, mark)))
        elif not _is_metadata(statement):
            why = "it is no rule whose arguments stand as they are: it is not followed"
            problems.append(Problem((), why, file, mark.line + 1, mark.column + 1))
    root = Branch(Point(0, 0), {CALLS: listed.mark}, {CALLS: listed})
    return Document(file, {CALLS: found}, lambda: root, problems)


def _parsed(text: str, file: str) -> ast.Module:
    try:
        with warnings.catch_warnings():
            # an odd escape in a text is for whoever runs the file
            warnings.simplefilter("ignore", SyntaxWarning)
            return ast.parse(text)
    except SyntaxError as error:
        said = (error.msg or "it cannot be read").lower()[:80]
        message = f"this is no file of rules ({said}): check brackets, commas and quotes here"
        raise ScenarioError([Problem((), message, file, error.lineno or 1, error.offset or 1)]) from None
    except (RecursionError, MemoryError, ValueError):
        message = f"this nests deeper than {DEEPEST} levels, or holds what no file of rules does: write it flatter"
        raise ScenarioError([Problem((), message, file, 1, 1)]) from None


def _arguments(statement: ast.stmt) -> dict[str, Any] | None:
    """What a call of `prefix_rule` is given by name; None for another statement, and where it has to be computed."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not isinstance(call, ast.Call) or _name(call) != CALLS or call.args:
        return None
    said: dict[str, Any] = {}
    for each in call.keywords:
        if each.arg in KEPT:
            try:
                value = ast.literal_eval(each.value)
            except (ValueError, TypeError, RecursionError, MemoryError):
                return None
            said[each.arg] = list(value) if isinstance(value, tuple) else value
    return said


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _is_metadata(statement: ast.stmt) -> bool:
    """True for what widens nothing: texts between rules, and where programs lie."""
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Constant) or (isinstance(value, ast.Call) and _name(value) == "host_executable")
