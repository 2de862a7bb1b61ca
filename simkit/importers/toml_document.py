"""TOML to values and places: the standard library reads it, and the lines of its keys are found in the text."""

from __future__ import annotations

import re
from typing import Any

from simkit.errors import Problem, ScenarioError
from simkit.scenario.places import DEEPEST, Branch, Document, Point

_AT = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_HEADER = re.compile(r"^\s*(\[{1,2})\s*([^\]#]+?)\s*\]{1,2}")
_KEY = re.compile(r"^\s*((?:[\w-]+|\"[^\"\n]*\"|'[^'\n]*')(?:\s*\.\s*(?:[\w-]+|\"[^\"\n]*\"|'[^'\n]*'))*)\s*=")
_PART = re.compile(r"[\w-]+|\"[^\"\n]*\"|'[^'\n]*'")


def read_toml(text: str, file: str) -> Document:
    """What the TOML in `text` says. Raises ScenarioError for what is not TOML, or nests too deeply."""
    import tomllib

    try:
        value: Any = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _AT.search(str(error))
        line, column = (int(found[1]), int(found[2])) if found and found[1] else (text.count("\n") + 1, 1)
        said = _AT.sub("", str(error)).lower()
        message = f"this is not TOML ({said[:80]}): check quotes, brackets and equals signs here"
        raise ScenarioError([Problem((), message, file, line, column)]) from None
    except RecursionError:
        value = None
    if value is None or _depth(value) > DEEPEST:
        raise ScenarioError([Problem((), f"more than {DEEPEST} levels are nested in it: write it flatter", file, 1, 1)])
    return Document(file, value, lambda: _places(text))


def _depth(value: Any) -> int:
    deepest, waiting = 0, [(value, 1)]
    while waiting:
        each, level = waiting.pop()
        inner = each.values() if isinstance(each, dict) else each if isinstance(each, list) else ()
        waiting += [(one, level + 1) for one in inner]
        deepest = max(deepest, level)
    return deepest


def _places(text: str) -> Branch:
    """Where tables and keys stand; a line inside a text that looks like a key may be taken for one."""
    root = Branch(Point(0, 0))
    table = root
    for number, line in enumerate(text.splitlines()):
        header, key = _HEADER.match(line), _KEY.match(line)
        if header:
            mark = Point(number, len(line) - len(line.lstrip()))
            table = _under(root, header[2], mark)
            if header[1] == "[[":
                table.items.append(Branch(mark))
                table = _last(table)
        elif key:
            _under(table, key[1], Point(number, len(line) - len(line.lstrip())))
    return root


def _under(branch: Branch, keys: str, mark: Point) -> Branch:
    for part in _PART.findall(keys):
        name = part.strip("\"'")
        _last(branch).keys.setdefault(name, mark)
        child = _last(branch).children.setdefault(name, Branch(mark))
        branch = child if isinstance(child, Branch) else branch
    return branch


def _last(branch: Branch) -> Branch:
    """The last of an array of tables, which is the one that keys below it belong to; itself where it is none."""
    last = branch.items[-1] if branch.items else branch
    return last if isinstance(last, Branch) else branch
