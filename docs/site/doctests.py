"""Fences the doctests of docstrings, so that a page shows them as code and not as quotations."""

from __future__ import annotations

import re
from typing import Any

import griffe

_DOCTEST = re.compile(r"^>>> .*(?:\n(?!\n).+)*", re.MULTILINE)


def fenced(text: str) -> str:
    """`text` with each run of doctest lines between fences.

    >>> fenced("Adds.\\n\\n>>> 1 + 1\\n2").splitlines()
    ['Adds.', '', '```pycon', '>>> 1 + 1', '2', '```']
    """
    return _DOCTEST.sub(lambda found: f"```pycon\n{found[0]}\n```", text)


class Doctests(griffe.Extension):
    """Fences the doctests of every docstring that is shown."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Change the docstring of `obj` in place, as griffe asks."""
        if obj.docstring:
            obj.docstring.value = fenced(obj.docstring.value)
