"""The scenario that includes what was imported, and how a part differs from the one that was there before."""

from __future__ import annotations

import json
from collections.abc import Iterable

from simkit.errors import InputError
from simkit.scenario.includes import NAMED
from simkit.scenario.parser import read_yaml


def whole(name: str, parts: Iterable[str]) -> str:
    """A scenario called `name` that includes the files `parts` and says nothing else.

    >>> print(whole("shop", ["agent.yaml"]), end="")
    simkit: 1
    name: "shop"
    include: ["agent.yaml"]
    """
    included = json.dumps(list(parts), ensure_ascii=False)
    return f"simkit: 1\nname: {json.dumps(name, ensure_ascii=False)}\ninclude: {included}\n"


def differences(before: str, after: str) -> tuple[list[str], list[str]]:
    """What appeared and what vanished between two parts, as `section: name`; none where `before` cannot be read."""
    try:
        old, new = _names(before), _names(after)
    except InputError:
        return [], []
    return [each for each in new if each not in old], [each for each in old if each not in new]


def _names(text: str) -> dict[str, None]:
    value = read_yaml(text, "part").value if text.strip() else {}
    sections = value if isinstance(value, dict) else {}
    found = ((key, sections.get(key)) for key in NAMED)
    return {f"{key}: {name}": None for key, things in found if isinstance(things, dict) for name in things}
