"""The comments in an imported part that say where each of its lines comes from."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping

IMPORTED = "# Written by `simkit import` "
"""What the first line of such a part begins with."""
_PLACE = r"([^#\n]+?):([0-9]{1,9}):([0-9]{1,9})"
_ORIGINS = re.compile(rf"[\[{{}},]  # ({_PLACE}(?: and {_PLACE})*)$")
_ORIGIN = re.compile(rf"{_PLACE}(?: and |$)")

Origin = tuple[str, int, int]
"""A file, and a line and a column in it, from 1."""


def origins_in(text: str) -> Mapping[int, tuple[Origin, ...]]:
    """For each line of an imported part, from 0, the places in other systems' files that it comes from, if it says any.

    >>> origins_in("# Written by `simkit import` from files\\n  a: {b: 1}  # x/.mcp.json:3:5\\n")
    {1: (('x/.mcp.json', 3, 5),)}
    >>> origins_in("# Written by `simkit import` from files\\n  a: {b: 1}  # x.json:3:5 and x.json:9:5\\n")
    {1: (('x.json', 3, 5), ('x.json', 9, 5))}
    >>> origins_in("a: {b: 1}  # x/.mcp.json:3:5\\n")
    {}
    """
    if not text.startswith(IMPORTED):
        return {}
    found = ((number, _ORIGINS.search(line)) for number, line in enumerate(text.split("\n")) if "  # " in line)
    return {number: tuple(_places(match[1])) for number, match in found if match}


def _places(said: str) -> Iterator[Origin]:
    for match in _ORIGIN.finditer(said):
        yield match[1], int(match[2]), int(match[3])


def from_part(part: str, file: str) -> str:
    """The path of `file`, which an imported `part` names: it is seen from above the folder of the part, if it lies
    there, else from where simkit runs.

    >>> from_part("shop/imported/agent.yaml", "no such file")
    'no such file'
    """
    beside = os.path.join(os.path.dirname(os.path.dirname(part)), file)
    return beside if os.path.exists(beside) else file
