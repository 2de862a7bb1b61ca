"""The scenario that includes what was imported."""

from __future__ import annotations

import json
from collections.abc import Iterable


def whole(name: str, parts: Iterable[str]) -> str:
    """A scenario called `name` that includes the files `parts` and says nothing else.

    >>> print(whole("shop", ["agent.yaml"]), end="")
    simkit: 1
    name: "shop"
    include: ["agent.yaml"]
    """
    included = json.dumps(list(parts), ensure_ascii=False)
    return f"simkit: 1\nname: {json.dumps(name, ensure_ascii=False)}\ninclude: {included}\n"
